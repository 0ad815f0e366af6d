//! Writing so that what is written survives a crash, and one writer at a time.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// Serialises the writers of one model; empty, and never removed.
const LOCK: &str = ".lock";
/// How often a writer that does not want to wait for long looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The file system refused.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {source}", path.display())]
pub struct FileError {
    /// What was tried.
    pub action: &'static str,
    /// On which file or directory.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

pub(super) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileError {
    move |source| FileError {
        action,
        path: path.to_owned(),
        source,
    }
}

/// Creates a directory and those above it that are missing, each entry durable.
pub(super) fn create_directory(directory: &Path) -> Result<(), FileError> {
    let parent = match directory.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return Ok(()),
    };
    if !parent.exists() {
        create_directory(parent)?;
    }
    match fs::create_dir(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(failed("create", directory)(error))
        }
        _ => sync_directory(parent),
    }
}

/// Waits for the lock of a model's directory. Held until the file is dropped;
/// the system releases it when the process dies.
pub(super) fn lock(directory: &Path) -> Result<File, FileError> {
    let path = directory.join(LOCK);
    let file = open_lock(&path)?;
    file.lock().map_err(failed("lock", &path))?;
    Ok(file)
}

/// The same, for as long as `patience` at most; `None` when that is over.
pub(super) fn lock_within(directory: &Path, patience: Duration) -> Result<Option<File>, FileError> {
    let path = directory.join(LOCK);
    let file = open_lock(&path)?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
            Err(TryLockError::WouldBlock) if begin.elapsed() >= patience => return Ok(None),
            Err(TryLockError::WouldBlock) => thread::sleep(LOOK_AGAIN),
        }
    }
}

fn open_lock(path: &Path) -> Result<File, FileError> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(failed("open", path))
}

/// Writes a file that must not be there yet.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut file = File::create_new(path).map_err(failed("create", path))?;
    file.write_all(bytes).map_err(failed("write", path))?;
    file.sync_all().map_err(failed("sync", path))
}

/// Replaces the content of a file: readers see the old one or the new one. The
/// caller holds the lock.
pub(super) fn replace(path: &Path, temporary: &Path, bytes: &[u8]) -> Result<(), FileError> {
    // One that a dying writer left is overwritten.
    let mut file = File::create(temporary).map_err(failed("create", temporary))?;
    file.write_all(bytes).map_err(failed("write", temporary))?;
    file.sync_all().map_err(failed("sync", temporary))?;
    fs::rename(temporary, path).map_err(failed("replace", path))?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Makes the entries of a directory durable.
pub(super) fn sync_directory(directory: &Path) -> Result<(), FileError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(failed("sync", directory))
}
