//! Files of private keys.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::keys::{InvalidKey, SigningKey};
use crate::artifact::{
    durable::{FileError, failed, sync_directory},
    secret_file::{SecretFileError, read_secret},
};

/// Only the owner may read and write it.
const OWNER_ONLY: u32 = 0o600;

/// A file of a private key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read, or others may read it.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
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
        let pem = read_secret(path)?;
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
