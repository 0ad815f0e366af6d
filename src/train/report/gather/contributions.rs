//! What each effect contributes over the fitted rows.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Findings, causes};
use crate::train::{FitError, report::CauseShare};

/// More rows are looked at in even steps.
const MAX_ROWS: usize = 50_000;
/// Rows that are summed in one go; sums of those are added in order, whatever
/// the number of threads.
const CHUNK: usize = 1024;

/// Means over the fitted rows, by their sample weights, in the order of the
/// schema's effects.
#[derive(Debug)]
pub(super) struct Contributions {
    /// Of |contribution|.
    pub(super) importance: Vec<f64>,
    /// Of what pushes churn up: max(contribution, 0).
    pub(super) upwards: Vec<f64>,
    /// Cause group of each feature.
    pub(super) groups: Vec<String>,
}

/// Sums over some rows.
struct Sums {
    importance: Vec<f64>,
    upwards: Vec<f64>,
    weight: f64,
}

impl Contributions {
    pub(super) fn of(findings: &Findings<'_>) -> Result<Self, FitError> {
        let schema = findings.estimate.model.schema();
        let stride = findings.fitted.len().div_ceil(MAX_ROWS).max(1);
        let rows: Vec<usize> = findings.fitted.iter().copied().step_by(stride).collect();
        let chunks: Vec<Sums> = rows
            .par_chunks(CHUNK)
            .map(|rows| Sums::over(findings, rows))
            .collect::<Result<_, _>>()?;
        let mut total = Sums::none(schema.effects());
        for chunk in &chunks {
            total.add(chunk);
        }
        let mean = |sums: Vec<f64>| -> Vec<f64> {
            let of_weight = total.weight.max(f64::MIN_POSITIVE);
            sums.into_iter().map(|sum| sum / of_weight).collect()
        };
        let features = schema.features().iter();
        Ok(Self {
            importance: mean(total.importance),
            upwards: mean(total.upwards),
            groups: features
                .map(|feature| causes::group(&feature.name, None))
                .collect(),
        })
    }

    /// Positions of the features, the most important first.
    pub(super) fn ranked(&self) -> Vec<usize> {
        let mut features: Vec<usize> = (0..self.groups.len()).collect();
        features.sort_by(|&a, &b| self.importance[b].total_cmp(&self.importance[a]));
        features
    }

    /// Each group's share of all that pushes churn up. A pair's part is halved
    /// between the groups of its features.
    pub(super) fn causes(&self, findings: &Findings<'_>) -> Vec<CauseShare> {
        let schema = findings.estimate.model.schema();
        let features = schema.features().len();
        let mut upwards: BTreeMap<&str, f64> = BTreeMap::new();
        let mut add = |feature: usize, upward: f64| {
            *upwards.entry(&self.groups[feature]).or_default() += upward;
        };
        for (feature, &upward) in self.upwards[..features].iter().enumerate() {
            add(feature, upward);
        }
        for (pair, &upward) in schema.pairs().iter().zip(&self.upwards[features..]) {
            for feature in pair.features {
                add(feature, upward / 2.0);
            }
        }
        let total: f64 = upwards.values().sum();
        if total <= 0.0 {
            return Vec::new();
        }
        let ranked = self.ranked();
        let shares = upwards.into_iter().map(|(group, upward)| {
            let own = ranked
                .iter()
                .filter(|&&feature| self.groups[feature] == group);
            CauseShare {
                group: group.to_owned(),
                share: upward / total,
                features: own
                    .map(|&feature| schema.features()[feature].name.clone())
                    .collect(),
            }
        });
        shares.collect()
    }
}

impl Sums {
    fn none(effects: usize) -> Self {
        Self {
            importance: vec![0.0; effects],
            upwards: vec![0.0; effects],
            weight: 0.0,
        }
    }

    fn over(findings: &Findings<'_>, rows: &[usize]) -> Result<Self, FitError> {
        let model = &findings.estimate.model;
        let mut sums = Self::none(model.schema().effects());
        for (&row, weight) in rows.iter().zip(findings.design.weights(rows)) {
            let row = findings.design.row(model.schema(), row)?;
            let contributions = model.explain(&row).contributions;
            for (effect, contribution) in contributions.into_iter().enumerate() {
                sums.importance[effect] += weight * contribution.abs();
                sums.upwards[effect] += weight * contribution.max(0.0);
            }
            sums.weight += weight;
        }
        Ok(sums)
    }

    fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.importance, &other.importance),
            (&mut self.upwards, &other.upwards),
        ];
        for (sums, more) in pairs {
            sums.iter_mut().zip(more).for_each(|(sum, x)| *sum += x);
        }
        self.weight += other.weight;
    }
}
