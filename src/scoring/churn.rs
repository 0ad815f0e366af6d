//! The churn score, and its reasons.

use std::borrow::Cow;

use super::{Reason, causes::Causes, rank::rank};
use crate::{
    artifact::{Artifact, ChurnContent, Identity, WrongKind},
    customer::{
        InvalidSnapshot, KnownPurchases, ListedPurchases, PurchasesAtFault, Snapshot, Value,
        Violations,
    },
    features::{
        Feature, Note, Row, Schema,
        purchases::{DISTINCT_PRODUCTS, PurchaseFeatureRules},
    },
    model::Explanation,
    policy::{CauseSum, cause_sums},
};

pub(super) const NO_FEATURES: &str = "must not be empty";
const BUILT: &str = "is built from `history`; leave it out";

/// Scores churn by one model version.
#[derive(Debug, Clone)]
pub(super) struct ChurnScorer<'m> {
    pub(super) identity: &'m Identity,
    pub(super) content: &'m ChurnContent,
    pub(super) max_reasons: usize,
    /// The theme of each effect, where a policy decides.
    pub(super) causes: Option<Causes>,
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
            causes: None,
        })
    }

    /// The score; `contributions` then are those of all effects. Every feature that
    /// the model's schema refuses is an error, and what is wrong with purchases that
    /// features are built from.
    #[inline]
    pub(super) fn score(
        &self,
        customer: &Snapshot<'_>,
        contributions: &mut Vec<f64>,
    ) -> Result<ChurnScore<'m>, Violations> {
        let model = &self.content.model;
        let explanation = self.explain(customer)?;
        let (reasons, remaining_contribution) =
            self.ranked(&explanation.contributions, self.max_reasons);
        let probability = explanation.probability();
        *contributions = explanation.contributions;
        Ok(ChurnScore {
            model: self.identity,
            features: model.schema().features(),
            probability,
            calibrated: model.calibration().is_some(),
            log_odds: explanation.log_odds,
            base_log_odds: explanation.base_log_odds,
            reasons,
            remaining_contribution,
            notes: explanation.notes,
        })
    }

    /// What the model says; errors as in [`Self::score`].
    #[inline]
    pub(super) fn explain(&self, customer: &Snapshot<'_>) -> Result<Explanation, Violations> {
        let model = &self.content.model;
        let sent = customer.in_order(model.schema().names());
        let sent = sent.filter(|_| !self.builds_from(customer));
        match sent.and_then(|sent| model.explain_sent(sent)) {
            Some(explanation) => Ok(explanation),
            None => Ok(model.explain(&self.row(customer)?)),
        }
    }

    /// The customer as the model's schema sees it; errors as in [`Self::score`].
    pub(super) fn row(&self, customer: &Snapshot<'_>) -> Result<Row, Violations> {
        self.content.model.schema().row_of(&self.named(customer)?)
    }

    /// Whether features are built from what is known of the purchases.
    fn builds_from(&self, customer: &Snapshot<'_>) -> bool {
        let listed = matches!(customer.purchases(), Some(KnownPurchases::Listed(_)));
        listed && self.content.purchases.is_some()
    }

    /// The values that are scored, in the schema's order; errors as in
    /// [`Self::score`].
    pub(super) fn values<'i>(
        &self,
        customer: &'i Snapshot<'_>,
    ) -> Result<Vec<Value<'i>>, Violations>
    where
        'm: 'i,
    {
        self.content.model.schema().arranged(&self.named(customer)?)
    }

    fn named<'i>(
        &self,
        customer: &'i Snapshot<'_>,
    ) -> Result<Cow<'i, [(&'i str, Value<'i>)]>, Violations>
    where
        'm: 'i,
    {
        let schema = self.content.model.schema();
        let Input {
            named,
            not_built,
            mut violations,
        } = self.input(customer.features(), Ok(customer.purchases()));
        if named.is_empty() && !not_built {
            violations.push("features", NO_FEATURES);
        }
        if violations.total() > 0 {
            violations.extend(schema.violations(&named, |name| !(not_built && self.builds(name))));
            return Err(violations);
        }
        Ok(named)
    }

    /// What the model finds wrong with a customer that is no snapshot, beside
    /// what is wrong with it anyway.
    pub(super) fn refuse(&self, customer: &InvalidSnapshot<'_>) -> Violations {
        let schema = self.content.model.schema();
        let Input {
            named,
            not_built,
            mut violations,
        } = self.input(Cow::Borrowed(customer.sound()), customer.purchases());
        if customer.has_no_features() && named.is_empty() && !not_built {
            violations.push("features", NO_FEATURES);
        }
        violations.extend(schema.violations(&named, |name| {
            !(customer.is_faulty(name) || not_built && self.builds(name))
        }));
        violations
    }

    /// The largest of these contributions, and the sum of the others.
    pub(super) fn ranked(&self, contributions: &[f64], most: usize) -> (Vec<Reason<'m>>, f64) {
        let schema = self.content.model.schema();
        let mut largest = Vec::new();
        let remaining = rank(contributions, most, &mut largest);
        let reasons = largest.into_iter().map(|(effect, contribution)| {
            let features = schema.effect_names(effect);
            Reason {
                features,
                contribution,
                cause: self.causes.as_ref().map(|causes| causes[effect]),
            }
        });
        (reasons.collect(), remaining)
    }

    /// Contributions of all effects by theme; none where no policy names themes.
    pub(super) fn cause_sums(&self, contributions: &[f64]) -> Vec<CauseSum> {
        let Some(causes) = &self.causes else {
            return Vec::new();
        };
        let all = contributions.iter().copied().enumerate();
        let effects = all.filter(|(_, contribution)| *contribution != 0.0);
        cause_sums(effects.map(|(effect, contribution)| (causes[effect], contribution)))
    }

    pub(super) fn builds(&self, name: &str) -> bool {
        let rules = self.content.purchases.as_ref();
        rules.is_some_and(|rules| rules.build(name))
    }

    /// What was sent, and what the model builds from a list of purchases.
    fn input<'i>(
        &self,
        sent: Cow<'i, [(&'i str, Value<'i>)]>,
        purchases: Result<Option<&KnownPurchases>, PurchasesAtFault>,
    ) -> Input<'i>
    where
        'm: 'i,
    {
        let mut input = Input {
            named: sent,
            not_built: false,
            violations: Violations::default(),
        };
        let Some(rules) = &self.content.purchases else {
            return input;
        };
        match purchases {
            // With a summary, features are sent as without any purchases.
            Ok(None | Some(KnownPurchases::Summarised(_))) => {}
            // What is at fault has been told.
            Err(PurchasesAtFault) => input.not_built = true,
            Ok(Some(KnownPurchases::Listed(listed))) => match build(rules, listed) {
                Ok(built) => input.add(built, self.content.model.schema()),
                Err(violations) => {
                    input.not_built = true;
                    input.violations = violations;
                }
            },
        }
        input
    }
}

