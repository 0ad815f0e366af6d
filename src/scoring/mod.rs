//! The one path from a snapshot to a score, for one customer and for many.

mod churn;
mod columns;
mod value;

use crate::{
    artifact::{Artifact, WrongKind},
    customer::{InvalidSnapshot, Snapshot, Violations},
    features::EffectNames,
};

pub use churn::ChurnScore;
use churn::ChurnScorer;
pub use columns::{
    ChurnColumns, ColumnPlan, ColumnScores, MAX_REASONS, PotentialColumns, ReasonColumns,
    ValueColumns,
};
use value::ValueScorer;
pub use value::{CurrentValue, ValueNote, ValueScore};

/// How many reasons a score carries unless the caller says otherwise.
pub const DEFAULT_REASONS: usize = 5;

/// The model versions to score by; each part of a score has one of its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Models<'m> {
    /// For the churn score.
    pub churn: Option<&'m Artifact>,
    /// For the value score.
    pub value: Option<&'m Artifact>,
}

/// Scores customers by one version of each model.
#[derive(Debug, Clone, Copy)]
pub struct Scorer<'m> {
    churn: Option<ChurnScorer<'m>>,
    value: Option<ValueScorer<'m>>,
}

/// What is known of a customer after scoring.
#[derive(Debug, Clone, PartialEq)]
pub struct Score<'m, 'c> {
    /// The caller's row id.
    pub customer_id: &'c str,
    /// The churn score, where there is a model for it.
    pub churn: Option<ChurnScore<'m>>,
    /// The value score, where there is a model for it.
    pub value: Option<ValueScore<'m>>,
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
    /// A scorer by these models.
    ///
    /// # Errors
    ///
    /// When one is of another kind than the part it is for.
    pub fn new(models: Models<'m>, max_reasons: usize) -> Result<Self, WrongKind> {
        let Models { churn, value } = models;
        let churn = churn.map(|artifact| ChurnScorer::new(artifact, max_reasons));
        Ok(Self {
            churn: churn.transpose()?,
            value: value.map(ValueScorer::new).transpose()?,
        })
    }

    /// Scores one customer.
    ///
    /// # Errors
    ///
    /// All that any of the models refuses.
    pub fn score<'c>(&self, customer: &Snapshot<'c>) -> Result<Score<'m, 'c>, Violations> {
        let churn = self.churn.map(|scorer| scorer.score(customer));
        let value = self.value.map(|scorer| scorer.score(customer));
        match (churn.transpose(), value.transpose()) {
            (Ok(churn), Ok(value)) => Ok(Score {
                customer_id: customer.id(),
                churn,
                value,
            }),
            (churn, value) => {
                let mut violations = churn.err().unwrap_or_default();
                violations.extend(value.err().unwrap_or_default());
                Err(violations)
            }
        }
    }

    /// All that is wrong with a customer that is no snapshot, by its own rules
    /// and by the models'.
    #[must_use]
    pub fn refuse(&self, customer: &InvalidSnapshot<'_>) -> Violations {
        let mut violations = customer.violations().clone();
        if let Some(churn) = &self.churn {
            violations.extend(churn.refuse(customer));
        }
        if let Some(value) = &self.value {
            violations.extend(value.refuse(customer));
        }
        violations
    }
}
