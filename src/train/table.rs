//! A CSV file in memory, as text, column by column.
//!
//! UTF-8 with or without a byte-order mark, LF or CRLF, quoted fields may hold
//! line breaks. Names and cells are trimmed of surrounding white space. Every
//! fault is reported with its line and column.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::artifact::Digest;

/// How a cell says that its value is missing, beside being blank.
const MISSING: [&str; 5] = ["NA", "N/A", "NaN", "null", "NULL"];

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
    /// All cells, one after the other.
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<u32>,
}

/// A file that is no table.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub struct TableError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: TableFault,
}

/// What can be wrong with a file.
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
    #[error("line 1: column {column} has no name")]
    NamelessColumn {
        /// Its position, from 1.
        column: usize,
    },
    /// Two columns of one name.
    #[error("line 1: columns {first} and {second} are both named `{name}`; rename one")]
    DuplicateColumn {
        /// The name.
        name: String,
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// A row with too few or too many cells.
    #[error(
        "line {line}: {found} cells where the header has {expected}; look for a missing or unquoted separator"
    )]
    RaggedRow {
        /// The line that the row begins on.
        line: u64,
        /// Cells of the header.
        expected: u64,
        /// Cells of the row.
        found: u64,
    },
    /// Bytes that are no text.
    #[error("line {line}, column {column}: not UTF-8; convert the file to UTF-8 first")]
    NotUtf8 {
        /// The line that the row begins on.
        line: u64,
        /// Position of the column, from 1.
        column: usize,
    },
    /// More text in a column than 32 bits can address.
    #[error("column `{name}` holds over 4 GiB of text")]
    ColumnTooLarge {
        /// The column.
        name: String,
    },
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
        (!cell.is_empty() && !MISSING.contains(&cell)).then_some(cell)
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
    /// Reads a whole CSV file.
    ///
    /// # Errors
    ///
    /// The first fault, with its place.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        File::open(path)
            .map_err(TableFault::from)
            .and_then(|file| Self::parse(BufReader::with_capacity(1 << 16, file)))
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

    fn parse(source: impl Read) -> Result<Self, TableFault> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(Hashing {
                source,
                hasher: Sha256::new(),
            });
        let mut columns = header(reader.byte_headers().map_err(fault)?)?;
        let mut lines = Vec::new();
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(fault)? {
            let line = record.position().map_or(0, csv::Position::line);
            lines.push(line);
            for (index, (column, cell)) in columns.iter_mut().zip(&record).enumerate() {
                let cell = std::str::from_utf8(cell).map_err(|_| TableFault::NotUtf8 {
                    line,
                    column: index + 1,
                })?;
                column.push(cell)?;
            }
        }
        if lines.is_empty() {
            return Err(TableFault::NoRows);
        }
        let sha256 = Digest::finish(reader.into_inner().hasher);
        Ok(Self {
            columns,
            lines,
            sha256,
        })
    }
}

fn header(names: &csv::ByteRecord) -> Result<Vec<Column>, TableFault> {
    if names.is_empty() {
        return Err(TableFault::Empty);
    }
    let mut positions = HashMap::new();
    let mut columns = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let column = index + 1;
        let name =
            std::str::from_utf8(name).map_err(|_| TableFault::NotUtf8 { line: 1, column })?;
        if name.is_empty() {
            return Err(TableFault::NamelessColumn { column });
        }
        if let Some(first) = positions.insert(name, column) {
            return Err(TableFault::DuplicateColumn {
                name: name.to_owned(),
                first,
                second: column,
            });
        }
        columns.push(Column::new(name.to_owned()));
    }
    Ok(columns)
}

fn fault(error: csv::Error) -> TableFault {
    if let csv::ErrorKind::UnequalLengths {
        pos,
        expected_len,
        len,
    } = error.kind()
    {
        TableFault::RaggedRow {
            line: pos.as_ref().map_or(0, csv::Position::line),
            expected: *expected_len,
            found: *len,
        }
    } else {
        // Byte records are neither decoded nor deserialised: what is left is I/O.
        io::Error::from(error).into()
    }
}

/// Digests what is read through it.
struct Hashing<R> {
    source: R,
    hasher: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.hasher.update(&buffer[..length]);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(csv: &str) -> Vec<Vec<Option<String>>> {
        let table = Table::parse(csv.as_bytes()).unwrap();
        table
            .columns
            .iter()
            .map(|column| {
                (0..table.rows())
                    .map(|row| column.cell(row).map(str::to_owned))
                    .collect()
            })
            .collect()
    }

    fn fault_of(csv: &[u8]) -> String {
        Table::parse(csv).unwrap_err().to_string()
    }

    #[test]
    fn dialects_read_alike() {
        let plain = cells("a,b\n1,x\n2,y z\n");
        assert_eq!(cells("a,b\r\n1,x\r\n2,y z"), plain);
        assert_eq!(cells("\u{feff}a,b\n1,x\n2,y z\n"), plain);
        assert_eq!(cells("a , b\n 1 ,\"x\"\n2, y z \n"), plain);
    }

    #[test]
    fn quoted_fields_may_hold_separators_and_line_breaks() {
        let table = Table::parse("a,b\n\"1,\n\n2\",x\n3,y\n".as_bytes()).unwrap();
        assert_eq!(table.columns[0].cell(0), Some("1,\n\n2"));
        assert_eq!(table.lines, [2, 5]);
    }

    #[test]
    fn missing_values_have_several_spellings() {
        assert_eq!(
            cells("a\n \nNA\nnull\nNone\n0\n")[0],
            [None, None, None, Some("None".into()), Some("0".into())]
        );
    }

    #[test]
    fn faults_name_their_place() {
        let check = |csv: &[u8], expected: &str| {
            let fault = fault_of(csv);
            assert!(fault.starts_with(expected), "{fault}");
        };
        check(b"", "is empty");
        check(b"a,b\n", "has a header but no rows");
        check(b"a,,c\n1,2,3\n", "line 1: column 2 has no name");
        check(
            b"a,b,a\n1,2,3\n",
            "line 1: columns 1 and 3 are both named `a`",
        );
        check(
            b"a,b\n1,2\n\"3\n\",4\n5\n",
            "line 5: 1 cells where the header has 2",
        );
        check(b"a,b\n1,2\n3,\xff\n", "line 3, column 2: not UTF-8");
        check(b"a,\xff\n1,2\n", "line 1, column 2: not UTF-8");
    }

    #[test]
    fn the_digest_is_that_of_the_file() {
        let csv = b"\xef\xbb\xbfa,b\r\n1,2\r\n";
        assert_eq!(Table::parse(&csv[..]).unwrap().sha256, Digest::of(csv));
    }
}
