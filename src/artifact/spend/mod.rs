//! A spend model on disk.

mod format;
mod golden;

pub use format::SpendFormatError;

use super::{
    header::StoredKind,
    load::LoadError,
    manifest::to_json,
    part::Parts,
    publish::{Files, PublishError},
};
use crate::model::{
    TrainingFacts,
    value::{SpendDefinition, SpendEvaluation, SpendFit, SpendModel},
};
use format::{EvaluationV1, ModelV1};
use golden::GoldenV1;

/// How its `model.json` begins.
pub(super) const STORED: StoredKind = StoredKind {
    kind: format::KIND,
    oldest: format::FORMAT,
    newest: format::FORMAT,
};

/// What a version of a spend model holds.
#[derive(Debug, Clone)]
pub struct SpendContent {
    /// The model itself.
    pub model: SpendModel,
    /// What it predicts.
    pub definition: SpendDefinition,
    /// How it was fitted.
    pub fit: SpendFit,
    /// Where it comes from.
    pub training: TrainingFacts,
    /// How good it is.
    pub evaluation: SpendEvaluation,
}

pub(super) fn write(content: &SpendContent) -> Result<Files, PublishError> {
    Ok(Files {
        model: to_json(&ModelV1::from(content))?,
        metrics: to_json(&EvaluationV1::from(content.evaluation.clone()))?,
        golden: to_json(&GoldenV1::of(&content.model)?)?,
    })
}

pub(super) fn read(parts: &Parts) -> Result<SpendContent, LoadError> {
    let Parts {
        model,
        metrics,
        golden,
    } = parts;
    let stored: ModelV1 = model.parse()?;
    let evaluation: EvaluationV1 = metrics.parse()?;
    let rows: GoldenV1 = golden.parse()?;
    let content = stored
        .into_content(evaluation)
        .map_err(|error| model.refuse(error.into()))?;
    rows.verify(&content.model)
        .map_err(|error| golden.refuse(error.into()))?;
    Ok(content)
}
