//! A churn model on disk.

mod format;
mod golden;

pub use format::FormatError;
pub(super) use format::{FeatureV1, TrainingFactsV1};
pub(super) use golden::{GoldenFeatures, made_up, of_row};

use super::{
    header::StoredKind,
    load::LoadError,
    manifest::to_json,
    part::Parts,
    publish::{Files, PublishError},
};
use crate::{
    features::purchases::PurchaseFeatureRules,
    model::{ChurnDefinition, ChurnModel, Evaluation, TrainingFacts},
};
use format::{EvaluationV1, ModelV1};
use golden::GoldenV1;

/// How its `model.json` begins.
pub(super) const STORED: StoredKind = StoredKind {
    kind: format::KIND,
    oldest: format::OLDEST_FORMAT,
    newest: format::FORMAT,
};

/// What a version of a churn model holds.
#[derive(Debug, Clone)]
pub struct ChurnContent {
    /// The model itself.
    pub model: ChurnModel,
    /// What it means by churn.
    pub churn_definition: ChurnDefinition,
    /// How it builds features from a customer's purchases, if it does.
    pub purchases: Option<PurchaseFeatureRules>,
    /// Where it comes from.
    pub training: TrainingFacts,
    /// How good it is.
    pub evaluation: Evaluation,
}

pub(super) fn write(content: &ChurnContent) -> Result<Files, PublishError> {
    Ok(Files {
        model: to_json(&ModelV1::from(content))?,
        metrics: to_json(&EvaluationV1::from(content.evaluation.clone()))?,
        golden: to_json(&GoldenV1::of(&content.model)?)?,
    })
}

pub(super) fn read(parts: &Parts) -> Result<ChurnContent, LoadError> {
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
