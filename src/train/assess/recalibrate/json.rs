//! A recalibration for machines.

use serde_json::{Value, json};

use super::{CalibrationFigures, Recalibrated};
use crate::train::assess::json::{identity, unusual};

impl Recalibrated {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self {
            from,
            published,
            trained_on_these_files,
            rows,
            churners,
            method,
            before,
            after,
            published_area,
            area,
            gain,
            standard_error,
            unusual: values,
        } = self;
        json!({
            "from": identity(from),
            "published": published.as_ref().map(identity),
            "better": self.is_better(),
            "trained_on_these_files": trained_on_these_files,
            "rows": rows,
            "churners": churners,
            "method": method,
            "before": figures(before),
            "after": figures(after),
            "area_under_curve": { "published": published_area, "now": area },
            "ranks_as_published": self.ranks_as_published(),
            "log_loss_gain": gain,
            "standard_error": standard_error,
            "unusual": unusual(values),
        })
    }
}

fn figures(figures: &CalibrationFigures) -> Value {
    let CalibrationFigures {
        log_loss,
        brier_score,
        calibration_error,
        mean_probability,
    } = figures;
    json!({
        "log_loss": log_loss,
        "brier_score": brier_score,
        "calibration_error": calibration_error,
        "mean_probability": mean_probability,
    })
}
