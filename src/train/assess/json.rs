//! What several kinds of work tell machines. Names are stable: they are part of
//! what the command line promises.

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

pub(super) fn interval(interval: Interval) -> Value {
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
pub(in crate::train) fn figures(
    figures: impl IntoIterator<Item = (Figure, f64, Option<Interval>)>,
) -> Value {
    let named = figures.into_iter().map(|(figure, value, interval)| {
        let told = match interval {
            Some(Interval { low, high }) => json!({ "value": value, "low": low, "high": high }),
            None => json!({ "value": value }),
        };
        (figure.key().to_owned(), told)
    });
    Value::Object(named.collect::<Map<_, _>>())
}

/// Those of an evaluation.
pub(super) fn measured(measured: &Measured) -> Value {
    let Measured {
        assessment,
        intervals,
    } = measured;
    figures(Figure::ALL.into_iter().filter_map(|figure| {
        let interval = intervals.get(&figure).copied();
        Some((figure, figure.of(assessment)?, interval))
    }))
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
