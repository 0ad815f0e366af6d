//! Files that a person writes, plain or as TOML, read whole and with a limit.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;

use crate::artifact::Digest;

/// A larger file was written by no person.
const MAX_BYTES: u64 = 1 << 20;

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextFileError {
    /// It cannot be read, or is not UTF-8.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is too large.
    #[error(
        "{} is larger than {} KiB; name a file that a person has written",
        path.display(),
        MAX_BYTES / 1024
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It is not the TOML that it should be.
    #[error("{}: {}", path.display(), source.to_string().trim_end())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        source: Box<toml::de::Error>,
    },
}

/// Reads at most [`MAX_BYTES`], whatever the file is.
pub(super) fn read(path: &Path) -> Result<String, TextFileError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    let text = read.and_then(|length| {
        // A limit may cut a character in two: that is no other fault.
        if length as u64 > MAX_BYTES {
            return Ok(None);
        }
        let text = String::from_utf8(std::mem::take(&mut bytes));
        text.map(Some)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
    });
    match text {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(TextFileError::TooLarge {
            path: path.to_owned(),
        }),
        Err(source) => Err(TextFileError::Io {
            path: path.to_owned(),
            source,
        }),
    }
}

/// What a file holds now, or what keeps it from being read, to compare with
/// another time. Content, not time, is compared: it works on every file system.
pub(super) fn stamp(path: &Path) -> String {
    match std::fs::read(path) {
        Ok(bytes) => Digest::of(&bytes).to_string(),
        Err(error) => error.to_string(),
    }
}

/// Reads a TOML file.
pub(super) fn toml<T: DeserializeOwned>(path: &Path) -> Result<T, TextFileError> {
    toml::from_str(&read(path)?).map_err(|source| TextFileError::Toml {
        path: path.to_owned(),
        source: Box::new(source),
    })
}
