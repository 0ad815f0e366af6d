//! The TOML file that says what single columns are.
//!
//! ```toml
//! [columns.SeniorCitizen]
//! kind = "flag"         # number, text, flag or ignore
//! true_label = "1"
//!
//! [columns.TotalCharges]
//! required = false
//! ```

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::train::{ColumnKind, ColumnOverride};

/// A schema file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaFileError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no schema file.
    #[error("{}: {source}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        source: Box<toml::de::Error>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaFile {
    #[serde(default)]
    columns: BTreeMap<String, ColumnFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnFile {
    kind: Option<KindFile>,
    required: Option<bool>,
    true_label: Option<String>,
}

#[derive(Deserialize)]
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
        } = column;
        Self {
            kind: kind.map(|kind| match kind {
                KindFile::Number => ColumnKind::Number,
                KindFile::Text => ColumnKind::Text,
                KindFile::Flag => ColumnKind::Flag,
                KindFile::Ignore => ColumnKind::Ignore,
            }),
            required,
            true_label,
        }
    }
}

/// Reads what a file says of columns.
///
/// # Errors
///
/// When it cannot be read, or says something that is not understood.
pub fn read(path: &Path) -> Result<BTreeMap<String, ColumnOverride>, SchemaFileError> {
    let text = fs::read_to_string(path).map_err(|source| SchemaFileError::Io {
        path: path.to_owned(),
        source,
    })?;
    let file: SchemaFile = toml::from_str(&text).map_err(|source| SchemaFileError::Toml {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    Ok(file
        .columns
        .into_iter()
        .map(|(name, column)| (name, column.into()))
        .collect())
}
