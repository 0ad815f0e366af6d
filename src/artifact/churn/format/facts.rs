//! The stored form of what a model means and where it comes from.

use serde::{Deserialize, Serialize};

use crate::{
    artifact::data_file::DataFileV1,
    model::{Chosen, ChurnDefinition, ExcludedColumn, Recalibration, TrainingFacts},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::artifact) struct ChurnDefinitionV1 {
    description: String,
    target: String,
    positive: String,
    horizon_days: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::artifact) struct TrainingFactsV1 {
    data_file: String,
    data_sha256: String,
    #[serde(default)]
    sources: Vec<DataFileV1>,
    rows: u64,
    fitted_rows: u64,
    seed: u64,
    ridge_penalty: Option<f64>,
    trainer_version: String,
    chosen: Option<ChosenV2>,
    excluded_columns: Vec<ExcludedColumnV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recalibrated: Option<RecalibrationV2>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecalibrationV2 {
    from_version: u32,
    data_file: String,
    data_sha256: String,
    rows: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    positive: Option<String>,
    method: String,
    seed: u64,
    trainer_version: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChosenV2 {
    rung: String,
    curves: u32,
    pairs: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExcludedColumnV1 {
    name: String,
    reason: String,
}

impl From<ChurnDefinition> for ChurnDefinitionV1 {
    fn from(from: ChurnDefinition) -> Self {
        let ChurnDefinition {
            description,
            target,
            positive,
            horizon_days,
        } = from;
        Self {
            description,
            target,
            positive,
            horizon_days,
        }
    }
}

impl From<ChurnDefinitionV1> for ChurnDefinition {
    fn from(from: ChurnDefinitionV1) -> Self {
        let ChurnDefinitionV1 {
            description,
            target,
            positive,
            horizon_days,
        } = from;
        Self {
            description,
            target,
            positive,
            horizon_days,
        }
    }
}

impl From<TrainingFacts> for TrainingFactsV1 {
    fn from(from: TrainingFacts) -> Self {
        let TrainingFacts {
            data_file,
            data_sha256,
            sources,
            rows,
            fitted_rows,
            seed,
            ridge_penalty,
            trainer_version,
            chosen,
            excluded_columns,
            recalibrated,
        } = from;
        Self {
            data_file,
            data_sha256,
            sources: sources.into_iter().map(Into::into).collect(),
            rows,
            fitted_rows,
            seed,
            ridge_penalty,
            trainer_version,
            chosen: chosen.map(Into::into),
            excluded_columns: excluded_columns.into_iter().map(Into::into).collect(),
            recalibrated: recalibrated.map(Into::into),
        }
    }
}

impl From<TrainingFactsV1> for TrainingFacts {
    fn from(from: TrainingFactsV1) -> Self {
        let TrainingFactsV1 {
            data_file,
            data_sha256,
            sources,
            rows,
            fitted_rows,
            seed,
            ridge_penalty,
            trainer_version,
            chosen,
            excluded_columns,
            recalibrated,
        } = from;
        Self {
            data_file,
            data_sha256,
            sources: sources.into_iter().map(Into::into).collect(),
            rows,
            fitted_rows,
            seed,
            ridge_penalty,
            trainer_version,
            chosen: chosen.map(Into::into),
            excluded_columns: excluded_columns.into_iter().map(Into::into).collect(),
            recalibrated: recalibrated.map(Into::into),
        }
    }
}

impl From<Recalibration> for RecalibrationV2 {
    fn from(from: Recalibration) -> Self {
        let Recalibration {
            from_version,
            data_file,
            data_sha256,
            rows,
            target,
            positive,
            method,
            seed,
            trainer_version,
        } = from;
        Self {
            from_version,
            data_file,
            data_sha256,
            rows,
            target,
            positive,
            method,
            seed,
            trainer_version,
        }
    }
}

impl From<RecalibrationV2> for Recalibration {
    fn from(from: RecalibrationV2) -> Self {
        let RecalibrationV2 {
            from_version,
            data_file,
            data_sha256,
            rows,
            target,
            positive,
            method,
            seed,
            trainer_version,
        } = from;
        Self {
            from_version,
            data_file,
            data_sha256,
            rows,
            target,
            positive,
            method,
            seed,
            trainer_version,
        }
    }
}

impl From<ExcludedColumn> for ExcludedColumnV1 {
    fn from(from: ExcludedColumn) -> Self {
        let ExcludedColumn { name, reason } = from;
        Self { name, reason }
    }
}

impl From<ExcludedColumnV1> for ExcludedColumn {
    fn from(from: ExcludedColumnV1) -> Self {
        let ExcludedColumnV1 { name, reason } = from;
        Self { name, reason }
    }
}

impl From<Chosen> for ChosenV2 {
    fn from(from: Chosen) -> Self {
        let Chosen {
            rung,
            curves,
            pairs,
        } = from;
        Self {
            rung,
            curves,
            pairs,
        }
    }
}

impl From<ChosenV2> for Chosen {
    fn from(from: ChosenV2) -> Self {
        let ChosenV2 {
            rung,
            curves,
            pairs,
        } = from;
        Self {
            rung,
            curves,
            pairs,
        }
    }
}
