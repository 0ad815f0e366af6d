//! What is wrong with the data, said before anything is fitted.

use rayon::prelude::*;

use super::{
    plan::{Count, GroupedBy, Plan, PlannedFeature, Values, groups, repeated_values},
    redundancy,
    table::{Cells, Column, Place, Table},
};
use crate::model::ExcludedColumn;

/// A feature that predicts the target alone this well probably knows it.
const SUSPICIOUS_AREA_UNDER_CURVE: f64 = 0.98;
/// A category is told to be of one outcome when at least this many rows of the
/// other one were to be expected: none at all is then no chance (e⁻⁵ < 1 %).
const MIN_EXPECTED_ROWS: f64 = 5.0;

/// What was found in the data.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityReport {
    /// Rows of the files.
    pub rows: usize,
    /// Rows without an outcome; they are set aside.
    pub rows_without_outcome: usize,
    /// Rows with an outcome that repeat an earlier one in every column; they are
    /// kept.
    pub duplicate_rows: usize,
    /// Rows that repeat an earlier one's id; they are kept.
    pub duplicate_ids: usize,
    /// What keeps rows together on one side of every split, if anything.
    pub kept_together: Option<KeptTogether>,
    /// Every column of the files, in their order.
    pub columns: Vec<ColumnQuality>,
    /// Columns that are no features, and why.
    pub excluded: Vec<ExcludedColumn>,
    /// Features that may know the outcome.
    pub suspicions: Vec<Suspicion>,
    /// Features that say the same as another one.
    pub redundancies: Vec<Redundancy>,
    /// Categories whose rows all had one outcome.
    pub one_sided: Vec<OneSidedCategory>,
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
    /// Where the first of these stands.
    pub first_unparsable: Option<Place>,
    /// How its numbers were spelled, when that was not the plain way: an example
    /// such as `1,234.5`.
    pub repaired_from: Option<&'static str>,
}

/// Why rows stay on one side of every split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptTogether {
    /// They have the same value in the column of `--group`.
    Group,
    /// They have the same id.
    Id,
    /// They are equal in every column.
    Copies,
}

/// A feature that predicts the outcome alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicion {
    /// Its name.
    pub column: String,
    /// How well, by itself.
    pub area_under_curve: f64,
}

/// Two features of which one is (nearly) a straight function of the other, or
/// which have the same categories up to their names.
#[derive(Debug, Clone, PartialEq)]
pub struct Redundancy {
    /// The first one's name.
    pub first: String,
    /// The second one's name.
    pub second: String,
    /// Their correlation; 1 for categories.
    pub correlation: f64,
}

/// A category that only customers of one outcome have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneSidedCategory {
    /// The feature.
    pub column: String,
    /// The category; `None` for rows without a value.
    pub category: Option<String>,
    /// Rows that have it.
    pub rows: usize,
    /// Whether all of them churned, or none.
    pub churned: bool,
}

pub(super) fn check(table: &Table, plan: &Plan<'_>) -> QualityReport {
    QualityReport {
        rows: table.rows(),
        rows_without_outcome: table.rows() - plan.rows.len(),
        duplicate_rows: plan.repeats.rows,
        duplicate_ids: plan
            .id
            .map_or(0, |id| repeated_values(&table.columns[id], &plan.rows)),
        kept_together: plan.groups.as_ref().map(|groups| match groups.by {
            GroupedBy::Column => KeptTogether::Group,
            GroupedBy::Id => KeptTogether::Id,
            GroupedBy::Copies => KeptTogether::Copies,
        }),
        columns: table
            .columns
            .par_iter()
            .map(|column| column_quality(column, table, plan))
            .collect(),
        excluded: plan.excluded_columns(),
        suspicions: plan.features.iter().filter_map(suspicion).collect(),
        redundancies: redundancy::find(plan),
        one_sided: plan
            .features
            .iter()
            .flat_map(|feature| one_sided(feature, plan))
            .collect(),
    }
}

fn column_quality(column: &Column, table: &Table, plan: &Plan<'_>) -> ColumnQuality {
    let feature = plan
        .features
        .iter()
        .find(|feature| feature.name == column.name);
    let unparsable = feature.map_or(&[][..], |feature| &feature.unparsable);
    ColumnQuality {
        name: column.name.clone(),
        missing: (0..table.rows())
            .filter(|&row| column.is_missing(row))
            .count(),
        distinct: distinct(column),
        unparsable: unparsable.len(),
        first_unparsable: unparsable.first().map(|&row| table.place(row)),
        repaired_from: feature
            .and_then(|feature| feature.repair)
            .map(|convention| convention.example),
    }
}

/// Distinct values: numbers by their size, other cells by their spelling.
fn distinct(column: &Column) -> usize {
    let numbers = match column.cells() {
        Cells::Texts(texts) => return texts.distinct(),
        Cells::Numbers(numbers) => numbers,
    };
    let values = numbers.values();
    let mut sorted: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| !value.is_nan())
        .collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let steps = sorted.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let mut words: Vec<&str> = numbers
        .odd()
        .filter(|&(row, _)| values[row].is_nan())
        .map(|(_, cell)| cell)
        .collect();
    words.sort_unstable();
    words.dedup();
    steps + usize::from(!sorted.is_empty()) + words.len()
}

fn suspicion(feature: &PlannedFeature<'_>) -> Option<Suspicion> {
    let area_under_curve = feature.lone?.area_under_curve;
    (area_under_curve > SUSPICIOUS_AREA_UNDER_CURVE).then(|| Suspicion {
        column: feature.name.clone(),
        area_under_curve,
    })
}

fn one_sided(feature: &PlannedFeature<'_>, plan: &Plan<'_>) -> Vec<OneSidedCategory> {
    let category = |group: usize| match &feature.values {
        Values::Numbers(_) => None,
        Values::Texts(texts) => (group < texts.distinct()).then(|| texts.text(group).to_owned()),
        Values::Flags(labels, _) => match group {
            0 => Some(labels.false_label.clone()),
            1 => Some(labels.true_label.clone()),
            _ => None,
        },
    };
    if matches!(feature.values, Values::Numbers(_)) {
        return Vec::new();
    }
    let churners = plan.churned.iter().filter(|&&churned| churned).count();
    let prevalence = churners as f64 / plan.churned.len() as f64;
    let groups = groups(feature, plan).into_iter().enumerate();
    let one_sided = groups.filter_map(|(group, count)| {
        let Count { churners, stayers } = count;
        let expected = match (churners, stayers) {
            (0, stayers) => stayers as f64 * prevalence,
            (churners, 0) => churners as f64 * (1.0 - prevalence),
            _ => return None,
        };
        (expected >= MIN_EXPECTED_ROWS).then(|| OneSidedCategory {
            column: feature.name.clone(),
            category: category(group),
            rows: count.rows(),
            churned: churners > 0,
        })
    });
    one_sided.collect()
}
