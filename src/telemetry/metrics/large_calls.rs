//! Calls that take long: how many are done, wait, and were sent away.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Counter, Families};

/// One number that rises and falls.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

/// What becomes of large calls.
#[derive(Debug, Default)]
pub struct LargeCalls {
    /// That are being done.
    pub in_flight: Gauge,
    /// That wait for their turn.
    pub queued: Gauge,
    /// That were refused, for too many were there.
    pub shed: Counter,
}

impl Gauge {
    /// How many there are.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts one more.
    pub fn rise(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one off.
    pub fn fall(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl LargeCalls {
    pub(super) fn write(&self, families: &mut Families) {
        let Self {
            in_flight,
            queued,
            shed,
        } = self;
        families
            .gauge(
                "holdfast_large_calls_in_flight",
                "Batches, columns, messages of streams and what-ifs that are being done.",
            )
            .sample(&[], in_flight.get());
        families
            .gauge("holdfast_large_calls_queued", "Those that wait for it.")
            .sample(&[], queued.get());
        families
            .counter(
                "holdfast_large_calls_shed_total",
                "Those that were refused, for too many were there.",
            )
            .sample(&[], shed.get());
    }
}
