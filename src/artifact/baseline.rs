//! The stored form of a baseline.

use serde::{Deserialize, Serialize};

use crate::model::{Baseline, Distribution, FeatureBaseline, Histogram, HistogramError};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::artifact) struct BaselineV1 {
    rows: u64,
    churned: u64,
    features: Vec<FeatureV1>,
    log_odds: HistogramV1,
    probabilities: HistogramV1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeatureV1 {
    name: String,
    missing: u64,
    values: DistributionV1,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DistributionV1 {
    Numbers(HistogramV1),
    Texts(Vec<u64>),
    Flags([u64; 2]),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HistogramV1 {
    edges: Vec<f64>,
    counts: Vec<u64>,
}

impl From<&Baseline> for BaselineV1 {
    fn from(baseline: &Baseline) -> Self {
        let Baseline {
            rows,
            churned,
            features,
            log_odds,
            probabilities,
        } = baseline;
        Self {
            rows: *rows,
            churned: *churned,
            features: features.iter().map(Into::into).collect(),
            log_odds: log_odds.into(),
            probabilities: probabilities.into(),
        }
    }
}

impl TryFrom<BaselineV1> for Baseline {
    type Error = HistogramError;

    fn try_from(stored: BaselineV1) -> Result<Self, HistogramError> {
        let BaselineV1 {
            rows,
            churned,
            features,
            log_odds,
            probabilities,
        } = stored;
        Ok(Self {
            rows,
            churned,
            features: features
                .into_iter()
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
            log_odds: log_odds.try_into()?,
            probabilities: probabilities.try_into()?,
        })
    }
}

impl From<&FeatureBaseline> for FeatureV1 {
    fn from(feature: &FeatureBaseline) -> Self {
        let FeatureBaseline {
            name,
            missing,
            values,
        } = feature;
        Self {
            name: name.clone(),
            missing: *missing,
            values: match values {
                Distribution::Numbers(histogram) => DistributionV1::Numbers(histogram.into()),
                Distribution::Texts(counts) => DistributionV1::Texts(counts.clone()),
                Distribution::Flags(counts) => DistributionV1::Flags(*counts),
            },
        }
    }
}

impl TryFrom<FeatureV1> for FeatureBaseline {
    type Error = HistogramError;

    fn try_from(stored: FeatureV1) -> Result<Self, HistogramError> {
        let FeatureV1 {
            name,
            missing,
            values,
        } = stored;
        Ok(Self {
            name,
            missing,
            values: match values {
                DistributionV1::Numbers(histogram) => Distribution::Numbers(histogram.try_into()?),
                DistributionV1::Texts(counts) => Distribution::Texts(counts),
                DistributionV1::Flags(counts) => Distribution::Flags(counts),
            },
        })
    }
}

impl From<&Histogram> for HistogramV1 {
    fn from(histogram: &Histogram) -> Self {
        Self {
            edges: histogram.edges().to_vec(),
            counts: histogram.counts().to_vec(),
        }
    }
}

impl TryFrom<HistogramV1> for Histogram {
    type Error = HistogramError;

    fn try_from(stored: HistogramV1) -> Result<Self, HistogramError> {
        Self::new(stored.edges, stored.counts)
    }
}
