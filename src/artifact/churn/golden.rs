//! Golden rows of a churn model. They visit every branch of the encoding: each
//! end of a number's range and beyond, each piece of a curve, every category and
//! an unknown one, both flags, missing values. No real customer is stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    artifact::{GoldenError, golden::wrong_score},
    customer::{Snapshot, Value},
    features::{Feature, FeatureKind, NumberEncoding, Row, Schema, Shape},
    model::ChurnModel,
};

/// How far a stored probability may be from the computed one: room for another
/// platform's `exp`. Log-odds must be equal.
const PROBABILITY_TOLERANCE: f64 = 1e-12;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoldenV1 {
    rows: Vec<GoldenRowV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GoldenRowV1 {
    features: GoldenFeatures,
    log_odds: f64,
    probability: f64,
}

/// A made-up customer, by the names of the features.
pub(in crate::artifact) type GoldenFeatures = BTreeMap<String, GoldenValueV1>;

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(in crate::artifact) enum GoldenValueV1 {
    Flag(bool),
    Number(f64),
    Text(String),
    Missing(()),
}

impl GoldenV1 {
    /// Makes up rows for a model and scores them.
    pub(super) fn of(model: &ChurnModel) -> Result<Self, GoldenError> {
        let rows = made_up(model.schema())
            .into_iter()
            .enumerate()
            .map(|(row, features)| {
                let (log_odds, probability) = score(model, &features, row)?;
                Ok(GoldenRowV1 {
                    features,
                    log_odds,
                    probability,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }

    /// Scores every row again and compares.
    pub(super) fn verify(&self, model: &ChurnModel) -> Result<(), GoldenError> {
        if self.rows.is_empty() {
            return Err(GoldenError::Empty);
        }
        for (row, golden) in self.rows.iter().enumerate() {
            let (log_odds, probability) = score(model, &golden.features, row)?;
            let close = (probability - golden.probability).abs() <= PROBABILITY_TOLERANCE;
            if log_odds != golden.log_odds || !close {
                wrong_score(row)?;
            }
        }
        Ok(())
    }
}

/// Made-up customers of a schema that visit every branch of its encoding.
pub(in crate::artifact) fn made_up(schema: &Schema) -> Vec<GoldenFeatures> {
    let features = schema.features();
    let values: Vec<Vec<GoldenValueV1>> = features.iter().map(visit).collect();
    let longest = values.iter().map(Vec::len).max().unwrap_or(0);
    let row = |row: usize| {
        // Offset by the feature's position, so that rows mix the branches.
        let each = features.iter().zip(&values).enumerate();
        each.map(|(position, (feature, values))| {
            let value = values[(row + position) % values.len()].clone();
            (feature.name.clone(), value)
        })
        .collect()
    };
    (0..longest).map(row).collect()
}

/// What comes of a made-up customer as a row of the schema.
pub(in crate::artifact) fn of_row<T>(
    schema: &Schema,
    features: &GoldenFeatures,
    row: usize,
    score: impl FnOnce(&Row) -> T,
) -> Result<T, GoldenError> {
    let refused = GoldenError::Refused { row };
    let values = features
        .iter()
        .map(|(name, value)| (name.as_str(), Some(value.as_value())));
    let snapshot = Snapshot::new("golden", values).map_err(|_| refused.clone())?;
    let row = schema.row(&snapshot).map_err(|_| refused)?;
    Ok(score(&row))
}

/// Values of a feature that visit every branch of its encoding.
fn visit(feature: &Feature) -> Vec<GoldenValueV1> {
    let mut values = match &feature.kind {
        FeatureKind::Number(number) => numbers(number).map(GoldenValueV1::Number).collect(),
        FeatureKind::Text(categories) => categories
            .iter()
            .map(|category| GoldenValueV1::Text(category.clone()))
            .chain([GoldenValueV1::Text(String::new())])
            .collect(),
        FeatureKind::Flag(_) => vec![GoldenValueV1::Flag(true), GoldenValueV1::Flag(false)],
    };
    if !feature.required {
        values.push(GoldenValueV1::Missing(()));
    }
    values
}

/// Both ends, beyond them, the mean, and the middle of every piece of a curve.
fn numbers(number: &NumberEncoding) -> impl Iterator<Item = f64> {
    let &NumberEncoding {
        minimum,
        maximum,
        mean,
        standard_deviation,
        ref shape,
    } = number;
    let knots = match shape {
        Shape::Line => &[][..],
        Shape::Curve(knots) => knots,
    };
    let pieces = knots.windows(2).map(|ends| f64::midpoint(ends[0], ends[1]));
    [
        minimum - standard_deviation,
        minimum,
        mean.clamp(minimum, maximum),
        maximum,
        maximum + standard_deviation,
    ]
    .into_iter()
    .chain(pieces)
}

fn score(
    model: &ChurnModel,
    features: &GoldenFeatures,
    row: usize,
) -> Result<(f64, f64), GoldenError> {
    of_row(model.schema(), features, row, |row| {
        let explanation = model.explain(row);
        (explanation.log_odds, explanation.probability())
    })
}

impl GoldenValueV1 {
    fn as_value(&self) -> Value<'_> {
        match self {
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Number(number) => Value::Number(*number),
            Self::Text(text) => Value::Text(text),
            Self::Missing(()) => Value::Missing,
        }
    }
}
