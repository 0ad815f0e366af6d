//! Figures of value models for machines. Names are stable.

use serde_json::{Value, json};

use crate::model::{
    Correlation, FrequencyFigures, HoldOut, HoldOutFigures, PurchaseCandidate, SpendFigures,
};

/// What was expected of the hold-out, and what came.
pub(in crate::train) fn hold_out(hold_out: &HoldOut) -> Value {
    let HoldOut {
        calibration_end,
        until,
        customers,
        purchases,
        silent_customers,
        model,
        own_rate,
        common_rate,
        by_frequency,
        spend,
    } = hold_out;
    json!({
        "calibration_end": calibration_end.to_string(),
        "until": until.to_string(),
        "customers": customers,
        "purchases": purchases,
        "silent_customers": silent_customers,
        "model": figures(model),
        "own_rate": figures(own_rate),
        "common_rate": figures(common_rate),
        "by_frequency": by_frequency.iter().map(of_frequency).collect::<Value>(),
        "spend": spend.as_ref().map(of_spend),
    })
}

fn figures(figures: &HoldOutFigures) -> Value {
    let HoldOutFigures {
        expected_purchases,
        mean_absolute_error,
        root_mean_squared_error,
        log_score,
        area_under_curve,
        silent_share,
    } = figures;
    json!({
        "expected_purchases": expected_purchases,
        "mean_absolute_error": mean_absolute_error,
        "root_mean_squared_error": root_mean_squared_error,
        "log_score": log_score,
        "area_under_curve": area_under_curve,
        "silent_share": silent_share,
    })
}

fn of_frequency(bin: &FrequencyFigures) -> Value {
    let FrequencyFigures {
        frequency,
        or_more,
        customers,
        actual,
        expected,
    } = bin;
    json!({
        "frequency": frequency,
        "or_more": or_more,
        "customers": customers,
        "actual": actual,
        "expected": expected,
    })
}

fn of_spend(spend: &SpendFigures) -> Value {
    let SpendFigures {
        actual,
        expected,
        mean_absolute_error,
        naive_mean_absolute_error,
    } = spend;
    json!({
        "actual": actual,
        "expected": expected,
        "mean_absolute_error": mean_absolute_error,
        "naive_mean_absolute_error": naive_mean_absolute_error,
    })
}

/// A purchase model that was tried.
pub(in crate::train) fn candidate(candidate: &PurchaseCandidate) -> Value {
    let PurchaseCandidate {
        kind,
        log_likelihood,
        hold_out,
        failure,
    } = candidate;
    json!({
        "kind": kind,
        "log_likelihood": log_likelihood,
        "hold_out": hold_out.as_ref().map(figures),
        "failure": failure,
    })
}

/// A correlation with its interval.
pub(in crate::train) fn correlation(correlation: &Correlation) -> Value {
    let Correlation {
        value,
        interval,
        p_value,
    } = correlation;
    json!({
        "value": value,
        "low": interval.low,
        "high": interval.high,
        "p_value": p_value,
    })
}

/// Parameters with their standard errors, by name.
pub(in crate::train) fn parameters(names: &[&str], values: &[f64], errors: &[f64]) -> Value {
    let each = names.iter().zip(values).zip(errors);
    let told = each.map(|((name, value), error)| {
        let estimate = json!({ "value": value, "standard_error": error });
        ((*name).to_owned(), estimate)
    });
    Value::Object(told.collect())
}
