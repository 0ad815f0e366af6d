//! What is inside a published model.

use std::fmt;

use serde_json::{Value, json};

use super::{
    AssessError, PublishedModel,
    effects::{EffectPoints, effects},
    json::{identity, metrics},
    terminal::{TextTable, figure, folded, name, percent, signed},
};
use crate::{
    artifact::{Artifact, ChurnContent},
    customer::{Occasion, Refunds},
    features::{Feature, FeatureKind, Shape, purchases::PurchaseFeatureRules},
    model::Metrics,
    train::report::clean,
};

/// The most points of an effect that a terminal shows, but for numbers.
const MAX_POINTS: usize = 12;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A published model, laid open.
#[derive(Debug, Clone)]
pub struct Inspected {
    /// The model.
    pub artifact: Artifact<ChurnContent>,
    /// Its effects, those that move the log-odds most first.
    pub effects: Vec<EffectPoints>,
}

/// Loads a published model and reads off its effects.
///
/// # Errors
///
/// When the model cannot be loaded.
pub fn inspect(model: &PublishedModel) -> Result<Inspected, AssessError> {
    let artifact = model.load_churn()?;
    let mut effects = effects(artifact.content.model.additive());
    effects.sort_by(|a, b| b.range.total_cmp(&a.range));
    Ok(Inspected { artifact, effects })
}

impl Inspected {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let Artifact {
            identity: model,
            content,
        } = &self.artifact;
        let churn = &content.churn_definition;
        let training = &content.training;
        let features = content.model.schema().features().iter().map(|feature| {
            json!({ "name": feature.name, "required": feature.required, "kind": kind(feature) })
        });
        let effects = self.effects.iter().map(|effect| {
            let points = effect.points.iter();
            let points = points.map(|(at, height)| json!({ "at": at, "contribution": height }));
            json!({ "name": effect.name, "range": effect.range, "points": points.collect::<Value>() })
        });
        json!({
            "model": identity(model),
            "churn": {
                "description": churn.description,
                "target": churn.target,
                "positive": churn.positive,
                "horizon_days": churn.horizon_days,
            },
            "base_log_odds": content.model.base_log_odds(),
            "calibration": calibration(&self.artifact),
            "features": features.collect::<Value>(),
            "purchase_features": content.purchases.as_ref().map(|rules| {
                let built: Vec<&str> = rules.built(content.model.schema()).collect();
                purchase_features(rules, &built)
            }),
            "effects": effects.collect::<Value>(),
            "held_out": metrics(&content.evaluation.held_out),
            "held_out_is": measured_on(&self.artifact),
            "cross_validated": content.evaluation.cross_validated.as_ref().map(metrics),
            "training": provenance(&self.artifact)
                .into_iter()
                .map(|(key, value)| (key.to_owned(), Value::String(value)))
                .collect::<serde_json::Map<_, _>>(),
            "excluded_columns": training.excluded_columns.iter()
                .map(|column| json!({ "name": column.name, "reason": column.reason }))
                .collect::<Value>(),
        })
    }
}

impl fmt::Display for Inspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Artifact { identity, content } = &self.artifact;
        let churn = &content.churn_definition;
        writeln!(f, "{} version {}", identity.name, identity.version)?;
        writeln!(f, "  sha256 {}", identity.digest)?;
        writeln!(f, "\nChurn\n{}", folded(&churn.description))?;
        writeln!(f, "  {} = {}", name(&churn.target), name(&churn.positive))?;
        if let Some(days) = churn.horizon_days {
            writeln!(f, "  within {days} days")?;
        }
        let mut table = TextTable::new(3, &["name", "kind", ""]);
        for feature in content.model.schema().features() {
            let required = if feature.required {
                "required"
            } else {
                "may be missing"
            };
            table.row([
                name(&feature.name),
                kind(feature).to_owned(),
                required.to_owned(),
            ]);
        }
        write!(f, "\nFeatures\n{table}")?;
        if let Some(rules) = &content.purchases {
            let built: Vec<String> = rules.built(content.model.schema()).map(name).collect();
            let told = format!("{rules}: {}", built.join(", "));
            writeln!(f, "\nBuilt from a customer's purchases\n{}", folded(&told))?;
        }
        writeln!(f, "\nEffects on the log-odds, the largest first")?;
        for effect in &self.effects {
            write_effect(f, effect)?;
        }
        writeln!(f, "\nCalibration\n  {}", calibration(&self.artifact))?;
        let mut table = TextTable::new(
            1,
            &[
                "",
                "rows",
                "churn",
                "AUC",
                "log loss",
                "Brier",
                "top-decile lift",
            ],
        );
        let measured_on = measured_on(&self.artifact);
        table.row(quality(measured_on, &content.evaluation.held_out));
        if let Some(metrics) = &content.evaluation.cross_validated {
            let label = format!("{}-fold mean", content.evaluation.folds);
            table.row(quality(&label, metrics));
        }
        write!(f, "\nQuality\n{table}")?;
        let mut table = TextTable::new(2, &[]);
        for (key, value) in provenance(&self.artifact) {
            table.row([key.replace('_', " "), clean(&value)]);
        }
        write!(f, "\nProvenance{}", table.to_string().trim_end())?;
        for column in &content.training.excluded_columns {
            let told = format!("left out: {} ({})", name(&column.name), column.reason);
            write!(f, "\n{}", folded(&told))?;
        }
        Ok(())
    }
}

