//! A spend model in words and figures, for terminals and machines.

use std::fmt;

use serde_json::{Value, json};

use super::SpendTrained;
use crate::{
    artifact::{Identity, SpendContent},
    model::value::{SpendDefinition, SpendFit, SpendMetrics, SpendTenth},
    train::{
        assess::terminal::{TextTable, folded, percent},
        report::clean,
    },
};

/// Predicted over actual spend of rows held out, when it is further from 1 than
/// this, is warned of.
const BIAS_TO_WARN_OF: f64 = 0.1;

impl fmt::Display for SpendTrained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            identity,
            content,
            models,
        } = self;
        write!(f, "{}", Told(content))?;
        let Identity {
            name,
            version,
            digest,
        } = identity;
        let directory = models.join(name.as_str()).join(version.to_string());
        writeln!(f, "\nPublished {name} version {version}")?;
        writeln!(f, "  {}", directory.display())?;
        write!(f, "  sha256 {digest}")
    }
}

/// What is told of a model, wherever it is told.
pub(in crate::train) struct Told<'c>(pub(in crate::train) &'c SpendContent);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = self.0;
        let SpendDefinition {
            description,
            currency,
            ..
        } = &content.definition;
        let within = within(&content.definition);
        writeln!(f, "Spend\n{}", folded(&clean(description)))?;
        writeln!(f, "  in {currency}{within}")?;
        writeln!(f, "\nFit")?;
        for (what, told) in fit(content) {
            writeln!(f, "  {what}: {told}")?;
        }
        let held_out = &content.evaluation.held_out;
        writeln!(f, "\nHeld out")?;
        for (what, told) in figures(held_out) {
            writeln!(f, "  {what}: {told}")?;
        }
        let mut table = TextTable::new(0, &["rows", "predicted", "actual"]);
        for SpendTenth {
            rows,
            predicted,
            actual,
        } in &held_out.tenths
        {
            table.row([
                rows.to_string(),
                format!("{predicted:.2}"),
                format!("{actual:.2}"),
            ]);
        }
        write!(
            f,
            "  mean spend from the lowest predictions to the highest\n{table}"
        )?;
        for warning in warnings(content) {
            writeln!(f, "{}", folded(&format!("WARNING: {warning}")))?;
        }
        Ok(())
    }
}

/// The horizon in words, after a comma.
pub(super) fn within(definition: &SpendDefinition) -> String {
    let days = definition.horizon_days;
    days.map_or_else(String::new, |days| format!(", within {days} days"))
}

/// How the model came about.
pub(super) fn fit(content: &SpendContent) -> Vec<(&'static str, String)> {
    let SpendFit {
        power,
        dispersion,
        explained_by_lines,
        explained_by_curves,
        calibration_factor,
        mean_spend,
        clamped_rows,
    } = content.fit;
    let training = &content.training;
    let taken = training.chosen.as_ref().map_or("", |chosen| &chosen.rung);
    let mut told = vec![
        (
            "rows",
            format!(
                "fitted on {} of {}; split by seed {}",
                training.fitted_rows, training.rows, training.seed
            ),
        ),
        (
            "variance",
            format!("{dispersion:.4} × mean^{power:.1}, by profile likelihood"),
        ),
        (
            "deviance explained out of fold",
            format!(
                "{} by lines, {} by curves; taken: {taken}",
                percent(explained_by_lines),
                percent(explained_by_curves)
            ),
        ),
        ("mean spend", format!("{mean_spend:.2}")),
        (
            "predictions were multiplied by",
            format!("{calibration_factor:.4}, to have the sum of what was spent"),
        ),
    ];
    if clamped_rows > 0 {
        told.push((
            "counted as nothing spent",
            format!("{clamped_rows} negative targets"),
        ));
    }
    told
}

