//! What each column of a table is: the target, an id, a feature, or nothing; and
//! what columns say of the rows: who belongs together, when, with which weight.

mod column;
mod copies;
mod dates;
mod exclusion;
mod lone;
mod purchases;
mod roles;
mod spelling;
mod tally;

use std::borrow::Cow;

use rayon::prelude::*;

use super::{
    ChurnTraining, Direction, PlanError, Settings,
    report::named,
    split::Split,
    table::{Column, Table, Texts},
};
use crate::{
    customer::{MAX_FEATURE_NAME_BYTES, MAX_FEATURES, Value},
    features::FlagLabels,
    model::ExcludedColumn,
};
pub(super) use column::ReadColumn;
use column::decide;
pub(super) use copies::{Repeats, repeated_values};
pub(super) use exclusion::Exclusion;
pub(super) use lone::{Count, Lone, groups};
use roles::Roles;
pub(super) use roles::{GroupedBy, Groups, find, groups_of, header};
use spelling::Convention;
use tally::labels;

/// A feature that ranks the outcome this well by itself is practically the
/// outcome …
const LEAK_AREA_UNDER_CURVE: f64 = 0.9999;
/// … when at least this many rows of either outcome say so.
const MIN_LEAK_ROWS: usize = MIN_CLASS_ROWS;

/// The most columns left out that an error names.
const MAX_LEFT_OUT: usize = 20;

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
    /// The rows that belong on one side of every split; by position in `rows`, as
    /// are the times and the weights.
    pub(super) groups: Option<Groups>,
    /// When each row was observed: seconds since 1970, or the number in the file.
    pub(super) times: Option<Vec<f64>>,
    /// How long after its time a row's outcome was open, in seconds.
    pub(super) embargo: f64,
    /// How much each row counts; at least 0.
    pub(super) weights: Option<Vec<f64>>,
    /// Rows that repeat others.
    pub(super) repeats: Repeats,
    /// The columns to predict from.
    pub(super) features: Vec<PlannedFeature<'t>>,
    /// The columns that were left out, and why.
    pub(super) excluded: Vec<(String, Exclusion)>,
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
    /// How its numbers were spelled, if not the plain way.
    pub(super) repair: Option<Convention>,
    /// What the user says it is.
    pub(super) kept_by: Option<ColumnRole>,
    /// How well it ranks the outcome by itself.
    pub(super) lone: Option<Lone>,
}

/// A column's values by row of the table.
#[derive(Debug)]
pub(super) enum Values<'t> {
    /// NaN, which no cell can spell, where there is no number.
    Numbers(Cow<'t, [f64]>),
    Texts(Cow<'t, Texts>),
    Flags(FlagLabels, Vec<Option<bool>>),
}

impl Values<'_> {
    pub(super) fn value(&self, row: usize) -> Value<'_> {
        match self {
            Self::Numbers(numbers) => match numbers[row] {
                number if number.is_nan() => Value::Missing,
                number => Value::Number(number),
            },
            Self::Texts(texts) => texts.get(row).map_or(Value::Missing, Value::Text),
            Self::Flags(_, flags) => flags[row].map_or(Value::Missing, Value::Flag),
        }
    }
}

impl PlannedFeature<'_> {
    pub(super) fn value(&self, row: usize) -> Value<'_> {
        self.values.value(row)
    }

    pub(super) fn is_missing(&self, row: usize) -> bool {
        match &self.values {
            Values::Numbers(numbers) => numbers[row].is_nan(),
            Values::Texts(texts) => texts.code(row).is_none(),
            Values::Flags(_, flags) => flags[row].is_none(),
        }
    }

    /// Whether the evidence that it knows the outcome is overwhelming, and the
    /// user did not ask for it.
    fn leak(&self) -> Option<Exclusion> {
        let Lone {
            area_under_curve,
            count: Count { churners, stayers },
        } = self.lone?;
        let overwhelming =
            area_under_curve >= LEAK_AREA_UNDER_CURVE && churners.min(stayers) >= MIN_LEAK_ROWS;
        (overwhelming && self.kept_by.is_none()).then_some(Exclusion::Leak { area_under_curve })
    }
}

impl<'t> Plan<'t> {
    pub(super) fn make(table: &'t Table, training: &ChurnTraining) -> Result<Self, PlanError> {
        let target = find(table, &training.target, "--target")?;
        let (rows, churned) = outcomes(&table.columns[target], table.rows(), training)?;
        Self::of_outcomes(table, training, rows, churned)
    }

