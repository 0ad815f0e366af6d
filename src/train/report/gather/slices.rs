//! How the model does on held-out rows with one value of a column.

use std::collections::{BTreeMap, HashSet};

use super::{
    Findings,
    contributions::Contributions,
    performance::{interval, intervals},
    scores::Scores,
};
use crate::{
    model::{self, Metrics, logistic},
    train::{
        bootstrap::Scored,
        plan::Values,
        report::{Figure, Slice, text::compact},
        table::Cells,
    },
};

/// Slices, at most.
const MAX_SLICES: usize = 40;
/// Held-out rows of a slice, at least.
const MIN_ROWS: usize = 50;
/// Features with more values are no slices by themselves.
const MAX_VALUES: usize = 10;
/// Larger slices have no intervals: chance is small there, and drawing is not.
const MAX_DRAWN_ROWS: usize = 20_000;

/// A column's values, and the positions among the held-out rows that have them.
struct Cut {
    column: String,
    values: Vec<(String, Vec<usize>)>,
}

pub(super) fn of(
    findings: &Findings<'_>,
    scores: &Scores,
    contributions: &Contributions,
) -> Vec<Slice> {
    let asked = &findings.training.settings.slices;
    let cuts: Vec<Cut> = if asked.is_empty() {
        let features = contributions.ranked().into_iter();
        features
            .filter_map(|feature| by_feature(findings, feature))
            .collect()
    } else {
        asked
            .iter()
            .filter_map(|column| by_column(findings, column))
            .collect()
    };
    // Rows without internet are without six of its services.
    let mut seen: HashSet<&[usize]> = HashSet::new();
    let slices = cuts.iter().flat_map(|cut| {
        let values = cut.values.iter();
        values.map(|(value, rows)| (&cut.column, value, rows))
    });
    let new = slices.filter(|(_, _, rows)| seen.insert(rows.as_slice()) || !asked.is_empty());
    new.filter_map(|(column, value, rows)| slice(findings, scores, column, value, rows))
        .take(MAX_SLICES)
        .collect()
}

/// `None` for a number, and for a text of many values.
fn by_feature(findings: &Findings<'_>, position: usize) -> Option<Cut> {
    let feature = &findings.design.plan.features[position];
    match &feature.values {
        Values::Numbers(_) => None,
        Values::Texts(_) | Values::Flags(..) => {
            let cut = by_column(findings, &feature.name)?;
            (cut.values.len() <= MAX_VALUES).then_some(cut)
        }
    }
}

/// By each text; a number of many values by its quarters. `None` where there is
/// no such column.
fn by_column(findings: &Findings<'_>, name: &str) -> Option<Cut> {
    let position = findings.table.position(name)?;
    let column = &findings.table.columns[position];
    let places = findings
        .held_out
        .iter()
        .map(|&row| findings.design.plan.rows[row]);
    let mut texts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (held_out, row) in places.clone().enumerate() {
        let value = column.cell(row);
        let value = value.map_or_else(|| "(missing)".to_owned(), String::from);
        texts.entry(value).or_default().push(held_out);
    }
    let values = match column.cells() {
        Cells::Numbers(numbers) if texts.len() > MAX_VALUES => {
            let numbers: Vec<f64> = places.map(|row| numbers.values()[row]).collect();
            quarters(&numbers)
        }
        Cells::Numbers(_) | Cells::Texts(_) => texts.into_iter().collect(),
    };
    Some(Cut {
        column: name.to_owned(),
        values,
    })
}

fn quarters(numbers: &[f64]) -> Vec<(String, Vec<usize>)> {
    let mut sorted: Vec<f64> = numbers.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
        return Vec::new();
    };
    let mut edges: Vec<f64> = (1..4)
        .map(|quarter| sorted[quarter * sorted.len() / 4])
        .collect();
    edges.insert(0, low);
    edges.push(high);
    edges.dedup();
    let ranges = edges.windows(2).enumerate().map(|(index, ends)| {
        let is_last = index + 2 == edges.len();
        let within = |x: f64| x >= ends[0] && (x < ends[1] || is_last && x <= ends[1]);
        let (from, to) = (compact(ends[0]), compact(ends[1]));
        let name = if is_last {
            format!("{from} to {to}")
        } else {
            format!("{from} to below {to}")
        };
        let rows = numbers.iter().enumerate().filter(|(_, x)| within(**x));
        (name, rows.map(|(row, _)| row).collect())
    });
    ranges.collect()
}

/// `None` of too few rows, or of one outcome.
fn slice(
    findings: &Findings<'_>,
    scores: &Scores,
    column: &str,
    value: &str,
    rows: &[usize],
) -> Option<Slice> {
    if rows.len() < MIN_ROWS {
        return None;
    }
    let log_odds: Vec<f64> = rows.iter().map(|&row| scores.log_odds[row]).collect();
    let churned: Vec<bool> = rows.iter().map(|&row| scores.churned[row]).collect();
    let groups = scores.groups.as_ref();
    let groups: Option<Vec<u32>> =
        groups.map(|groups| rows.iter().map(|&row| groups[row]).collect());
    let metrics = Metrics::of(&log_odds, &churned)?;
    let part = Scored {
        log_odds: &log_odds,
        churned: &churned,
        groups: groups.as_deref(),
    };
    let drawn = if rows.len() <= MAX_DRAWN_ROWS {
        intervals(&findings.training.settings, part)
    } else {
        BTreeMap::new()
    };
    let probability = log_odds.iter().copied().map(logistic).sum::<f64>() / rows.len() as f64;
    Some(Slice {
        column: column.to_owned(),
        value: value.to_owned(),
        rows: metrics.rows,
        prevalence: metrics.prevalence,
        area_under_curve: Some(Figure {
            value: metrics.area_under_curve,
            interval: drawn
                .get(&model::Figure::AreaUnderCurve)
                .copied()
                .map(interval),
        }),
        log_loss: metrics.log_loss,
        calibration_gap: probability - metrics.prevalence,
    })
}
