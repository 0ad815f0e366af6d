//! What pairs of features add together, as grids of cells.

use super::{Findings, contributions::Contributions, support};
use crate::{
    features::{Axis, Feature, FeatureKind, Pair},
    model::Distribution,
    train::report::{PairAxis, PairEffect},
};

/// Cells a side, at most; points between are left out.
const MAX_CELLS: usize = 16;

pub(super) fn of(findings: &Findings<'_>, contributions: &Contributions) -> Vec<PairEffect> {
    let schema = findings.estimate.model.schema();
    let first = schema.features().len();
    let pairs = schema.pairs().iter().zip(first..);
    pairs
        .map(|(pair, effect)| {
            let importance = contributions.importance[effect];
            grid(findings, pair, effect, importance)
        })
        .collect()
}

fn grid(findings: &Findings<'_>, pair: &Pair, effect: usize, importance: f64) -> PairEffect {
    let model = &findings.estimate.model;
    let schema = model.schema();
    let columns = schema.columns()[effect].clone();
    let coefficients = &model.coefficients()[columns];
    let mean: f64 = coefficients
        .iter()
        .map(|c| c.weight * c.training_mean)
        .sum();
    let features = pair.features.map(|feature| &schema.features()[feature]);
    let [along, up] = [0, 1].map(|side: usize| {
        let mut points = pair.axes[side].points();
        // Nobody was anything else.
        if let Distribution::Texts(counts) = &findings.baseline.features[pair.features[side]].values
            && counts.last() == Some(&0)
        {
            points -= 1;
        }
        shown(points)
    });
    let across = pair.axes[1].points();
    let log_odds = up.iter().map(|second| {
        let row = along
            .iter()
            .map(|first| coefficients[first * across + second].weight - mean);
        row.collect()
    });
    PairEffect {
        first: features[0].name.clone(),
        second: features[1].name.clone(),
        importance,
        log_odds: log_odds.collect(),
        x: axis(features[0], &pair.axes[0], &along),
        y: axis(features[1], &pair.axes[1], &up),
    }
}

/// The points that are shown: all, or as many as there may be at even steps,
/// both ends among them.
fn shown(points: usize) -> Vec<usize> {
    if points <= MAX_CELLS {
        return (0..points).collect();
    }
    let step = |cell: usize| cell * (points - 1) / (MAX_CELLS - 1);
    (0..MAX_CELLS).map(step).collect()
}

/// A cell of a number reaches halfway to the next points.
fn axis(feature: &Feature, axis: &Axis, shown: &[usize]) -> PairAxis {
    let label = |point: usize| match &feature.kind {
        FeatureKind::Text(categories) => categories.get(point).map_or(support::OTHER, |c| c),
        FeatureKind::Flag(labels) if point == 0 => &labels.false_label,
        FeatureKind::Flag(labels) => &labels.true_label,
        FeatureKind::Number(_) => "",
    };
    match axis {
        Axis::Knots(knots) => {
            let points: Vec<f64> = shown.iter().map(|&point| knots[point]).collect();
            let ends = [points.first(), points.last()].map(Option::<&f64>::copied);
            let between = points
                .windows(2)
                .map(|ends| f64::midpoint(ends[0], ends[1]));
            let edges = ends[0].into_iter().chain(between).chain(ends[1]);
            PairAxis::Edges(edges.collect())
        }
        Axis::Categories(_) | Axis::Flag => {
            PairAxis::Levels(shown.iter().map(|&point| label(point).to_owned()).collect())
        }
    }
}
