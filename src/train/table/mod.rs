//! A CSV file in memory, as text, column by column.
//!
//! UTF-8 with or without a byte-order mark, LF or CRLF, quoted fields may hold
//! line breaks. Names and cells are trimmed of surrounding white space. Every
//! fault is reported with its line and column.

mod fault;
mod source;

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
    path::Path,
};

pub use fault::{TableError, TableFault};

use crate::artifact::Digest;
use source::Source;

/// A larger cell is taken for rows within stray quotes.
const MAX_CELL_BYTES: usize = 64 * 1024;

/// How a cell says that its value is missing, beside being blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingSpellings(Vec<String>);

impl MissingSpellings {
    /// These and no others; white space around them does not count.
    #[must_use]
    pub fn new(spellings: &[String]) -> Self {
        let trimmed = spellings.iter().map(|spelling| spelling.trim().to_owned());
        Self(trimmed.collect())
    }

    fn has(&self, cell: &str) -> bool {
        self.0.iter().any(|spelling| spelling == cell)
    }
}

impl Default for MissingSpellings {
    fn default() -> Self {
        Self(
            ["NA", "N/A", "NaN", "null", "NULL"]
                .map(str::to_owned)
                .into(),
        )
    }
}

/// A file's content.
#[derive(Debug)]
pub struct Table {
    /// The columns, in the file's order; all of one length.
    pub columns: Vec<Column>,
    /// The line of the file that each row begins on, from 1.
    pub lines: Vec<u64>,
    /// SHA-256 of the file.
    pub sha256: Digest,
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// All cells, one after the other; nothing where a value is missing.
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<u32>,
}

impl Column {
    fn new(name: String) -> Self {
        Self {
            name,
            text: String::new(),
            ends: Vec::new(),
        }
    }

    /// The cell of a row; `None` where its value is missing.
    #[must_use]
    pub fn cell(&self, row: usize) -> Option<&str> {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        let cell = &self.text[start as usize..self.ends[row] as usize];
        (!cell.is_empty()).then_some(cell)
    }

    fn push(&mut self, cell: &str) -> Result<(), TableFault> {
        self.text.push_str(cell);
        let end = u32::try_from(self.text.len()).map_err(|_| TableFault::ColumnTooLarge {
            name: self.name.clone(),
        })?;
        self.ends.push(end);
        Ok(())
    }
}

impl Table {
    /// Reads a whole CSV file, with the default spellings of missing values.
    ///
    /// # Errors
    ///
    /// The first fault, with its place.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        Self::read_with(path, &MissingSpellings::default())
    }

    /// Reads a whole CSV file.
    ///
    /// # Errors
    ///
    /// The first fault, with its place.
    pub fn read_with(path: &Path, missing: &MissingSpellings) -> Result<Self, TableError> {
        File::open(path)
            .map_err(TableFault::from)
            .and_then(|file| Self::parse(file, missing))
            .map_err(|fault| TableError {
                path: path.to_owned(),
                fault,
            })
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// The position of a column.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    fn parse(source: impl Read, missing: &MissingSpellings) -> Result<Self, TableFault> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .buffer_capacity(1 << 16)
            .from_reader(Source::new(source));
        let names = reader.byte_headers().cloned();
        let mut columns = check(names, reader.get_ref(), 0, "")
            .and_then(|names| header(&names, reader.get_ref().line(0)))?;
        let hint = separator_hint(&columns);
        let mut rows = 0;
        let mut record = csv::ByteRecord::new();
        loop {
            let number = rows + 1;
            let read = reader.read_byte_record(&mut record);
            if !check(read, reader.get_ref(), number, hint)? {
                break;
            }
            for (index, (column, cell)) in columns.iter_mut().zip(&record).enumerate() {
                let cell = std::str::from_utf8(cell).map_err(|_| TableFault::NotUtf8 {
                    line: reader.get_ref().line(number),
                    column: index + 1,
                })?;
                column.push(if missing.has(cell) { "" } else { cell })?;
            }
            rows = number;
        }
        if rows == 0 {
            return Err(TableFault::NoRows);
        }
        let (mut lines, sha256) = reader.into_inner().finish();
        lines.remove(0); // the header's
        Ok(Self {
            columns,
            lines,
            sha256,
        })
    }
}

/// What the reader says of a record, unless its quotes explain it.
fn check<T>(
    read: csv::Result<T>,
    source: &Source<impl Read>,
    record: usize,
    hint: &'static str,
) -> Result<T, TableFault> {
    if let Some(fault) = source.fault(record) {
        return Err(fault);
    }
    read.map_err(|error| {
        if let csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } = error.kind()
        {
            TableFault::RaggedRow {
                line: source.line(record),
                expected: *expected_len,
                found: *len,
                hint,
            }
        } else {
            // Byte records are neither decoded nor deserialised: what is left is I/O.
            io::Error::from(error).into()
        }
    })
}

/// What a header of one column tells of the separator, to end a message with.
pub(super) fn separator_hint(columns: &[Column]) -> &'static str {
    match columns {
        [only] if only.name.contains(';') => {
            "; the header is a single column with `;` in it: separate the cells by commas"
        }
        [only] if only.name.contains('\t') => {
            "; the header is a single column with a tab in it: separate the cells by commas"
        }
        _ => "",
    }
}

fn header(names: &csv::ByteRecord, line: u64) -> Result<Vec<Column>, TableFault> {
    if names.is_empty() {
        return Err(TableFault::Empty);
    }
    let mut positions = HashMap::new();
    let mut columns = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let column = index + 1;
        let name = std::str::from_utf8(name).map_err(|_| TableFault::NotUtf8 { line, column })?;
        if name.is_empty() {
            return Err(TableFault::NamelessColumn { line, column });
        }
        if let Some(first) = positions.insert(name, column) {
            return Err(TableFault::DuplicateColumn {
                line,
                name: name.to_owned(),
                first,
                second: column,
            });
        }
        columns.push(Column::new(name.to_owned()));
    }
    Ok(columns)
}

#[cfg(test)]
mod tests;
