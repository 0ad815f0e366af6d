//! Files of private keys.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::keys::{InvalidKey, SigningKey};
use crate::artifact::durable::{FileError, failed, sync_directory};

/// A larger file holds no key.
const MAX_BYTES: u64 = 16 << 10;
/// Only the owner may read and write it.
const OWNER_ONLY: u32 = 0o600;
/// What none but the owner and its group may do, and no group.
const TOO_OPEN: u32 = 0o027;

/// A file of a private key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read.
    #[error("cannot read the key {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others may read it.
    #[error(
        "the key {} is open to others (mode {mode:03o}), so that anybody may have signed by it; \
         close it with `chmod 600`, or make a new one",
        path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It holds something else.
    #[error("{} {problem}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: InvalidKey,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] FileError),
}

impl SigningKey {
    /// Reads a file that only its owner, or its group too, may read.
    ///
    /// # Errors
    ///
    /// When it is open to others, or holds no key.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let unread = |source| KeyFileError::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(unread)?;
        let mode = file.metadata().map_err(unread)?.permissions().mode() & 0o777;
        if mode & TOO_OPEN != 0 {
            let path = path.to_owned();
            return Err(KeyFileError::Open { path, mode });
        }
        let mut pem = String::new();
        let read = file.take(MAX_BYTES).read_to_string(&mut pem);
        read.map_err(unread)?;
        pem.parse().map_err(|problem| KeyFileError::Invalid {
            path: path.to_owned(),
            problem,
        })
    }

    /// Makes a key and the file for it, which must not be there yet.
    ///
    /// # Errors
    ///
    /// When the file is there, or cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyFileError> {
        let invalid = |problem| KeyFileError::Invalid {
            path: path.to_owned(),
            problem,
        };
        let pem = Self::generate().map_err(invalid)?;
        let key = pem.parse().map_err(invalid)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(OWNER_ONLY)
            .open(path)
            .map_err(failed("create", path))?;
        let written = file
            .write_all(pem.as_bytes())
            .and_then(|()| file.sync_all());
        if let Err(error) = written {
            // Half a key is none; what keeps it from being removed is no news.
            let _ = fs::remove_file(path);
            return Err(failed("write", path)(error).into());
        }
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
        sync_directory(parent.unwrap_or(Path::new(".")))?;
        Ok(key)
    }
}
