//! From planned columns to an encoding and its columns, through the schema that
//! serving uses. Rows count among those that have an outcome.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::{
    Direction, FitError, PlanError,
    fit::Encoded,
    plan::{Plan, PlannedFeature, Values},
    search,
    split::Split,
    table::Texts,
};
use crate::{
    customer::{MAX_TEXT_BYTES, Violations},
    features::{Feature, FeatureKind, NumberEncoding, Row, Schema, Shape},
    model::ChurnModel,
};

/// A category that fewer rows have is pooled into *other*.
const MIN_CATEGORY_ROWS: usize = 10;
/// Columns that all curves together may have, about: fewer knots for each where
/// there are many numbers.
const MAX_CURVE_COLUMNS: usize = 1500;
/// Folds for choosing columns, penalties and calibration.
const FOLDS: u32 = 5;
/// The most categories of one column that are told apart.
const MAX_KEPT_CATEGORIES: usize = 100;
/// Rows that one thread encodes at a time, …
const PART_ROWS: usize = 1 << 12;
/// … and how many such parts wait to be put together.
const PARTS_AT_ONCE: usize = 16;

/// The data of a plan, ready to be encoded.
#[derive(Debug)]
pub(super) struct Design<'p> {
    pub(super) plan: &'p Plan<'p>,
}

impl Design<'_> {
    /// The schema of the planned features, with ranges, means and categories
    /// as found in `rows`, and a straight line for each number.
    pub(super) fn schema_of_lines(&self, rows: &[usize]) -> Result<Schema, FitError> {
        self.schema_by(rows, |_| Shape::Line)
    }

    /// The same, with about `knots` knots for each number that may bend.
    pub(super) fn schema(&self, rows: &[usize], knots: usize) -> Result<Schema, FitError> {
        let numbers = self.plan.features.iter();
        let numbers = numbers.filter(|f| matches!(f.values, Values::Numbers(_)));
        let knots = knots.min(MAX_CURVE_COLUMNS / numbers.count().max(1)).max(3);
        self.schema_by(rows, |numbers| {
            let found = search::knots(numbers.iter().copied(), knots);
            // Two points make a line.
            if found.len() > 2 {
                Shape::Curve(found)
            } else {
                Shape::Line
            }
        })
    }

    fn schema_by(
        &self,
        rows: &[usize],
        shape: impl Fn(&[f64]) -> Shape + Sync,
    ) -> Result<Schema, FitError> {
        let rows: Vec<usize> = rows.iter().map(|&row| self.plan.rows[row]).collect();
        let features = self.plan.features.par_iter();
        let features = features.map(|planned| fit_feature(planned, &rows, &shape));
        Ok(Schema::new(features.collect())?)
    }

    /// The encoded columns of each of `rows`.
    pub(super) fn encode(&self, schema: &Schema, rows: &[usize]) -> Result<Encoded, FitError> {
        let mut encoded = Encoded::with_capacity(rows.len(), schema);
        // Little is held twice: some parts at a time, added in order.
        for rows in rows.chunks(PARTS_AT_ONCE * PART_ROWS) {
            let parts: Vec<Encoded> = rows
                .par_chunks(PART_ROWS)
                .map(|rows| self.encode_part(schema, rows))
                .collect::<Result<_, _>>()?;
            for part in &parts {
                encoded.append(part);
            }
        }
        Ok(encoded)
    }

    fn encode_part(&self, schema: &Schema, rows: &[usize]) -> Result<Encoded, FitError> {
        let mut encoded = Encoded::with_capacity(rows.len(), schema);
        for &row in rows {
            let row = self.row(schema, row)?;
            encoded.push_row(schema, &row);
        }
        Ok(encoded)
    }

    /// What a model predicts for each of `rows`, after calibration.
    pub(super) fn log_odds(
        &self,
        model: &ChurnModel,
        rows: &[usize],
    ) -> Result<Vec<f64>, FitError> {
        rows.par_iter()
            .with_min_len(PART_ROWS)
            .map(|&row| {
                let row = self.row(model.schema(), row)?;
                Ok(model.explain(&row).calibrated_log_odds)
            })
            .collect()
    }

    /// What became of each of `rows`.
    pub(super) fn outcomes(&self, rows: &[usize]) -> Vec<bool> {
        rows.iter().map(|&row| self.plan.churned[row]).collect()
    }

    /// The sample weight of each of `rows`.
    pub(super) fn weights(&self, rows: &[usize]) -> Vec<f64> {
        match &self.plan.weights {
            Some(weights) => rows.iter().map(|&row| weights[row]).collect(),
            None => vec![1.0; rows.len()],
        }
    }

    /// The group of each of `rows`, where rows belong together.
    pub(super) fn groups(&self, rows: &[usize]) -> Option<Vec<u32>> {
        let groups = self.plan.groups.as_ref()?;
        Some(rows.iter().map(|&row| groups.of_row[row]).collect())
    }

    /// Folds of `rows` for choosing among models.
    pub(super) fn fold_of_rows(&self, rows: &[usize], seed: u64) -> Result<Vec<u32>, PlanError> {
        Split::for_choosing(self.plan).fold_of_rows(rows, FOLDS, seed)
    }

    /// Which way each feature's effect may go, where it is told.
    pub(super) fn monotone(&self) -> Vec<Option<Direction>> {
        self.plan
            .features
            .iter()
            .map(|feature| feature.monotone)
            .collect()
    }

    pub(super) fn row(&self, schema: &Schema, row: usize) -> Result<Row, Violations> {
        let row = self.plan.rows[row];
        let features = self.plan.features.iter();
        let values: Vec<_> = features.map(|planned| planned.value(row)).collect();
        schema.row_in_order(&values)
    }
}

