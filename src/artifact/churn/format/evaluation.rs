//! The stored form of what is known of a model's quality.

use serde::{Deserialize, Serialize};

use crate::model::{Evaluation, Figure, Figures, Interval, Metrics};

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
