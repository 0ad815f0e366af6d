//! The stored form of what is known of a model beside its coefficients.

use serde::{Deserialize, Serialize};

use crate::model::{
    Chosen, ChurnDefinition, DataFile, Evaluation, ExcludedColumn, Figure, Figures, Interval,
    Metrics, Recalibration, TrainingFacts,
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
    sources: Vec<DataFileV2>,
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
    method: String,
    seed: u64,
    trainer_version: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DataFileV2 {
    name: String,
    sha256: String,
    rows: u64,
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

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::artifact) struct EvaluationV1 {
    held_out: MetricsV1,
    held_out_figures: Option<FiguresV2>,
    cross_validated: Option<MetricsV1>,
    folds: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FiguresV2 {
    figures: Vec<FigureV2>,
    advised_threshold: Option<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureV2 {
    figure: String,
    value: f64,
    interval: Option<[f64; 2]>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MetricsV1 {
    rows: u64,
    prevalence: f64,
    area_under_curve: f64,
    log_loss: f64,
    brier_score: f64,
    top_decile_lift: f64,
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
            method,
            seed,
            trainer_version,
        } = from;
        Self {
            from_version,
            data_file,
            data_sha256,
            rows,
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
            method,
            seed,
            trainer_version,
        } = from;
        Self {
            from_version,
            data_file,
            data_sha256,
            rows,
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

impl From<Evaluation> for EvaluationV1 {
    fn from(from: Evaluation) -> Self {
        let Evaluation {
            held_out,
            held_out_figures,
            cross_validated,
            folds,
        } = from;
        Self {
            held_out: held_out.into(),
            held_out_figures: held_out_figures.map(Into::into),
            cross_validated: cross_validated.map(Into::into),
            folds,
        }
    }
}

impl From<EvaluationV1> for Evaluation {
    fn from(from: EvaluationV1) -> Self {
        let EvaluationV1 {
            held_out,
            held_out_figures,
            cross_validated,
            folds,
        } = from;
        Self {
            held_out: held_out.into(),
            held_out_figures: held_out_figures.map(Into::into),
            cross_validated: cross_validated.map(Into::into),
            folds,
        }
    }
}

impl From<Figures> for FiguresV2 {
    fn from(from: Figures) -> Self {
        let Figures {
            figures,
            advised_threshold,
        } = from;
        let figures = figures.into_iter();
        Self {
            figures: figures
                .map(|(figure, value, interval)| FigureV2 {
                    figure: figure.key().to_owned(),
                    value,
                    interval: interval.map(|Interval { low, high }| [low, high]),
                })
                .collect(),
            advised_threshold,
        }
    }
}

impl From<FiguresV2> for Figures {
    /// A figure that this release does not know is left out.
    fn from(from: FiguresV2) -> Self {
        let FiguresV2 {
            figures,
            advised_threshold,
        } = from;
        let figures = figures.into_iter();
        Self {
            figures: figures
                .filter_map(|stored| {
                    let interval = stored.interval.map(|[low, high]| Interval { low, high });
                    Some((Figure::of_key(&stored.figure)?, stored.value, interval))
                })
                .collect(),
            advised_threshold,
        }
    }
}

impl From<DataFile> for DataFileV2 {
    fn from(from: DataFile) -> Self {
        let DataFile { name, sha256, rows } = from;
        Self { name, sha256, rows }
    }
}

impl From<DataFileV2> for DataFile {
    fn from(from: DataFileV2) -> Self {
        let DataFileV2 { name, sha256, rows } = from;
        Self { name, sha256, rows }
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

impl From<Metrics> for MetricsV1 {
    fn from(from: Metrics) -> Self {
        let Metrics {
            rows,
            prevalence,
            area_under_curve,
            log_loss,
            brier_score,
            top_decile_lift,
        } = from;
        Self {
            rows,
            prevalence,
            area_under_curve,
            log_loss,
            brier_score,
            top_decile_lift,
        }
    }
}

impl From<MetricsV1> for Metrics {
    fn from(from: MetricsV1) -> Self {
        let MetricsV1 {
            rows,
            prevalence,
            area_under_curve,
            log_loss,
            brier_score,
            top_decile_lift,
        } = from;
        Self {
            rows,
            prevalence,
            area_under_curve,
            log_loss,
            brier_score,
            top_decile_lift,
        }
    }
}
