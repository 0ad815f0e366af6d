//! The stored form of a churn model, format 2, and its conversions.
//!
//! Format 1, of release 0.1, is format 2 without curves, pairs and calibration;
//! it is still read.
//!
//! Separate from the core's types: a change there cannot silently change what
//! is on disk. JSON numbers are written in the shortest form that reads back as
//! the same double.

mod calibration;
mod evaluation;
mod facts;
mod pair;
mod purchases;

use serde::{Deserialize, Serialize};

use calibration::CalibrationV2;
pub(super) use evaluation::EvaluationV1;
use facts::ChurnDefinitionV1;
pub(in crate::artifact) use facts::TrainingFactsV1;
use pair::PairV2;
use purchases::PurchasesV2;

use super::ChurnContent;
use crate::{
    customer::InvalidCurrency,
    features::{
        Feature, FeatureKind, FlagLabels, NumberEncoding, Schema, SchemaError, Shape,
        purchases::{InvalidWindows, PurchaseRulesError},
    },
    model::{CalibrationError, ChurnModel, Coefficient, ModelError},
};

/// The format of `model.json` that is written.
pub(super) const FORMAT: u32 = 2;
/// The oldest that is read.
pub(super) const OLDEST_FORMAT: u32 = 1;
/// The kind that `model.json` states.
pub(super) const KIND: &str = "churn-logistic";

