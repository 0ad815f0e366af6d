//! Files of rows in memory, column by column.
//!
//! CSV: UTF-8 with or without a byte-order mark, LF or CRLF, quoted fields may
//! hold line breaks; plain or within gzip. Parquet: flat columns. Several files,
//! or all files of a directory, make one table when they have the same columns.
//! Names and cells are trimmed of surrounding white space. Every fault is
//! reported with its file, line (Parquet: row) and column.

mod builder;
mod cell_sink;
mod column;
mod csv_file;
mod fault;
mod files;
mod memory;
mod missing;
mod parquet_file;
mod parquet_pages;
mod parquet_stream;
mod parquet_values;
mod place;
mod squeeze;
pub(in crate::train) mod stream;
mod texts;
mod watch;

use std::path::{Path, PathBuf};

pub use column::{Cells, Column, Numbers};
pub(in crate::train) use column::{fixed, number};
pub use fault::{TableError, TableFault};
pub use missing::MissingSpellings;
pub use place::{DataSource, Place};
pub use stream::{DecimalMark, Delimiter, Dialect, HeaderLine};
pub use texts::Texts;

use crate::artifact::Digest;
use builder::TableBuilder;
use place::RowNumbers;

/// A larger cell is taken for rows within stray quotes.
const MAX_CELL_BYTES: usize = 64 * 1024;

/// What the files hold.
#[derive(Debug)]
pub struct Table {
    /// The columns, in the first file's order; all of one length.
    pub columns: Vec<Column>,
    /// The files, in the order that they were read.
    pub sources: Vec<DataSource>,
    /// The first row of each file, and how its rows are counted.
    numbers: Vec<(usize, RowNumbers)>,
    rows: usize,
}

impl Table {
    /// Reads files, and directories of files, with the default spellings of
    /// missing values.
    ///
    /// # Errors
    ///
    /// The first fault, with its place.
    pub fn read(paths: &[PathBuf]) -> Result<Self, TableError> {
        Self::read_with(paths, &MissingSpellings::default())
    }

    /// Reads files, and directories of files: all of a directory's `.csv`,
    /// `.csv.gz` and `.parquet` files, by name. Other files in it are passed
    /// over; directories in it, and pipes of these endings, are refused.
    ///
    /// # Errors
    ///
    /// The first fault, with its place.
    pub fn read_with(paths: &[PathBuf], missing: &MissingSpellings) -> Result<Self, TableError> {
        let mut builder = TableBuilder::new(missing);
        for path in files::list(paths)? {
            let read = files::append(&path, &mut builder);
            read.map_err(|fault| TableError { path, fault })?;
        }
        Ok(builder.finish())
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The position of a column.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Where a row stands.
    #[must_use]
    pub fn place(&self, row: usize) -> Place {
        let after = self.numbers.partition_point(|&(first, _)| first <= row);
        let at = after.saturating_sub(1);
        let (unit, number) = match self.numbers.get(at) {
            Some((first, RowNumbers::Lines(lines))) => {
                ("line", lines.get(row - first).unwrap_or_default())
            }
            Some((first, RowNumbers::Rows)) => ("row", (row - first) as u64 + 1),
            None => ("row", row as u64 + 1),
        };
        let file = (self.sources.len() > 1).then(|| self.sources.get(at));
        Place {
            file: file.flatten().map(|source| source.name.clone()),
            unit,
            number,
        }
    }

    /// SHA-256 of the file; of the files' names and digests, a line each, when
    /// there are several.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        DataSource::sha256_of(&self.sources)
    }

    /// The file's name; that of the first, and how many more, when there are
    /// several.
    #[must_use]
    pub fn name(&self) -> String {
        DataSource::name_of(&self.sources)
    }
}

/// A path's last part.
fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// What a header of one column tells of the separator, to end a message with.
pub(super) fn separator_hint<'n>(mut names: impl Iterator<Item = &'n str>) -> &'static str {
    match (names.next(), names.next()) {
        (Some(only), None) if only.contains(';') => {
            "; the header is a single column with `;` in it: separate the cells by commas"
        }
        (Some(only), None) if only.contains('\t') => {
            "; the header is a single column with a tab in it: separate the cells by commas"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests;