fn fit_feature(
    planned: &PlannedFeature<'_>,
    rows: &[usize],
    shape: impl Fn(&[f64]) -> Shape,
) -> Feature {
    let kind = match &planned.values {
        Values::Numbers(numbers) => FeatureKind::Number(fit_number(numbers, rows, shape)),
        Values::Texts(texts) => FeatureKind::Text(fit_categories(texts, rows)),
        Values::Flags(labels, _) => FeatureKind::Flag(labels.clone()),
    };
    Feature {
        name: planned.name.clone(),
        required: planned.required,
        kind,
    }
}

/// Range, mean and (population) standard deviation of the numbers that are
/// there.
fn fit_number(numbers: &[f64], rows: &[usize], shape: impl Fn(&[f64]) -> Shape) -> NumberEncoding {
    let present: Vec<f64> = rows
        .iter()
        .map(|&row| numbers[row])
        .filter(|number| !number.is_nan())
        .collect();
    if present.is_empty() {
        return NumberEncoding {
            minimum: 0.0,
            maximum: 0.0,
            mean: 0.0,
            standard_deviation: 1.0,
            shape: Shape::Line,
        };
    }
    let count = present.len() as f64;
    // Divided first: a sum of huge values must not overflow.
    let mean: f64 = present.iter().map(|number| number / count).sum();
    let variance: f64 = present
        .iter()
        .map(|number| (number - mean).powi(2) / count)
        .sum();
    let deviation = variance.sqrt();
    NumberEncoding {
        minimum: present.iter().copied().fold(f64::INFINITY, f64::min),
        maximum: present.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        mean,
        standard_deviation: if deviation > 0.0 { deviation } else { 1.0 },
        shape: shape(&present),
    }
}

/// The categories that are frequent enough to be told apart, sorted.
fn fit_categories(texts: &Texts, rows: &[usize]) -> Vec<String> {
    let mut frequent: Vec<(&str, usize)> = texts
        .counts(rows)
        .into_iter()
        .enumerate()
        .map(|(code, count)| (texts.text(code), count))
        .filter(|(text, count)| *count >= MIN_CATEGORY_ROWS && text.len() <= MAX_TEXT_BYTES)
        .collect();
    // Among equally frequent ones, by text.
    frequent.sort_unstable_by_key(|&(text, count)| (Reverse(count), text));
    frequent.truncate(MAX_KEPT_CATEGORIES);
    let mut categories: Vec<String> = frequent
        .into_iter()
        .map(|(text, _)| text.to_owned())
        .collect();
    categories.sort_unstable();
    categories
}
