//! The table's file, which appears whole or not at all.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process,
};

use flate2::{Compression, write::GzEncoder};

use super::SnapshotError;

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    /// Finite.
    Number(f64),
    /// One of a few words.
    Word(&'static str),
    /// Blank.
    Missing,
}

impl Cell {
    /// Blank where it is no finite number.
    pub(super) fn number(number: f64) -> Self {
        if number.is_finite() {
            Self::Number(number)
        } else {
            Self::Missing
        }
    }
}

/// A table in the making, in a file beside the one that it becomes.
#[derive(Debug)]
pub(super) struct TableFile {
    path: PathBuf,
    unfinished: Unfinished,
    writer: csv::Writer<Sink>,
    /// One number as it is spelled.
    spelled: String,
}

/// Removed unless it gets its name.
#[derive(Debug)]
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Nothing is left to do when it is gone, or will not go.
        let _ = fs::remove_file(&self.0);
    }
}

#[derive(Debug)]
enum Sink {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gzip(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(file) => file.flush(),
        }
    }
}

impl Sink {
    fn finish(self) -> io::Result<File> {
        let buffer = match self {
            Self::Plain(buffer) => buffer,
            Self::Gzip(gzip) => gzip.finish()?,
        };
        buffer.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl TableFile {
    pub(super) fn create(path: &Path, columns: &[String]) -> Result<Self, SnapshotError> {
        let fault = |source| write_error(path, source);
        let name = path.file_name().ok_or_else(|| {
            fault(io::Error::new(
                io::ErrorKind::InvalidInput,
                "is no file name",
            ))
        })?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.unfinished", process::id()));
        let unfinished = path.with_file_name(hidden);
        let file = BufWriter::new(File::create(&unfinished).map_err(fault)?);
        let unfinished = Unfinished(unfinished);
        let sink = if path.extension().is_some_and(|ending| ending == "gz") {
            // No name and no time in its header: equal tables are equal bytes.
            Sink::Gzip(Box::new(GzEncoder::new(file, Compression::fast())))
        } else {
            Sink::Plain(file)
        };
        let mut table = Self {
            path: path.to_owned(),
            unfinished,
            writer: csv::Writer::from_writer(sink),
            spelled: String::new(),
        };
        let written = table.writer.write_record(columns);
        written.map_err(|error| write_error(path, error.into()))?;
        Ok(table)
    }

    pub(super) fn row(
        &mut self,
        customer: &str,
        as_of: &str,
        cells: &[Cell],
    ) -> Result<(), SnapshotError> {
        let Self {
            path,
            writer,
            spelled,
            ..
        } = self;
        let mut write = || {
            writer.write_field(customer)?;
            writer.write_field(as_of)?;
            for cell in cells {
                spelled.clear();
                match cell {
                    Cell::Missing => writer.write_field(b"")?,
                    Cell::Word(word) => writer.write_field(word)?,
                    Cell::Number(number) => {
                        // Writing to a string never fails.
                        let _ = write!(spelled, "{number}");
                        writer.write_field(&spelled)?;
                    }
                }
            }
            writer.write_record(None::<&[u8]>)
        };
        write().map_err(|error| write_error(path, error.into()))
    }

    /// Gives the file its name, once every byte of it is on the disk.
    pub(super) fn finish(self) -> Result<(), SnapshotError> {
        let Self {
            path,
            unfinished,
            writer,
            ..
        } = self;
        let finish = || -> io::Result<()> {
            let sink = writer
                .into_inner()
                .map_err(csv::IntoInnerError::into_error)?;
            sink.finish()?.sync_all()?;
            fs::rename(&unfinished.0, &path)
        };
        finish().map_err(|source| write_error(&path, source))
    }
}

fn write_error(path: &Path, source: io::Error) -> SnapshotError {
    SnapshotError::Write {
        path: path.to_owned(),
        source,
    }
}
