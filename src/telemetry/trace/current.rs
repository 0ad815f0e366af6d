//! The call that a thread works on at this moment, if it is traced.

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    time::Instant,
};

use super::{Notes, SpanId, TraceId, call::Active};
use crate::telemetry::metrics::Stage;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Active>>> = const { RefCell::new(None) };
}

/// Makes a call no longer the current one.
struct Left(Option<Arc<Active>>);

impl Drop for Left {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// Does some work for a call.
pub(super) fn within<T>(active: &Arc<Active>, work: impl FnOnce() -> T) -> T {
    let _entered = active.lines.enter();
    let _left = Left(CURRENT.replace(Some(Arc::clone(active))));
    work()
}

/// The same work; if the current call is traced, it is done for that call, on whatever
/// thread.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let active = CURRENT.with_borrow(Clone::clone);
    async move {
        let mut work = pin!(work);
        poll_fn(|context| match &active {
            None => work.as_mut().poll(context),
            Some(active) => within(active, || work.as_mut().poll(context)),
        })
        .await
    }
}

/// Notes something of the current call, if it is traced.
pub fn note(note: impl FnOnce(&mut Notes)) {
    CURRENT.with_borrow(|current| {
        if let Some(active) = current {
            active.note(note);
        }
    });
}

/// Whether a stage of the current call that begins now is to be timed.
pub(in crate::telemetry) fn times_stages() -> bool {
    CURRENT.with_borrow(|current| {
        let active = current.as_ref();
        active.is_some_and(|active| active.note(|notes| notes.times_stages()))
    })
}

/// Notes a stage of the current call.
pub(in crate::telemetry) fn stage(stage: Stage, began: Instant, ended: Instant) {
    note(|notes| notes.stage(stage, began, ended));
}

/// Trace and span of the current call.
pub(in crate::telemetry) fn ids() -> Option<(TraceId, SpanId)> {
    CURRENT.with_borrow(|current| current.as_ref().map(|active| active.ids()))
}
