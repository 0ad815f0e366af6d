//! One call that is traced.

use std::{
    mem::take,
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use tracing::{Span, info_span};

use super::{Ended, Notes, Parent, SpanId, TraceId, current, random_id};
use crate::telemetry::{metrics::nanoseconds, otlp::Queue};

const CANCELLED: u32 = 1;

/// A call that is traced and goes on. Dropped before its end, the caller has gone away.
#[derive(Debug)]
pub struct Call {
    active: Arc<Active>,
    parent: Option<SpanId>,
    method: Option<Arc<str>>,
    began: SystemTime,
    since: Instant,
    code: u32,
    to: Arc<Queue<Ended>>,
}

/// What is shared with those who work for it.
#[derive(Debug)]
pub(super) struct Active {
    trace: TraceId,
    span: SpanId,
    notes: Mutex<Notes>,
    /// Around the lines that it writes to the log.
    pub(super) lines: Span,
}

impl Active {
    pub(super) fn note<T>(&self, note: impl FnOnce(&mut Notes) -> T) -> T {
        note(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn ids(&self) -> (TraceId, SpanId) {
        (self.trace, self.span)
    }
}

impl Call {
    pub(super) fn begin(
        parent: Option<Parent>,
        method: Option<Arc<str>>,
        to: Arc<Queue<Ended>>,
    ) -> Self {
        let trace = parent.map_or_else(TraceId::random, |parent| parent.trace);
        let span = random_id();
        let active = Active {
            trace,
            span,
            notes: Mutex::default(),
            lines: info_span!("call", trace_id = %trace, span_id = %span),
        };
        Self {
            active: Arc::new(active),
            parent: parent.map(|parent| parent.span),
            method,
            began: SystemTime::now(),
            since: Instant::now(),
            code: CANCELLED,
            to,
        }
    }

    /// Does some work for it: what is noted and logged meanwhile is of this call.
    pub fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        current::within(&self.active, work)
    }

    /// Ends with a code of gRPC, as its number.
    pub fn end(mut self, code: u32) {
        self.code = code;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let began = self.began.duration_since(UNIX_EPOCH).unwrap_or_default();
        let began = nanoseconds(began);
        // By the steady clock, so that no stage lies outside of its call.
        let at = |time: Instant| began + nanoseconds(time.saturating_duration_since(self.since));
        let mut notes = self.active.note(take);
        let times = take(&mut notes.times).into_iter();
        notes.stages = times
            .map(|(stage, from, to)| (stage, at(from), at(to)))
            .collect();
        self.to.push(Ended {
            trace: self.active.trace,
            span: self.active.span,
            parent: self.parent,
            method: self.method.take(),
            began,
            finished: at(Instant::now()),
            code: self.code,
            notes,
        });
    }
}
