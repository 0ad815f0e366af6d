//! The directory that versions of a bucket are brought to.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A directory of models like any other. Nothing in it is trusted: a version is
/// verified whenever it is loaded, against the manifest in the bucket.
#[derive(Debug)]
pub(super) enum Cache {
    /// There before, and there afterwards.
    Kept(PathBuf),
    /// Gone with this.
    Temporary(TempDir),
}

impl Cache {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }
}