/// Figures of the rows held out.
pub(super) fn figures(metrics: &SpendMetrics) -> Vec<(&'static str, String)> {
    let SpendMetrics {
        rows,
        spenders,
        actual,
        predicted,
        mean_absolute_error,
        mean_absolute_error_of_mean,
        root_mean_squared_error,
        deviance_explained,
        gini,
        tenths: _, // a table
    } = metrics;
    vec![
        (
            "rows",
            format!("{rows}, {spenders} of which spent anything"),
        ),
        ("deviance explained", percent(*deviance_explained)),
        (
            "mean absolute error",
            format!(
                "{mean_absolute_error:.4} ({mean_absolute_error_of_mean:.4} by the mean alone)"
            ),
        ),
        (
            "root mean squared error",
            format!("{root_mean_squared_error:.4}"),
        ),
        (
            "total",
            format!(
                "{predicted:.2} predicted, {actual:.2} actual{}",
                ratio(metrics)
            ),
        ),
        (
            "Gini of the ranking, normalised",
            gini.map_or_else(|| "undefined".to_owned(), |gini| format!("{gini:.4}")),
        ),
    ]
}

fn ratio(metrics: &SpendMetrics) -> String {
    if metrics.actual > 0.0 {
        format!(" (ratio {:.4})", metrics.predicted / metrics.actual)
    } else {
        String::new()
    }
}

/// What must be known before the model is trusted, each a sentence.
pub(super) fn warnings(content: &SpendContent) -> Vec<String> {
    let held_out = &content.evaluation.held_out;
    let mut warnings = Vec::new();
    if held_out.deviance_explained <= 0.0 {
        warnings.push("on the rows held out the model was no better than the mean".to_owned());
    }
    let bias = held_out.predicted / held_out.actual - 1.0;
    if bias.abs() > BIAS_TO_WARN_OF {
        warnings.push(format!(
            "on the rows held out predictions are {} {} what was spent",
            percent(bias.abs()),
            if bias > 0.0 { "above" } else { "below" }
        ));
    }
    warnings
}

/// With stable names.
pub(in crate::train) fn json(content: &SpendContent) -> Value {
    let SpendContent {
        model,
        definition,
        fit,
        training,
        evaluation,
    } = content;
    let held_out = &evaluation.held_out;
    let tenths = held_out.tenths.iter().map(
        |tenth| json!({ "rows": tenth.rows, "predicted": tenth.predicted, "actual": tenth.actual }),
    );
    let features = model.schema().features().iter();
    let features = features.map(|f| json!({ "name": f.name, "required": f.required }));
    let excluded = training.excluded_columns.iter();
    let excluded = excluded.map(|c| json!({ "name": c.name, "reason": c.reason }));
    json!({
        "spend": {
            "description": definition.description,
            "target": definition.target,
            "horizon_days": definition.horizon_days,
            "currency": definition.currency.as_str(),
        },
        "fit": {
            "power": fit.power,
            "dispersion": fit.dispersion,
            "explained_by_lines": fit.explained_by_lines,
            "explained_by_curves": fit.explained_by_curves,
            "calibration_factor": fit.calibration_factor,
            "mean_spend": fit.mean_spend,
            "clamped_rows": fit.clamped_rows,
            "shape": training.chosen.as_ref().map(|chosen| &chosen.rung),
        },
        "features": features.collect::<Value>(),
        "held_out": {
            "rows": held_out.rows,
            "spenders": held_out.spenders,
            "actual": held_out.actual,
            "predicted": held_out.predicted,
            "mean_absolute_error": held_out.mean_absolute_error,
            "mean_absolute_error_of_mean": held_out.mean_absolute_error_of_mean,
            "root_mean_squared_error": held_out.root_mean_squared_error,
            "deviance_explained": held_out.deviance_explained,
            "gini": held_out.gini,
            "tenths": tenths.collect::<Value>(),
        },
        "training": {
            "data_file": training.data_file,
            "data_sha256": training.data_sha256,
            "rows": training.rows,
            "fitted_rows": training.fitted_rows,
            "seed": training.seed,
            "trainer_version": training.trainer_version,
        },
        "excluded_columns": excluded.collect::<Value>(),
        "warnings": warnings(content),
    })
}
