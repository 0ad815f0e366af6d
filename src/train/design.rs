//! From planned columns to an encoding and its columns, through the schema that
//! serving uses. Rows count among those that have an outcome.

use std::cmp::Reverse;

use ndarray::{Array2, ShapeBuilder};

use super::{
    FitError,
    plan::{Plan, PlannedFeature, Values},
    table::Texts,
};
use crate::{
    customer::{MAX_TEXT_BYTES, Violations},
    features::{Feature, FeatureKind, NumberEncoding, Row, Schema},
    model::ChurnModel,
};

/// A category that fewer rows have is pooled into *other*.
const MIN_CATEGORY_ROWS: usize = 10;
/// The most categories of one column that are told apart.
const MAX_KEPT_CATEGORIES: usize = 100;

/// The data of a plan, ready to be encoded.
pub(super) struct Design<'p> {
    pub(super) plan: &'p Plan<'p>,
}

impl<'p> Design<'p> {
    /// The schema of the planned features, with ranges, means and categories
    /// as found in `rows`.
    pub(super) fn fit_schema(&self, rows: &[usize]) -> Result<Schema, FitError> {
        let rows: Vec<usize> = rows.iter().map(|&row| self.plan.rows[row]).collect();
        let features = self
            .plan
            .features
            .iter()
            .map(|planned| fit_feature(planned, &rows))
            .collect();
        Ok(Schema::new(features)?)
    }

    /// One line of encoded columns for each of `rows`; column-major, which the
    /// solver reads three times as fast.
    pub(super) fn encode(&self, schema: &Schema, rows: &[usize]) -> Result<Array2<f64>, FitError> {
        let mut columns = Array2::zeros((rows.len(), schema.width()).f());
        for (line, &row) in rows.iter().enumerate() {
            let row = self.row(schema, row)?;
            for feature in 0..schema.features().len() {
                schema.encode(feature, &row, |column, x| columns[(line, column)] = x);
            }
        }
        Ok(columns)
    }

    /// What a model predicts for each of `rows`.
    pub(super) fn log_odds(
        &self,
        model: &ChurnModel,
        rows: &[usize],
    ) -> Result<Vec<f64>, FitError> {
        rows.iter()
            .map(|&row| Ok(model.explain(&self.row(model.schema(), row)?).log_odds))
            .collect()
    }

    /// What became of each of `rows`.
    pub(super) fn outcomes(&self, rows: &[usize]) -> Vec<bool> {
        rows.iter().map(|&row| self.plan.churned[row]).collect()
    }

    fn row(&self, schema: &Schema, row: usize) -> Result<Row<'p>, Violations> {
        let row = self.plan.rows[row];
        let features = self.plan.features.iter();
        schema.row_in_order(features.map(|planned| planned.value(row)).collect())
    }
}

fn fit_feature(planned: &PlannedFeature<'_>, rows: &[usize]) -> Feature {
    let kind = match &planned.values {
        Values::Numbers(numbers) => FeatureKind::Number(fit_number(numbers, rows)),
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
fn fit_number(numbers: &[f64], rows: &[usize]) -> NumberEncoding {
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
