//! The churn score, and its reasons.

use super::Reason;
use crate::{
    artifact::{Artifact, ChurnContent, Identity, WrongKind},
    customer::{InvalidSnapshot, Snapshot, Violations},
    features::{Feature, Note, Schema},
    model::Explanation,
};

const NO_FEATURES: &str = "must not be empty";

/// Scores churn by one model version.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChurnScorer<'m> {
    identity: &'m Identity,
    content: &'m ChurnContent,
    max_reasons: usize,
}

/// Probability of churn, and why. Base value, contributions of the reasons and
/// the remaining contribution add up to the log-odds, bit for bit.
#[derive(Debug, Clone, PartialEq)]
pub struct ChurnScore<'m> {
    /// The model version that scored.
    pub model: &'m Identity,
    /// The features that the notes refer to.
    pub features: &'m [Feature],
    /// In [0, 1], as the model defines churn.
    pub probability: f64,
    /// Whether the probability has passed through a calibration.
    pub calibrated: bool,
    /// Before any calibration.
    pub log_odds: f64,
    /// Log-odds of a customer at the training mean.
    pub base_log_odds: f64,
    /// The largest contributions, largest first.
    pub reasons: Vec<Reason<'m>>,
    /// The sum of all other contributions.
    pub remaining_contribution: f64,
    /// What was unusual about the input, in the schema's order.
    pub notes: Vec<Note>,
}

impl<'m> ChurnScorer<'m> {
    pub(super) fn new(artifact: &'m Artifact, max_reasons: usize) -> Result<Self, WrongKind> {
        Ok(Self {
            identity: &artifact.identity,
            content: artifact.churn()?,
            max_reasons,
        })
    }

    /// Every feature that the model's schema refuses is an error.
    pub(super) fn score(&self, customer: &Snapshot<'_>) -> Result<ChurnScore<'m>, Violations> {
        let model = &self.content.model;
        let mut violations = Violations::default();
        if customer.features().is_empty() {
            violations.push("features", NO_FEATURES);
        }
        let row = match model.schema().row(customer) {
            Ok(row) => violations.into_result(row)?,
            Err(refused) => {
                violations.extend(refused);
                return Err(violations);
            }
        };
        let explanation = model.explain(&row);
        let (reasons, remaining_contribution) =
            top_reasons(model.schema(), &explanation, self.max_reasons);
        Ok(ChurnScore {
            model: self.identity,
            features: model.schema().features(),
            probability: explanation.probability(),
            calibrated: model.calibration().is_some(),
            log_odds: explanation.log_odds,
            base_log_odds: explanation.base_log_odds,
            reasons,
            remaining_contribution,
            notes: explanation.notes,
        })
    }

    /// What the model finds wrong with a customer that is no snapshot, beside
    /// what is wrong with it anyway.
    pub(super) fn refuse(&self, customer: &InvalidSnapshot<'_>) -> Violations {
        let mut violations = Violations::default();
        if customer.has_no_features() {
            violations.push("features", NO_FEATURES);
        }
        violations.extend(self.content.model.schema().violations(customer));
        violations
    }
}

/// The largest contributions and the sum of the others, which is exact because
/// contributions are.
fn top_reasons<'m>(
    schema: &'m Schema,
    explanation: &Explanation,
    max_reasons: usize,
) -> (Vec<Reason<'m>>, f64) {
    let mut reasons: Vec<Reason<'m>> = explanation
        .contributions
        .iter()
        .enumerate()
        .filter(|(_, contribution)| **contribution != 0.0)
        .map(|(effect, &contribution)| Reason {
            features: schema.effect_names(effect),
            contribution,
        })
        .collect();
    // Stable, so that ties keep the schema's order.
    reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    let remaining = reasons
        .iter()
        .skip(max_reasons)
        .fold(0.0, |sum, reason| sum + reason.contribution);
    reasons.truncate(max_reasons);
    (reasons, remaining)
}
