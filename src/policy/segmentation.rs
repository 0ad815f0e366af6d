//! A fitted segmentation: every edge that training found, and the rules that
//! name what lies between them.

use super::{GroupRules, LifecycleMeasure, Rhythm, SegmentRules, Stage, StatedGroupRules};
use crate::{
    customer::{Occasion, Refunds},
    model::segments::{Clusters, Rfm, RfmScales, RfmScores, Tier, TierEdges},
};

/// What a customer must be placed by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ToPlace<'a> {
    /// Recency, frequency, monetary value; `None` before the first purchase.
    pub rfm: Option<Rfm>,
    /// How the purchases follow each other.
    pub rhythm: Rhythm,
    /// The features of the clusters, in their order.
    pub features: &'a [Option<f64>],
    /// What the customer brought in within the window of current value.
    pub current_value: f64,
    /// What the customer is expected to bring in, where a value model tells.
    pub potential_value: Option<f64>,
    /// The probability of no purchase, where a value model tells.
    pub p_no_purchase: Option<f64>,
}

/// Where a customer stands in every segmentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The RFM scores; `None` before the first purchase, as the two below.
    pub scores: Option<RfmScores>,
    /// The position of the named segment in the policy's list.
    pub segment: Option<usize>,
    /// The number of the cluster, from 0.
    pub cluster: Option<usize>,
    /// The tier of the current value.
    pub current_tier: Tier,
    /// The tier of the potential value, where it is known.
    pub potential_tier: Option<Tier>,
    /// The two together.
    pub tier: Tier,
    /// The lifecycle stage.
    pub stage: Stage,
}

/// The tiers of potential value, and the value model that they were fitted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueModelUsed {
    /// `name@version`.
    pub model: String,
    /// SHA-256 of its manifest, lower-case hex.
    pub digest: String,
}

/// All that a segmentation was fitted to, and how its log was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Segmentation {
    /// Edges of the RFM scores.
    pub scales: RfmScales,
    /// Centroids, and the features they lie in.
    pub clusters: Clusters,
    /// Edges of the tiers of current value.
    pub current_edges: TierEdges,
    /// Edges of the tiers of potential value, and where it came from.
    pub potential: Option<(TierEdges, ValueModelUsed)>,
    /// Median over the customers who bought on several days of their mean gap;
    /// in [1, 10⁷].
    pub typical_gap_days: f64,
    /// Current value is the money of this many days up to the cut-off.
    pub value_days: u32,
    /// What became of negative amounts.
    pub refunds: Refunds,
    /// What counted as a purchase.
    pub occasion: Occasion,
    /// The rules that name the groups.
    pub policy: GroupRules,
}

/// Why numbers are no segmentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SegmentationError {
    /// The typical gap is none.
    #[error("the typical gap must be from 1 to 10000000 days")]
    TypicalGap,
    /// The window of current value is empty.
    #[error("the window of current value must be at least 1 day")]
    ValueDays,
    /// Nobody tells the probability that stages go by.
    #[error("the lifecycle measure `probability` needs a value model")]
    NoProbability,
}

impl Segmentation {
    /// Checks what its parts do not check themselves.
    ///
    /// # Errors
    ///
    /// When a length of time is none, or stages go by what no model tells.
    pub fn checked(self) -> Result<Self, SegmentationError> {
        if !(1.0..=1e7).contains(&self.typical_gap_days) {
            return Err(SegmentationError::TypicalGap);
        }
        if self.potential.is_none()
            && self.policy.lifecycle.measure == LifecycleMeasure::Probability
        {
            return Err(SegmentationError::NoProbability);
        }
        if self.value_days == 0 {
            return Err(SegmentationError::ValueDays);
        }
        Ok(self)
    }

    /// Places a customer by its own rules.
    #[must_use]
    pub fn place(&self, customer: &ToPlace<'_>) -> Placement {
        self.place_by(customer, &StatedGroupRules::default())
    }

    /// The named segments that hold where a policy states these rules.
    #[must_use]
    pub fn segments<'s>(&'s self, stated: &'s StatedGroupRules) -> &'s SegmentRules {
        stated.segments.as_ref().unwrap_or(&self.policy.segments)
    }

    /// Places a customer by the rules that a policy states, and by its own where
    /// it states none. Edges are its own.
    #[must_use]
    pub fn place_by(&self, customer: &ToPlace<'_>, stated: &StatedGroupRules) -> Placement {
        let segments = self.segments(stated);
        let matrix = stated.matrix.as_ref();
        let matrix = matrix.unwrap_or(&self.policy.tiers.matrix);
        let lifecycle = stated.lifecycle.as_ref();
        let lifecycle = lifecycle.unwrap_or(&self.policy.lifecycle);
        let scores = customer.rfm.map(|rfm| self.scales.score(&rfm));
        let current_tier = self.current_edges.tier(customer.current_value);
        let potential_tier = match (&self.potential, customer.potential_value) {
            (Some((edges, _)), Some(value)) => Some(edges.tier(value)),
            _ => None,
        };
        let stage = lifecycle.stage(
            &customer.rhythm,
            self.typical_gap_days,
            customer.p_no_purchase,
        );
        Placement {
            scores,
            segment: scores.map(|scores| segments.position(scores)),
            cluster: scores.map(|_| self.clusters.assign(customer.features)),
            current_tier,
            potential_tier,
            tier: matrix.tier(current_tier, potential_tier),
            stage,
        }
    }
}
