//! The effect of every feature, read off the coefficients: contributions are
//! relative to the training mean, as the model explains them.

use super::{Findings, contributions::Contributions, support};
use crate::{
    features::{Feature, FeatureKind, NumberEncoding, Shape},
    model::Distribution,
    train::{
        Direction,
        plan::Values,
        report::{CurvePoint, Effect, EffectShape, Level, Monotonicity},
    },
};

/// One feature's columns.
struct Columns {
    weights: Vec<f64>,
    means: Vec<f64>,
    standard_errors: Vec<f64>,
    /// Σ w·m, which every contribution is less by.
    mean_contribution: f64,
}

pub(super) fn of(findings: &Findings<'_>, contributions: &Contributions) -> Vec<Effect> {
    let features = findings.estimate.model.schema().features();
    let effects = features.iter().enumerate().map(|(position, feature)| {
        let columns = Columns::of(findings, position);
        let monotone = findings.design.plan.features[position].monotone;
        Effect {
            feature: feature.name.clone(),
            importance: contributions.importance[position],
            cause_group: contributions.groups[position].clone(),
            monotonicity: monotone.map(|direction| match direction {
                Direction::Rising => Monotonicity::Rising,
                Direction::Falling => Monotonicity::Falling,
            }),
            shape: shape(findings, position, feature, &columns),
            missing: missing(findings, position, feature, &columns),
        }
    });
    effects.collect()
}

impl Columns {
    fn of(findings: &Findings<'_>, effect: usize) -> Self {
        let model = &findings.estimate.model;
        let range = model.schema().columns()[effect].clone();
        let coefficients = &model.coefficients()[range.clone()];
        // The intercept's comes first.
        let errors = &findings.estimate.standard_errors[range.start + 1..=range.end];
        Self {
            weights: coefficients.iter().map(|c| c.weight).collect(),
            means: coefficients.iter().map(|c| c.training_mean).collect(),
            standard_errors: errors.to_vec(),
            mean_contribution: coefficients
                .iter()
                .map(|c| c.weight * c.training_mean)
                .sum(),
        }
    }

    /// Contribution where one column is `x` and the others are 0.
    fn at(&self, column: usize, x: f64) -> f64 {
        self.weights[column] * x - self.mean_contribution
    }

    /// A contribution where one column is 1, and its standard error: that of
    /// the coefficient, the others taken as known.
    fn level(&self, column: usize, name: &str, rows: u64) -> Level {
        Level {
            name: name.to_owned(),
            log_odds: self.at(column, 1.0),
            standard_error: Some(self.standard_errors[column]),
            rows,
        }
    }
}

fn shape(
    findings: &Findings<'_>,
    position: usize,
    feature: &Feature,
    columns: &Columns,
) -> EffectShape {
    match (&feature.kind, &findings.baseline.features[position].values) {
        (FeatureKind::Number(encoding), _) => EffectShape::Curve {
            points: points(encoding, columns),
            support: match &findings.design.plan.features[position].values {
                Values::Numbers(numbers) => support::histogram(findings, numbers),
                Values::Texts(_) | Values::Flags(..) => Vec::new(),
            },
        },
        (FeatureKind::Text(categories), Distribution::Texts(counts)) => {
            let levels = categories
                .iter()
                .map(String::as_str)
                .chain([support::OTHER]);
            let levels = levels.zip(counts).enumerate();
            let levels = levels.filter(|(_, (_, rows))| **rows > 0);
            EffectShape::Levels(
                levels
                    .map(|(column, (name, &rows))| columns.level(column, name, rows))
                    .collect(),
            )
        }
        (FeatureKind::Flag(labels), Distribution::Flags(rows)) => {
            let level = |name: &str, x: f64, rows: u64| Level {
                name: name.to_owned(),
                log_odds: columns.at(0, x),
                standard_error: Some(columns.standard_errors[0] * (x - columns.means[0]).abs()),
                rows,
            };
            EffectShape::Levels(vec![
                level(&labels.true_label, 1.0, rows[1]),
                level(&labels.false_label, 0.0, rows[0]),
            ])
        }
        (FeatureKind::Text(_) | FeatureKind::Flag(_), _) => EffectShape::Levels(Vec::new()),
    }
}

/// The knots of a curve; of a line its ends and its mean, where its error is
/// least.
fn points(encoding: &NumberEncoding, columns: &Columns) -> Vec<CurvePoint> {
    match &encoding.shape {
        Shape::Curve(knots) => knots
            .iter()
            .enumerate()
            .map(|(column, &x)| CurvePoint {
                x,
                log_odds: columns.at(column, 1.0),
                standard_error: Some(columns.standard_errors[column]),
            })
            .collect(),
        Shape::Line => {
            let mut places = vec![encoding.minimum, encoding.mean, encoding.maximum];
            places.dedup();
            let point = |x: f64| {
                let z = (x - encoding.mean) / encoding.standard_deviation;
                CurvePoint {
                    x,
                    log_odds: columns.at(0, z),
                    standard_error: Some(columns.standard_errors[0] * z.abs()),
                }
            };
            places.into_iter().map(point).collect()
        }
    }
}

/// `None` where no fitted row lacks the value.
fn missing(
    findings: &Findings<'_>,
    position: usize,
    feature: &Feature,
    columns: &Columns,
) -> Option<Level> {
    let rows = findings.baseline.features[position].missing;
    let column = columns.weights.len().checked_sub(1)?;
    (!feature.required && rows > 0).then(|| columns.level(column, "missing", rows))
}
