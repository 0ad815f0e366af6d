//! What a run says at its end, for machines. Names are stable.

use serde_json::{Map, Value, json};

use super::Trained;
use crate::{
    model::{Chosen, Evaluation, Figures},
    train::assess::json::{identity, interval, metrics},
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
            "held_out_figures": held_out_figures.as_ref().map(figures),
            "cross_validated": cross_validated.as_ref().map(metrics),
            "folds": folds,
        })
    }
}

fn figures(figures: &Figures) -> Value {
    let Figures {
        figures,
        advised_threshold,
    } = figures;
    let mut named: Map<String, Value> = figures
        .iter()
        .map(|(figure, value, drawn)| {
            let told = json!({ "value": value, "interval": drawn.map(interval) });
            (figure.key().to_owned(), told)
        })
        .collect();
    named.insert("advised_threshold".to_owned(), json!(advised_threshold));
    Value::Object(named)
}
