//! What a run says at its end, for machines. Names are stable.

use serde_json::{Value, json};

use super::Trained;
use crate::{
    model::{Chosen, Evaluation},
    train::{
        QualityReport,
        assess::json::{figures, identity, metrics},
    },
};

impl Trained {
    /// The result as one document.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self {
            identity: published,
            content,
            models: _,
            quality,
        } = self;
        let Evaluation {
            held_out,
            held_out_figures,
            cross_validated,
            folds,
        } = &content.evaluation;
        json!({
            "published": identity(published),
            "rows": content.training.rows,
            "fitted_rows": content.training.fitted_rows,
            "chosen": content.training.chosen.as_ref().map(|Chosen { rung, curves, pairs }| {
                json!({ "rung": rung, "curves": curves, "pairs": pairs })
            }),
            "calibration": content.model.calibration().map(|calibration| calibration.method().label()),
            "held_out": metrics(held_out),
            "held_out_figures": held_out_figures
                .as_ref()
                .map(|held_out| figures(held_out.figures.iter().copied())),
            "advised_threshold": held_out_figures
                .as_ref()
                .and_then(|held_out| held_out.advised_threshold),
            "cross_validated": cross_validated.as_ref().map(metrics),
            "folds": folds,
            "quality": quality_of(quality),
        })
    }
}
/// What a person would have to know before trusting the model.
fn quality_of(quality: &QualityReport) -> Value {
    let QualityReport {
        rows,
        rows_without_outcome,
        duplicate_rows,
        duplicate_ids,
        kept_together: _,
        columns: _,
        excluded,
        suspicions,
        redundancies,
        one_sided,
    } = quality;
    let excluded = excluded
        .iter()
        .map(|column| json!({ "column": column.name, "reason": column.reason }));
    let suspicions = suspicions.iter().map(|suspicion| {
        json!({ "column": suspicion.column, "area_under_curve": suspicion.area_under_curve })
    });
    let redundancies = redundancies.iter().map(|pair| {
        json!({ "first": pair.first, "second": pair.second, "correlation": pair.correlation })
    });
    let one_sided = one_sided.iter().map(|category| {
        json!({
            "column": category.column,
            "category": category.category,
            "rows": category.rows,
            "churned": category.churned,
        })
    });
    json!({
        "rows": rows,
        "rows_without_outcome": rows_without_outcome,
        "duplicate_rows": duplicate_rows,
        "duplicate_ids": duplicate_ids,
        "left_out": excluded.collect::<Vec<_>>(),
        "suspicions": suspicions.collect::<Vec<_>>(),
        "redundancies": redundancies.collect::<Vec<_>>(),
        "one_sided_categories": one_sided.collect::<Vec<_>>(),
    })
}
