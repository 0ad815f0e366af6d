//! The rules that groups of customers are named by.

use super::{LifecycleRules, SegmentRules, TierMatrix, TierRule};
use crate::model::segments::{TierBy, TierShares};

/// Every rule that a segmentation needs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupRules {
    /// Which RFM scores go by which name.
    pub segments: SegmentRules,
    /// How value becomes a tier.
    pub tiers: TierRule,
    /// How the time since the last purchase becomes a stage.
    pub lifecycle: LifecycleRules,
}

/// Those that a policy states. A segmentation takes the others as usual when it
/// is fitted; when it is served, they are its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StatedGroupRules {
    /// Which RFM scores go by which name.
    pub segments: Option<SegmentRules>,
    /// How large the tiers are. It counts when edges are fitted only.
    pub shares: Option<TierShares>,
    /// What the tiers of current and potential value come to together.
    pub matrix: Option<TierMatrix>,
    /// How the time since the last purchase becomes a stage.
    pub lifecycle: Option<LifecycleRules>,
}

impl StatedGroupRules {
    /// All rules, the others as usual.
    #[must_use]
    pub fn or_usual(self) -> GroupRules {
        let Self {
            segments,
            shares,
            matrix,
            lifecycle,
        } = self;
        GroupRules {
            segments: segments.unwrap_or_default(),
            tiers: TierRule {
                shares: shares.unwrap_or_else(|| TierShares::usual(TierBy::Customers)),
                matrix: matrix.unwrap_or_default(),
            },
            lifecycle: lifecycle.unwrap_or_default(),
        }
    }
}
