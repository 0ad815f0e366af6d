//! The columns that are no features by what the user says, and what they say of
//! the rows.

use std::{borrow::Cow, collections::BTreeMap};

use super::{Exclusion, dates::instant};
use crate::train::{
    ChurnTraining, PlanError,
    report::named,
    table::{Column, Table, number, separator_hint},
};

/// The positions of columns that have a part of their own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Roles {
    pub(super) target: usize,
    pub(super) id: Option<usize>,
    pub(super) group: Option<usize>,
    pub(super) time: Option<usize>,
    pub(super) weight: Option<usize>,
}

/// Rows that belong on one side of every split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::train) struct Groups {
    pub(in crate::train) by: GroupedBy,
    /// The group of each planned row.
    pub(in crate::train) of_row: Vec<u32>,
}

/// What makes rows a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) enum GroupedBy {
    /// The column of `--group`.
    Column,
    /// An id that several rows have.
    Id,
    /// Being equal in every column of the file.
    Copies,
}

impl Roles {
    pub(super) fn find(table: &Table, training: &ChurnTraining) -> Result<Self, PlanError> {
        let named = [
            ("--target", Some(&training.target)),
            ("--id", training.id.as_ref()),
            ("--group", training.group.as_ref()),
            ("--time", training.time.as_ref()),
            ("--weight", training.weight.as_ref()),
        ];
        let mut found = [None; 5];
        let mut taken: BTreeMap<usize, &'static str> = BTreeMap::new();
        for ((option, name), found) in named.into_iter().zip(&mut found) {
            let Some(name) = name else { continue };
            let position = find(table, name, option)?;
            // To group by the id is what its repetition means anyway.
            match taken.insert(position, option) {
                None | Some("--id") if option == "--group" => {}
                None => {}
                Some(first) => {
                    return Err(PlanError::RoleTwice {
                        column: name.clone(),
                        first,
                        second: option,
                    });
                }
            }
            *found = Some(position);
        }
        for column in training.columns.keys() {
            let position = find(table, column, "the schema file")?;
            if let Some(&option) = taken.get(&position) {
                return Err(PlanError::NoFeature {
                    column: column.clone(),
                    option,
                });
            }
        }
        if let (Some(_), Some(_)) = (&training.group, &training.time) {
            return Err(PlanError::GroupAndTime);
        }
        let [target, id, group, time, weight] = found;
        Ok(Self {
            target: target.unwrap_or_default(), // always named
            id,
            group,
            time,
            weight,
        })
    }

    /// Why a column is no feature, if that is by its role.
    pub(super) fn exclusion(&self, position: usize) -> Option<Exclusion> {
        let roles = [
            (self.id, Exclusion::Id),
            (self.group, Exclusion::Group),
            (self.time, Exclusion::Time),
            (self.weight, Exclusion::Weight),
        ];
        roles
            .into_iter()
            .find(|(role, _)| *role == Some(position))
            .map(|(_, exclusion)| exclusion)
    }

    /// The groups of rows, by `--group`, or by an id that repeats.
    pub(super) fn groups(&self, table: &Table, rows: &[usize]) -> Option<Groups> {
        if let Some(position) = self.group {
            return Some(Groups {
                by: GroupedBy::Column,
                of_row: groups_of(&table.columns[position], rows).0,
            });
        }
        let (of_row, repeated) = groups_of(&table.columns[self.id?], rows);
        repeated.then_some(Groups {
            by: GroupedBy::Id,
            of_row,
        })
    }

    /// The time of each row: seconds since 1970, or a number as it is.
    pub(super) fn times(
        &self,
        table: &Table,
        rows: &[usize],
    ) -> Result<Option<Vec<f64>>, PlanError> {
        let Some(position) = self.time else {
            return Ok(None);
        };
        let column = &table.columns[position];
        let dates = holds_dates(column, rows);
        let read = |row: usize| {
            let fault = |fault| PlanError::Time {
                column: column.name.clone(),
                place: table.place(row),
                fault,
            };
            let cell = column.cell(row).ok_or_else(|| fault("has no time"))?;
            if dates {
                instant(&cell)
                    .ok_or_else(|| fault("is no date such as 2024-12-31 or 2024-12-31T10:00"))
            } else {
                number(&cell)
                    .ok_or_else(|| fault("is neither a number nor a date such as 2024-12-31"))
            }
        };
        let times: Vec<f64> = rows
            .iter()
            .map(|&row| read(row))
            .collect::<Result<_, _>>()?;
        if times.iter().all(|time| Some(time) == times.first()) {
            return Err(PlanError::OneTime {
                column: column.name.clone(),
            });
        }
        Ok(Some(times))
    }

