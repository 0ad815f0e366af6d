//! The parameters of each effect, and which of them share a penalty.
//!
//! | effect | parameters | penalty shrinks towards |
//! | --- | --- | --- |
//! | line, and the straight part of a curve | its slope | no effect |
//! | curve | the change of slope at each inner knot, times the knots' distance | a straight line |
//! | text | each category and *other* | no effect |
//! | flag, missing | one | no effect |
//! | monotone curve | the step up, or down, to each next knot | no effect |
//! | pair | mixed differences between neighbouring points of the grid | no joint effect |
//!
//! Lines share one penalty, flags another, missing values a third; each curve,
//! text and pair has its own. A curve's penalty is that of a P-spline with
//! second differences (Eilers & Marx 1996), made plain ridge by the hinge basis.

use std::ops::Range;

use ndarray::{Array2, linalg::kron};

use crate::{
    features::{Axis, Feature, FeatureKind, NumberEncoding, Pair, Schema, Shape},
    train::{
        Direction,
        fit::{Basis, Term},
    },
};

/// The parameters of a schema's effects.
#[derive(Debug)]
pub(in crate::train) struct Layout {
    pub(in crate::train) basis: Basis,
    /// The group of the bends of each effect that is a curve, and of each pair.
    pub(super) own_group: Vec<Option<usize>>,
}

impl Layout {
    /// `means` are the encoded columns', the intercept's first; `monotone` has
    /// one for each feature.
    pub(in crate::train) fn of(
        schema: &Schema,
        means: &[f64],
        monotone: &[Option<Direction>],
    ) -> Self {
        let mut basis = Basis::default();
        let shared = Shared {
            lines: basis.group(),
            flags: basis.group(),
            missing: basis.group(),
        };
        let mut layout = Self {
            basis,
            own_group: Vec::with_capacity(schema.effects()),
        };
        let features = schema.features().iter().zip(monotone);
        for ((feature, direction), columns) in features.zip(schema.columns()) {
            let columns = columns.start + 1..columns.end + 1;
            let present = columns.start..columns.end - usize::from(!feature.required);
            let group = match direction {
                Some(direction) => {
                    Some(layout.push_monotone(feature, present.clone(), means, *direction))
                }
                None => layout.push_feature(feature, present.clone(), means, &shared),
            };
            if !feature.required {
                layout.term(present.end..columns.end, None, shared.missing);
            }
            layout.own_group.push(group);
        }
        let pairs = &schema.columns()[schema.features().len()..];
        for (pair, columns) in schema.pairs().iter().zip(pairs) {
            layout.push_pair(pair, columns.start + 1..columns.end + 1, means);
        }
        layout
    }

    fn push_feature(
        &mut self,
        feature: &Feature,
        columns: Range<usize>,
        means: &[f64],
        shared: &Shared,
    ) -> Option<usize> {
        match &feature.kind {
            FeatureKind::Number(NumberEncoding {
                shape: Shape::Curve(knots),
                ..
            }) => {
                let weights = &present_weights(&means[columns.clone()]);
                self.term(columns.clone(), Some(line(knots, weights)), shared.lines);
                let group = self.basis.group();
                self.term(columns, Some(bends(knots, weights)), group);
                Some(group)
            }
            FeatureKind::Number(_) => {
                self.term(columns, None, shared.lines);
                None
            }
            FeatureKind::Flag(_) => {
                self.term(columns, None, shared.flags);
                None
            }
            FeatureKind::Text(_) => {
                let group = self.basis.group();
                self.term(columns, None, group);
                None
            }
        }
    }

    /// A number whose effect may only rise, or only fall: steps from knot to
    /// knot, or a slope, in that direction.
    fn push_monotone(
        &mut self,
        feature: &Feature,
        columns: Range<usize>,
        means: &[f64],
        direction: Direction,
    ) -> usize {
        let sign = match direction {
            Direction::Rising => 1.0,
            Direction::Falling => -1.0,
        };
        let map = match &feature.kind {
            FeatureKind::Number(NumberEncoding {
                shape: Shape::Curve(knots),
                ..
            }) => steps(&Axis::Knots(knots.clone()), &means[columns.clone()]),
            FeatureKind::Number(_) | FeatureKind::Text(_) | FeatureKind::Flag(_) => {
                Array2::ones((1, 1))
            }
        };
        let group = self.basis.group();
        self.basis.push(Term {
            columns,
            map: Some(map * sign),
            group,
            nonnegative: true,
        });
        group
    }