/// What a churn score is computed from.
struct Input<'i> {
    /// Features by name: sent, then built.
    named: Cow<'i, [(&'i str, Value<'i>)]>,
    /// Whether the purchases are such that nothing can be built from them.
    not_built: bool,
    violations: Violations,
}

impl<'i> Input<'i> {
    /// Adds those of the features built that the schema has. One that was sent
    /// as well is refused: it would be a second opinion.
    fn add(&mut self, built: Vec<(&'i str, Value<'i>)>, schema: &Schema) {
        for (name, value) in built {
            if schema.position(name).is_none() {
                continue;
            }
            let mut sent = self.named.iter().filter(|(sent, _)| *sent == name);
            if sent.any(|(_, value)| *value != Value::Missing) {
                self.violations.push_feature(name, BUILT);
            }
            self.named.to_mut().push((name, value));
        }
    }
}

/// The features of a list of purchases, all that the rules build. Without
/// products, the number of distinct ones is not built.
fn build<'r>(
    rules: &'r PurchaseFeatureRules,
    listed: &ListedPurchases,
) -> Result<Vec<(&'r str, Value<'r>)>, Violations> {
    let PurchaseFeatureRules {
        features,
        occasion,
        currency,
    } = rules;
    if listed.currency() != *currency {
        return Err(Violations::of(
            "history.currency",
            format!("must be {currency}, the churn model's currency: nothing is converted"),
        ));
    }
    let purchases = listed.collapse(*occasion);
    let Some(named) = features.named(purchases.history(), listed.as_of()) else {
        return Err(Violations::of(
            "history.purchases",
            "must hold a purchase that was not returned the same day",
        ));
    };
    Ok(named
        .filter(|(name, _)| listed.has_products() || *name != DISTINCT_PRODUCTS)
        .collect())
}
