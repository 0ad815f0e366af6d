//! Features as sides of a pair: coarse axes, and which features say the same.

use std::collections::HashSet;

use super::{knots, screening::Side};
use crate::{
    features::{Axis, Cell, Feature, FeatureKind, NumberEncoding, Row, Schema, Shape},
    train::Direction,
};

/// Knots of a number's axis, about.
const KNOTS: usize = 8;
/// A text with more categories takes no part in pairs.
const MAX_CATEGORIES: usize = 16;
/// Numbers that correlate more than this, either way, say the same: a pair with
/// one of them is a pair with the other.
const TWINS: f64 = 0.95;

/// Numbers that correlate more than this, either way, are one number told twice.
const ECHO: f64 = 0.999;

/// Positions of numbers that only tell again what an earlier number tells.
pub(super) fn echoes(schema: &Schema, rows: &[Row]) -> HashSet<usize> {
    let features = schema.features().iter().enumerate();
    let numbers: Vec<usize> = features
        .filter(|(_, feature)| feature.bends())
        .map(|(position, _)| position)
        .collect();
    correlated(&numbers, rows, ECHO)
        .into_iter()
        .map(|[_, later]| later)
        .collect()
}

/// Pairs of these numbers that correlate more than `least`, either way; missing
/// values count as the mean.
fn correlated(numbers: &[usize], rows: &[Row], least: f64) -> HashSet<[usize; 2]> {
    let columns: Vec<Vec<f64>> = numbers
        .iter()
        .map(|&number| standardised(number, rows))
        .collect();
    let mut found = HashSet::new();
    for (index, a) in columns.iter().enumerate() {
        for (other, b) in columns.iter().enumerate().skip(index + 1) {
            let correlation: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
            if correlation.abs() > least {
                found.insert([numbers[index], numbers[other]]);
            }
        }
    }
    found
}

/// The features that pairs may be made of.
#[derive(Debug)]
pub(super) struct Sides {
    pub(super) sides: Vec<Side>,
    twins: HashSet<[usize; 2]>,
}

impl Sides {
    /// A monotone feature takes no part: a joint effect could turn it.
    pub(super) fn of(schema: &Schema, rows: &[Row], monotone: &[Option<Direction>]) -> Self {
        let sides: Vec<Side> = schema
            .features()
            .iter()
            .enumerate()
            .filter(|(position, _)| monotone[*position].is_none())
            .filter_map(|(position, feature)| Side::of(position, feature, rows))
            .collect();
        let knotted = sides
            .iter()
            .filter(|side| matches!(side.axis, Axis::Knots(_)));
        let numbers: Vec<usize> = knotted.map(|side| side.feature).collect();
        let twins = correlated(&numbers, rows, TWINS);
        Self { sides, twins }
    }

    /// Whether two pairs are of the same features, or of features that say the
    /// same.
    pub(super) fn alike(&self, a: [usize; 2], b: [usize; 2]) -> bool {
        let same = |x: usize, y: usize| x == y || self.twins.contains(&[x.min(y), x.max(y)]);
        (same(a[0], b[0]) && same(a[1], b[1])) || (same(a[0], b[1]) && same(a[1], b[0]))
    }
}

impl Side {
    /// `None` where the feature takes no part in pairs.
    fn of(position: usize, feature: &Feature, rows: &[Row]) -> Option<Self> {
        let axis = match &feature.kind {
            // A line has been told to stay one, or has too few values to bend.
            FeatureKind::Number(NumberEncoding {
                shape: Shape::Curve(_),
                ..
            }) => {
                let found = knots(numbers(position, rows), KNOTS);
                // The rows here may be few of those that the curve is of.
                if found.len() < 2 {
                    return None;
                }
                Axis::Knots(found)
            }
            FeatureKind::Text(categories) if categories.len() <= MAX_CATEGORIES => {
                Axis::Categories(categories.len())
            }
            FeatureKind::Flag(_) => Axis::Flag,
            FeatureKind::Number(_) | FeatureKind::Text(_) => return None,
        };
        let nearest = |row: &Row| {
            let point = axis.nearest(row.cells()[position])?;
            u16::try_from(point).ok()
        };
        let points = rows.iter().map(nearest).collect();
        Some(Self {
            feature: position,
            axis,
            points,
        })
    }
}

fn numbers(position: usize, rows: &[Row]) -> impl Iterator<Item = f64> {
    rows.iter().map(move |row| match row.cells()[position] {
        Cell::Number(number) => number,
        Cell::Category(_) | Cell::Flag(_) | Cell::Missing => f64::NAN,
    })
}

/// With mean 0 and squares that add up to 1; missing values at the mean.
fn standardised(position: usize, rows: &[Row]) -> Vec<f64> {
    let present = || numbers(position, rows).filter(|number| !number.is_nan());
    let count = present().count().max(1) as f64;
    let mean = present().sum::<f64>() / count;
    let norm = present()
        .map(|number| (number - mean).powi(2))
        .sum::<f64>()
        .sqrt();
    let scale = if norm > 0.0 { 1.0 / norm } else { 0.0 };
    numbers(position, rows)
        .map(|number| {
            if number.is_nan() {
                0.0
            } else {
                (number - mean) * scale
            }
        })
        .collect()
}
