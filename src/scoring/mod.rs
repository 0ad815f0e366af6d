//! The one path from a snapshot to a score, for one customer and for many.

mod arms;
mod causes;
mod churn;
mod columns;
mod contract;
mod decision;
mod groups;
mod places;
mod profiles;
mod rank;
mod split;
mod value;
mod what_if;

use crate::{
    artifact::{Artifact, Identity, WrongKind},
    customer::{InvalidSnapshot, Names, Snapshot, Violations},
    features::EffectNames,
    policy::EffectCause,
};

pub use crate::policy::{NotAShare, Sample};
pub use arms::{Arms, Challenger, Part, SplitScorer};
pub use causes::CauseTables;
pub use churn::ChurnScore;
use churn::ChurnScorer;
pub use columns::{
    CauseTotals, ChallengerRows, ChurnChallenger, ChurnColumns, ColumnPlan, ColumnScores,
    ContractColumns, ContractRow, DecisionColumns, MAX_REASONS, PotentialColumns, ReasonColumns,
    ValueColumns,
};
pub use contract::ContractValue;
pub use decision::{ChosenAction, DecidedBy, Decision, Risk, RiskSource, ValueAtRisk, ValueSource};
use groups::GroupScorer;
pub use groups::Groups;
pub use places::Places;
pub use profiles::{Chosen, NoSuchProfile, Profiles};
pub use split::{Split, Splits};
pub use value::{CurrentValue, ValueNote, ValueScore};
use value::{Detail, ValueScorer};
pub use what_if::{Change, Difference, Goal, SmallestChange};

/// How many reasons a score carries unless the caller says otherwise.
pub const DEFAULT_REASONS: usize = 5;

/// The model versions to score by; each part of a score has one of its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Models<'m> {
    /// For the churn score.
    pub churn: Option<&'m Artifact>,
    /// For the value score.
    pub value: Option<&'m Artifact>,
    /// For the customer's groups.
    pub segmentation: Option<&'m Artifact>,
}

/// Scores customers by one version of each model.
#[derive(Debug, Clone)]
pub struct Scorer<'m> {
    churn: Option<ChurnScorer<'m>>,
    value: Option<ValueScorer<'m>>,
    groups: Option<GroupScorer<'m>>,
    decided_by: Option<DecidedBy<'m>>,
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
    /// What follows from them, where a policy decides.
    pub decision: Option<Decision<'m>>,
}

/// What one effect adds to the log-odds, against the training mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason<'m> {
    /// The feature, or the two of a pair.
    pub features: EffectNames<'m>,
    /// Its signed contribution.
    pub contribution: f64,
    /// The theme it belongs to, where a policy decides.
    pub cause: Option<EffectCause>,
}

impl<'m> Scorer<'m> {
    /// A scorer by these models.
    ///
    /// # Errors
    ///
    /// When one is of another kind than the part it is for.
    pub fn new(models: Models<'m>, max_reasons: usize) -> Result<Self, WrongKind> {
        let Models {
            churn,
            value,
            segmentation,
        } = models;
        let churn = churn.map(|artifact| ChurnScorer::new(artifact, max_reasons));
        Ok(Self {
            churn: churn.transpose()?,
            value: value.map(ValueScorer::new).transpose()?,
            groups: segmentation.map(GroupScorer::new).transpose()?,
            decided_by: None,
        })
    }

    /// The same scorer, with decisions, and the themes of reasons. Groups are
    /// told with them only.
    #[must_use]
    pub fn deciding(self, by: DecidedBy<'m>) -> Self {
        let mut scorer = self.naming_causes(by);
        scorer.decided_by = Some(by);
        scorer
    }

    /// The same scorer, with the themes of reasons, by the policy that would decide.
    #[must_use]
    pub fn naming_causes(mut self, by: DecidedBy<'m>) -> Self {
        if let Some(churn) = &mut self.churn {
            let schema = churn.content.model.schema();
            churn.causes = Some(by.causes.of(by.policy, churn.identity, schema));
        }
        self
    }

    /// The same scorer, without the potential value and its interval, which take
    /// most of the time of a value score. Decisions are the same.
    #[must_use]
    pub fn without_potential(mut self) -> Self {
        if let Some(value) = &mut self.value {
            value.detail = Detail::AmountOnly;
        }
        self
    }

    /// The features of the churn model, in its order: who reads a customer by
    /// them spares the scorer to look for each.
    #[must_use]
    pub fn names(&self) -> Option<&'m Names> {
        let churn = self.churn.as_ref()?;
        Some(churn.content.model.schema().names())
    }

    /// The versions that score.
    pub fn versions(&self) -> impl Iterator<Item = &'m Identity> {
        let churn = self.churn.as_ref().map(|scorer| scorer.identity);
        let value = self.value.as_ref().map(|scorer| scorer.identity);
        let groups = self.groups.as_ref().map(|scorer| scorer.identity);
        [churn, value, groups].into_iter().flatten()
    }

    /// Scores one customer.
    ///
    /// # Errors
    ///
    /// All that any of the models refuses.
    pub fn score<'c>(&self, customer: &Snapshot<'c>) -> Result<Score<'m, 'c>, Violations> {
        let mut violations = Violations::default();
        let mut contributions = Vec::new();
        let churn = self.churn.as_ref().and_then(|scorer| {
            let score = scorer.score(customer, &mut contributions);
            violations.gather(score)
        });
        let value = self.value.and_then(|scorer| {
            let score = scorer.score(customer);
            violations.gather(score)
        });
        let groups = match (&self.groups, &self.decided_by) {
            (Some(groups), Some(by)) => {
                let groups = groups.score(customer, value.as_ref(), &by.policy.groups);
                violations.gather(groups).flatten()
            }
            _ => None,
        };
        if violations.total() > 0 {
            return Err(violations);
        }
        let decision = self.decided_by.map(|by| {
            let contract = self.contract_value(customer, churn.as_ref(), value.as_ref());
            let scorer = self.churn.as_ref();
            let causes = scorer.map_or_else(Vec::new, |scorer| scorer.cause_sums(&contributions));
            by.decide(churn.as_ref(), value.as_ref(), groups, contract, causes)
        });
        Ok(Score {
            customer_id: customer.id(),
            churn,
            value,
            decision,
        })
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
        if let Some(groups) = &self.groups {
            violations.extend(groups.refuse(customer));
        }
        violations
    }
}
