//! The one path from a snapshot to a score, for one customer and for many.

use crate::{
    artifact::{Artifact, ChurnContent, Identity, WrongKind},
    customer::{InvalidSnapshot, Snapshot, Violations},
    features::{EffectNames, Note, Schema},
    model::Explanation,
};

/// How many reasons a score carries unless the caller says otherwise.
pub const DEFAULT_REASONS: usize = 5;

/// Scores customers by one model version.
#[derive(Debug, Clone, Copy)]
pub struct Scorer<'m> {
    identity: &'m Identity,
    content: &'m ChurnContent,
    max_reasons: usize,
}

/// What is known of a customer after scoring.
#[derive(Debug, Clone, PartialEq)]
pub struct Score<'m, 'c> {
    /// The caller's row id.
    pub customer_id: &'c str,
    /// The churn score.
    pub churn: ChurnScore<'m>,
}

/// Probability of churn, and why. Base value, contributions of the reasons and
/// the remaining contribution add up to the log-odds, bit for bit.
#[derive(Debug, Clone, PartialEq)]
pub struct ChurnScore<'m> {
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

/// What one effect adds to the log-odds, against the training mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason<'m> {
    /// The feature, or the two of a pair.
    pub features: EffectNames<'m>,
    /// Its signed contribution.
    pub contribution: f64,
}

impl<'m> Scorer<'m> {
    /// A scorer for one model version.
    ///
    /// # Errors
    ///
    /// When it is of another kind than churn.
    pub fn new(artifact: &'m Artifact, max_reasons: usize) -> Result<Self, WrongKind> {
        Ok(Self {
            identity: &artifact.identity,
            content: artifact.churn()?,
            max_reasons,
        })
    }

    /// Scores one customer.
    ///
    /// # Errors
    ///
    /// Every feature that the model's schema refuses.
    pub fn score<'c>(&self, customer: &Snapshot<'c>) -> Result<Score<'m, 'c>, Violations> {
        let model = &self.content.model;
        let row = model.schema().row(customer)?;
        let explanation = model.explain(&row);
        let (reasons, remaining_contribution) =
            top_reasons(model.schema(), &explanation, self.max_reasons);
        Ok(Score {
            customer_id: customer.id(),
            churn: ChurnScore {
                probability: explanation.probability(),
                calibrated: model.calibration().is_some(),
                log_odds: explanation.log_odds,
                base_log_odds: explanation.base_log_odds,
                reasons,
                remaining_contribution,
                notes: explanation.notes,
            },
        })
    }

    /// All that is wrong with a customer that is no snapshot, by its own rules
    /// and by the model's.
    #[must_use]
    pub fn refuse(&self, customer: &InvalidSnapshot<'_>) -> Violations {
        self.schema().violations(customer)
    }

    /// The model version that scores.
    #[must_use]
    pub fn identity(&self) -> &'m Identity {
        self.identity
    }

    /// The schema that a score's notes refer to.
    #[must_use]
    pub fn schema(&self) -> &'m Schema {
        self.content.model.schema()
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
