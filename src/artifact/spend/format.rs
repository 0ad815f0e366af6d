//! The stored form of a spend model, format 1, and its conversions.

use serde::{Deserialize, Serialize};

use super::SpendContent;
use crate::{
    artifact::{
        FormatError,
        churn::{FeatureV1, TrainingFactsV1},
    },
    customer::InvalidCurrency,
    features::{Schema, SchemaError},
    model::{
        ModelError,
        value::{SpendDefinition, SpendEvaluation, SpendFit, SpendMetrics, SpendModel, SpendTenth},
    },
};

/// The format of `model.json`.
pub(super) const FORMAT: u32 = 1;
/// The kind that `model.json` states.
pub(super) const KIND: &str = "value-glm";

/// Why a stored spend model is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpendFormatError {
    /// A feature's columns.
    #[error(transparent)]
    Feature(#[from] FormatError),
    /// The features are no schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The numbers are no model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The currency.
    #[error("the currency {0}")]
    Currency(#[from] InvalidCurrency),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelV1 {
    format: u32,
    kind: String,
    spend: DefinitionV1,
    intercept: f64,
    features: Vec<FeatureV1>,
    fit: FitV1,
    training: TrainingFactsV1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DefinitionV1 {
    description: String,
    target: String,
    horizon_days: Option<u32>,
    currency: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FitV1 {
    power: f64,
    dispersion: f64,
    explained_by_lines: f64,
    explained_by_curves: f64,
    calibration_factor: f64,
    mean_spend: f64,
    clamped_rows: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvaluationV1 {
    held_out: MetricsV1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MetricsV1 {
    rows: u64,
    spenders: u64,
    actual: f64,
    predicted: f64,
    mean_absolute_error: f64,
    mean_absolute_error_of_mean: f64,
    root_mean_squared_error: f64,
    deviance_explained: f64,
    gini: Option<f64>,
    tenths: Vec<TenthV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TenthV1 {
    rows: u64,
    predicted: f64,
    actual: f64,
}

impl From<&SpendContent> for ModelV1 {
    fn from(content: &SpendContent) -> Self {
        let SpendContent {
            model,
            definition,
            fit,
            training,
            evaluation: _, // stored in a file of its own
        } = content;
        let model = model.additive();
        let features = model.schema().features().iter();
        let features = features
            .zip(model.schema().columns())
            .map(|(feature, columns)| {
                FeatureV1::of(feature, &model.coefficients()[columns.clone()])
            });
        Self {
            format: FORMAT,
            kind: KIND.to_owned(),
            spend: definition.clone().into(),
            intercept: model.intercept(),
            features: features.collect(),
            fit: (*fit).into(),
            training: training.clone().into(),
        }
    }
}

impl ModelV1 {
    pub(super) fn into_content(
        self,
        evaluation: EvaluationV1,
    ) -> Result<SpendContent, SpendFormatError> {
        let Self {
            format: _, // judged with the header
            kind: _,
            spend,
            intercept,
            features,
            fit,
            training,
        } = self;
        let mut coefficients = Vec::new();
        let features = features
            .into_iter()
            .map(|feature| feature.into_feature(&mut coefficients))
            .collect::<Result<Vec<_>, _>>()?;
        let schema = Schema::new(features)?;
        Ok(SpendContent {
            model: SpendModel::new(schema, intercept, coefficients)?,
            definition: spend.into_definition()?,
            fit: fit.into(),
            training: training.into(),
            evaluation: evaluation.into(),
        })
    }
}

impl From<SpendDefinition> for DefinitionV1 {
    fn from(from: SpendDefinition) -> Self {
        let SpendDefinition {
            description,
            target,
            horizon_days,
            currency,
        } = from;
        Self {
            description,
            target,
            horizon_days,
            currency: currency.to_string(),
        }
    }
}

impl DefinitionV1 {
    fn into_definition(self) -> Result<SpendDefinition, InvalidCurrency> {
        let Self {
            description,
            target,
            horizon_days,
            currency,
        } = self;
        Ok(SpendDefinition {
            description,
            target,
            horizon_days,
            currency: currency.parse()?,
        })
    }
}

impl From<SpendFit> for FitV1 {
    fn from(from: SpendFit) -> Self {
        let SpendFit {
            power,
            dispersion,
            explained_by_lines,
            explained_by_curves,
            calibration_factor,
            mean_spend,
            clamped_rows,
        } = from;
        Self {
            power,
            dispersion,
            explained_by_lines,
            explained_by_curves,
            calibration_factor,
            mean_spend,
            clamped_rows,
        }
    }
}

impl From<FitV1> for SpendFit {
    fn from(from: FitV1) -> Self {
        let FitV1 {
            power,
            dispersion,
            explained_by_lines,
            explained_by_curves,
            calibration_factor,
            mean_spend,
            clamped_rows,
        } = from;
        Self {
            power,
            dispersion,
            explained_by_lines,
            explained_by_curves,
            calibration_factor,
            mean_spend,
            clamped_rows,
        }
    }
}

impl From<SpendEvaluation> for EvaluationV1 {
    fn from(from: SpendEvaluation) -> Self {
        let SpendEvaluation { held_out } = from;
        Self {
            held_out: held_out.into(),
        }
    }
}

impl From<EvaluationV1> for SpendEvaluation {
    fn from(from: EvaluationV1) -> Self {
        let EvaluationV1 { held_out } = from;
        Self {
            held_out: held_out.into(),
        }
    }
}

impl From<SpendMetrics> for MetricsV1 {
    fn from(from: SpendMetrics) -> Self {
        let SpendMetrics {
            rows,
            spenders,
            actual,
            predicted,
            mean_absolute_error,
            mean_absolute_error_of_mean,
            root_mean_squared_error,
            deviance_explained,
            gini,
            tenths,
        } = from;
        Self {
            rows,
            spenders,
            actual,
            predicted,
            mean_absolute_error,
            mean_absolute_error_of_mean,
            root_mean_squared_error,
            deviance_explained,
            gini,
            tenths: tenths.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<MetricsV1> for SpendMetrics {
    fn from(from: MetricsV1) -> Self {
        let MetricsV1 {
            rows,
            spenders,
            actual,
            predicted,
            mean_absolute_error,
            mean_absolute_error_of_mean,
            root_mean_squared_error,
            deviance_explained,
            gini,
            tenths,
        } = from;
        Self {
            rows,
            spenders,
            actual,
            predicted,
            mean_absolute_error,
            mean_absolute_error_of_mean,
            root_mean_squared_error,
            deviance_explained,
            gini,
            tenths: tenths.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<SpendTenth> for TenthV1 {
    fn from(from: SpendTenth) -> Self {
        let SpendTenth {
            rows,
            predicted,
            actual,
        } = from;
        Self {
            rows,
            predicted,
            actual,
        }
    }
}

impl From<TenthV1> for SpendTenth {
    fn from(from: TenthV1) -> Self {
        let TenthV1 {
            rows,
            predicted,
            actual,
        } = from;
        Self {
            rows,
            predicted,
            actual,
        }
    }
}
