//! Which groups a customer belongs to, by a segmentation.

use super::ValueScore;
use crate::{
    artifact::{Artifact, Identity, WrongKind},
    customer::{InvalidSnapshot, KnownPurchases, ListedPurchases, Snapshot, Value, Violations},
    features::purchases::PurchaseFeatures,
    model::segments::Rfm,
    policy::{Placement, Rhythm, Segmentation, StatedGroupRules, ToPlace},
};

/// Places customers by one segmentation.
#[derive(Debug, Clone)]
pub(super) struct GroupScorer<'m> {
    pub(super) identity: &'m Identity,
    segmentation: &'m Segmentation,
    /// What its log's money was in, where it was told.
    currency: Option<&'m str>,
    all: PurchaseFeatures,
    /// For each feature of the clusters, its position among all.
    chosen: Vec<Option<usize>>,
}

/// The groups of a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Groups<'m> {
    /// The segmentation that told.
    pub model: &'m Identity,
    /// Where the customer stands.
    pub placement: Placement,
    /// The name of the segment; `None` before the first purchase.
    pub segment: Option<&'m str>,
}

impl<'m> GroupScorer<'m> {
    pub(super) fn new(artifact: &'m Artifact) -> Result<Self, WrongKind> {
        let content = artifact.segmentation()?;
        let segmentation = &content.segmentation;
        let all = PurchaseFeatures::usual(segmentation.refunds);
        let features = segmentation.clusters.features().iter();
        let position = |name: &str| all.names().iter().position(|other| other == name);
        Ok(Self {
            identity: &artifact.identity,
            segmentation,
            currency: content.facts.currency.as_deref(),
            chosen: features.map(|feature| position(&feature.name)).collect(),
            all,
        })
    }

    /// The groups of a customer with a list of purchases; `None` with a summary,
    /// which does not tell them. Missing purchases, and those in another
    /// currency, are errors.
    pub(super) fn score(
        &self,
        customer: &Snapshot<'_>,
        value: Option<&ValueScore<'_>>,
        stated: &'m StatedGroupRules,
    ) -> Result<Option<Groups<'m>>, Violations> {
        let Some(listed) = self.listed(customer.purchases())? else {
            return Ok(None);
        };
        let purchases = listed.collapse(self.segmentation.occasion);
        let (history, as_of) = (purchases.history(), listed.as_of());
        let refunds = self.segmentation.refunds;
        let rfm = Rfm::of(history, as_of, refunds)
            .map_err(|found| Violations::of("history.purchases", found.to_string()))?;
        let values = self.all.values(history, as_of).unwrap_or_default();
        let feature = |position: &Option<usize>| match values.get((*position)?) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        let features: Vec<Option<f64>> = self.chosen.iter().map(feature).collect();
        let placement = self.segmentation.place_by(
            &ToPlace {
                rfm,
                rhythm: Rhythm::of(history, as_of, refunds),
                features: &features,
                current_value: history.money_within(as_of, self.segmentation.value_days, refunds),
                potential_value: self.potential(value),
                p_no_purchase: value.map(|value| value.value.p_no_purchase),
            },
            stated,
        );
        let segments = self.segmentation.segments(stated);
        Ok(Some(Groups {
            model: self.identity,
            placement,
            segment: placement.scores.map(|scores| segments.name(scores)),
        }))
    }

    /// What the segmentation finds wrong with a customer that is no snapshot.
    pub(super) fn refuse(&self, customer: &InvalidSnapshot<'_>) -> Violations {
        let listed = customer.purchases().map(|purchases| self.listed(purchases));
        listed.ok().and_then(Result::err).unwrap_or_default()
    }

    fn listed<'p>(
        &self,
        purchases: Option<&'p KnownPurchases>,
    ) -> Result<Option<&'p ListedPurchases>, Violations> {
        match (purchases, self.currency) {
            (None, _) => Err(Violations::of(
                "history",
                "is required by the segmentation model",
            )),
            (Some(KnownPurchases::Summarised(_)), _) => Ok(None),
            (Some(KnownPurchases::Listed(listed)), Some(wanted))
                if listed.currency().to_string() != wanted =>
            {
                Err(Violations::of(
                    "history.currency",
                    format!("must be {wanted}, the segmentation's currency: nothing is converted"),
                ))
            }
            (Some(KnownPurchases::Listed(listed)), _) => Ok(Some(listed)),
        }
    }

    /// The potential value, where it comes from the model, in any version, that
    /// the tiers were fitted to.
    fn potential(&self, value: Option<&ValueScore<'_>>) -> Option<f64> {
        let (_, used) = self.segmentation.potential.as_ref()?;
        let (name, _) = used.model.rsplit_once('@')?;
        value
            .filter(|value| value.model.name.as_str() == name)?
            .potential_amount
    }
}
