//! The stored form of a segmentation, format 1.

use serde::{Deserialize, Serialize};

use super::{SegmentationContent, facts::FactsV1, policy::PolicyV1};
use crate::{
    customer::{InvalidDay, Occasion, Refunds, Violations},
    model::segments::{
        ClusterError, ClusterFeature, Clusters, FeatureTransform, Quintile, QuintileScale,
        QuintileStep, RfmScales, ScaleError, TierEdges, TierEdgesError,
    },
    policy::{Segmentation, SegmentationError, SegmentationFacts, ValueModelUsed},
};

/// The format of `model.json`.
pub(super) const FORMAT: u32 = 1;
/// The kind of model.
pub(super) const KIND: &str = "segmentation";

/// Why a stored segmentation is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SegmentationFormatError {
    /// The edges of a score.
    #[error("the edges of a score: {0}")]
    Scale(#[from] ScaleError),
    /// A score beyond 1 to 5.
    #[error("a score is not 1 to 5")]
    Score,
    /// The clusters.
    #[error("the clusters: {0}")]
    Clusters(#[from] ClusterError),
    /// The tiers.
    #[error("the value tiers: {0}")]
    Tiers(#[from] TierEdgesError),
    /// The policy.
    #[error("the policy: {0}")]
    Policy(#[from] Violations),
    /// The whole.
    #[error(transparent)]
    Segmentation(#[from] SegmentationError),
    /// A day.
    #[error("a day {0}")]
    Day(#[from] InvalidDay),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelV1 {
    format: u32,
    kind: String,
    refunds: RefundsV1,
    occasion: OccasionV1,
    rfm: ScalesV1,
    clusters: ClustersV1,
    value_days: u32,
    current_tiers: EdgesV1,
    potential_tiers: Option<PotentialV1>,
    typical_gap_days: f64,
    policy: PolicyV1,
    training: FactsV1,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RefundsV1 {
    Net,
    Drop,
    Keep,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OccasionV1 {
    Day,
    Invoice,
}

/// Steps of each score: the lowest value that has it. Recency is minus the days
/// since the last purchase.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScalesV1 {
    minus_days_since_last_purchase: Vec<StepV1>,
    purchases: Vec<StepV1>,
    mean_spend: Vec<StepV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepV1 {
    from: f64,
    score: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClustersV1 {
    features: Vec<ClusterFeatureV1>,
    centroids: Vec<Vec<f64>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClusterFeatureV1 {
    name: String,
    transform: TransformV1,
    mean: f64,
    standard_deviation: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TransformV1 {
    Plain,
    Log1p,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EdgesV1 {
    medium_from: Option<f64>,
    high_from: Option<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PotentialV1 {
    edges: EdgesV1,
    value_model: String,
    value_model_digest: String,
}

impl From<&SegmentationContent> for ModelV1 {
    fn from(content: &SegmentationContent) -> Self {
        let Segmentation {
            scales,
            clusters,
            current_edges,
            potential,
            typical_gap_days,
            value_days,
            refunds,
            occasion,
            policy,
        } = &content.segmentation;
        Self {
            format: FORMAT,
            kind: KIND.to_owned(),
            refunds: match refunds {
                Refunds::Net => RefundsV1::Net,
                Refunds::Drop => RefundsV1::Drop,
                Refunds::Keep => RefundsV1::Keep,
            },
            occasion: match occasion {
                Occasion::Day => OccasionV1::Day,
                Occasion::Invoice => OccasionV1::Invoice,
            },
            rfm: ScalesV1 {
                minus_days_since_last_purchase: steps(&scales.recency),
                purchases: steps(&scales.frequency),
                mean_spend: steps(&scales.monetary),
            },
            clusters: ClustersV1 {
                features: clusters.features().iter().map(Into::into).collect(),
                centroids: clusters.centroids().to_vec(),
            },
            value_days: *value_days,
            current_tiers: current_edges.into(),
            potential_tiers: potential.as_ref().map(|(edges, used)| PotentialV1 {
                edges: edges.into(),
                value_model: used.model.clone(),
                value_model_digest: used.digest.clone(),
            }),
            typical_gap_days: *typical_gap_days,
            policy: policy.into(),
            training: (&content.facts).into(),
        }
    }
}

impl ModelV1 {
    pub(super) fn into_parts(
        self,
    ) -> Result<(Segmentation, SegmentationFacts), SegmentationFormatError> {
        let Self {
            format: _, // checked with the kind, before anything else is read
            kind: _,
            refunds,
            occasion,
            rfm,
            clusters,
            value_days,
            current_tiers,
            potential_tiers,
            typical_gap_days,
            policy,
            training,
        } = self;
        let features = clusters.features.into_iter().map(Into::into).collect();
        let potential = potential_tiers.map(|stored| {
            let used = ValueModelUsed {
                model: stored.value_model,
                digest: stored.value_model_digest,
            };
            stored.edges.into_edges().map(|edges| (edges, used))
        });
        let segmentation = Segmentation {
            scales: RfmScales {
                recency: scale(rfm.minus_days_since_last_purchase)?,
                frequency: scale(rfm.purchases)?,
                monetary: scale(rfm.mean_spend)?,
            },
            clusters: Clusters::new(features, clusters.centroids)?,
            current_edges: current_tiers.into_edges()?,
            potential: potential.transpose()?,
            typical_gap_days,
            value_days,
            refunds: match refunds {
                RefundsV1::Net => Refunds::Net,
                RefundsV1::Drop => Refunds::Drop,
                RefundsV1::Keep => Refunds::Keep,
            },
            occasion: match occasion {
                OccasionV1::Day => Occasion::Day,
                OccasionV1::Invoice => Occasion::Invoice,
            },
            policy: policy.into_policy()?,
        };
        Ok((segmentation.checked()?, training.into_facts()?))
    }
}

fn steps(scale: &QuintileScale) -> Vec<StepV1> {
    let steps = scale.steps().iter();
    steps
        .map(|QuintileStep { from, score }| StepV1 {
            from: *from,
            score: score.get(),
        })
        .collect()
}

fn scale(steps: Vec<StepV1>) -> Result<QuintileScale, SegmentationFormatError> {
    let steps = steps.into_iter().map(|StepV1 { from, score }| {
        let score = Quintile::new(score).ok_or(SegmentationFormatError::Score)?;
        Ok(QuintileStep { from, score })
    });
    let steps = steps.collect::<Result<_, SegmentationFormatError>>()?;
    Ok(QuintileScale::new(steps)?)
}

impl From<&TierEdges> for EdgesV1 {
    fn from(edges: &TierEdges) -> Self {
        Self {
            medium_from: edges.medium(),
            high_from: edges.high(),
        }
    }
}

impl EdgesV1 {
    fn into_edges(self) -> Result<TierEdges, TierEdgesError> {
        TierEdges::new(self.medium_from, self.high_from)
    }
}

impl From<&ClusterFeature> for ClusterFeatureV1 {
    fn from(feature: &ClusterFeature) -> Self {
        let ClusterFeature {
            name,
            transform,
            mean,
            standard_deviation,
        } = feature.clone();
        Self {
            name,
            transform: match transform {
                FeatureTransform::Plain => TransformV1::Plain,
                FeatureTransform::Log1p => TransformV1::Log1p,
            },
            mean,
            standard_deviation,
        }
    }
}

impl From<ClusterFeatureV1> for ClusterFeature {
    fn from(stored: ClusterFeatureV1) -> Self {
        let ClusterFeatureV1 {
            name,
            transform,
            mean,
            standard_deviation,
        } = stored;
        Self {
            name,
            transform: match transform {
                TransformV1::Plain => FeatureTransform::Plain,
                TransformV1::Log1p => FeatureTransform::Log1p,
            },
            mean,
            standard_deviation,
        }
    }
}
