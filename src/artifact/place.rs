//! Putting the files of a version in their place by one rename.

use std::{fs, io, path::Path};

use super::{
    Version,
    durable::{self, FileError, failed},
    manifest::MANIFEST,
};

/// Where a version is written before it is renamed into place. No loader
/// takes this for a version.
const STAGING: &str = ".staging";

/// Puts a version where none is, into the directory of its model. The caller
/// holds the lock.
pub(super) fn new<N: AsRef<Path>>(
    directory: &Path,
    version: Version,
    files: &[(N, Vec<u8>)],
    manifest: &[u8],
) -> Result<(), FileError> {
    let staging = directory.join(STAGING);
    // Whatever is here while the lock is held belongs to a writer that died.
    remove(&staging)?;
    fs::create_dir(&staging).map_err(failed("create", &staging))?;
    for (file, bytes) in files {
        durable::write_new(&staging.join(file), bytes)?;
    }
    durable::write_new(&staging.join(MANIFEST), manifest)?;
    durable::sync_directory(&staging)?;
    let target = directory.join(version.to_string());
    fs::rename(&staging, &target).map_err(failed("publish", &target))?;
    durable::sync_directory(directory)
}

/// Puts a version in place of whatever is there; takes the lock. For copies only:
/// a version never changes where it was published.
pub(super) fn replace<N: AsRef<Path>>(
    directory: &Path,
    version: Version,
    files: &[(N, Vec<u8>)],
    manifest: &[u8],
) -> Result<(), FileError> {
    durable::create_directory(directory)?;
    let _lock = durable::lock(directory)?;
    remove(&directory.join(version.to_string()))?;
    new(directory, version, files, manifest)
}

/// The same, but only where nothing is. Whether that version is there now.
pub(super) fn new_unless_there<N: AsRef<Path>>(
    directory: &Path,
    version: Version,
    files: &[(N, Vec<u8>)],
    manifest: &[u8],
) -> Result<bool, FileError> {
    durable::create_directory(directory)?;
    let _lock = durable::lock(directory)?;
    let target = directory.join(version.to_string());
    if fs::symlink_metadata(&target).is_ok() {
        return Ok(fs::read(target.join(MANIFEST)).is_ok_and(|there| there == manifest));
    }
    new(directory, version, files, manifest)?;
    Ok(true)
}

fn remove(directory: &Path) -> Result<(), FileError> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(failed("remove", directory)),
    }
}
