//! Traces: what a few calls did and how long, under the trace of their caller.
//!
//! A call that is not sampled costs a look at one header, or a random number. One
//! that is keeps its notes until it ends, and is handed to a queue then. No note is of
//! a customer: models, versions, numbers of rows, times.

mod call;
mod context;
mod current;
mod notes;

use std::sync::Arc;

pub use call::Call;
pub use context::Parent;
pub(super) use context::{SpanId, TraceId, random_id};
pub use current::{carried, note};
pub(super) use current::{ids, stage, times_stages};
pub use notes::Notes;

use super::{otlp::Queue, sample};

/// How many calls without a caller's trace begin one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio(f64);

/// No share of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ratio is a number from 0 to 1")]
pub struct InvalidRatio;

/// Decides which calls are traced.
#[derive(Debug, Clone)]
pub struct Tracer {
    /// Of 2³² calls, so many.
    sampled: u64,
    ended: Arc<Queue<Ended>>,
}

/// A call that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) trace: TraceId,
    pub(super) span: SpanId,
    pub(super) parent: Option<SpanId>,
    /// Such as `holdfast.v1.ScoringService/ScoreCustomer`; `None`: no such method.
    pub(super) method: Option<Arc<str>>,
    /// In nanoseconds since 1970.
    pub(super) began: u64,
    pub(super) finished: u64,
    /// The number of a code of gRPC.
    pub(super) code: u32,
    pub(super) notes: Notes,
}

impl Ratio {
    /// A share of all calls.
    ///
    /// # Errors
    ///
    /// When it is not from 0 to 1.
    pub fn new(ratio: f64) -> Result<Self, InvalidRatio> {
        (0.0..=1.0)
            .contains(&ratio)
            .then_some(Self(ratio))
            .ok_or(InvalidRatio)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl std::str::FromStr for Ratio {
    type Err = InvalidRatio;

    fn from_str(ratio: &str) -> Result<Self, InvalidRatio> {
        ratio.parse().map_err(|_| InvalidRatio).and_then(Self::new)
    }
}

impl Tracer {
    pub(super) fn new(Ratio(ratio): Ratio, ended: Arc<Queue<Ended>>) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 2^32"
        )]
        let sampled = (ratio * 2_f64.powi(32)).round() as u64;
        Self { sampled, ended }
    }

    /// Begins the span of a call, where its caller traces it, or where it has no
    /// caller's trace and is drawn. `method` names it, unless there is no such method.
    pub fn begin(
        &self,
        parent: Option<Parent>,
        method: impl FnOnce() -> Option<Arc<str>>,
    ) -> Option<Call> {
        let sampled = match &parent {
            Some(parent) => parent.is_sampled(),
            None => u64::from(sample::below(u32::MAX)) < self.sampled,
        };
        sampled.then(|| Call::begin(parent, method(), Arc::clone(&self.ended)))
    }
}

#[cfg(test)]
mod tests;
