//! Calls that are let in, and those that are not; connections likewise.

use super::{Counter, Families, Gauge, Histogram};

/// What becomes of calls while more is asked for than can be done.
#[derive(Debug)]
pub struct Admission {
    /// That were let in and go on.
    pub in_flight: Gauge,
    /// From being accepted to being begun, or sent away.
    pub waits: Histogram,
    /// That were refused, for too many were in flight.
    pub shed_too_many: Counter,
    /// That were refused, for they had waited too long.
    pub shed_waited: Counter,
}

/// What becomes of connections.
#[derive(Debug, Default)]
pub struct Connections {
    /// Accepted.
    pub accepted: Counter,
    /// Closed at once, for too many were open.
    pub refused: Counter,
    /// Told to end, for nothing was asked for long.
    pub idle: Counter,
    /// Told to end, for they were old.
    pub aged: Counter,
    /// Hung up on, for they went on sending frames that ask for nothing.
    pub flooding: Counter,
    /// Pauses of reading, for too many such frames came.
    pub slowed: Counter,
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            in_flight: Gauge::default(),
            waits: Histogram::of_durations(),
            shed_too_many: Counter::default(),
            shed_waited: Counter::default(),
        }
    }
}

impl Admission {
    pub(super) fn write(&self, families: &mut Families) {
        let Self {
            in_flight,
            waits,
            shed_too_many,
            shed_waited,
        } = self;
        families
            .gauge(
                "holdfast_calls_in_flight",
                "Calls that were let in and go on.",
            )
            .sample(&[], in_flight.get());
        families
            .histogram(
                "holdfast_call_wait_seconds",
                "From the acceptance of a call to its beginning, or its refusal.",
            )
            .histogram(&[], waits);
        let shed = families.counter(
            "holdfast_calls_shed_total",
            "Calls that were refused because more was asked for than can be done.",
        );
        shed.sample(&[("reason", "too_many_calls")], shed_too_many.get());
        shed.sample(&[("reason", "overloaded")], shed_waited.get());
    }
}

impl Connections {
    pub(super) fn write(&self, families: &mut Families) {
        let Self {
            accepted,
            refused,
            idle,
            aged,
            flooding,
            slowed,
        } = self;
        let begun = families.counter("holdfast_connections_total", "Connections of callers.");
        begun.sample(&[("result", "accepted")], accepted.get());
        begun.sample(&[("result", "refused")], refused.get());
        let retired = families.counter(
            "holdfast_connections_retired_total",
            "Connections that the server ended.",
        );
        retired.sample(&[("reason", "idle")], idle.get());
        retired.sample(&[("reason", "age")], aged.get());
        retired.sample(&[("reason", "flood")], flooding.get());
        families
            .counter(
                "holdfast_connections_slowed_total",
                "Pauses of reading, for a peer had sent too many frames that ask for nothing.",
            )
            .sample(&[], slowed.get());
    }
}
