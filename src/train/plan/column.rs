//! What one column is, by its values and what the user says of it.

use std::collections::HashMap;

use super::{ColumnKind, ColumnOverride, ColumnRole, Decision, Exclusion, PlannedFeature, Values};
use crate::{
    features::FlagLabels,
    train::{PlanError, table::Column},
};

/// A column is numeric when at least this share of its values are numbers;
/// the others are then treated as missing.
const NUMERIC_SHARE: f64 = 0.95;
/// A text column with more distinct values than this, which are also more than
/// a fifth of its rows, is taken for an identifier.
const MAX_DISTINCT_TEXTS: usize = 50;
/// From this many rows on, a column of whole numbers that are all distinct is
/// taken for an identifier.
const MIN_IDENTIFIER_ROWS: usize = 100;
/// Spellings of flags, true first.
const FLAG_WORDS: [(&str, &str); 6] = [
    ("yes", "no"),
    ("true", "false"),
    ("1", "0"),
    ("y", "n"),
    ("t", "f"),
    ("on", "off"),
];

pub(super) fn decide<'t>(
    column: &'t Column,
    rows: &[usize],
    table_rows: usize,
    told: Option<&ColumnOverride>,
) -> Result<Decision<'t>, PlanError> {
    let told = told.cloned().unwrap_or_default();
    let contradicted = |claim, fact: String| PlanError::Contradicted {
        column: column.name.clone(),
        claim,
        fact,
    };
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for cell in rows.iter().filter_map(|&row| column.cell(row)) {
        *counts.entry(cell).or_default() += 1;
    }
    let present: usize = counts.values().sum();
    let missing = rows.len() - present;
    let kind = match told.role {
        Some(ColumnRole::Ignore) => Err(Exclusion::Ignored),
        Some(ColumnRole::Feature(kind)) => {
            let usable = kind != ColumnKind::Number || counts.keys().any(|c| number(c).is_some());
            if counts.is_empty() || !usable {
                let fact = "no row with an outcome has such a value".to_owned();
                return Err(contradicted(claim(kind), fact));
            }
            infer_constant(&counts, missing).map_or(Ok(kind), Err)
        }
        None => infer(&counts, present, missing),
    };
    if told.true_label.is_some() && kind != Ok(ColumnKind::Flag) {
        let fact = match kind {
            Ok(_) => "it is no flag; set its kind to flag, or remove true_label".to_owned(),
            Err(reason) => format!("it is left out: {reason}"),
        };
        return Err(contradicted("has a true_label", fact));
    }
    if told.monotone.is_some() && kind != Ok(ColumnKind::Number) {
        let fact = match kind {
            Ok(_) => "it is no number; set its kind to number, or remove monotone".to_owned(),
            Err(reason) => format!("it is left out: {reason}"),
        };
        return Err(contradicted("is monotone", fact));
    }
    let kind = match kind {
        Ok(kind) => kind,
        Err(reason) => return Ok(Decision::Excluded(reason)),
    };
    let (values, unparsable) = match kind {
        ColumnKind::Number => numbers(column, table_rows),
        ColumnKind::Flag => flags(column, table_rows, &counts, told.true_label)?,
        ColumnKind::Text => (Values::Texts(column), Vec::new()),
    };
    let with_outcome = |row: &&usize| rows.binary_search(row).is_ok();
    let lacking = missing + unparsable.iter().filter(with_outcome).count();
    if told.required == Some(true) && lacking > 0 {
        return Err(contradicted(
            "is required",
            format!("{lacking} rows lack it"),
        ));
    }
    Ok(Decision::Feature(PlannedFeature {
        name: column.name.clone(),
        required: told.required.unwrap_or(lacking == 0),
        monotone: told.monotone,
        values,
        unparsable,
    }))
}

/// Whether all rows have the same value.
fn infer_constant(counts: &HashMap<&str, usize>, missing: usize) -> Option<Exclusion> {
    (counts.len() == 1 && missing == 0).then_some(Exclusion::Constant)
}

