//! What waits to be sent: so much, and no more.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;

use crate::telemetry::metrics::{Export, Exports, Signal};

/// A queue that takes nothing more while it is full, and holds up nobody.
#[derive(Debug)]
pub(in crate::telemetry) struct Queue<T> {
    waiting: Mutex<VecDeque<T>>,
    most: usize,
    half_full: Notify,
    signal: Signal,
    exports: Arc<Exports>,
}

impl<T> Queue<T> {
    pub(in crate::telemetry) fn new(most: usize, signal: Signal, exports: &Arc<Exports>) -> Self {
        Self {
            waiting: Mutex::default(),
            most,
            half_full: Notify::new(),
            signal,
            exports: Arc::clone(exports),
        }
    }

    /// Takes one more, or counts it as dropped.
    pub(in crate::telemetry) fn push(&self, item: T) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= self.most {
            drop(waiting);
            self.counts().dropped.add(1);
            return;
        }
        waiting.push_back(item);
        let length = waiting.len();
        drop(waiting);
        if length == self.most / 2 {
            self.half_full.notify_one();
        }
    }

    /// The first ones, at most so many.
    pub(in crate::telemetry) fn take(&self, most: usize) -> Vec<T> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(most);
        waiting.drain(..count).collect()
    }

    /// Waits until it is half full.
    pub(super) async fn half_full(&self) {
        self.half_full.notified().await;
    }

    pub(super) fn signal(&self) -> Signal {
        self.signal
    }

    pub(super) fn counts(&self) -> &Export {
        self.exports.of(self.signal)
    }
}
