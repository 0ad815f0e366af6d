//! What would be, were a customer another in some features; and the smallest
//! change that brings its probability of churn below a bound.

mod moves;
mod search;

use super::{Reason, Scorer, churn::ChurnScorer};
use crate::{
    customer::{Snapshot, Value, Violations},
    policy::Direction,
};

/// What a churn model says of a customer after a change, less what it says
/// before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference<'m> {
    /// Of the probabilities, in [−1, 1].
    pub probability: f64,
    /// Of the log-odds, before any calibration.
    pub log_odds: f64,
    /// Of the contributions, the largest first; those that stay the same are
    /// left out. They add up to the difference of the log-odds, bit for bit.
    pub contributions: Vec<Reason<'m>>,
}

/// What is to be reached, and by what.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal<'g> {
    /// The probability of churn is to be below this.
    pub below: f64,
    /// Features that may change, and how; others stay.
    pub actionable: Vec<(&'g str, Direction)>,
}

/// A feature that takes another value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change<'m> {
    /// The feature.
    pub feature: &'m str,
    /// Its new value.
    pub to: Value<'m>,
}

/// What a search for the smallest change came to.
#[derive(Debug, Clone, PartialEq)]
pub enum SmallestChange<'m> {
    /// The probability is below the bound as it is.
    NotNeeded,
    /// One feature or two, in the schema's order.
    Found(Vec<Change<'m>>),
    /// Neither one feature nor a pair of them reaches the goal.
    NoneFound,
    /// Nobody wanted to know any more.
    GivenUp,
}

impl<'m> Scorer<'m> {
    /// What the churn model says of two customers, compared; `None` without one.
    ///
    /// # Errors
    ///
    /// All that the model refuses of either.
    pub fn difference(
        &self,
        before: &Snapshot<'_>,
        after: &Snapshot<'_>,
    ) -> Result<Option<Difference<'m>>, Violations> {
        let Some(churn) = &self.churn else {
            return Ok(None);
        };
        let (before, after) = (churn.explain(before)?, churn.explain(after)?);
        let pairs = after.contributions.iter().zip(&before.contributions);
        let changes: Vec<f64> = pairs.map(|(after, before)| after - before).collect();
        Ok(Some(Difference {
            probability: after.probability() - before.probability(),
            log_odds: after.log_odds - before.log_odds,
            contributions: churn.ranked(&changes, usize::MAX).0,
        }))
    }

    /// The smallest change that brings the churn probability of a customer below
    /// a bound: of one feature where one suffices, else of two. A change of a
    /// number counts in standard deviations of training, any other as 1.
    /// `None` without a churn model. `goes_on` is asked before every step, and ends
    /// the search where it says no.
    ///
    /// # Errors
    ///
    /// All that the model refuses of the customer.
    pub fn smallest_change(
        &self,
        customer: &Snapshot<'_>,
        goal: &Goal<'_>,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Option<SmallestChange<'m>>, Violations> {
        let churn = self.churn.as_ref();
        churn
            .map(|churn| churn.smallest_change(customer, goal, goes_on))
            .transpose()
    }

    /// Whether there is a churn model.
    #[must_use]
    pub fn has_churn(&self) -> bool {
        self.churn.is_some()
    }

    /// Whether the churn model has this feature.
    #[must_use]
    pub fn has_feature(&self, name: &str) -> bool {
        let churn = self.churn.as_ref();
        churn.is_some_and(|churn| churn.content.model.schema().position(name).is_some())
    }

    /// The names of the churn model's features.
    pub fn feature_names(&self) -> impl Iterator<Item = &'m str> {
        let features = self.churn.iter();
        let features = features.flat_map(|churn| churn.content.model.schema().features());
        features.map(|feature| feature.name.as_str())
    }
}

impl<'m> ChurnScorer<'m> {
    fn smallest_change(
        &self,
        customer: &Snapshot<'_>,
        goal: &Goal<'_>,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<SmallestChange<'m>, Violations> {
        let values = self.values(customer)?;
        let model = &self.content.model;
        let schema = model.schema();
        let movable = goal.actionable.iter().filter_map(|(name, direction)| {
            // What is built from purchases is no one's to change.
            let built = customer.purchases().is_some() && self.builds(name);
            let feature = schema.position(name).filter(|_| !built)?;
            Some(moves::Movable::new(schema, feature, *direction))
        });
        let mut movable: Vec<_> = movable.collect();
        movable.sort_by_key(|movable| movable.feature);
        movable.dedup_by_key(|movable| movable.feature);
        let search = search::Search {
            model,
            below: goal.below,
            goes_on,
        };
        Ok(search.run(&values, &movable))
    }
}
