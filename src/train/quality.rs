//! What is wrong with the data, said before anything is fitted.

use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use super::{
    plan::{Plan, PlannedFeature, Values},
    table::{Column, Table},
};
use crate::{
    customer::Value,
    model::{ExcludedColumn, area_under_curve},
};

/// A feature that predicts the target alone this well probably knows it.
const SUSPICIOUS_AREA_UNDER_CURVE: f64 = 0.98;
/// Values that fewer rows share say nothing on their own.
const MIN_GROUP_ROWS: usize = 10;

/// What was found in the data.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityReport {
    /// Rows of the file.
    pub rows: usize,
    /// Rows without an outcome; they are set aside.
    pub rows_without_outcome: usize,
    /// Rows that repeat an earlier one in every column; they are kept.
    pub duplicate_rows: usize,
    /// Rows that repeat an earlier one's id; they are kept.
    pub duplicate_ids: usize,
    /// Every column of the file, in its order.
    pub columns: Vec<ColumnQuality>,
    /// Columns that are no features, and why.
    pub excluded: Vec<ExcludedColumn>,
    /// Features that may know the outcome.
    pub suspicions: Vec<Suspicion>,
}

/// What was found in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnQuality {
    /// Its name.
    pub name: String,
    /// Rows without a value.
    pub missing: usize,
    /// Distinct values.
    pub distinct: usize,
    /// Rows whose value is not of the column's kind; treated as missing.
    pub unparsable: usize,
    /// The line of the first of these.
    pub first_unparsable_line: Option<u64>,
}

/// A feature that predicts the outcome alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicion {
    /// Its name.
    pub column: String,
    /// How well, by itself.
    pub area_under_curve: f64,
}

pub(super) fn check(table: &Table, plan: &Plan<'_>) -> QualityReport {
    QualityReport {
        rows: table.rows(),
        rows_without_outcome: table.rows() - plan.rows.len(),
        duplicate_rows: duplicates(table, &table.columns.iter().collect::<Vec<_>>()),
        duplicate_ids: plan
            .id
            .map_or(0, |id| duplicates(table, &[&table.columns[id]])),
        columns: table
            .columns
            .iter()
            .map(|column| column_quality(column, table, plan))
            .collect(),
        excluded: plan.excluded_columns(),
        suspicions: plan
            .features
            .iter()
            .filter_map(|feature| suspicion(feature, plan))
            .collect(),
    }
}

/// Rows that equal an earlier one in all of `columns`, by a 64-bit hash.
fn duplicates(table: &Table, columns: &[&Column]) -> usize {
    let mut seen = HashSet::with_capacity(table.rows());
    (0..table.rows())
        .filter(|&row| {
            let mut hasher = DefaultHasher::new();
            for column in columns {
                column.cell(row).hash(&mut hasher);
            }
            !seen.insert(hasher.finish())
        })
        .count()
}

fn column_quality(column: &Column, table: &Table, plan: &Plan<'_>) -> ColumnQuality {
    let mut missing = 0;
    let mut distinct = HashSet::new();
    for row in 0..table.rows() {
        match column.cell(row) {
            None => missing += 1,
            Some(cell) => {
                distinct.insert(cell);
            }
        }
    }
    let unparsable = plan
        .features
        .iter()
        .find(|feature| feature.name == column.name)
        .map_or(&[][..], |feature| &feature.unparsable);
    ColumnQuality {
        name: column.name.clone(),
        missing,
        distinct: distinct.len(),
        unparsable: unparsable.len(),
        first_unparsable_line: unparsable.first().map(|&row| table.lines[row]),
    }
}

fn suspicion(feature: &PlannedFeature<'_>, plan: &Plan<'_>) -> Option<Suspicion> {
    let area_under_curve = lone_area_under_curve(feature, plan)?;
    (area_under_curve > SUSPICIOUS_AREA_UNDER_CURVE).then(|| Suspicion {
        column: feature.name.clone(),
        area_under_curve,
    })
}

/// How well a feature ranks the outcome by itself: a number by its size, either
/// way; other values, and missing ones, by the share of churners among the rows
/// that have them. Whether there is a value at all may tell it alone.
fn lone_area_under_curve(feature: &PlannedFeature<'_>, plan: &Plan<'_>) -> Option<f64> {
    let shares = group_shares(feature, plan);
    let ranks = matches!(feature.values, Values::Numbers(_));
    let by_value = two_sided(plan, |row| match Group::of(feature.value(row)) {
        Err(number) => Some(number),
        Ok(Group::Missing) if ranks => None,
        Ok(group) => shares.get(&group).copied(),
    });
    let by_presence = two_sided(plan, |row| {
        Some(f64::from(u8::from(feature.value(row) == Value::Missing)))
    });
    by_value.into_iter().chain(by_presence).reduce(f64::max)
}

/// The area under the curve of a score of the rows that have one, either way.
fn two_sided(plan: &Plan<'_>, score: impl Fn(usize) -> Option<f64>) -> Option<f64> {
    let (scores, churned): (Vec<f64>, Vec<bool>) = plan
        .rows
        .iter()
        .zip(&plan.churned)
        .filter_map(|(&row, &churned)| Some((score(row)?, churned)))
        .unzip();
    area_under_curve(&scores, &churned).map(|area| area.max(1.0 - area))
}

/// Rows that a feature cannot tell apart.
#[derive(PartialEq, Eq, Hash)]
enum Group<'v> {
    Text(&'v str),
    Flag(bool),
    Missing,
}

impl<'v> Group<'v> {
    /// A number is no group, but ranks by itself.
    fn of(value: Value<'v>) -> Result<Self, f64> {
        match value {
            Value::Number(number) => Err(number),
            Value::Text(text) => Ok(Self::Text(text)),
            Value::Flag(flag) => Ok(Self::Flag(flag)),
            Value::Missing => Ok(Self::Missing),
        }
    }
}

/// The share of churners by group, where enough rows are in it.
fn group_shares<'p>(feature: &'p PlannedFeature<'_>, plan: &Plan<'_>) -> HashMap<Group<'p>, f64> {
    let mut groups: HashMap<Group<'p>, (usize, usize)> = HashMap::new();
    for (&row, &churned) in plan.rows.iter().zip(&plan.churned) {
        if let Ok(group) = Group::of(feature.value(row)) {
            let (rows, churners) = groups.entry(group).or_default();
            *rows += 1;
            *churners += usize::from(churned);
        }
    }
    groups
        .into_iter()
        .filter(|(_, (rows, _))| *rows >= MIN_GROUP_ROWS)
        .map(|(group, (rows, churners))| (group, churners as f64 / rows as f64))
        .collect()
}
