//! New data for a published model: rows, and what became of them.

use std::path::PathBuf;

use super::{DataError, error::AssessError};
use crate::{
    model::{ChurnDefinition, TrainingFacts},
    train::{
        MissingSpellings, PlanError,
        plan::{find, groups_of},
        table::{Place, Table},
    },
};

pub(super) use crate::train::plan::header;

/// Rows with outcomes that a published model is to be judged by.
#[derive(Debug, Clone)]
pub struct NewData {
    /// The files, or directories of files: CSV, CSV within gzip, Parquet.
    pub paths: Vec<PathBuf>,
    /// The column that holds the outcome; the model's own when `None`.
    pub target: Option<String>,
    /// The value of that column that means churn; the model's own when `None`.
    pub positive: Option<String>,
    /// The column that holds the customer's id: rows of one customer are drawn
    /// and split together.
    pub id: Option<String>,
    /// How cells say that their value is missing.
    pub missing: MissingSpellings,
}

impl NewData {
    /// Reads the files.
    pub(super) fn read(&self) -> Result<Table, AssessError> {
        Ok(Table::read_with(&self.paths, &self.missing)?)
    }
}

/// The rows of a table that have an outcome.
#[derive(Debug)]
pub(super) struct Outcomes {
    /// Rows of the table, ascending.
    pub(super) rows: Vec<usize>,
    /// What became of each.
    pub(super) churned: Vec<bool>,
    /// How many rows have no outcome.
    pub(super) rows_without_outcome: usize,
    /// Position of the id column.
    pub(super) id: Option<usize>,
    /// The customer of each row, where some have several.
    pub(super) groups: Option<Vec<u32>>,
}

impl Outcomes {
    /// Finds the outcomes as a model defines them, unless `data` says otherwise.
    pub(super) fn find(
        table: &Table,
        data: &NewData,
        definition: &ChurnDefinition,
    ) -> Result<Self, DataError> {
        let (name, asked_by) = match &data.target {
            Some(target) => (target, "--target"),
            None => (
                &definition.target,
                "the model's definition of churn; see --target",
            ),
        };
        let positive = data.positive.as_ref().unwrap_or(&definition.positive);
        let target = &table.columns[find(table, name, asked_by)?];
        let texts = target.texts();
        let rows: Vec<usize> = (0..table.rows())
            .filter(|&row| texts.code(row).is_some())
            .collect();
        let labels = texts.counts(&rows);
        let found = labels.iter().filter(|&&count| count > 0).count();
        if found == 0 {
            return Err(DataError::NoOutcome {
                target: name.clone(),
            });
        }
        if found > 2 {
            return Err(PlanError::NotTwoClasses {
                target: name.clone(),
                found,
            }
            .into());
        }
        let churned: Vec<bool> = rows
            .iter()
            .map(|&row| texts.get(row) == Some(positive))
            .collect();
        let churners = churned.iter().filter(|&&churned| churned).count();
        if churners == 0 && found == 2 {
            return Err(PlanError::PositiveNotFound {
                target: name.clone(),
                positive: positive.clone(),
            }
            .into());
        }
        if churners == 0 || churners == rows.len() {
            return Err(DataError::OneOutcome {
                target: name.clone(),
                positive: positive.clone(),
                rows: rows.len(),
                outcome: if churners == 0 { "stayed" } else { "churned" },
            });
        }
        let id = match &data.id {
            Some(id) => Some(find(table, id, "--id")?),
            None => None,
        };
        let groups = id.and_then(|id| {
            let (groups, repeated) = groups_of(&table.columns[id], &rows);
            repeated.then_some(groups)
        });
        Ok(Self {
            rows_without_outcome: table.rows() - rows.len(),
            rows,
            churned,
            id,
            groups,
        })
    }

    /// How many churned.
    pub(super) fn churners(&self) -> usize {
        self.churned.iter().filter(|&&churned| churned).count()
    }
}

/// Whether a model, its coefficients or its calibration, was fitted on one of
/// these files: what it reaches there is no evidence of what it will reach.
pub(super) fn was_fitted_on(training: &TrainingFacts, table: &Table) -> bool {
    let whole = table.sha256();
    let digests = || table.sources.iter().map(|source| &source.sha256);
    let is_here = |sha256: &str| {
        whole.as_str() == sha256 || digests().any(|digest| digest.as_str() == sha256)
    };
    let recalibrated = training.recalibrated.iter();
    is_here(&training.data_sha256)
        || training.sources.iter().any(|file| is_here(&file.sha256))
        || recalibrated.into_iter().any(|by| is_here(&by.data_sha256))
}

/// Where a row stands, always with its file.
pub(super) fn place(table: &Table, row: usize) -> Place {
    let place = table.place(row);
    let file = place
        .file
        .or_else(|| Some(table.sources.first()?.name.clone()));
    Place { file, ..place }
}
