//! Files of secrets: only their owner, or also its group, may read them.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// A larger file holds no key.
const MAX_BYTES: u64 = 16 << 10;
/// What none but the owner and its group may do, and no group.
const TOO_OPEN: u32 = 0o027;

/// A file of a secret that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read, or is not UTF-8.
    #[error("cannot read the key {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others may read it.
    #[error(
        "the key {} is open to others (mode {mode:03o}), so that anybody may have used it; \
         close it with `chmod 600`, or make a new one",
        path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
}

/// Reads a file that only its owner, or its group too, may read.
///
/// # Errors
///
/// When it cannot be read, or is open to others.
pub fn read_secret(path: &Path) -> Result<String, SecretFileError> {
    let unread = |source| SecretFileError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unread)?;
    let mode = file.metadata().map_err(unread)?.permissions().mode() & 0o777;
    if mode & TOO_OPEN != 0 {
        let path = path.to_owned();
        return Err(SecretFileError::Open { path, mode });
    }
    let mut text = String::new();
    let read = file.take(MAX_BYTES).read_to_string(&mut text);
    read.map_err(unread)?;
    Ok(text)
}