pub(super) fn write_effect(f: &mut fmt::Formatter<'_>, effect: &EffectPoints) -> fmt::Result {
    let EffectPoints {
        name: title,
        points,
        range,
    } = effect;
    writeln!(f, "  {}  range {}", name(title), figure(*range))?;
    let lowest = points
        .iter()
        .map(|(_, height)| *height)
        .fold(f64::MAX, f64::min);
    if points.len() > MAX_POINTS {
        let line: String = points
            .iter()
            .take(60)
            .map(|(_, h)| bar(*h, lowest, *range))
            .collect();
        writeln!(f, "    {line}")?;
    }
    // Ends and every so many points between them.
    let step = points.len().div_ceil(MAX_POINTS).max(1);
    for (at, (label, height)) in points.iter().enumerate() {
        if at % step == 0 || at + 1 == points.len() {
            let height_bar = bar(*height, lowest, *range);
            writeln!(
                f,
                "    {height_bar} {:>8}  {}",
                signed(*height),
                name(label)
            )?;
        }
    }
    Ok(())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 7"
)]
fn bar(height: f64, lowest: f64, range: f64) -> char {
    if range <= 0.0 {
        return BARS[0];
    }
    let level = ((height - lowest) / range * 7.0).round().clamp(0.0, 7.0);
    BARS[level as usize]
}

fn quality(label: &str, metrics: &Metrics) -> [String; 7] {
    [
        label.to_owned(),
        metrics.rows.to_string(),
        percent(metrics.prevalence),
        figure(metrics.area_under_curve),
        figure(metrics.log_loss),
        figure(metrics.brier_score),
        format!("{:.2}", metrics.top_decile_lift),
    ]
}

fn kind(feature: &Feature) -> &'static str {
    match &feature.kind {
        FeatureKind::Number(number) => match &number.shape {
            Shape::Line => "number, a line",
            Shape::Curve(_) => "number, a curve",
        },
        FeatureKind::Text(_) => "text",
        FeatureKind::Flag(_) => "flag",
    }
}

/// How features are built from purchases, with stable names.
fn purchase_features(rules: &PurchaseFeatureRules, built: &[&str]) -> Value {
    json!({
        "windows_days": rules.features.windows_days(),
        "refunds": match rules.features.refunds() {
            Refunds::Net => "net",
            Refunds::Drop => "drop",
            Refunds::Keep => "keep",
        },
        "occasion": match rules.occasion {
            Occasion::Day => "day",
            Occasion::Invoice => "invoice",
        },
        "currency": rules.currency.as_str(),
        "built": built,
    })
}

/// What rows the figures of a model are of.
fn measured_on(artifact: &Artifact<ChurnContent>) -> &'static str {
    match &artifact.content.training.recalibrated {
        Some(_) => "cross-fitted on the recalibration data",
        None => "held out",
    }
}

/// Its method, or `none`.
pub(super) fn calibration(artifact: &Artifact<ChurnContent>) -> &'static str {
    let calibration = artifact.content.model.calibration();
    calibration.map_or("none", |calibration| calibration.method().label())
}

/// Where a model comes from, as words by name.
pub(super) fn provenance(artifact: &Artifact<ChurnContent>) -> Vec<(&'static str, String)> {
    let training = &artifact.content.training;
    let mut lines = vec![
        ("data_file", training.data_file.clone()),
        ("data_sha256", training.data_sha256.clone()),
        ("rows", training.rows.to_string()),
        ("fitted_rows", training.fitted_rows.to_string()),
        ("seed", training.seed.to_string()),
        (
            "ridge_penalty",
            training.ridge_penalty.map_or_else(
                || "chosen by the data".to_owned(),
                |penalty| penalty.to_string(),
            ),
        ),
        ("trainer_version", training.trainer_version.clone()),
    ];
    if let Some(recalibrated) = &training.recalibrated {
        lines.extend([
            (
                "recalibrated_from_version",
                recalibrated.from_version.to_string(),
            ),
            ("recalibrated_by", recalibrated.method.clone()),
            ("recalibrated_on", recalibrated.data_file.clone()),
            ("recalibrated_on_sha256", recalibrated.data_sha256.clone()),
            ("recalibrated_on_rows", recalibrated.rows.to_string()),
        ]);
        let overrides = [
            ("recalibrated_target", &recalibrated.target),
            ("recalibrated_positive", &recalibrated.positive),
        ];
        lines.extend(
            overrides
                .into_iter()
                .filter_map(|(key, value)| Some((key, value.clone()?))),
        );
    }
    lines
}
