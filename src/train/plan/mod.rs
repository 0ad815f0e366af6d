//! What each column of a table is: the target, an id, a feature, or nothing.

mod column;

use std::{collections::HashSet, fmt};

use super::{
    ChurnTraining, Direction, PlanError, Settings, split,
    table::{Column, Table, separator_hint},
};
use crate::{
    customer::{MAX_FEATURE_NAME_BYTES, MAX_FEATURES, Value},
    features::FlagLabels,
    model::ExcludedColumn,
};
use column::decide;

/// The fewest rows of either outcome.
pub(super) const MIN_CLASS_ROWS: usize = 50;

/// What the user says of one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnOverride {
    /// What it is, whatever its values look like.
    pub role: Option<ColumnRole>,
    /// Whether requests must have it.
    pub required: Option<bool>,
    /// Of a flag: the value that means true.
    pub true_label: Option<String>,
    /// Of a number: the only way that its effect may go.
    pub monotone: Option<Direction>,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnRole {
    /// To predict from.
    Feature(ColumnKind),
    /// Nothing.
    Ignore,
}

/// What a feature can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// A number.
    Number,
    /// A category.
    Text,
    /// A yes/no fact.
    Flag,
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
    pub(super) excluded: Vec<(String, Exclusion)>,
}

/// Why a column is no feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exclusion {
    Id,
    Ignored,
    Empty,
    Constant,
    /// All of its values are whole numbers that differ.
    IdentifyingNumbers {
        distinct: usize,
    },
    IdentifyingTexts {
        distinct: usize,
        present: usize,
    },
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ADVICE: &str = "set its kind in the --schema file to keep it";
        match self {
            Self::Id => write!(f, "the customer's id"),
            Self::Ignored => write!(f, "the schema file says to ignore it"),
            Self::Empty => write!(f, "it has no values"),
            Self::Constant => write!(f, "it is constant"),
            Self::IdentifyingNumbers { distinct } => write!(
                f,
                "it looks like an identifier: {distinct} whole numbers, all distinct; {ADVICE}"
            ),
            Self::IdentifyingTexts { distinct, present } => write!(
                f,
                "it looks like an identifier: {distinct} distinct texts in {present} rows; {ADVICE}"
            ),
        }
    }
}

/// A feature, or why the column is none.
enum Decision<'t> {
    Feature(PlannedFeature<'t>),
    Excluded(Exclusion),
}

/// A column to predict from.
#[derive(Debug)]
pub(super) struct PlannedFeature<'t> {
    pub(super) name: String,
    /// Whether every row has a value.
    pub(super) required: bool,
    /// Which way its effect may go.
    pub(super) monotone: Option<Direction>,
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
            let position = find(table, column, "the schema file")?;
            for (option, taken) in [("--target", Some(target)), ("--id", id)] {
                if taken == Some(position) {
                    return Err(PlanError::NoFeature {
                        column: column.clone(),
                        option,
                    });
                }
            }
        }
        let (rows, churned) = outcomes(&table.columns[target], table.rows(), training)?;
        check_parts(&churned, &training.settings)?;

        let mut features = Vec::new();
        let mut excluded = Vec::new();
        for (position, column) in table.columns.iter().enumerate() {
            if position == target {
                continue;
            }
            let decision = if Some(position) == id {
                Decision::Excluded(Exclusion::Id)
            } else {
                decide(
                    column,
                    &rows,
                    table.rows(),
                    training.columns.get(&column.name),
                )?
            };
            match decision {
                Decision::Excluded(reason) => excluded.push((column.name.clone(), reason)),
                Decision::Feature(_) if column.name.len() > MAX_FEATURE_NAME_BYTES => {
                    return Err(PlanError::NameTooLong {
                        column: position + 1,
                        bytes: column.name.len(),
                    });
                }
                Decision::Feature(feature) => features.push(feature),
            }
        }
        if features.is_empty() {
            let names: Vec<_> = excluded
                .iter()
                .map(|(name, reason)| format!("{name} ({reason})"))
                .collect();
            return Err(PlanError::NoFeatures {
                excluded: names.join(", "),
            });
        }
        if features.len() > MAX_FEATURES {
            return Err(PlanError::TooManyFeatures {
                found: features.len(),
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

    /// The columns that were left out, as a model tells them.
    pub(super) fn excluded_columns(&self) -> Vec<ExcludedColumn> {
        let told = self.excluded.iter().map(|(name, reason)| ExcludedColumn {
            name: name.clone(),
            reason: reason.to_string(),
        });
        told.collect()
    }
}

/// Every part of every split has rows of both outcomes.
fn check_parts(churned: &[bool], settings: &Settings) -> Result<(), PlanError> {
    let churners = churned.iter().filter(|&&churned| churned).count();
    let stayers = churned.len() - churners;
    let (outcome, rows) = if churners <= stayers {
        ("churned", churners)
    } else {
        ("did not churn", stayers)
    };
    if settings.folds as usize > rows {
        return Err(PlanError::TooManyFolds {
            folds: settings.folds,
            outcome,
            rows,
        });
    }
    let share = settings.held_out_share;
    let size = match split::held_out_rows(rows, share) {
        0 => "small",
        held_out if held_out >= rows => "large",
        _ => return Ok(()),
    };
    Err(PlanError::EmptyPart {
        share,
        size,
        outcome,
        rows,
    })
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
            hint: separator_hint(&table.columns),
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
