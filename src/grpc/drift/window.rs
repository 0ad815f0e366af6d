//! Customers of the last while, by the bins of a version's baseline. Counts only.

use std::{collections::VecDeque, time::Duration};

use crate::{
    model::{Baseline, stability_index},
    scoring::Places,
};

/// A window moves by a part of so many.
const PARTS: u32 = 12;
/// Fewer customers say nothing: of ten bins, chance alone makes about 0.1 of them.
const FEWEST: u64 = 100;

/// The customers that one version scored lately.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The present part last.
    parts: VecDeque<Counts>,
}

/// Customers by bin.
#[derive(Debug, Clone, Default)]
struct Counts {
    customers: u64,
    /// Of each feature, by the places of its baseline.
    features: Vec<Vec<u64>>,
    score: Vec<u64>,
}

/// How far customers lie from those that a version was fitted on: stability indices.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moved {
    /// Of how many customers.
    pub(super) customers: u64,
    /// Of the score; `None` for too few customers.
    pub(super) score: Option<f64>,
    /// Of each feature, in the schema's order; none for too few customers.
    pub(super) features: Vec<Option<f64>>,
}

/// How often a window of this length moves.
pub(super) fn step(window: Duration) -> Duration {
    window / PARTS
}

impl Window {
    /// Counts a customer.
    pub(super) fn count(&mut self, places: &Places) {
        if self.parts.is_empty() {
            self.parts.push_back(Counts::default());
        }
        if let Some(present) = self.parts.back_mut() {
            present.count(places);
        }
    }

    /// A part of the time went by.
    pub(super) fn step(&mut self) {
        self.parts.push_back(Counts::default());
        while self.parts.len() > PARTS as usize {
            self.parts.pop_front();
        }
    }

    /// How the customers lie beside those of training.
    pub(super) fn moved(&self, baseline: &Baseline) -> Moved {
        let mut all = Counts::default();
        for part in &self.parts {
            all.merge(part);
        }
        let Counts {
            customers,
            features,
            score,
        } = all;
        if customers < FEWEST {
            return Moved {
                customers,
                score: None,
                features: Vec::new(),
            };
        }
        let index = |expected: &[u64], mut found: Vec<u64>| {
            found.resize(expected.len(), 0);
            stability_index(expected, &found)
        };
        let found = features.into_iter().zip(&baseline.features);
        Moved {
            customers,
            score: index(baseline.log_odds.counts(), score),
            features: found
                .map(|(found, feature)| index(&feature.counts(), found))
                .collect(),
        }
    }
}

impl Counts {
    fn count(&mut self, places: &Places) {
        let Places { features, score } = places;
        self.customers += 1;
        self.features.resize(features.len(), Vec::new());
        for (counts, place) in self.features.iter_mut().zip(features) {
            add(counts, *place, 1);
        }
        add(&mut self.score, *score, 1);
    }

    fn merge(&mut self, other: &Self) {
        self.customers += other.customers;
        let features = self.features.len().max(other.features.len());
        self.features.resize(features, Vec::new());
        for (mine, others) in self.features.iter_mut().zip(&other.features) {
            add_all(mine, others);
        }
        add_all(&mut self.score, &other.score);
    }
}

/// Places are those of a baseline's bins, so few.
fn add(counts: &mut Vec<u64>, place: Option<usize>, count: u64) {
    let Some(place) = place else {
        return;
    };
    if counts.len() <= place {
        counts.resize(place + 1, 0);
    }
    counts[place] += count;
}

fn add_all(counts: &mut Vec<u64>, others: &[u64]) {
    for (place, count) in others.iter().enumerate() {
        add(counts, Some(place), *count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Distribution, FeatureBaseline, Histogram};

    fn baseline() -> Baseline {
        let log_odds = Histogram::new(vec![-1.0, 0.0, 1.0], vec![500, 500]).unwrap();
        Baseline {
            rows: 1000,
            churned: 300,
            features: vec![FeatureBaseline {
                name: "auto".to_owned(),
                missing: 0,
                values: Distribution::Flags([500, 500]),
            }],
            probabilities: log_odds.clone(),
            log_odds,
        }
    }

    fn places(flag: usize) -> Places {
        Places {
            features: vec![Some(flag)],
            score: Some(0),
        }
    }

    #[test]
    fn what_lies_as_in_training_has_not_moved() {
        let mut window = Window::default();
        for at in 0..200 {
            window.count(&places(at % 2));
        }
        let moved = window.moved(&baseline());
        assert_eq!((moved.customers, moved.features), (200, vec![Some(0.0)]));
        // All on one side: every other bin counts as half a row.
        assert!(moved.score.unwrap() > 1.0);
    }

    #[test]
    fn a_window_forgets_and_few_say_nothing() {
        let mut window = Window::default();
        for _ in 0..FEWEST {
            window.count(&places(0));
        }
        assert!(window.moved(&baseline()).score.is_some());
        for _ in 1..PARTS {
            window.step();
        }
        assert_eq!(window.moved(&baseline()).customers, FEWEST);
        window.step();
        let moved = window.moved(&baseline());
        assert_eq!((moved.customers, moved.score), (0, None));
        assert_eq!(window.parts.len(), PARTS as usize);
    }
}
