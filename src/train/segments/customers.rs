//! Each customer as of a day, in the numbers that segmentations go by.

use super::{SegmentsError, potential::Potential};
use crate::{
    customer::{Day, PurchaseHistory, Refunds, Value},
    features::purchases::PurchaseFeatures,
    model::segments::{MAX_CLUSTER_FEATURES, Rfm},
    policy::{Rhythm, ToPlace},
    train::snapshots::Histories,
};

/// A customer as of a day.
#[derive(Debug, Clone)]
pub(super) struct Measured<'l> {
    pub(super) id: &'l str,
    pub(super) history: PurchaseHistory<'l>,
    pub(super) rfm: Option<Rfm>,
    pub(super) rhythm: Rhythm,
    pub(super) features: Vec<Option<f64>>,
    pub(super) current_value: f64,
    /// Lifetime value; `None` before the first purchase, or without a value
    /// model, as the next.
    pub(super) potential_value: Option<f64>,
    /// Probability of no purchase within the value model's horizon.
    pub(super) p_no_purchase: Option<f64>,
}

impl Measured<'_> {
    /// What the customer is placed by.
    pub(super) fn to_place(&self) -> ToPlace<'_> {
        ToPlace {
            rfm: self.rfm,
            rhythm: self.rhythm,
            features: &self.features,
            current_value: self.current_value,
            potential_value: self.potential_value,
            p_no_purchase: self.p_no_purchase,
        }
    }
}

/// How customers are measured.
#[derive(Debug)]
pub(super) struct Measures {
    all: PurchaseFeatures,
    /// Positions of the chosen features.
    chosen: Vec<usize>,
    refunds: Refunds,
    value_days: u32,
    potential: Option<Potential>,
}

impl Measures {
    pub(super) fn new(
        features: &[String],
        refunds: Refunds,
        value_days: u32,
        potential: Option<Potential>,
    ) -> Result<Self, SegmentsError> {
        if features.len() > MAX_CLUSTER_FEATURES {
            return Err(SegmentsError::TooManyFeatures(features.len()));
        }
        let all = PurchaseFeatures::usual(refunds);
        let mut chosen = Vec::new();
        for feature in features {
            let position = all.names().iter().position(|name| name == feature);
            let position = position.ok_or_else(|| SegmentsError::UnknownFeature {
                feature: feature.clone(),
                known: all.names().join(", "),
            })?;
            if chosen.contains(&position) {
                return Err(SegmentsError::FeatureTwice(feature.clone()));
            }
            chosen.push(position);
        }
        Ok(Self {
            all,
            chosen,
            refunds,
            value_days,
            potential,
        })
    }

    /// The value model, if there is one.
    pub(super) fn potential(&self) -> Option<&Potential> {
        self.potential.as_ref()
    }

    /// The names of the chosen features.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.all.names();
        self.chosen.iter().map(|&position| names[position].as_str())
    }

    /// All customers of whom anything is known at the end of `as_of`, in the
    /// order of the log.
    pub(super) fn at<'l>(
        &self,
        as_of: Day,
        histories: &Histories<'l>,
    ) -> Result<Vec<Measured<'l>>, SegmentsError> {
        let known = histories.customers.iter();
        let known = known.filter(|(_, history)| !history.through(as_of).days().is_empty());
        known
            .map(|(id, history)| self.measure(id, *history, as_of))
            .collect()
    }

    fn measure<'l>(
        &self,
        id: &'l str,
        history: PurchaseHistory<'l>,
        as_of: Day,
    ) -> Result<Measured<'l>, SegmentsError> {
        let rfm = Rfm::of(history, as_of, self.refunds);
        let rfm = rfm.map_err(|violations| SegmentsError::Customer {
            customer: id.to_owned(),
            violations,
        })?;
        let values = self.all.values(history, as_of).unwrap_or_default();
        let feature = |&position: &usize| match values.get(position) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        let potential = self.potential.as_ref();
        let told = potential.and_then(|model| model.tell(history, as_of));
        Ok(Measured {
            id,
            history,
            rfm,
            rhythm: Rhythm::of(history, as_of, self.refunds),
            features: self.chosen.iter().map(feature).collect(),
            current_value: history.money_within(as_of, self.value_days, self.refunds),
            potential_value: told.map(|told| told.lifetime_value),
            p_no_purchase: told.map(|told| told.p_no_purchase),
        })
    }
}

/// Median over the customers who bought on several days of their mean gap, at
/// least 1; `otherwise` where there are none.
pub(super) fn typical_gap_days(customers: &[Measured<'_>], otherwise: f64) -> f64 {
    let gaps = customers.iter().filter_map(|c| c.rhythm.mean_gap_days());
    let mut gaps: Vec<f64> = gaps.collect();
    gaps.sort_unstable_by(f64::total_cmp);
    match gaps.len() {
        0 => otherwise,
        n if n % 2 == 1 => gaps[n / 2],
        n => f64::midpoint(gaps[n / 2 - 1], gaps[n / 2]),
    }
    .max(1.0)
}
