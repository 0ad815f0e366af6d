//! Reading and moving the aliases of a model on disk.

use std::{io, path::Path, time::Duration};

use super::{
    AliasMove, Aliases, Author, MoveError,
    audit::Audit,
    format::{self, AliasesProblem},
};
use crate::artifact::{
    ModelName, Problem,
    durable::{self, FileError, failed},
    is_away, plain,
};

pub(in crate::artifact) const ALIASES: &str = "aliases.json";
/// What is written before it is renamed; whatever is left of it says nothing.
const TEMPORARY: &str = ".aliases.json.new";
/// The largest file that is read.
pub(in crate::artifact) const MAX_BYTES: u64 = 64 << 10;
/// How long a move waits for a publisher, or for another move.
const PATIENCE: Duration = Duration::from_secs(5);

/// The aliases of a model cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum AliasesError {
    /// The file cannot be read.
    #[error("{ALIASES} cannot be read: {0}")]
    Io(io::Error),
    /// It holds something else.
    #[error("{ALIASES} {0}; restore it, or remove it to begin without aliases")]
    Damaged(AliasesProblem),
}

/// A move that was not stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What is stored cannot be told.
    #[error(transparent)]
    Read(#[from] AliasesError),
    /// The move cannot be made of what is stored.
    #[error(transparent)]
    Move(#[from] MoveError),
    /// The file system refused. Nothing is changed, unless the very last step
    /// failed: making the rename durable.
    #[error(transparent)]
    File(#[from] FileError),
    /// The model's lock is held.
    #[error("another process is publishing `{0}` or moving its aliases; try again")]
    Busy(ModelName),
}

impl StoreError {
    /// Whether the store of models was not reached: the same move may succeed later.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::Read(AliasesError::Io(error)) => is_away(error),
            // What may not be written today may not be tomorrow.
            Self::File(FileError { source, .. }) => {
                is_away(source) && source.kind() != io::ErrorKind::PermissionDenied
            }
            Self::Read(AliasesError::Damaged(_)) | Self::Move(_) | Self::Busy(_) => false,
        }
    }
}

/// A move that was stored.
#[derive(Debug)]
pub struct Moved {
    /// The aliases after it.
    pub aliases: Aliases,
    /// Whether it changed anything.
    pub changed: bool,
    /// Why the audit log lacks it; the next move writes both lines.
    pub audit_lags: Option<FileError>,
}

/// The aliases of a model; none before the first move. Takes no lock.
///
/// # Errors
///
/// When the file is there and cannot be used.
pub fn aliases(root: &Path, name: &ModelName) -> Result<Aliases, AliasesError> {
    match read(&root.join(name.as_str()).join(ALIASES)) {
        Ok(bytes) => format::parse(&bytes, name).map_err(AliasesError::Damaged),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Aliases::default()),
        Err(error) => Err(AliasesError::Io(error)),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    plain::read(path, MAX_BYTES).map_err(|problem| {
        if let Problem::Io(error) = problem {
            error
        } else {
            io::Error::other("is no plain file of a few KiB")
        }
    })
}

/// Makes a move, if the alias still stands for what is expected. Whether the
/// version can be served is for the caller to know.
///
/// # Errors
///
/// When it stands for something else, or the change cannot be stored.
pub fn move_alias(
    root: &Path,
    name: &ModelName,
    change: &AliasMove,
    author: &Author,
) -> Result<Moved, StoreError> {
    move_alias_after(root, name, change, author, 0)
}

/// The same where so many moves were seen.
pub(in crate::artifact) fn move_alias_after(
    root: &Path,
    name: &ModelName,
    change: &AliasMove,
    author: &Author,
    seen: u64,
) -> Result<Moved, StoreError> {
    let directory = root.join(name.as_str());
    let Some(_lock) = durable::lock_within(&directory, PATIENCE)? else {
        return Err(StoreError::Busy(name.clone()));
    };
    let stored = aliases(root, name)?;
    let Some(next) = stored.moved(change, author, seen)? else {
        return Ok(Moved {
            aliases: stored,
            changed: false,
            audit_lags: None,
        });
    };
    let path = directory.join(ALIASES);
    let mut audit = Audit::open(&directory)?;
    if let Some(last) = &stored.last_move {
        audit.record(last)?;
    }
    let bytes = format::write(name, &next).map_err(|error| failed("write", &path)(error.into()))?;
    durable::replace(&path, &directory.join(TEMPORARY), &bytes)?;
    let recorded = next.last_move.as_ref().map(|last| audit.record(last));
    Ok(Moved {
        aliases: next,
        changed: true,
        audit_lags: recorded.and_then(Result::err),
    })
}
