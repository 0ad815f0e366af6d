//! What can be wrong with a file of rows, and where.

use std::{io, path::PathBuf};

use super::MAX_CELL_BYTES;
use crate::train::report::named;

/// A file that is no table.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub struct TableError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: TableFault,
}

/// What can be wrong with a file. A `line` is the one that the row begins on,
/// from 1; a `column` is a position, from 1.
#[derive(Debug, thiserror::Error)]
pub enum TableFault {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Not even a header.
    #[error("is empty; the first line must name the columns")]
    Empty,
    /// A header and nothing else.
    #[error("has a header but no rows")]
    NoRows,
    /// A column without a name.
    #[error("line {line}: column {column} has no name")]
    NamelessColumn {
        /// The header's line.
        line: u64,
        /// The column.
        column: usize,
    },
    /// Two columns of one name.
    #[error("line {line}: columns {first} and {second} are both named `{name}`; rename one", name = named(.name))]
    DuplicateColumn {
        /// The header's line.
        line: u64,
        /// The name.
        name: String,
        /// The first of them.
        first: usize,
        /// The second.
        second: usize,
    },
    /// A row with too few or too many cells.
    #[error(
        "line {line}: {found} cells where the header has {expected}; look for a missing or unquoted separator{hint}"
    )]
    RaggedRow {
        /// The row.
        line: u64,
        /// Cells of the header.
        expected: u64,
        /// Cells of the row.
        found: u64,
        /// What the header tells of the separator, if anything.
        hint: &'static str,
    },
    /// Bytes that are no text.
    #[error("line {line}, column {column}: not UTF-8; convert the file to UTF-8 first")]
    NotUtf8 {
        /// The row.
        line: u64,
        /// The column.
        column: usize,
    },
    /// The file ends within quotes.
    #[error(
        "line {line}, column {column}: the cell opens with a quote (\") that is never closed; close it, or remove it if it is stray"
    )]
    UnclosedQuote {
        /// The row.
        line: u64,
        /// The column.
        column: usize,
    },
    /// Quotes that close before the cell ends.
    #[error(
        "line {line}, column {column}: text follows a closing quote (\"); look for a stray quote here or in the lines below, and write a quote within quotes twice"
    )]
    TextAfterQuote {
        /// The row.
        line: u64,
        /// The column.
        column: usize,
    },
    /// A cell that is most likely several rows within stray quotes.
    #[error(
        "line {line}, column {column}: the cell is larger than {} KiB; look for a stray quote (\"), or shorten the cell",
        MAX_CELL_BYTES / 1024
    )]
    CellTooLarge {
        /// The row.
        line: u64,
        /// The column.
        column: usize,
    },
    /// A directory without a file that could be read.
    #[error("has no .csv, .csv.gz or .parquet file in it")]
    EmptyDirectory,
    /// A directory within the directory.
    #[error(
        "is a directory within the directory of --data; name it by a --data of its own, or move it away"
    )]
    Subdirectory,
    /// A pipe, a socket or a device within the directory.
    #[error(
        "is no regular file, but within the directory of --data; name it by a --data of its own, or move it away"
    )]
    Special,
    /// A Parquet file through a pipe: its table of contents stands at its end.
    #[error("is Parquet through a pipe; Parquet needs a regular file, so save it as one first")]
    ParquetStream,
    /// A file that was named twice.
    #[error("is given twice; its rows would count double")]
    Repeated,
    /// A file of another kind.
    #[error("is {what}; export it as CSV (UTF-8) or Parquet first")]
    WrongFormat {
        /// What it looks like.
        what: &'static str,
    },
    /// A compressed file that ends early, or is damaged.
    #[error("is damaged: {reason}; the compressed file may be incomplete, so fetch it again")]
    Gzip {
        /// What the decoder said.
        reason: String,
    },
    /// A column that the first file has, and this one has not.
    #[error(
        "has no column `{name}`, which {first} has; all files must have the same columns, in any order", name = named(.name), first = named(.first))]
    ColumnMissing {
        /// The column.
        name: String,
        /// The first file.
        first: String,
    },
    /// A column that the first file has not.
    #[error(
        "column {column} is `{name}`, which {first} does not have; all files must have the same columns, in any order", name = named(.name), first = named(.first))]
    ColumnAdded {
        /// The column's position.
        column: usize,
        /// Its name.
        name: String,
        /// The first file.
        first: String,
    },
    /// A Parquet file that cannot be decoded.
    #[error("{}cannot be decoded: {reason}; write the file again", place(*.row, .column.as_deref()))]
    Parquet {
        /// About where, if within the rows.
        row: Option<u64>,
        /// The column, if within one.
        column: Option<String>,
        /// What the decoder said.
        reason: String,
    },
    /// A column of a Parquet file whose type is none of a table's cell.
    #[error(
        "column `{column}` is {kind}; cast it to a number, text, boolean, date or timestamp, or leave it out", column = named(.column))]
    ParquetType {
        /// The column.
        column: String,
        /// Its type.
        kind: String,
    },
    /// A Parquet file whose pages are compressed in a way that is not read.
    #[error(
        "column `{column}` is compressed by {codec}; write the file with snappy, gzip or no compression", column = named(.column))]
    ParquetCodec {
        /// The column.
        column: String,
        /// The codec.
        codec: String,
    },
    /// A Parquet value that is no text, or outside its type's range.
    #[error("row {row}, column `{column}`: {what}", column = named(.column))]
    ParquetValue {
        /// The row, from 1.
        row: u64,
        /// The column.
        column: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// More rows than 32 bits can number.
    #[error("holds more rows than can be numbered by 32 bits; train on a sample")]
    TooManyRows,
    /// More text in a column than 32 bits can address.
    #[error("column `{name}` holds over 4 GiB of distinct text", name = named(.name))]
    ColumnTooLarge {
        /// The column.
        name: String,
    },
}

/// `row 7, column `x`: `, as far as known.
fn place(row: Option<u64>, column: Option<&str>) -> String {
    match (row, column.map(named)) {
        (Some(row), Some(column)) => format!("column `{column}`, from row {row} on, "),
        (None, Some(column)) => format!("column `{column}` "),
        (Some(row), None) => format!("from row {row} on, it "),
        (None, None) => String::new(),
    }
}
