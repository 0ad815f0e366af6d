//! Calls: how many, how they ended, how long they took.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{Counter, Histogram, Metrics};

/// The codes of gRPC, each at its number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];
const CANCELLED: usize = 1;
const UNKNOWN: usize = 2;

/// The name of a code of gRPC.
pub(in crate::telemetry) fn code_name(code: u32) -> &'static str {
    let place = usize::try_from(code).unwrap_or(UNKNOWN);
    CODES.get(place).unwrap_or(&CODES[UNKNOWN])
}

/// The calls of one method.
#[derive(Debug)]
pub(super) struct MethodCounters {
    ended: [Counter; CODES.len()],
    in_flight: AtomicU64,
    pub(super) durations: Histogram,
}

impl Default for MethodCounters {
    fn default() -> Self {
        Self {
            ended: Default::default(),
            in_flight: AtomicU64::new(0),
            durations: Histogram::of_durations(),
        }
    }
}

impl MethodCounters {
    /// How many calls ended with each code that there was; with `OK` always.
    pub(super) fn codes(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let codes = CODES.into_iter().zip(&self.ended);
        codes
            .map(|(code, ended)| (code, ended.get()))
            .filter(|(code, count)| *count > 0 || *code == CODES[0])
    }

    pub(super) fn in_flight(&self) -> u64 {
        self.in_flight.load(Ordering::Relaxed)
    }
}

/// A call that goes on. Dropped before its end, the caller has gone away.
#[derive(Debug)]
pub struct Call {
    metrics: Arc<Metrics>,
    method: usize,
    began: Instant,
    code: usize,
}

impl Call {
    pub(super) fn begin(metrics: Arc<Metrics>, method: usize) -> Self {
        if let Some(counters) = metrics.method(method) {
            counters.in_flight.fetch_add(1, Ordering::Relaxed);
        }
        Self {
            metrics,
            method,
            began: Instant::now(),
            code: CANCELLED,
        }
    }

    /// Ends with a code of gRPC, as its number.
    pub fn end(mut self, code: u32) {
        let code = usize::try_from(code)
            .ok()
            .filter(|code| *code < CODES.len());
        self.code = code.unwrap_or(UNKNOWN);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(counters) = self.metrics.method(self.method) {
            counters.in_flight.fetch_sub(1, Ordering::Relaxed);
            counters.ended[self.code].add(1);
            counters.durations.observe_duration(self.began.elapsed());
        }
    }
}