    /// The same of outcomes that are not told by two values of the target: what
    /// parts the rows in two for splits and for judging leaks.
    pub(super) fn of_outcomes(
        table: &'t Table,
        training: &ChurnTraining,
        rows: Vec<usize>,
        churned: Vec<bool>,
    ) -> Result<Self, PlanError> {
        let roles = Roles::find(table, training)?;
        let (repeats, copies) = copies::find(table, roles.target, &rows);
        let mut plan = Self {
            id: roles.id,
            groups: roles.groups(table, &rows).or(copies),
            times: roles.times(table, &rows)?,
            embargo: roles.embargo(table, &rows, training.settings.embargo_days)?,
            weights: roles.weights(table, &rows, &churned)?,
            rows,
            churned,
            repeats,
            features: Vec::new(),
            excluded: Vec::new(),
        };
        plan.check_parts(&training.settings)?;
        let columns = table.columns.par_iter().enumerate();
        let decisions: Vec<_> = columns
            .filter(|(position, _)| *position != roles.target)
            .map(|(position, column)| {
                let decision = match roles.exclusion(position) {
                    Some(exclusion) => Ok(Decision::Excluded(exclusion)),
                    None => plan.decide(column, training),
                };
                (position, column, decision)
            })
            .collect();
        // Put together in the columns' order, so that the first fault is what is told.
        for (position, column, decision) in decisions {
            match decision? {
                Decision::Excluded(reason) => plan.excluded.push((column.name.clone(), reason)),
                Decision::Feature(_) if column.name.len() > MAX_FEATURE_NAME_BYTES => {
                    return Err(PlanError::NameTooLong {
                        column: position + 1,
                        bytes: column.name.len(),
                    });
                }
                Decision::Feature(feature) => plan.features.push(feature),
            }
        }
        plan.check_features()?;
        if let Some(rules) = &training.purchases {
            purchases::check(&plan, rules)?;
        }
        Ok(plan)
    }

    /// What a column is by itself, and beside the outcome.
    fn decide(
        &self,
        column: &'t Column,
        training: &ChurnTraining,
    ) -> Result<Decision<'t>, PlanError> {
        let told = training.columns.get(&column.name);
        let decision = decide(column, &self.rows, told)?;
        let mut feature = match purchases::as_number(decision, column, &self.rows, training)? {
            Decision::Feature(feature) => feature,
            excluded @ Decision::Excluded(_) => return Ok(excluded),
        };
        feature.lone = lone::rank(&feature, self);
        Ok(match feature.leak() {
            Some(leak) => Decision::Excluded(leak),
            None => Decision::Feature(feature),
        })
    }

    /// Leaves out the features that `tells` names as outcomes, unless the user
    /// states what they are.
    pub(super) fn without_outcomes(
        mut self,
        tells: impl Fn(&str) -> bool,
    ) -> Result<Self, PlanError> {
        let outcome =
            |feature: &PlannedFeature<'_>| feature.kept_by.is_none() && tells(&feature.name);
        let (outcomes, features) = self.features.into_iter().partition(outcome);
        self.features = features;
        let outcomes: Vec<PlannedFeature<'_>> = outcomes;
        let left_out = outcomes.into_iter();
        self.excluded
            .extend(left_out.map(|feature| (feature.name, Exclusion::Outcome)));
        self.check_features()?;
        Ok(self)
    }

    fn check_features(&self) -> Result<(), PlanError> {
        if self.features.is_empty() {
            let told = self.excluded.iter().take(MAX_LEFT_OUT);
            let names: Vec<_> = told
                .map(|(name, reason)| format!("{} ({reason})", named(name)))
                .collect();
            let mut excluded = names.join(", ");
            if let Some(more @ 1..) = self.excluded.len().checked_sub(MAX_LEFT_OUT) {
                excluded.extend([" and ", &more.to_string(), " more"]);
            }
            return Err(PlanError::NoFeatures { excluded });
        }
        if self.features.len() > MAX_FEATURES {
            return Err(PlanError::TooManyFeatures {
                found: self.features.len(),
            });
        }
        Ok(())
    }

    /// Every part of every split has rows of both outcomes; said before anything
    /// is fitted.
    fn check_parts(&self, settings: &Settings) -> Result<(), PlanError> {
        let split = Split::of(self);
        split.held_out(settings.held_out_share, settings.seed)?;
        split.folds(settings.folds, settings.seed)?;
        Ok(())
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

/// The rows that have an outcome, and what it is.
fn outcomes(
    target: &Column,
    rows: usize,
    training: &ChurnTraining,
) -> Result<(Vec<usize>, Vec<bool>), PlanError> {
    let rows: Vec<usize> = (0..rows).filter(|&row| !target.is_missing(row)).collect();
    let found = labels(target, &rows);
    if found.len() != 2 {
        return Err(PlanError::NotTwoClasses {
            target: training.target.clone(),
            found: found.len(),
        });
    }
    if !found.iter().any(|(label, _)| *label == training.positive) {
        return Err(PlanError::PositiveNotFound {
            target: training.target.clone(),
            positive: training.positive.clone(),
        });
    }
    let texts = target.texts();
    let churned: Vec<bool> = rows
        .iter()
        .map(|&row| texts.get(row) == Some(&training.positive))
        .collect();
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
