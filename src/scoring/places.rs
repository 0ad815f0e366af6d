//! Where a customer lies among those that a model was fitted on.

use super::{Score, Scorer};
use crate::{customer::Snapshot, model::Baseline};

/// One customer by the bins of a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Of each feature, as [`FeatureBaseline::counts`] has them; `None` where the
    /// baseline has no bin for the value.
    ///
    /// [`FeatureBaseline::counts`]: crate::model::FeatureBaseline::counts
    pub features: Vec<Option<usize>>,
    /// Of the score.
    pub score: Option<usize>,
}

impl Score<'_, '_> {
    /// What decisions go by: the probability of churn, or where nothing says that,
    /// of no purchase.
    #[must_use]
    pub fn probability(&self) -> Option<f64> {
        let churn = self.churn.as_ref().map(|churn| churn.probability);
        let value = self.value.as_ref();
        churn.or_else(|| value.map(|value| value.value.p_no_purchase))
    }
}

impl Scorer<'_> {
    /// Where a customer lies by a baseline of the churn model. `None` without one,
    /// for a customer that it refuses, and by a baseline of other features.
    #[must_use]
    pub fn places(&self, customer: &Snapshot<'_>, baseline: &Baseline) -> Option<Places> {
        let churn = self.churn.as_ref()?;
        let model = &churn.content.model;
        let schema = model.schema();
        let names = schema.features().iter().map(|feature| &feature.name);
        if !names.eq(baseline.features.iter().map(|feature| &feature.name)) {
            return None;
        }
        let row = churn.row(customer).ok()?;
        let features = row.cells().iter().zip(&baseline.features);
        let score = model.explain(&row).calibrated_log_odds;
        Some(Places {
            features: features
                .map(|(cell, feature)| feature.place(*cell))
                .collect(),
            score: baseline.log_odds.bin(score),
        })
    }
}
