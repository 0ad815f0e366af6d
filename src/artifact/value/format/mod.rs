//! The stored form of a value model, format 1, and its conversions.

mod evaluation;
mod facts;
mod model;

use serde::{Deserialize, Serialize};

pub(super) use evaluation::ValueEvaluationV1;
use facts::ValueFactsV1;
use model::ValuePartsV1;

use super::ValueContent;
use crate::{
    customer::{InvalidCurrency, InvalidDay},
    model::value::{ParameterError, UnknownPurchaseModel, ValueModelError},
};

/// The format of `model.json` that is written.
pub(super) const FORMAT: u32 = 1;
/// The kind that `model.json` states.
pub(super) const KIND: &str = "value-btyd";
/// The longest horizon, in days.
const MAX_HORIZON_DAYS: f64 = 1e6;

/// Why a stored value model is none.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ValueFormatError {
    /// A family of models that this release does not know.
    #[error(transparent)]
    Family(#[from] UnknownPurchaseModel),
    /// A model of spend that this release does not know.
    #[error("the model of spend is none that this release knows: it must be `gamma-gamma`")]
    SpendFamily,
    /// Parameters or a covariance that are not those of the family.
    #[error(
        "the parameters of `{family}` must be {}, with a covariance of as many rows and columns",
        names.join(", ")
    )]
    Numbers {
        /// The family.
        family: &'static str,
        /// What it has, in order.
        names: Vec<&'static str>,
    },
    /// A parameter out of bounds.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The parts are no model.
    #[error(transparent)]
    Model(#[from] ValueModelError),
    /// No currency.
    #[error("currency: {0}")]
    Currency(#[from] InvalidCurrency),
    /// No day.
    #[error("a day of the training or the hold-out {0}")]
    Day(#[from] InvalidDay),
    /// No horizon.
    #[error("horizon_days must be a number above 0, at most {MAX_HORIZON_DAYS}")]
    Horizon,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueModelV1 {
    format: u32,
    kind: String,
    model: ValuePartsV1,
    horizon_days: f64,
    training: ValueFactsV1,
}

impl From<&ValueContent> for ValueModelV1 {
    fn from(content: &ValueContent) -> Self {
        let ValueContent {
            model,
            horizon_days,
            training,
            evaluation: _, // stored in a file of its own
        } = content;
        Self {
            format: FORMAT,
            kind: KIND.to_owned(),
            model: model.into(),
            horizon_days: *horizon_days,
            training: training.clone().into(),
        }
    }
}

impl ValueModelV1 {
    pub(super) fn into_content(
        self,
        evaluation: ValueEvaluationV1,
    ) -> Result<ValueContent, ValueFormatError> {
        let Self {
            format: _, // judged with the header
            kind: _,
            model,
            horizon_days,
            training,
        } = self;
        if !(horizon_days > 0.0 && horizon_days <= MAX_HORIZON_DAYS) {
            return Err(ValueFormatError::Horizon);
        }
        Ok(ValueContent {
            model: model.try_into()?,
            horizon_days,
            training: training.try_into()?,
            evaluation: evaluation.try_into()?,
        })
    }
}
