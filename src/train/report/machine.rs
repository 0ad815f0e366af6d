//! What a run says at its end, for machines. Names are stable.

use serde_json::{Value, json};

use super::Trained;
use crate::{
    model::{Chosen, Evaluation},
    train::assess::json::{figures, identity, metrics},
};

impl Trained {
    /// The result as one document.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self {
            identity: published,
            content,
            models: _,
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
        })
    }
}
