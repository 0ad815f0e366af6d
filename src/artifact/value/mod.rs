//! A value model on disk.

mod format;
mod golden;

pub use format::ValueFormatError;

use super::{
    header::StoredKind,
    load::LoadError,
    manifest::to_json,
    part::Parts,
    publish::{Files, PublishError},
};
use crate::model::{ValueEvaluation, ValueFacts, value::ValueModel};
use format::{ValueEvaluationV1, ValueModelV1};
use golden::ValueGoldenV1;

/// How its `model.json` begins.
pub(super) const STORED: StoredKind = StoredKind {
    kind: format::KIND,
    oldest: format::FORMAT,
    newest: format::FORMAT,
};

/// What a version of a value model holds.
#[derive(Debug, Clone)]
pub struct ValueContent {
    /// The model itself.
    pub model: ValueModel,
    /// The horizon of expected purchases and of the probability of none, in
    /// days; above 0, at most 10⁶.
    pub horizon_days: f64,
    /// Where it comes from.
    pub training: ValueFacts,
    /// How good it is.
    pub evaluation: ValueEvaluation,
}

impl ValueContent {
    /// The current value is the money of so many days: as many as the potential
    /// value looks ahead. The two still differ in kind: the potential value is
    /// discounted and times the margin, the current value is neither.
    #[must_use]
    pub fn current_value_days(&self) -> u32 {
        let terms = &self.model.parts().terms;
        let days = (f64::from(terms.periods) * terms.period_days).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to what fits"
        )]
        let days = days.clamp(1.0, 4e9) as u32;
        days
    }
}

pub(super) fn write(content: &ValueContent) -> Result<Files, PublishError> {
    Ok(Files {
        model: to_json(&ValueModelV1::from(content))?,
        metrics: to_json(&ValueEvaluationV1::from(content.evaluation.clone()))?,
        golden: to_json(&ValueGoldenV1::of(content)?)?,
    })
}

pub(super) fn read(parts: &Parts) -> Result<ValueContent, LoadError> {
    let Parts {
        model,
        metrics,
        golden,
    } = parts;
    let stored: ValueModelV1 = model.parse()?;
    let evaluation: ValueEvaluationV1 = metrics.parse()?;
    let rows: ValueGoldenV1 = golden.parse()?;
    let content = stored
        .into_content(evaluation)
        .map_err(|error| model.refuse(error.into()))?;
    rows.verify(&content)
        .map_err(|error| golden.refuse(error.into()))?;
    Ok(content)
}
