//! What each column of a table is: the target, an id, a feature, or nothing.

use std::collections::{HashMap, HashSet};

use super::{
    ChurnTraining, PlanError,
    table::{Column, Table},
};
use crate::{customer::Value, features::FlagLabels, model::ExcludedColumn};

/// The fewest rows of either outcome.
pub(super) const MIN_CLASS_ROWS: usize = 50;
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

/// What the user says of one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnOverride {
    /// What it is, whatever its values look like.
    pub kind: Option<ColumnKind>,
    /// Whether requests must have it.
    pub required: Option<bool>,
    /// Of a flag: the value that means true.
    pub true_label: Option<String>,
}

/// What a column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// A number.
    Number,
    /// A category.
    Text,
    /// A yes/no fact.
    Flag,
    /// No feature.
    Ignore,
}

/// What to train on.
#[derive(Debug)]
pub(super) struct Plan<'t> {
    /// Rows of the table that have an outcome.
    pub(super) rows: Vec<usize>,
    /// Their outcomes.
    pub(super) churned: Vec<bool>,
    /// Position of the id column.
    pub(super) id: Option<usize>,
    /// The columns to predict from.
    pub(super) features: Vec<PlannedFeature<'t>>,
    /// The columns that were left out, and why.
    pub(super) excluded: Vec<ExcludedColumn>,
}

/// A column to predict from.
#[derive(Debug)]
pub(super) struct PlannedFeature<'t> {
    pub(super) name: String,
    /// Whether every row has a value.
    pub(super) required: bool,
    pub(super) values: Values<'t>,
    /// Rows of the table whose cell is no value of this kind; treated as
    /// missing.
    pub(super) unparsable: Vec<usize>,
}

/// A column's values by row of the table.
#[derive(Debug)]
pub(super) enum Values<'t> {
    /// NaN, which no cell can spell, where there is no number.
    Numbers(Vec<f64>),
    Texts(&'t Column),
    Flags(FlagLabels, Vec<Option<bool>>),
}

impl PlannedFeature<'_> {
    pub(super) fn value(&self, row: usize) -> Value<'_> {
        match &self.values {
            Values::Numbers(numbers) => match numbers[row] {
                number if number.is_nan() => Value::Missing,
                number => Value::Number(number),
            },
            Values::Texts(column) => column.cell(row).map_or(Value::Missing, Value::Text),
            Values::Flags(_, flags) => flags[row].map_or(Value::Missing, Value::Flag),
        }
    }
}

impl<'t> Plan<'t> {
    pub(super) fn make(table: &'t Table, training: &ChurnTraining) -> Result<Self, PlanError> {
        let target = find(table, &training.target, "--target")?;
        let id = training
            .id
            .as_ref()
            .map(|id| find(table, id, "--id"))
            .transpose()?;
        for column in training.columns.keys() {
            find(table, column, "the schema file")?;
        }
        let (rows, churned) = outcomes(&table.columns[target], table.rows(), training)?;

        let mut features = Vec::new();
        let mut excluded = Vec::new();
        for (position, column) in table.columns.iter().enumerate() {
            if position == target {
                continue;
            }
            let decision = if Some(position) == id {
                Err("the customer's id".to_owned())
            } else {
                decide(
                    column,
                    &rows,
                    table.rows(),
                    training.columns.get(&column.name),
                )?
            };
            match decision {
                Ok(feature) => features.push(feature),
                Err(reason) => excluded.push(ExcludedColumn {
                    name: column.name.clone(),
                    reason,
                }),
            }
        }
        if features.is_empty() {
            let names: Vec<_> = excluded
                .iter()
                .map(|column| format!("{} ({})", column.name, column.reason))
                .collect();
            return Err(PlanError::NoFeatures {
                excluded: names.join(", "),
            });
        }
        Ok(Self {
            rows,
            churned,
            id,
            features,
            excluded,
        })
    }
}

