//! Rows of a table, scored by a published model as serving does.

use rayon::prelude::*;

use super::{
    DataError,
    data::{header, place},
};
use crate::{
    customer::{MAX_TEXT_BYTES, Value},
    features::{Feature, FeatureKind, Unusual},
    model::ChurnModel,
    train::{
        plan::ReadColumn,
        table::{Column, Table},
    },
};

/// Rows that are scored at a time by one thread.
const CHUNK: usize = 4096;

/// What a model says of rows, in their order.
#[derive(Debug)]
pub(in crate::train) struct Scored {
    /// Log-odds before calibration.
    pub(super) log_odds: Vec<f64>,
    /// Log-odds after calibration; the same where there is none.
    pub(in crate::train) calibrated: Vec<f64>,
    /// The features with anything unusual, in the schema's order.
    pub(super) unusual: Vec<UnusualValues>,
}

/// Values of a feature that training did not see, or that are not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnusualValues {
    /// The feature.
    pub feature: String,
    /// Whether the data have no column for it; all values are missing then.
    pub no_column: bool,
    /// Rows without a value, those with one of the wrong kind among them.
    pub missing: u64,
    /// Rows whose value is of another kind, scored as missing.
    pub wrong_kind: u64,
    /// Rows with a text that is no category of the model.
    pub unknown_category: u64,
    /// Rows with a number beyond those of the training.
    pub out_of_range: u64,
}

impl UnusualValues {
    fn add(&mut self, unusual: Unusual) {
        match unusual {
            Unusual::Missing => self.missing += 1,
            Unusual::UnknownCategory => self.unknown_category += 1,
            Unusual::OutOfTrainedRange { .. } => self.out_of_range += 1,
        }
    }

    fn is_any(&self) -> bool {
        self.no_column || self.missing + self.unknown_category + self.out_of_range > 0
    }
}

impl Scored {
    /// Scores some rows of a table, ascending.
    ///
    /// A feature that may be missing is so where its column is not there, or a
    /// cell is of another kind; both are counted.
    pub(in crate::train) fn of(
        model: &ChurnModel,
        table: &Table,
        rows: &[usize],
    ) -> Result<Self, DataError> {
        let features = model.schema().features();
        let mut unusual = Vec::with_capacity(features.len());
        let mut columns = Vec::with_capacity(features.len());
        for feature in features {
            let (column, found) = read(feature, table, rows)?;
            columns.push(column);
            unusual.push(found);
        }
        let chunks: Vec<Chunk> = rows
            .par_chunks(CHUNK)
            .map(|rows| score(model, table, &columns, rows))
            .collect::<Result<_, _>>()?;
        let mut scored = Self {
            log_odds: Vec::with_capacity(rows.len()),
            calibrated: Vec::with_capacity(rows.len()),
            unusual: Vec::new(),
        };
        for chunk in chunks {
            scored.log_odds.extend(chunk.log_odds);
            scored.calibrated.extend(chunk.calibrated);
            for (feature, note) in chunk.notes {
                unusual[feature].add(note);
            }
        }
        scored.unusual = unusual.into_iter().filter(UnusualValues::is_any).collect();
        Ok(scored)
    }
}

struct Chunk {
    log_odds: Vec<f64>,
    calibrated: Vec<f64>,
    notes: Vec<(usize, Unusual)>,
}

fn score(
    model: &ChurnModel,
    table: &Table,
    columns: &[ReadColumn<'_>],
    rows: &[usize],
) -> Result<Chunk, DataError> {
    let mut chunk = Chunk {
        log_odds: Vec::with_capacity(rows.len()),
        calibrated: Vec::with_capacity(rows.len()),
        notes: Vec::new(),
    };
    for &row in rows {
        let values = columns.iter().map(|column| column.values.value(row));
        let values: Vec<_> = values.collect();
        let explanation = match model.schema().row_in_order(&values) {
            Ok(values) => model.explain(&values),
            Err(violations) => {
                return Err(DataError::Refused {
                    place: place(table, row),
                    violations,
                });
            }
        };
        chunk.log_odds.push(explanation.log_odds);
        chunk.calibrated.push(explanation.calibrated_log_odds);
        let notes = explanation.notes.iter();
        chunk
            .notes
            .extend(notes.map(|note| (note.feature, note.unusual)));
    }
    Ok(chunk)
}

/// A feature's values, once it is sure that the model takes them.
fn read<'t>(
    feature: &Feature,
    table: &'t Table,
    rows: &[usize],
) -> Result<(ReadColumn<'t>, UnusualValues), DataError> {
    let mut found = UnusualValues {
        feature: feature.name.clone(),
        ..UnusualValues::default()
    };
    let Some(position) = table.position(&feature.name) else {
        if feature.required {
            return Err(DataError::NoColumn {
                column: feature.name.clone(),
                header: header(table),
            });
        }
        found.no_column = true;
        return Ok((ReadColumn::absent(table.rows()), found));
    };
    let column = &table.columns[position];
    let read = ReadColumn::of(column, &feature.kind, rows);
    if feature.required {
        check_required(feature, table, column, &read, rows)?;
    }
    let wrong = read
        .wrong
        .iter()
        .filter(|row| rows.binary_search(row).is_ok());
    found.wrong_kind = wrong.count() as u64;
    Ok((read, found))
}

fn check_required(
    feature: &Feature,
    table: &Table,
    column: &Column,
    read: &ReadColumn<'_>,
    rows: &[usize],
) -> Result<(), DataError> {
    for &row in rows {
        match read.values.value(row) {
            Value::Missing if column.is_missing(row) => {
                return Err(DataError::NoValue {
                    place: place(table, row),
                    column: feature.name.clone(),
                });
            }
            Value::Missing => {
                return Err(DataError::WrongKind {
                    place: place(table, row),
                    column: feature.name.clone(),
                    kind: wanted(&feature.kind),
                });
            }
            Value::Text(text) if text.len() > MAX_TEXT_BYTES => {
                return Err(DataError::WrongKind {
                    place: place(table, row),
                    column: feature.name.clone(),
                    kind: format!("a text of at most {MAX_TEXT_BYTES} bytes"),
                });
            }
            Value::Text(_) | Value::Number(_) | Value::Flag(_) => {}
        }
    }
    Ok(())
}

fn wanted(kind: &FeatureKind) -> String {
    match kind {
        FeatureKind::Number(_) => "a number".to_owned(),
        FeatureKind::Text(_) => "a text".to_owned(),
        FeatureKind::Flag(labels) => {
            format!("`{}` or `{}`", labels.true_label, labels.false_label)
        }
    }
}
