//! Files of rows that are passed on instead of kept.

use std::{
    io::{Cursor, Read},
    path::{Path, PathBuf},
};

use super::{
    DataSource, TableError, csv_file,
    fault::TableFault,
    file_name,
    files::{self, Opened},
    parquet_stream,
    squeeze::Squeezed,
};

/// As much of a text as is looked at to tell its dialect.
const HEAD_BYTES: u64 = 64 * 1024;

/// Whether the first line of a text names the columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HeaderLine {
    /// It does.
    #[default]
    Present,
    /// It is a row like the others: columns are told by position, from 1.
    Absent,
}

/// What separates the cells of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// As the first line tells.
    #[default]
    Auto,
    /// One byte: comma, semicolon, tab, bar.
    Byte(u8),
    /// Runs of spaces and tabs.
    WhiteSpace,
}

/// What stands before the decimals of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DecimalMark {
    /// `12.50`
    #[default]
    Point,
    /// `12,50`
    Comma,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dialect {
    /// What separates the cells.
    pub delimiter: Delimiter,
    /// Whether the first line names the columns.
    pub header: HeaderLine,
    /// What stands before the decimals.
    pub decimal_mark: DecimalMark,
}

/// What a file says of its columns.
pub(in crate::train) struct ColumnsTold {
    /// Their names, where there is a header.
    pub(in crate::train) names: Option<Vec<String>>,
    /// How many there are.
    pub(in crate::train) columns: usize,
    /// By column, whether its cells are dates of ISO 8601 by their type; empty
    /// for a text.
    pub(in crate::train) dated: Vec<bool>,
    /// What its rows are counted by: `line` or `row`.
    pub(in crate::train) unit: &'static str,
}

/// Rows in the order of the file.
#[derive(Default)]
pub(in crate::train) struct Batch {
    pub(in crate::train) records: Vec<csv::ByteRecord>,
    /// The line or row of each, from 1.
    pub(in crate::train) numbers: Vec<u64>,
}

/// Takes a file's rows.
pub(in crate::train) trait RowSink {
    /// Why it takes no more.
    type Stop: From<TableFault>;
    /// Hears of the columns, before any row.
    fn begin(&mut self, columns: &ColumnsTold) -> Result<(), Self::Stop>;
    /// Takes rows.
    fn take(&mut self, batch: &Batch) -> Result<(), Self::Stop>;
}

/// The files that paths name, in the order that they are read.
pub(in crate::train) fn list(paths: &[PathBuf]) -> Result<Vec<PathBuf>, TableError> {
    files::list(paths)
}

/// Passes on the rows of one file, which is told by what it holds: CSV, CSV
/// within gzip, or Parquet. Tells the file's name, digest and rows.
pub(in crate::train) fn rows<S: RowSink>(
    path: &Path,
    dialect: Dialect,
    sink: &mut S,
) -> Result<DataSource, S::Stop> {
    let mut counted = Counted { sink, rows: 0 };
    let sha256 = match files::open(path)? {
        Opened::Parquet(file, sha256) => {
            parquet_stream::rows(file, &mut counted)?;
            sha256
        }
        Opened::Text(mut bytes) => {
            text(&mut bytes, dialect, &mut counted)?;
            bytes.finish()
        }
    };
    if counted.rows == 0 {
        return Err(TableFault::NoRows.into());
    }
    Ok(DataSource {
        name: file_name(path),
        sha256,
        rows: counted.rows,
    })
}

fn text<S: RowSink>(
    bytes: &mut files::Text,
    dialect: Dialect,
    sink: &mut S,
) -> Result<(), S::Stop> {
    let mut head = Vec::new();
    let read = bytes.take(HEAD_BYTES).read_to_end(&mut head);
    read.map_err(files::unreadable)?;
    let delimiter = match dialect.delimiter {
        Delimiter::Auto => told_delimiter(&head, dialect.decimal_mark),
        stated @ (Delimiter::Byte(_) | Delimiter::WhiteSpace) => stated,
    };
    let all = Cursor::new(head).chain(bytes);
    match delimiter {
        Delimiter::Byte(byte) => csv_file::stream(all, dialect.header, byte, sink),
        Delimiter::Auto | Delimiter::WhiteSpace => {
            csv_file::stream(Squeezed::new(all), dialect.header, b'\t', sink)
        }
    }
}

/// The delimiter that the first line that is not blank tells: a tab, if it has
/// one; the more frequent of comma and semicolon; a bar; else white space. Quoted
/// text does not count.
fn told_delimiter(head: &[u8], decimal_mark: DecimalMark) -> Delimiter {
    let lines = head.split(|byte| matches!(byte, b'\n' | b'\r'));
    let mut lines = lines.map(<[u8]>::trim_ascii);
    let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
    let count = |wanted: u8| {
        let mut quoted = false;
        let counted = line.iter().filter(|&&byte| {
            quoted ^= byte == b'"';
            !quoted && byte == wanted
        });
        counted.count()
    };
    let commas = match decimal_mark {
        DecimalMark::Point => count(b','),
        DecimalMark::Comma => 0,
    };
    let semicolons = count(b';');
    if line.contains(&b'\t') {
        Delimiter::Byte(b'\t')
    } else if semicolons > 0 && semicolons >= commas {
        Delimiter::Byte(b';')
    } else if commas > 0 {
        Delimiter::Byte(b',')
    } else if count(b'|') > 0 {
        Delimiter::Byte(b'|')
    } else if line.contains(&b' ') {
        Delimiter::WhiteSpace
    } else {
        Delimiter::Byte(b',')
    }
}

/// Counts the rows on their way.
struct Counted<'s, S> {
    sink: &'s mut S,
    rows: usize,
}

impl<S: RowSink> RowSink for Counted<'_, S> {
    type Stop = S::Stop;

    fn begin(&mut self, columns: &ColumnsTold) -> Result<(), S::Stop> {
        self.sink.begin(columns)
    }

    fn take(&mut self, batch: &Batch) -> Result<(), S::Stop> {
        self.rows += batch.records.len();
        self.sink.take(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_tells_the_delimiter() {
        let told = |text: &str, mark| told_delimiter(text.as_bytes(), mark);
        for (text, delimiter) in [
            ("id,day,money\n", Delimiter::Byte(b',')),
            ("\r\n\"a,b,c\";day;money", Delimiter::Byte(b';')),
            ("1;2011-12-09;2,50\n", Delimiter::Byte(b';')),
            ("id\tday, local\n", Delimiter::Byte(b'\t')),
            ("id|day\n", Delimiter::Byte(b'|')),
            (" 00004 0001 19970101  2   29.33\r\n", Delimiter::WhiteSpace),
            ("", Delimiter::Byte(b',')),
        ] {
            assert_eq!(told(text, DecimalMark::Point), delimiter, "{text}");
        }
        assert_eq!(told("1 2 2,50", DecimalMark::Comma), Delimiter::WhiteSpace);
    }
}
