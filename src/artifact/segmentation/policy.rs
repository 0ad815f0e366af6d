//! The stored form of the rules that a segmentation was made with.

use serde::{Deserialize, Serialize};

use super::SegmentationFormatError;
use crate::{
    model::segments::{Tier, TierBy, TierShares},
    policy::{
        GroupRules, LifecycleMeasure, LifecycleRules, ScoreBox, ScoreRange, SegmentDefinition,
        SegmentRules, TierMatrix, TierRule,
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyV1 {
    segments: Vec<SegmentV1>,
    tiers: TiersV1,
    lifecycle: LifecycleV1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SegmentV1 {
    name: String,
    scores: Vec<BoxV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BoxV1 {
    recency: [u8; 2],
    frequency: [u8; 2],
    monetary: [u8; 2],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TiersV1 {
    /// High, medium, low.
    shares: [f64; 3],
    by: TierByV1,
    /// By current tier and, within, by potential tier; from low to high.
    matrix: [[TierV1; 3]; 3],
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TierByV1 {
    Customers,
    Value,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TierV1 {
    Low,
    Medium,
    High,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LifecycleV1 {
    measure: MeasureV1,
    at_risk_gaps: f64,
    churned_gaps: f64,
    at_risk_probability: f64,
    churned_probability: f64,
    gap_days_without_repeats: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MeasureV1 {
    Gaps,
    Probability,
}

impl From<&GroupRules> for PolicyV1 {
    fn from(policy: &GroupRules) -> Self {
        let GroupRules {
            segments,
            tiers: TierRule { shares, matrix },
            lifecycle,
        } = policy;
        let boxed = |held: &ScoreBox| BoxV1 {
            recency: held.recency.ends(),
            frequency: held.frequency.ends(),
            monetary: held.monetary.ends(),
        };
        let segments = segments.definitions().iter().map(|segment| SegmentV1 {
            name: segment.name.clone(),
            scores: segment.boxes.iter().map(boxed).collect(),
        });
        Self {
            segments: segments.collect(),
            tiers: TiersV1 {
                shares: shares.shares(),
                by: match shares.by() {
                    TierBy::Customers => TierByV1::Customers,
                    TierBy::Value => TierByV1::Value,
                },
                matrix: matrix.0.map(|row| row.map(Into::into)),
            },
            lifecycle: (*lifecycle).into(),
        }
    }
}

impl PolicyV1 {
    pub(super) fn into_policy(self) -> Result<GroupRules, SegmentationFormatError> {
        let definition = |stored: SegmentV1| {
            let boxes = stored.scores.into_iter().map(BoxV1::into_box);
            Some(SegmentDefinition {
                name: stored.name,
                boxes: boxes.collect::<Option<_>>()?,
            })
        };
        let definitions: Option<_> = self.segments.into_iter().map(definition).collect();
        let definitions = definitions.ok_or(SegmentationFormatError::Score)?;
        let by = match self.tiers.by {
            TierByV1::Customers => TierBy::Customers,
            TierByV1::Value => TierBy::Value,
        };
        Ok(GroupRules {
            segments: SegmentRules::new(definitions)?,
            tiers: TierRule {
                shares: TierShares::new(self.tiers.shares, by)?,
                matrix: TierMatrix(self.tiers.matrix.map(|row| row.map(Into::into))),
            },
            lifecycle: LifecycleRules::from(self.lifecycle).checked()?,
        })
    }
}

impl BoxV1 {
    fn into_box(self) -> Option<ScoreBox> {
        let range = |[lowest, highest]: [u8; 2]| ScoreRange::new(lowest, highest);
        Some(ScoreBox {
            recency: range(self.recency)?,
            frequency: range(self.frequency)?,
            monetary: range(self.monetary)?,
        })
    }
}

impl From<Tier> for TierV1 {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Low => Self::Low,
            Tier::Medium => Self::Medium,
            Tier::High => Self::High,
        }
    }
}

impl From<TierV1> for Tier {
    fn from(tier: TierV1) -> Self {
        match tier {
            TierV1::Low => Self::Low,
            TierV1::Medium => Self::Medium,
            TierV1::High => Self::High,
        }
    }
}

impl From<LifecycleRules> for LifecycleV1 {
    fn from(rules: LifecycleRules) -> Self {
        let LifecycleRules {
            measure,
            at_risk_gaps,
            churned_gaps,
            at_risk_probability,
            churned_probability,
            gap_days_without_repeats,
        } = rules;
        Self {
            measure: match measure {
                LifecycleMeasure::Gaps => MeasureV1::Gaps,
                LifecycleMeasure::Probability => MeasureV1::Probability,
            },
            at_risk_gaps,
            churned_gaps,
            at_risk_probability,
            churned_probability,
            gap_days_without_repeats,
        }
    }
}

impl From<LifecycleV1> for LifecycleRules {
    fn from(stored: LifecycleV1) -> Self {
        let LifecycleV1 {
            measure,
            at_risk_gaps,
            churned_gaps,
            at_risk_probability,
            churned_probability,
            gap_days_without_repeats,
        } = stored;
        Self {
            measure: match measure {
                MeasureV1::Gaps => LifecycleMeasure::Gaps,
                MeasureV1::Probability => LifecycleMeasure::Probability,
            },
            at_risk_gaps,
            churned_gaps,
            at_risk_probability,
            churned_probability,
            gap_days_without_repeats,
        }
    }
}
