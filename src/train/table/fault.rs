//! What can be wrong with a file of rows, and where.

use std::{io, path::PathBuf};

use super::MAX_CELL_BYTES;

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
    #[error("line {line}: columns {first} and {second} are both named `{name}`; rename one")]
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
    /// More text in a column than 32 bits can address.
    #[error("column `{name}` holds over 4 GiB of text")]
    ColumnTooLarge {
        /// The column.
        name: String,
    },
}
