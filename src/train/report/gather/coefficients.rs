//! The fitted coefficients, by names that people read.

use super::{Findings, support};
use crate::{
    features::{Axis, Column, Feature, FeatureKind, Pair, Schema},
    train::report::{Coefficient, text::compact},
};

/// The intercept's, then one for each column of the encoding.
pub(super) fn of(findings: &Findings<'_>) -> Vec<Coefficient> {
    let model = &findings.estimate.model;
    let names = ["(intercept)".to_owned()]
        .into_iter()
        .chain(names(model.schema()));
    let weights = model.coefficients().iter().map(|c| c.weight);
    let estimates = [model.intercept()].into_iter().chain(weights);
    let coefficients = names.zip(estimates).zip(&findings.estimate.standard_errors);
    coefficients
        .map(|((column, estimate), &error)| Coefficient {
            column,
            estimate,
            standard_error: error.is_finite().then_some(error),
        })
        .collect()
}

fn names(schema: &Schema) -> impl Iterator<Item = String> {
    let features = schema.features();
    let singles = features.iter().flat_map(|feature| {
        let columns = feature.columns().into_iter();
        columns
            .map(move |column| of_column(feature, column))
            .collect::<Vec<_>>()
    });
    let pairs = schema.pairs().iter();
    singles.chain(pairs.flat_map(move |pair| of_pair(features, pair)))
}

fn of_column(feature: &Feature, column: Column<'_>) -> String {
    let name = &feature.name;
    match (column, &feature.kind) {
        (Column::Value, _) => format!("{name}, standardised"),
        (Column::Knot(knot), _) => format!("{name} at {}", compact(knot)),
        (Column::Category(category), _) => format!("{name} = {category}"),
        (Column::Other, _) => format!("{name} = {}", support::OTHER),
        (Column::True, FeatureKind::Flag(labels)) => format!("{name} = {}", labels.true_label),
        (Column::True, FeatureKind::Number(_) | FeatureKind::Text(_)) => name.clone(),
        (Column::Missing, _) => format!("{name} missing"),
    }
}

/// The second axis runs fastest, as in the encoding.
fn of_pair(features: &[Feature], pair: &Pair) -> Vec<String> {
    let [first, second] = [0, 1].map(|side: usize| {
        let feature = &features[pair.features[side]];
        let points = 0..pair.axes[side].points();
        let points = points.map(|point| point_name(feature, &pair.axes[side], point));
        points.collect::<Vec<_>>()
    });
    let grid = first.iter().flat_map(|first| {
        let row = second
            .iter()
            .map(move |second| format!("{first} × {second}"));
        row.collect::<Vec<_>>()
    });
    grid.collect()
}

fn point_name(feature: &Feature, axis: &Axis, point: usize) -> String {
    let name = &feature.name;
    match (axis, &feature.kind) {
        (Axis::Knots(knots), _) => format!("{name} at {}", compact(knots[point])),
        (_, FeatureKind::Text(categories)) => {
            let category = categories
                .get(point)
                .map_or(support::OTHER, |category| category);
            format!("{name} = {category}")
        }
        (_, FeatureKind::Flag(labels)) => {
            let label = if point == 0 {
                &labels.false_label
            } else {
                &labels.true_label
            };
            format!("{name} = {label}")
        }
        (Axis::Categories(_) | Axis::Flag, FeatureKind::Number(_)) => name.clone(),
    }
}