fn claim(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Number => "is a number",
        ColumnKind::Text => "is a text",
        ColumnKind::Flag => "is a flag",
    }
}

/// The kind of a column by its values, or why it is no feature.
fn infer(
    counts: &HashMap<&str, usize>,
    present: usize,
    missing: usize,
) -> Result<ColumnKind, Exclusion> {
    if counts.is_empty() {
        return Err(Exclusion::Empty);
    }
    if let Some(constant) = infer_constant(counts, missing) {
        return Err(constant);
    }
    if flag_labels(counts).is_some() {
        return Ok(ColumnKind::Flag);
    }
    let distinct = counts.len();
    let numeric: usize = counts
        .iter()
        .filter(|(cell, _)| number(cell).is_some())
        .map(|(_, count)| count)
        .sum();
    if numeric as f64 >= NUMERIC_SHARE * present as f64 {
        let whole = counts
            .keys()
            .all(|cell| number(cell).is_some_and(|number| number.fract() == 0.0));
        if whole && distinct == present && present >= MIN_IDENTIFIER_ROWS {
            return Err(Exclusion::IdentifyingNumbers { distinct });
        }
        return Ok(ColumnKind::Number);
    }
    if distinct > MAX_DISTINCT_TEXTS && distinct * 5 > present {
        return Err(Exclusion::IdentifyingTexts { distinct, present });
    }
    Ok(ColumnKind::Text)
}

/// A finite number; the words for NaN and infinity are none.
fn number(cell: &str) -> Option<f64> {
    let spelled_in_digits = cell
        .bytes()
        .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    cell.parse()
        .ok()
        .filter(|number: &f64| spelled_in_digits && number.is_finite())
}

fn numbers(column: &Column, rows: usize) -> (Values<'_>, Vec<usize>) {
    let mut unparsable = Vec::new();
    let numbers = (0..rows)
        .map(|row| {
            let cell = column.cell(row)?;
            let number = number(cell);
            if number.is_none() {
                unparsable.push(row);
            }
            number
        })
        .map(|number| number.unwrap_or(f64::NAN))
        .collect();
    (Values::Numbers(numbers), unparsable)
}

fn flags<'t>(
    column: &'t Column,
    rows: usize,
    counts: &HashMap<&str, usize>,
    true_label: Option<String>,
) -> Result<(Values<'t>, Vec<usize>), PlanError> {
    let contradicted = |fact: String| PlanError::Contradicted {
        column: column.name.clone(),
        claim: "is a flag",
        fact,
    };
    let labels = match true_label {
        None => flag_labels(counts).ok_or_else(|| {
            contradicted(format!(
                "it has {} values that are no known pair; set true_label",
                counts.len()
            ))
        })?,
        Some(true_label) => {
            let mut others = counts.keys().filter(|label| **label != true_label);
            match (others.next(), others.next()) {
                (Some(other), None) if counts.contains_key(true_label.as_str()) => FlagLabels {
                    false_label: (*other).to_owned(),
                    true_label,
                },
                _ => {
                    return Err(contradicted(format!(
                        "its {} values are not `{true_label}` and one other",
                        counts.len()
                    )));
                }
            }
        }
    };
    let mut unparsable = Vec::new();
    let flags = (0..rows)
        .map(|row| match column.cell(row)? {
            cell if cell == labels.true_label => Some(true),
            cell if cell == labels.false_label => Some(false),
            _ => {
                unparsable.push(row);
                None
            }
        })
        .collect();
    Ok((Values::Flags(labels, flags), unparsable))
}

fn flag_labels(counts: &HashMap<&str, usize>) -> Option<FlagLabels> {
    if counts.len() != 2 {
        return None;
    }
    FLAG_WORDS.iter().find_map(|(true_word, false_word)| {
        let find = |word: &str| counts.keys().find(|label| label.eq_ignore_ascii_case(word));
        Some(FlagLabels {
            true_label: (*find(true_word)?).to_owned(),
            false_label: (*find(false_word)?).to_owned(),
        })
    })
}