    fn push_pair(&mut self, pair: &Pair, columns: Range<usize>, means: &[f64]) {
        let group = self.basis.group();
        let map = pair_map(pair, &means[columns.clone()]);
        self.term(columns, Some(map), group);
        self.own_group.push(Some(group));
    }

    fn term(&mut self, columns: Range<usize>, map: Option<Array2<f64>>, group: usize) {
        self.basis.push(Term {
            columns,
            map,
            group,
            nonnegative: false,
        });
    }
}

struct Shared {
    lines: usize,
    flags: usize,
    missing: usize,
}

/// The weights of a curve's knots; equal ones where no row has a value.
fn present_weights(means: &[f64]) -> Vec<f64> {
    if means.iter().sum::<f64>() > 0.0 {
        means.to_vec()
    } else {
        vec![1.0; means.len()]
    }
}

/// The heights at the knots of a straight line with mean 0 and variance 1.
fn line(knots: &[f64], weights: &[f64]) -> Array2<f64> {
    let total: f64 = weights.iter().sum();
    let mean = |heights: &dyn Fn(usize) -> f64| -> f64 {
        (0..knots.len())
            .map(|knot| heights(knot) * weights[knot])
            .sum::<f64>()
            / total
    };
    let centre = mean(&|knot| knots[knot]);
    let deviation = mean(&|knot| (knots[knot] - centre).powi(2)).sqrt();
    let scale = if deviation > 0.0 {
        1.0 / deviation
    } else {
        1.0
    };
    Array2::from_shape_fn((knots.len(), 1), |(knot, _)| (knots[knot] - centre) * scale)
}

/// The heights at the knots of one hinge for each inner knot, without their
/// mean and their straight part. A hinge's slope is one over the mean distance
/// to the neighbouring knots, so that its parameter is a second difference of
/// heights where knots are evenly spaced.
fn bends(knots: &[f64], weights: &[f64]) -> Array2<f64> {
    let line = line(knots, weights);
    let total: f64 = weights.iter().sum();
    let mut bends = Array2::from_shape_fn((knots.len(), knots.len() - 2), |(knot, bend)| {
        let spacing = (knots[bend + 2] - knots[bend]) / 2.0;
        (knots[knot] - knots[bend + 1]).max(0.0) / spacing
    });
    for bend in 0..bends.ncols() {
        let project = |onto: &dyn Fn(usize) -> f64| -> f64 {
            (0..knots.len())
                .map(|knot| bends[(knot, bend)] * onto(knot) * weights[knot])
                .sum::<f64>()
                / total
        };
        let (mean, slope) = (project(&|_| 1.0), project(&|knot| line[(knot, 0)]));
        for knot in 0..knots.len() {
            bends[(knot, bend)] -= mean + slope * line[(knot, 0)];
        }
    }
    bends
}

/// The heights on a pair's grid of the products of its axes' steps.
fn pair_map(pair: &Pair, grid_weights: &[f64]) -> Array2<f64> {
    let [first, second] = &pair.axes;
    let across = second.points();
    let along: Vec<f64> = grid_weights
        .chunks(across)
        .map(|line| line.iter().sum())
        .collect();
    let mut over = vec![0.0; across];
    for line in grid_weights.chunks(across) {
        over.iter_mut()
            .zip(line)
            .for_each(|(sum, weight)| *sum += weight);
    }
    kron(&steps(first, &along), &steps(second, &over))
}

/// The heights at an axis's points of a step up at each point but the first, or
/// of each category; with mean 0.
pub(super) fn steps(axis: &Axis, weights: &[f64]) -> Array2<f64> {
    let mut steps = match axis {
        Axis::Knots(_) | Axis::Flag => {
            Array2::from_shape_fn((axis.points(), axis.points() - 1), |(point, step)| {
                f64::from(u8::from(point > step))
            })
        }
        Axis::Categories(_) => Array2::eye(axis.points()),
    };
    let total: f64 = weights.iter().sum();
    if total > 0.0 {
        for step in 0..steps.ncols() {
            let mean = (0..axis.points())
                .map(|point| steps[(point, step)] * weights[point])
                .sum::<f64>()
                / total;
            for point in 0..axis.points() {
                steps[(point, step)] -= mean;
            }
        }
    }
    steps
}
