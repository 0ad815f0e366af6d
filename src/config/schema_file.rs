//! The TOML file that says what missing values look like and what single columns
//! are.
//!
//! ```toml
//! missing = ["", "NA"]  # instead of the default; a blank cell always is
//!
//! [columns.SeniorCitizen]
//! kind = "flag"         # number, text, flag or ignore
//! true_label = "1"
//!
//! [columns.TotalCharges]
//! required = false
//!
//! [columns.tenure]
//! monotone = "falling"  # or rising: the only way that its effect may go
//! ```

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use super::text_file::{self, TextFileError};
use crate::train::{ColumnKind, ColumnOverride, ColumnRole, Direction, MissingSpellings};

/// A schema file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaFileError {
    /// It is no such file.
    #[error(transparent)]
    File(#[from] TextFileError),
}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaFile {
    /// How cells say that their value is missing.
    pub missing: MissingSpellings,
    /// What is said of single columns.
    pub columns: BTreeMap<String, ColumnOverride>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemaToml {
    pub(super) missing: Option<Vec<String>>,
    #[serde(default)]
    pub(super) columns: BTreeMap<String, ColumnFile>,
}

/// What a file says of one column.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnFile {
    kind: Option<KindFile>,
    required: Option<bool>,
    true_label: Option<String>,
    monotone: Option<MonotoneFile>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MonotoneFile {
    Rising,
    Falling,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KindFile {
    Number,
    Text,
    Flag,
    Ignore,
}

impl From<ColumnFile> for ColumnOverride {
    fn from(column: ColumnFile) -> Self {
        let ColumnFile {
            kind,
            required,
            true_label,
            monotone,
        } = column;
        Self {
            role: kind.map(|kind| match kind {
                KindFile::Number => ColumnRole::Feature(ColumnKind::Number),
                KindFile::Text => ColumnRole::Feature(ColumnKind::Text),
                KindFile::Flag => ColumnRole::Feature(ColumnKind::Flag),
                KindFile::Ignore => ColumnRole::Ignore,
            }),
            required,
            true_label,
            monotone: monotone.map(|monotone| match monotone {
                MonotoneFile::Rising => Direction::Rising,
                MonotoneFile::Falling => Direction::Falling,
            }),
        }
    }
}

impl SchemaFile {
    /// What a file, or a part of one, says.
    pub(super) fn of(missing: Option<&[String]>, columns: BTreeMap<String, ColumnFile>) -> Self {
        let columns = columns.into_iter();
        Self {
            missing: missing.map(MissingSpellings::new).unwrap_or_default(),
            columns: columns
                .map(|(name, column)| (name, column.into()))
                .collect(),
        }
    }
}

/// Reads a schema file.
///
/// # Errors
///
/// When it cannot be read, or says something that is not understood.
pub fn read(path: &Path) -> Result<SchemaFile, SchemaFileError> {
    let SchemaToml { missing, columns } = read_raw(path)?;
    Ok(SchemaFile::of(missing.as_deref(), columns))
}

pub(super) fn read_raw(path: &Path) -> Result<SchemaToml, SchemaFileError> {
    Ok(text_file::toml(path)?)
}
