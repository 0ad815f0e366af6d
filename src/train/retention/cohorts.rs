//! Cohorts from a table: one row for each cohort and period.

use std::{borrow::Cow, collections::BTreeMap};

use super::{RetentionError, RetentionRequest};
use crate::{
    model::value::Cohort,
    train::{
        DataSource,
        plan::find,
        table::{Cells, Column, Table},
    },
};

/// The name of the only cohort.
const ONLY: &str = "all";

/// Customers who came together, by period.
pub(super) struct NamedCohort {
    pub(super) name: String,
    pub(super) left: Vec<f64>,
}

/// Reads them.
pub(super) fn read(
    request: &RetentionRequest,
) -> Result<(Vec<DataSource>, Vec<NamedCohort>), RetentionError> {
    let table = Table::read(&request.data)?;
    let period = &table.columns[find(&table, &request.period, "--period")?];
    let customers = &table.columns[find(&table, &request.customers, "--customers")?];
    let cohort = match &request.cohort {
        Some(name) => Some(&table.columns[find(&table, name, "--cohort")?]),
        None => None,
    };
    let mut cohorts: BTreeMap<String, BTreeMap<u32, f64>> = BTreeMap::new();
    for row in 0..table.rows() {
        let cell = |column: &Column, requirement| {
            number(column, row).ok_or_else(|| RetentionError::Cell {
                place: table.place(row),
                column: column.name.clone(),
                requirement,
            })
        };
        let at = cell(period, "a whole number of periods since the start")?;
        let at = whole(at).ok_or_else(|| RetentionError::Cell {
            place: table.place(row),
            column: period.name.clone(),
            requirement: "a whole number of periods since the start, 0 to 1000000",
        })?;
        let left = cell(customers, "a number of customers")?;
        let name = match cohort {
            Some(column) => column.cell(row).map_or_else(String::new, Cow::into_owned),
            None => ONLY.to_owned(),
        };
        let twice = cohorts.entry(name.clone()).or_default().insert(at, left);
        if twice.is_some() {
            return Err(RetentionError::Periods {
                cohort: name,
                fault: format!("period {at} has two rows; several cohorts need --cohort"),
            });
        }
    }
    let named = cohorts
        .into_iter()
        .map(|(name, left)| following(name, &left));
    Ok((table.sources, named.collect::<Result<_, _>>()?))
}

/// A cohort whose periods follow each other from 0 on.
fn following(name: String, left: &BTreeMap<u32, f64>) -> Result<NamedCohort, RetentionError> {
    if let Some((expected, found)) = (0..).zip(left.keys()).find(|(at, key)| at != *key) {
        return Err(RetentionError::Periods {
            cohort: name,
            fault: format!("period {expected} is missing before period {found}"),
        });
    }
    Ok(NamedCohort {
        name,
        left: left.values().copied().collect(),
    })
}

/// The cohorts without their last periods.
pub(super) fn checked(
    named: &[NamedCohort],
    held_out: usize,
) -> Result<Vec<Cohort>, RetentionError> {
    let each = named.iter().map(|NamedCohort { name, left }| {
        let known = left.len().saturating_sub(held_out);
        Cohort::new(left[..known].to_vec()).map_err(|violations| RetentionError::Cohort {
            cohort: name.clone(),
            violations,
        })
    });
    each.collect()
}

fn number(column: &Column, row: usize) -> Option<f64> {
    match column.cells() {
        Cells::Numbers(numbers) if !numbers.is_missing(row) => numbers.values().get(row).copied(),
        Cells::Numbers(_) | Cells::Texts(_) => None,
    }
}

fn whole(value: f64) -> Option<u32> {
    let fits = (0.0..=1e6).contains(&value) && value.fract() == 0.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number within the bounds checked"
    )]
    fits.then_some(value as u32)
}
