//! What several kinds of work tell machines. Names are stable: they are part of
//! what the command line promises.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{evaluate::Measured, scored::UnusualValues};
use crate::{
    artifact::Identity,
    model::{Figure, Interval, Metrics},
    train::DataSource,
};

pub(in crate::train) fn identity(identity: &Identity) -> Value {
    let Identity {
        name,
        version,
        digest,
    } = identity;
    json!({ "name": name.as_str(), "version": version.get(), "digest": digest.as_str() })
}

pub(super) fn sources(sources: &[DataSource]) -> Value {
    let each = sources.iter().map(|source| {
        json!({ "file": source.name, "sha256": source.sha256.as_str(), "rows": source.rows })
    });
    each.collect()
}

pub(in crate::train) fn interval(interval: Interval) -> Value {
    json!({ "low": interval.low, "high": interval.high })
}

pub(in crate::train) fn metrics(metrics: &Metrics) -> Value {
    let Metrics {
        rows,
        prevalence,
        area_under_curve,
        log_loss,
        brier_score,
        top_decile_lift,
    } = metrics;
    json!({
        "rows": rows,
        "prevalence": prevalence,
        "area_under_curve": area_under_curve,
        "log_loss": log_loss,
        "brier_score": brier_score,
        "top_decile_lift": top_decile_lift,
    })
}

/// Each figure by its name: its value, and its 95 % interval where there is one.
pub(super) fn figures(measured: &Measured) -> Value {
    let Measured {
        assessment,
        intervals,
    } = measured;
    let figures = Figure::ALL.into_iter().filter_map(|figure| {
        let value = figure.of(assessment)?;
        Some((
            key(figure).to_owned(),
            with_interval(figure, value, intervals),
        ))
    });
    Value::Object(figures.collect::<Map<_, _>>())
}

fn with_interval(figure: Figure, value: f64, intervals: &BTreeMap<Figure, Interval>) -> Value {
    match intervals.get(&figure) {
        Some(Interval { low, high }) => json!({ "value": value, "low": low, "high": high }),
        None => json!({ "value": value }),
    }
}

/// A figure's name in JSON.
pub(super) fn key(figure: Figure) -> &'static str {
    match figure {
        Figure::Prevalence => "prevalence",
        Figure::MeanProbability => "mean_probability",
        Figure::AreaUnderCurve => "area_under_curve",
        Figure::Gini => "gini",
        Figure::AveragePrecision => "average_precision",
        Figure::KolmogorovSmirnov => "kolmogorov_smirnov",
        Figure::TopDecileLift => "top_decile_lift",
        Figure::LogLoss => "log_loss",
        Figure::BrierScore => "brier_score",
        Figure::Reliability => "brier_reliability",
        Figure::Resolution => "brier_resolution",
        Figure::CalibrationError => "calibration_error",
        Figure::CalibrationIntercept => "calibration_intercept",
        Figure::CalibrationSlope => "calibration_slope",
        Figure::MaximumProfit => "maximum_profit",
        Figure::ExpectedMaximumProfit => "expected_maximum_profit",
    }
}

pub(super) fn unusual(values: &[UnusualValues]) -> Value {
    let each = values.iter().map(|values| {
        let UnusualValues {
            feature,
            no_column,
            missing,
            wrong_kind,
            unknown_category,
            out_of_range,
        } = values;
        json!({
            "feature": feature,
            "no_column": no_column,
            "missing": missing,
            "wrong_kind": wrong_kind,
            "unknown_category": unknown_category,
            "out_of_range": out_of_range,
        })
    });
    each.collect()
}
