//! Business rules: from numbers to names and decisions.
//!
//! The rules stand apart from the models: what the models find in data is
//! stored with them, and what people decide is written here. A [`Policy`] is
//! checked as a whole when it is read, so that every customer falls under
//! exactly one rule of each kind.

mod defaults;
mod lifecycle;
mod segmentation;
mod segments;
mod summary;
mod tiers;

pub use lifecycle::{LifecycleMeasure, LifecycleRules, Rhythm, Stage};
pub use segmentation::{Placement, Segmentation, SegmentationError, ToPlace, ValueModelUsed};
pub use segments::{
    MAX_SEGMENT_NAME_BYTES, MAX_SEGMENTS, ScoreBox, ScoreRange, SegmentDefinition, SegmentRules,
};
pub use summary::{
    Churned, ClusterProfile, FollowUp, Group, SegmentationFacts, SegmentationSummary,
};
pub use tiers::{TierMatrix, TierRule};

/// All business rules.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policy {
    /// Which RFM scores go by which name.
    pub segments: SegmentRules,
    /// How value becomes a tier.
    pub tiers: TierRule,
    /// How the time since the last purchase becomes a stage.
    pub lifecycle: LifecycleRules,
}