fn find(table: &Table, name: &str, asked_by: &'static str) -> Result<usize, PlanError> {
    table.position(name).ok_or_else(|| {
        let header: Vec<_> = table
            .columns
            .iter()
            .take(30)
            .map(|column| column.name.as_str())
            .collect();
        PlanError::ColumnNotFound {
            column: name.to_owned(),
            asked_by,
            header: header.join(", "),
        }
    })
}

/// The rows that have an outcome, and what it is.
fn outcomes(
    target: &Column,
    rows: usize,
    training: &ChurnTraining,
) -> Result<(Vec<usize>, Vec<bool>), PlanError> {
    let labelled: Vec<(usize, &str)> = (0..rows)
        .filter_map(|row| Some((row, target.cell(row)?)))
        .collect();
    let labels: HashSet<&str> = labelled.iter().map(|(_, label)| *label).collect();
    if labels.len() != 2 {
        return Err(PlanError::NotTwoClasses {
            target: training.target.clone(),
            found: labels.len(),
        });
    }
    if !labels.contains(training.positive.as_str()) {
        return Err(PlanError::PositiveNotFound {
            target: training.target.clone(),
            positive: training.positive.clone(),
        });
    }
    let (rows, churned): (Vec<usize>, Vec<bool>) = labelled
        .into_iter()
        .map(|(row, label)| (row, label == training.positive))
        .unzip();
    let positives = churned.iter().filter(|&&churned| churned).count();
    for (outcome, found) in [
        ("churned", positives),
        ("did not churn", churned.len() - positives),
    ] {
        if found < MIN_CLASS_ROWS {
            return Err(PlanError::TooFewRows { outcome, found });
        }
    }
    Ok((rows, churned))
}

/// A feature, or why the column is none.
type Decision<'t> = Result<PlannedFeature<'t>, String>;

fn decide<'t>(
    column: &'t Column,
    rows: &[usize],
    table_rows: usize,
    told: Option<&ColumnOverride>,
) -> Result<Decision<'t>, PlanError> {
    let told = told.cloned().unwrap_or_default();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for cell in rows.iter().filter_map(|&row| column.cell(row)) {
        *counts.entry(cell).or_default() += 1;
    }
    let present: usize = counts.values().sum();
    let missing = rows.len() - present;
    if told.kind == Some(ColumnKind::Ignore) {
        return Ok(Err("the schema file says to ignore it".to_owned()));
    }
    if counts.is_empty() {
        return Ok(Err("it has no values".to_owned()));
    }
    if counts.len() == 1 && missing == 0 {
        return Ok(Err("it is constant".to_owned()));
    }
    let kind = match told.kind {
        Some(kind) => kind,
        None => match infer(&counts, present) {
            Ok(kind) => kind,
            Err(reason) => return Ok(Err(reason)),
        },
    };
    let (values, unparsable) = match kind {
        ColumnKind::Number => numbers(column, table_rows),
        ColumnKind::Flag => flags(column, table_rows, &counts, told.true_label)?,
        ColumnKind::Text | ColumnKind::Ignore => (Values::Texts(column), Vec::new()),
    };
    let with_outcome = |row: &&usize| rows.binary_search(row).is_ok();
    let lacking = missing + unparsable.iter().filter(with_outcome).count();
    if told.required == Some(true) && lacking > 0 {
        return Err(PlanError::Contradicted {
            column: column.name.clone(),
            claim: "is required",
            fact: format!("{lacking} rows lack it"),
        });
    }
    Ok(Ok(PlannedFeature {
        name: column.name.clone(),
        required: told.required.unwrap_or(lacking == 0),
        values,
        unparsable,
    }))
}

/// The kind of a column by its values, or why it is no feature.
fn infer(counts: &HashMap<&str, usize>, present: usize) -> Result<ColumnKind, String> {
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
            return Err(format!(
                "it looks like an identifier: {distinct} whole numbers, all distinct"
            ));
        }
        return Ok(ColumnKind::Number);
    }
    if distinct > MAX_DISTINCT_TEXTS && distinct * 5 > present {
        return Err(format!(
            "it looks like an identifier: {distinct} distinct texts in {present} rows"
        ));
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
