//! The shape of each effect of a model, read off the model as serving would.

use crate::{
    customer::Value,
    features::{Axis, Feature, FeatureKind, Pair, Shape},
    model::AdditiveModel,
};

/// A text that no schema has as a category.
const UNKNOWN: &str = "\u{0}";

/// An effect by its points.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectPoints {
    /// The feature, or the two of a pair.
    pub name: String,
    /// Contributions to the sum: at each end and knot of a number, for each
    /// category, for both values of a flag, and for a missing value. Of a pair:
    /// on its grid.
    pub points: Vec<(String, f64)>,
    /// Largest less smallest contribution.
    pub range: f64,
}

/// Every effect, in the schema's order.
pub(in crate::train) fn effects(model: &AdditiveModel) -> Vec<EffectPoints> {
    let schema = model.schema();
    let features = schema.features();
    let alone = features.iter().enumerate().map(|(position, feature)| {
        let points = values(feature).into_iter().filter_map(|value| {
            let height = contribution(model, position, &[(position, value)])?;
            Some((label(feature, value), height))
        });
        EffectPoints::of(feature.name.clone(), points.collect())
    });
    let pairs = schema.pairs().iter().enumerate().map(|(at, pair)| {
        let effect = features.len() + at;
        let points = pair_points(model, effect, pair);
        EffectPoints::of(schema.effect_names(effect).to_string(), points)
    });
    alone.chain(pairs).collect()
}

impl EffectPoints {
    fn of(name: String, points: Vec<(String, f64)>) -> Self {
        let heights = || points.iter().map(|(_, height)| *height);
        let range = heights().fold(f64::MIN, f64::max) - heights().fold(f64::MAX, f64::min);
        Self {
            name,
            range: range.max(0.0),
            points,
        }
    }
}

/// The contribution of an effect to a row with these values; the others' values
/// do not matter to it. `None` when the schema refuses one.
pub(super) fn contribution(
    model: &AdditiveModel,
    effect: usize,
    values: &[(usize, Value<'_>)],
) -> Option<f64> {
    let schema = model.schema();
    let mut row: Vec<Value<'_>> = schema.features().iter().map(any_value).collect();
    for &(position, value) in values {
        row[position] = value;
    }
    let row = schema.row_in_order(&row).ok()?;
    model.contributions(&row).get(effect).copied()
}

/// Values that tell a feature's effect.
pub(super) fn values(feature: &Feature) -> Vec<Value<'_>> {
    let mut values = match &feature.kind {
        FeatureKind::Number(number) => match &number.shape {
            Shape::Line => vec![Value::Number(number.minimum), Value::Number(number.maximum)],
            Shape::Curve(knots) => knots.iter().copied().map(Value::Number).collect(),
        },
        FeatureKind::Text(categories) => categories
            .iter()
            .map(|category| Value::Text(category))
            .chain([Value::Text(UNKNOWN)])
            .collect(),
        FeatureKind::Flag(_) => vec![Value::Flag(false), Value::Flag(true)],
    };
    if !feature.required {
        values.push(Value::Missing);
    }
    values
}

fn any_value(feature: &Feature) -> Value<'_> {
    match &feature.kind {
        FeatureKind::Number(number) => Value::Number(number.minimum),
        FeatureKind::Text(_) => Value::Text(UNKNOWN),
        FeatureKind::Flag(_) => Value::Flag(false),
    }
}

fn label(feature: &Feature, value: Value<'_>) -> String {
    match (value, &feature.kind) {
        (Value::Missing, _) => "(no value)".to_owned(),
        (Value::Text(UNKNOWN), _) => "(other)".to_owned(),
        (Value::Text(text), _) => text.to_owned(),
        (Value::Number(number), _) => number.to_string(),
        (Value::Flag(true), FeatureKind::Flag(labels)) => labels.true_label.clone(),
        (Value::Flag(false), FeatureKind::Flag(labels)) => labels.false_label.clone(),
        (Value::Flag(flag), _) => flag.to_string(),
    }
}

fn pair_points(model: &AdditiveModel, effect: usize, pair: &Pair) -> Vec<(String, f64)> {
    let features = model.schema().features();
    let [first, second] = pair.features;
    let mut points = Vec::with_capacity(pair.width());
    for a in axis_values(&pair.axes[0], &features[first]) {
        for b in axis_values(&pair.axes[1], &features[second]) {
            if let Some(height) = contribution(model, effect, &[(first, a), (second, b)]) {
                let name = format!(
                    "{} × {}",
                    label(&features[first], a),
                    label(&features[second], b)
                );
                points.push((name, height));
            }
        }
    }
    points
}

/// The points of one side of a pair.
pub(super) fn axis_values<'a>(axis: &'a Axis, feature: &'a Feature) -> Vec<Value<'a>> {
    match axis {
        Axis::Knots(knots) => knots.iter().copied().map(Value::Number).collect(),
        Axis::Categories(_) | Axis::Flag => {
            let values = values(feature).into_iter();
            values.filter(|value| *value != Value::Missing).collect()
        }
    }
}
