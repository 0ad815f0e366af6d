//! What is remembered of a customer's scorings: as many days as the longest
//! window of the rules, one scoring a day at most.

use std::collections::VecDeque;

use super::Observation;
use crate::{customer::Day, model::segments::Tier, policy::Stage};

/// The scorings of the days that the rules look back on, the earliest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory(VecDeque<Remembered>);

/// One scoring, as far as a baseline needs it.
#[derive(Debug, Clone, PartialEq)]
struct Remembered {
    as_of: Day,
    churn_probability: f64,
    expected_purchases: Option<f64>,
    tier: Option<Tier>,
    stage: Option<Stage>,
    features: Vec<Option<f64>>,
}

impl Memory {
    /// How many scorings there are.
    #[must_use]
    pub fn scorings(&self) -> usize {
        self.0.len()
    }

    /// Adds a scoring, and forgets what lies more than `days` before it.
    pub(super) fn remember(&mut self, seen: &Observation, days: u32) {
        if days == 0 {
            return;
        }
        let Observation {
            as_of,
            churn_probability,
            expected_purchases,
            purchasing: _, // tells its own past
            tier,
            stage,
            features,
        } = seen;
        self.0.push_back(Remembered {
            as_of: *as_of,
            churn_probability: *churn_probability,
            expected_purchases: *expected_purchases,
            tier: *tier,
            stage: *stage,
            features: features.clone(),
        });
        // What the next scoring, a day later at least, still looks back on.
        while let Some(oldest) = self.0.front()
            && age(oldest.as_of, *as_of) >= days
        {
            self.0.pop_front();
        }
    }

    pub(super) fn usual_probability(&self, window: Window) -> Option<f64> {
        self.median(window, |seen| Some(seen.churn_probability))
    }

    pub(super) fn usual_purchases(&self, window: Window) -> Option<f64> {
        self.median(window, |seen| seen.expected_purchases)
    }

    pub(super) fn usual_feature(&self, at: usize, window: Window) -> Option<f64> {
        self.median(window, |seen| seen.features.get(at).copied().flatten())
    }

    pub(super) fn best_tier(&self, window: Window) -> Option<Tier> {
        self.within(window).filter_map(|seen| seen.tier).max()
    }

    pub(super) fn best_stage<K: Ord>(
        &self,
        window: Window,
        rank: impl Fn(Stage) -> K,
    ) -> Option<K> {
        let stages = self.within(window).filter_map(|seen| seen.stage);
        stages.map(rank).max()
    }

    fn within(&self, window: Window) -> impl Iterator<Item = &Remembered> {
        let held = move |seen: &&Remembered| age(seen.as_of, window.before) <= window.days;
        self.0.iter().rev().take_while(held)
    }

    /// The median of what is known within a window; of an even number, the mean
    /// of the two in the middle.
    fn median(&self, window: Window, value: impl Fn(&Remembered) -> Option<f64>) -> Option<f64> {
        let mut values: Vec<f64> = self.within(window).filter_map(value).collect();
        if values.is_empty() || values.len() < window.fewest {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let (upper, lower) = (values.len() / 2, (values.len() - 1) / 2);
        Some(f64::midpoint(values[lower], values[upper]))
    }
}

/// The days before a scoring.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) before: Day,
    pub(super) days: u32,
    /// So many scorings make a baseline.
    pub(super) fewest: usize,
}

/// In days; 0 where `then` is not before `now`.
fn age(then: Day, now: Day) -> u32 {
    u32::try_from(now.days_since(then)).unwrap_or(0)
}