/// Why a stored churn model is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Stored columns that are not those of the feature.
    #[error("feature `{feature}`: its stored columns are not those of its kind")]
    WrongColumns {
        /// The feature.
        feature: String,
    },
    /// A pair of a feature that is not there, or with too few numbers.
    #[error("pair {first} × {second}: its features or columns are not those of the schema")]
    WrongPair {
        /// One of its features.
        first: String,
        /// The other.
        second: String,
    },
    /// The features are no schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The numbers are no model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The numbers are no calibration.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// Windows that no purchase features can be built with.
    #[error("windows_days {0}")]
    Windows(#[from] InvalidWindows),
    /// A currency that is none.
    #[error("currency {0}")]
    Currency(#[from] InvalidCurrency),
    /// Purchase features that are not those of the schema.
    #[error(transparent)]
    Purchases(#[from] PurchaseRulesError),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelV1 {
    format: u32,
    kind: String,
    churn: ChurnDefinitionV1,
    intercept: f64,
    features: Vec<FeatureV1>,
    #[serde(default)]
    pairs: Vec<PairV2>,
    calibration: Option<CalibrationV2>,
    /// Absent where nothing is built from purchases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purchases: Option<PurchasesV2>,
    training: TrainingFactsV1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::artifact) struct FeatureV1 {
    name: String,
    required: bool,
    kind: KindV1,
    columns: Vec<ColumnV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum KindV1 {
    Number {
        minimum: f64,
        maximum: f64,
        mean: f64,
        standard_deviation: f64,
        #[serde(default)]
        knots: Vec<f64>,
    },
    Text {
        categories: Vec<String>,
    },
    Flag {
        true_label: String,
        false_label: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnV1 {
    column: String,
    coefficient: f64,
    training_mean: f64,
}

impl From<&ChurnContent> for ModelV1 {
    fn from(content: &ChurnContent) -> Self {
        let ChurnContent {
            model,
            churn_definition,
            purchases,
            training,
            evaluation: _, // stored in a file of its own
        } = content;
        let schema = model.schema();
        let features = schema
            .features()
            .iter()
            .zip(schema.columns())
            .map(|(feature, columns)| {
                FeatureV1::of(feature, &model.coefficients()[columns.clone()])
            })
            .collect();
        Self {
            format: FORMAT,
            kind: KIND.to_owned(),
            churn: churn_definition.clone().into(),
            intercept: model.intercept(),
            features,
            pairs: PairV2::all_of(model),
            calibration: model.calibration().map(Into::into),
            purchases: purchases.as_ref().map(Into::into),
            training: training.clone().into(),
        }
    }
}

impl ModelV1 {
    pub(super) fn into_content(
        self,
        evaluation: EvaluationV1,
    ) -> Result<ChurnContent, FormatError> {
        let Self {
            format: _, // judged with the header
            kind: _,
            churn,
            intercept,
            features,
            pairs,
            calibration,
            purchases,
            training,
        } = self;
        let mut coefficients = Vec::new();
        let features = features
            .into_iter()
            .map(|feature| feature.into_feature(&mut coefficients))
            .collect::<Result<Vec<_>, _>>()?;
        let schema = Schema::new(features)?;
        let pairs = pairs
            .into_iter()
            .map(|pair| pair.into_pair(&schema, &mut coefficients))
            .collect::<Result<Vec<_>, _>>()?;
        let model = ChurnModel::new(schema.with_pairs(pairs)?, intercept, coefficients)?;
        let calibration = calibration.map(TryInto::try_into).transpose()?;
        let purchases = purchases.map(|rules| rules.into_rules(model.schema()));
        Ok(ChurnContent {
            model: model.with_calibration(calibration),
            churn_definition: churn.into(),
            purchases: purchases.transpose()?,
            training: training.into(),
            evaluation: evaluation.into(),
        })
    }
}

impl FeatureV1 {
    pub(in crate::artifact) fn of(feature: &Feature, coefficients: &[Coefficient]) -> Self {
        let Feature {
            name,
            required,
            kind,
        } = feature.clone();
        let columns = feature
            .columns()
            .iter()
            .zip(coefficients)
            .map(|(column, coefficient)| ColumnV1 {
                column: column.to_string(),
                coefficient: coefficient.weight,
                training_mean: coefficient.training_mean,
            })
            .collect();
        Self {
            name,
            required,
            kind: kind.into(),
            columns,
        }
    }

    pub(in crate::artifact) fn into_feature(
        self,
        coefficients: &mut Vec<Coefficient>,
    ) -> Result<Feature, FormatError> {
        let Self {
            name,
            required,
            kind,
            columns,
        } = self;
        let feature = Feature {
            name,
            required,
            kind: kind.into(),
        };
        let expected = feature.columns();
        let same = expected.len() == columns.len()
            && expected
                .iter()
                .zip(&columns)
                .all(|(expected, stored)| expected.to_string() == stored.column);
        if !same {
            return Err(FormatError::WrongColumns {
                feature: feature.name,
            });
        }
        coefficients.extend(columns.into_iter().map(|column| Coefficient {
            weight: column.coefficient,
            training_mean: column.training_mean,
        }));
        Ok(feature)
    }
}

impl From<FeatureKind> for KindV1 {
    fn from(kind: FeatureKind) -> Self {
        match kind {
            FeatureKind::Number(NumberEncoding {
                minimum,
                maximum,
                mean,
                standard_deviation,
                shape,
            }) => Self::Number {
                minimum,
                maximum,
                mean,
                standard_deviation,
                knots: match shape {
                    Shape::Line => Vec::new(),
                    Shape::Curve(knots) => knots,
                },
            },
            FeatureKind::Text(categories) => Self::Text { categories },
            FeatureKind::Flag(FlagLabels {
                true_label,
                false_label,
            }) => Self::Flag {
                true_label,
                false_label,
            },
        }
    }
}

impl From<KindV1> for FeatureKind {
    fn from(kind: KindV1) -> Self {
        match kind {
            KindV1::Number {
                minimum,
                maximum,
                mean,
                standard_deviation,
                knots,
            } => Self::Number(NumberEncoding {
                minimum,
                maximum,
                mean,
                standard_deviation,
                shape: if knots.is_empty() {
                    Shape::Line
                } else {
                    Shape::Curve(knots)
                },
            }),
            KindV1::Text { categories } => Self::Text(categories),
            KindV1::Flag {
                true_label,
                false_label,
            } => Self::Flag(FlagLabels {
                true_label,
                false_label,
            }),
        }
    }
}
