//! Which files are read, and what each of them is.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Cursor, Read, Seek},
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::{
    TableError, builder::TableBuilder, csv_file, fault::TableFault, file_name, parquet_file,
    place::RowNumbers,
};
use crate::artifact::Digest;

const ENDINGS: [&str; 3] = [".csv", ".csv.gz", ".parquet"];
const GZIP: &[u8] = &[0x1f, 0x8b];
/// What other files begin with.
const WRONG: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd"),
    (b"BZh", "compressed by bzip2"),
    (b"\xfd7zXZ", "compressed by xz"),
    (b"ARROW1", "an Arrow file"),
];

/// The files that paths name, in the order that they are read.
pub(super) fn list(paths: &[PathBuf]) -> Result<Vec<PathBuf>, TableError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let found = directory(path)?;
            if found.is_empty() {
                return Err(TableError {
                    path: path.clone(),
                    fault: TableFault::EmptyDirectory,
                });
            }
            files.extend(found);
        } else {
            files.push(path.clone());
        }
    }
    let mut seen = HashSet::new();
    for path in &files {
        // A file that is not there says so when it is opened.
        if let Ok(resolved) = path.canonicalize()
            && !seen.insert(resolved)
        {
            return Err(TableError {
                path: path.clone(),
                fault: TableFault::Repeated,
            });
        }
    }
    Ok(files)
}

/// A directory's files of a known ending, by name. Hidden ones are passed over,
/// as are those of other endings; a directory could hold a part of the data, and
/// what is no regular file could keep its reader waiting forever.
fn directory(path: &Path) -> Result<Vec<PathBuf>, TableError> {
    let told = |path: &Path, fault| TableError {
        path: path.to_owned(),
        fault,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| told(path, error.into()))? {
        let entry = entry.map_err(|error| told(path, error.into()))?.path();
        let name = file_name(&entry).to_ascii_lowercase();
        if name.starts_with('.') {
            continue;
        }
        if entry.is_dir() {
            return Err(told(&entry, TableFault::Subdirectory));
        }
        if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            let metadata = fs::metadata(&entry).map_err(|error| told(&entry, error.into()))?;
            if !metadata.is_file() {
                return Err(told(&entry, TableFault::Special));
            }
            files.push(entry);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads one file, by what it holds and not by its name, and adds its rows.
pub(super) fn append(path: &Path, builder: &mut TableBuilder<'_>) -> Result<(), TableFault> {
    match open(path)? {
        Opened::Parquet(file, sha256) => {
            let rows = parquet_file::read(file, builder)?;
            builder.end(file_name(path), sha256, rows, RowNumbers::Rows)
        }
        Opened::Text(mut text) => {
            let mut lines = csv_file::read(&mut text, builder)?;
            let rows = lines.skip_first();
            let numbers = RowNumbers::Lines(lines);
            builder.end(file_name(path), text.finish(), rows, numbers)
        }
    }
}

/// A file, known by its first bytes.
pub(super) enum Opened {
    /// With its digest.
    Parquet(File, Digest),
    Text(Box<Text>),
}

/// A text's bytes, unpacked; digested as they are on the disk.
pub(super) enum Text {
    Plain(FileBytes),
    Gzip(Unpacked<FileBytes>),
}

/// All bytes of a file of which the first were looked at. It is not rewound,
/// since a pipe cannot be.
type FileBytes = Digested<io::Chain<Cursor<Vec<u8>>, File>>;

/// Opens a file and looks what it is.
pub(super) fn open(path: &Path) -> Result<Opened, TableFault> {
    let mut file = File::open(path)?;
    let mut magic = Vec::new();
    (&mut file).take(8).read_to_end(&mut magic)?;
    for (beginning, what) in WRONG {
        if magic.starts_with(beginning) {
            return Err(TableFault::WrongFormat { what });
        }
    }
    if parquet_file::begins(&magic) {
        if !file.metadata()?.is_file() {
            return Err(TableFault::ParquetStream);
        }
        file.rewind()?;
        let mut digested = Digested::new(&file);
        io::copy(&mut digested, &mut io::sink())?;
        let sha256 = digested.finish();
        return Ok(Opened::Parquet(file, sha256));
    }
    let packed = magic.starts_with(GZIP);
    let bytes = Digested::new(Cursor::new(magic).chain(file));
    Ok(Opened::Text(Box::new(if packed {
        Text::Gzip(Unpacked(MultiGzDecoder::new(bytes)))
    } else {
        Text::Plain(bytes)
    })))
}

impl Text {
    /// SHA-256 of what was read.
    pub(super) fn finish(self) -> Digest {
        match self {
            Self::Plain(bytes) => bytes.finish(),
            Self::Gzip(Unpacked(decoder)) => decoder.into_inner().finish(),
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(bytes) => bytes.read(buffer),
            Self::Gzip(unpacked) => unpacked.read(buffer),
        }
    }
}

/// A reader's bytes, digested on their way.
pub(super) struct Digested<R> {
    bytes: R,
    hasher: Sha256,
}

impl<R: Read> Digested<R> {
    fn new(bytes: R) -> Self {
        Self {
            bytes,
            hasher: Sha256::new(),
        }
    }

    fn finish(self) -> Digest {
        Digest::finish(self.hasher)
    }
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.bytes.read(buffer)?;
        self.hasher.update(&buffer[..length]);
        Ok(length)
    }
}

/// Marks the decoder's errors, which are told from those of the disk.
pub(super) struct Unpacked<R>(MultiGzDecoder<R>);

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct GzipError(String);

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};

        self.0.read(buffer).map_err(|error| {
            if [UnexpectedEof, InvalidData, InvalidInput].contains(&error.kind()) {
                io::Error::other(GzipError(error.to_string()))
            } else {
                error
            }
        })
    }
}

/// What a failure to read means.
pub(super) fn unreadable(error: io::Error) -> TableFault {
    match error.get_ref() {
        Some(inner) if inner.is::<GzipError>() => TableFault::Gzip {
            reason: inner.to_string(),
        },
        _ => TableFault::Io(error),
    }
}
