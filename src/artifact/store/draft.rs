//! A directory of models that stands for a bucket while a model is made or read.

use std::path::Path;

use tempfile::TempDir;

use super::{ExchangeError, ModelStore, Push, Pushed, Unchanged, pull, push};
use crate::artifact::{FileError, Identity, ModelName, SigningKey, Version};

/// Where a model is published that goes into a bucket: whoever makes it reads and
/// writes a directory, with the newest version of the bucket in it.
#[derive(Debug)]
pub struct Draft {
    store: ModelStore,
    directory: TempDir,
}

impl Draft {
    /// An empty directory within `temporary` that stands for a bucket.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn of(store: ModelStore, temporary: &Path) -> Result<Self, ExchangeError> {
        let made = tempfile::Builder::new()
            .prefix("holdfast-draft-")
            .tempdir_in(temporary);
        let directory = made.map_err(|source| FileError {
            action: "create a directory in",
            path: temporary.to_owned(),
            source,
        })?;
        Ok(Self { store, directory })
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The bucket, for messages.
    #[must_use]
    pub fn place(&self) -> &Path {
        self.store.place()
    }

    /// Brings a version of the bucket into the directory, the newest unless one is
    /// named.
    ///
    /// # Errors
    ///
    /// When there is none, it does not pass verification, or the bucket cannot be
    /// read.
    pub fn fetch(
        &self,
        name: &ModelName,
        version: Option<Version>,
    ) -> Result<Identity, ExchangeError> {
        pull(&self.store, name, version, self.path())
    }

    /// The same, but nothing where the bucket has none.
    ///
    /// # Errors
    ///
    /// When it does not pass verification, or the bucket cannot be read.
    pub fn bring(&self, name: &ModelName, version: Option<Version>) -> Result<(), ExchangeError> {
        match self.fetch(name, version) {
            Ok(_) | Err(ExchangeError::NoVersion { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Puts what was published in the directory into the bucket, signed by `key`.
    ///
    /// # Errors
    ///
    /// As [`push`].
    pub fn publish(
        &self,
        published: &Identity,
        key: Option<&SigningKey>,
    ) -> Result<Identity, ExchangeError> {
        let Identity { name, version, .. } = published;
        let what = Push {
            root: self.path(),
            name,
            version: Some(*version),
            unchanged: Unchanged::Publish,
            key,
        };
        match push(&what, &self.store)? {
            Pushed::New(identity) | Pushed::Same(identity) => Ok(identity),
        }
    }
}
