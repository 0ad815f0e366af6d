//! What became of what a collector was to be sent.

use super::{Counter, Families};

/// What is sent to a collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// Spans of calls.
    Traces,
    /// What `/metrics` tells.
    Metrics,
    /// Events of the log.
    Logs,
}

/// What became of one signal.
#[derive(Debug, Default)]
pub struct Export {
    /// Spans, events or metrics that a collector took.
    pub sent: Counter,
    /// Those that none took: too many were waiting, or it refused them.
    pub dropped: Counter,
}

/// What became of each.
#[derive(Debug, Default)]
pub struct Exports([Export; 3]);

impl Signal {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    /// As in `/v1/traces`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }
}

impl Exports {
    /// What became of a signal.
    #[must_use]
    pub fn of(&self, signal: Signal) -> &Export {
        let [traces, metrics, logs] = &self.0;
        match signal {
            Signal::Traces => traces,
            Signal::Metrics => metrics,
            Signal::Logs => logs,
        }
    }

    pub(super) fn write(&self, families: &mut Families) {
        let sent = families.counter(
            "holdfast_otlp_sent_total",
            "Spans, metrics and log records that a collector took.",
        );
        for signal in Signal::ALL {
            sent.sample(&[("signal", signal.name())], self.of(signal).sent.get());
        }
        let dropped = families.counter(
            "holdfast_otlp_dropped_total",
            "Those that none took: too many were waiting, or they were refused.",
        );
        for signal in Signal::ALL {
            dropped.sample(&[("signal", signal.name())], self.of(signal).dropped.get());
        }
    }
}
