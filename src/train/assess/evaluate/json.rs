//! An evaluation for machines.

use serde_json::{Value, json};

use super::{Drift, Evaluated, SliceFigures};
use crate::{
    model::{CalibrationBin, Decile},
    train::assess::json::{self, identity, interval, sources, unusual},
};

impl Evaluated {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self {
            identity: model,
            sources: files,
            trained_on_these_files,
            rows,
            rows_without_outcome,
            measured,
            deciles,
            calibration,
            slices,
            unusual: values,
            drift,
        } = self;
        let Drift {
            published_prevalence,
            prevalence,
            beyond_chance,
        } = drift;
        json!({
            "model": identity(model),
            "data": sources(files),
            "trained_on_these_files": trained_on_these_files,
            "rows": rows,
            "rows_without_outcome": rows_without_outcome,
            "figures": json::measured(measured),
            "advised_threshold": measured.assessment.maximum_profit.threshold,
            "share_contacted": measured.assessment.maximum_profit.share_contacted,
            "deciles": deciles.iter().map(decile).collect::<Value>(),
            "calibration": calibration.iter().map(bin).collect::<Value>(),
            "slices": slices.iter().map(slice).collect::<Value>(),
            "unusual": unusual(values),
            "prevalence_drift": {
                "published": published_prevalence,
                "now": prevalence,
                "beyond_chance": beyond_chance,
            },
        })
    }
}

fn decile(decile: &Decile) -> Value {
    let Decile {
        decile,
        rows,
        churners,
        mean_probability,
        churn_rate,
        lift,
        cumulative_gain,
    } = decile;
    json!({
        "decile": decile,
        "rows": rows,
        "churners": churners,
        "mean_probability": mean_probability,
        "churn_rate": churn_rate,
        "lift": lift,
        "cumulative_gain": cumulative_gain,
    })
}

fn bin(bin: &CalibrationBin) -> Value {
    let CalibrationBin {
        rows,
        churners,
        mean_probability,
        churn_rate,
        interval: plausible,
    } = bin;
    json!({
        "rows": rows,
        "churners": churners,
        "mean_probability": mean_probability,
        "churn_rate": churn_rate,
        "churn_rate_interval": interval(*plausible),
    })
}

fn slice(slice: &SliceFigures) -> Value {
    let SliceFigures {
        column,
        value,
        rows,
        churners,
        measured,
    } = slice;
    json!({
        "column": column,
        "value": value,
        "rows": rows,
        "churners": churners,
        "figures": measured.as_ref().map(json::measured),
    })
}
