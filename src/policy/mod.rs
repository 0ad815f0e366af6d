//! Business rules: from numbers to names and decisions.
//!
//! The rules stand apart from the models: what the models find in data is
//! stored with them, and what people decide is written here. A [`Policy`] is
//! checked as a whole when it is read, so that every customer falls under
//! exactly one rule of each kind.

mod actionable;
mod bands;
mod causes;
mod contract_value;
mod defaults;
mod groups;
mod lifecycle;
mod playbook;
mod sample;
mod segmentation;
mod segments;
mod summary;
mod tiers;
mod warnings;

pub use actionable::{Actionable, Direction};
pub use bands::{RiskBand, RiskBands, StatedBand};
pub use causes::{CauseGroup, CauseRules, CauseSum, EffectCause, cause_sums, leading_cause};
pub use contract_value::{ContractAmounts, ContractTiers, ContractValueRules, NoContractValue};
pub use groups::{GroupRules, StatedGroupRules};
pub use lifecycle::{LifecycleMeasure, LifecycleRules, Rhythm, Stage};
pub use playbook::{
    Action, Condition, FALLBACK_LANGUAGE, MAX_RULES, OneOf, Playbook, PlaybookRule, Situation,
    is_language,
};
pub use sample::{NotAShare, Sample};
pub use segmentation::{Placement, Segmentation, SegmentationError, ToPlace, ValueModelUsed};
pub use segments::{
    MAX_SEGMENT_NAME_BYTES, MAX_SEGMENTS, ScoreBox, ScoreRange, SegmentDefinition, SegmentRules,
};
pub use summary::{
    Churned, ClusterProfile, FollowUp, Group, SegmentationFacts, SegmentationSummary,
};
pub use tiers::{TierMatrix, TierRule};
pub use warnings::{
    AlarmRules, ByTier, Capacity, Change, ControlGroup, ExpectedPurchasesRule, FeatureRule,
    LevelRule, MAX_WARNING_DAYS, MAX_WATCHED_FEATURES, MovesRule, OverdueRule, RiseRule, SpendRule,
    WarningRules,
};

/// Which policy decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyIdentity {
    /// Its name.
    pub name: String,
    /// Its version, as its author counts.
    pub version: String,
    /// SHA-256 of its file; lower-case hex.
    pub digest: String,
}

/// All business rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Which one it is.
    pub identity: PolicyIdentity,
    /// The names of groups, as far as they are stated.
    pub groups: StatedGroupRules,
    /// Cut-offs on the probability of churn.
    pub bands: RiskBands,
    /// Which feature belongs to which cause.
    pub causes: CauseRules,
    /// What to do for whom.
    pub playbook: Playbook,
    /// What can be changed about a customer.
    pub actionable: Actionable,
    /// What contracts are worth, where it says so.
    pub contract_value: Option<ContractValueRules>,
    /// When to warn of a customer.
    pub warnings: WarningRules,
}
