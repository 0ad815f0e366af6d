//! Where a feature can be moved to.

use crate::{
    customer::Value,
    features::{Axis, FeatureKind, Schema, Shape},
    policy::Direction,
};

/// A feature that may change.
#[derive(Debug)]
pub(super) struct Movable<'m> {
    /// Its position in the schema.
    pub(super) feature: usize,
    /// Its name.
    pub(super) name: &'m str,
    pub(super) moves: Moves<'m>,
}

/// The values that it can take.
#[derive(Debug)]
pub(super) enum Moves<'m> {
    /// Any of these, each as far as the other.
    Points(Vec<Value<'m>>),
    /// Any number in the trained range.
    Line {
        /// Where the log-odds may bend, rising, both ends of the range included;
        /// they are a straight line between neighbours.
        bends: Vec<f64>,
        /// The number's standard deviation in training.
        unit: f64,
        direction: Direction,
    },
}

impl<'m> Movable<'m> {
    pub(super) fn new(schema: &'m Schema, feature: usize, direction: Direction) -> Self {
        let spec = &schema.features()[feature];
        let moves = match &spec.kind {
            FeatureKind::Flag(_) => Moves::Points(match direction {
                Direction::Any => vec![Value::Flag(false), Value::Flag(true)],
                Direction::Increase => vec![Value::Flag(true)],
                Direction::Decrease => vec![Value::Flag(false)],
            }),
            FeatureKind::Text(categories) => {
                Moves::Points(categories.iter().map(|text| Value::Text(text)).collect())
            }
            FeatureKind::Number(number) => {
                let mut bends = vec![number.minimum, number.maximum];
                if let Shape::Curve(knots) = &number.shape {
                    bends.extend(knots);
                }
                for pair in schema.pairs() {
                    for (side, axis) in pair.features.iter().zip(&pair.axes) {
                        if let (true, Axis::Knots(knots)) = (*side == feature, axis) {
                            bends.extend(knots);
                        }
                    }
                }
                bends.retain(|bend| (number.minimum..=number.maximum).contains(bend));
                bends.sort_by(f64::total_cmp);
                bends.dedup();
                Moves::Line {
                    bends,
                    unit: number.standard_deviation,
                    direction,
                }
            }
        };
        Self {
            feature,
            name: &spec.name,
            moves,
        }
    }

    /// Every value at which the probability can be lowest, from a value on.
    pub(super) fn corners(&self, from: Value<'_>) -> Vec<Value<'m>> {
        match &self.moves {
            Moves::Points(points) => points.clone(),
            Moves::Line {
                bends, direction, ..
            } => {
                let allowed = |bend: &f64| match (from, direction) {
                    (Value::Number(from), Direction::Increase) => *bend > from,
                    (Value::Number(from), Direction::Decrease) => *bend < from,
                    _ => true,
                };
                let allowed = bends.iter().copied().filter(allowed);
                allowed.map(Value::Number).collect()
            }
        }
    }
}
