//! What is noted of a call that is traced.

use std::time::Instant;

use crate::telemetry::metrics::Stage;

/// The most versions that are named.
const MOST_MODELS: usize = 16;
/// The most stages that are timed: of one customer, or of the first ones of a batch.
const MOST_STAGES: usize = 12;

/// What became of a call's customers, and when.
#[derive(Debug, Default)]
pub struct Notes {
    /// Such as `telco-churn@3`.
    pub(in crate::telemetry) models: Vec<String>,
    pub(in crate::telemetry) scored: u64,
    pub(in crate::telemetry) invalid: u64,
    pub(super) times: Vec<(Stage, Instant, Instant)>,
    /// The same, in nanoseconds since 1970.
    pub(in crate::telemetry) stages: Vec<(Stage, u64, u64)>,
}

impl Notes {
    /// So many more customers got a score, and so many did not.
    pub fn rows(&mut self, scored: u64, invalid: u64) {
        self.scored += scored;
        self.invalid += invalid;
    }

    /// A version scored some of them.
    pub fn scored_by(&mut self, model: &str, version: u32) {
        let model = format!("{model}@{version}");
        if self.models.len() < MOST_MODELS && !self.models.contains(&model) {
            self.models.push(model);
        }
    }

    pub(super) fn stage(&mut self, stage: Stage, began: Instant, ended: Instant) {
        if self.times_stages() {
            self.times.push((stage, began, ended));
        }
    }

    pub(super) fn times_stages(&self) -> bool {
        self.times.len() < MOST_STAGES
    }
}