    /// How long outcomes are open, in the seconds that dates are read in.
    pub(super) fn embargo(
        &self,
        table: &Table,
        rows: &[usize],
        days: u32,
    ) -> Result<f64, PlanError> {
        let column = self.time.map(|position| &table.columns[position]);
        if days > 0 && !column.is_some_and(|column| holds_dates(column, rows)) {
            return Err(PlanError::EmbargoWithoutDates);
        }
        Ok(f64::from(days) * 86_400.0)
    }

    /// The weight of each row, at least zero; some row of either outcome has one
    /// above zero.
    pub(super) fn weights(
        &self,
        table: &Table,
        rows: &[usize],
        churned: &[bool],
    ) -> Result<Option<Vec<f64>>, PlanError> {
        let Some(position) = self.weight else {
            return Ok(None);
        };
        let column = &table.columns[position];
        let read = |row: usize| {
            let fault = |fault| PlanError::Weight {
                column: column.name.clone(),
                place: table.place(row),
                fault,
            };
            match column.number(row) {
                None => Err(fault(if column.is_missing(row) {
                    "is missing"
                } else {
                    "is no finite number"
                })),
                Some(weight) if weight < 0.0 => Err(fault("is negative")),
                Some(weight) => Ok(weight),
            }
        };
        let weights: Vec<f64> = rows
            .iter()
            .map(|&row| read(row))
            .collect::<Result<_, _>>()?;
        for (outcome, name) in [(true, "churned"), (false, "did not churn")] {
            let mut of_outcome = weights.iter().zip(churned).filter(|(_, c)| **c == outcome);
            if of_outcome.all(|(&weight, _)| weight == 0.0) {
                return Err(PlanError::NoWeight {
                    column: column.name.clone(),
                    outcome: name,
                });
            }
        }
        Ok(Some(weights))
    }
}

/// Whether times are dates: as the first one is.
fn holds_dates(column: &Column, rows: &[usize]) -> bool {
    let first = rows.iter().find_map(|&row| column.cell(row));
    first.is_some_and(|cell| instant(&cell).is_some())
}

/// A number for each group of rows that have the same value, and whether any
/// group has two. A row without a value is a group of its own.
pub(in crate::train) fn groups_of(column: &Column, rows: &[usize]) -> (Vec<u32>, bool) {
    let texts: Cow<'_, _> = column.texts();
    let mut group_of_code: Vec<Option<u32>> = vec![None; texts.distinct()];
    let mut repeated = false;
    let mut next = 0;
    let mut of_row = Vec::with_capacity(rows.len());
    for &row in rows {
        let known = texts.code(row).and_then(|code| group_of_code[code]);
        repeated |= known.is_some();
        let group = known.unwrap_or(next);
        if known.is_none() {
            next += 1;
            if let Some(code) = texts.code(row) {
                group_of_code[code] = Some(group);
            }
        }
        of_row.push(group);
    }
    (of_row, repeated)
}

/// The position of a column that `asked_by` names.
pub(in crate::train) fn find(
    table: &Table,
    name: &str,
    asked_by: &'static str,
) -> Result<usize, PlanError> {
    table.position(name).ok_or_else(|| {
        let names = table.columns.iter().map(|column| column.name.as_str());
        PlanError::ColumnNotFound {
            column: name.to_owned(),
            asked_by,
            header: header(table),
            hint: separator_hint(names),
        }
    })
}

/// The first column names of a table.
pub(in crate::train) fn header(table: &Table) -> String {
    let names = table.columns.iter().map(|column| named(&column.name));
    names.take(30).collect::<Vec<_>>().join(", ")
}
