//! What a store of models holds.

use std::{ffi::OsString, io, path::Path, sync::Arc};

use super::{away::is_away, bucket::Bucket, listing::Listing};
use crate::artifact::{
    self, Aliases, AliasesError, LoadError, Loaded, ModelName, Problem, Stamp, Trust, Version,
    plain,
};

/// What a store of models holds now, or of a bucket, when it was listed.
#[derive(Debug)]
pub struct View<'s> {
    seen: Seen<'s>,
    /// By what versions are judged.
    trust: Arc<Trust>,
}

#[derive(Debug)]
enum Seen<'s> {
    Directory(&'s Path),
    Bucket(&'s Bucket, Listing),
}

/// The models of a store.
#[derive(Debug, Default)]
pub struct Listed {
    /// Those that have a directory of their own, whether it holds a version or not.
    pub names: Vec<ModelName>,
    /// What is in a model's place and is none, and why.
    pub passed_over: Vec<(OsString, &'static str)>,
}

const NO_NAME: &str = "not a model's name";

impl<'s> View<'s> {
    pub(super) fn directory(directory: &'s Path) -> Self {
        Self::new(Seen::Directory(directory))
    }

    pub(super) fn bucket(bucket: &'s Bucket, listing: Listing) -> Self {
        Self::new(Seen::Bucket(bucket, listing))
    }

    fn new(seen: Seen<'s>) -> Self {
        Self {
            seen,
            trust: Arc::default(),
        }
    }

    /// The same, of which only those versions are loaded that are admitted.
    #[must_use]
    pub fn trusting(self, trust: Arc<Trust>) -> Self {
        Self { trust, ..self }
    }

    /// By what versions are judged.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Where that is, for messages.
    #[must_use]
    pub fn place(&self) -> &Path {
        match &self.seen {
            Seen::Directory(directory) => directory,
            Seen::Bucket(bucket, _) => bucket.place(),
        }
    }

    /// The models, by name.
    ///
    /// # Errors
    ///
    /// When they cannot be listed.
    pub fn models(&self) -> io::Result<Listed> {
        match &self.seen {
            Seen::Directory(directory) => Listed::in_directory(directory),
            Seen::Bucket(_, listing) => Ok(Listed {
                names: listing.names().cloned().collect(),
                passed_over: listing
                    .passed_over()
                    .map(|entry| (entry.into(), NO_NAME))
                    .collect(),
            }),
        }
    }

    /// The published versions of a model, oldest first.
    ///
    /// # Errors
    ///
    /// When they cannot be listed, or there is no such model.
    pub fn versions(&self, name: &ModelName) -> io::Result<Vec<Version>> {
        match &self.seen {
            Seen::Directory(directory) => artifact::versions(directory, name),
            Seen::Bucket(_, listing) => match listing.model(name) {
                Some(held) => Ok(held.versions().collect()),
                None => Err(io::Error::new(
                    io::ErrorKind::NotFound,
                    "the bucket holds nothing of that name",
                )),
            },
        }
    }

    /// The aliases of a model; none before the first move.
    ///
    /// # Errors
    ///
    /// When they cannot be read, or not understood.
    pub fn aliases(&self, name: &ModelName) -> Result<Aliases, AliasesError> {
        match &self.seen {
            Seen::Directory(directory) => artifact::aliases(directory, name),
            Seen::Bucket(bucket, listing) => bucket.aliases(name, listing.model(name)),
        }
    }

    /// What a version is, to tell whether it is worth loading again.
    #[must_use]
    pub fn stamp(&self, name: &ModelName, version: Version) -> Stamp {
        let stamp = match &self.seen {
            Seen::Directory(directory) => Stamp::of(directory, name, version),
            Seen::Bucket(_, listing) => listing
                .model(name)
                .map_or_else(Stamp::unlike_any, |held| held.stamp(version)),
        };
        stamp.under(&self.trust)
    }

    /// The stamp of a version that was refused. One that only did not come
    /// through is tried again.
    #[must_use]
    pub fn stamp_of_refused(&self, stamp: Stamp, error: &LoadError) -> Stamp {
        if let Problem::Io(error) = &error.problem
            && is_away(error)
        {
            return Stamp::unlike_any();
        }
        stamp
    }

    /// Loads and verifies one version.
    ///
    /// # Errors
    ///
    /// The first file that is not exactly what was published, or that this release
    /// cannot serve; and a version that is not admitted.
    pub fn load(&self, name: &ModelName, version: Version) -> Result<Loaded, LoadError> {
        match &self.seen {
            Seen::Directory(directory) => {
                artifact::load_trusted(directory, name, version, &self.trust)
            }
            Seen::Bucket(bucket, _) => bucket.load_trusted(name, version, &self.trust),
        }
    }
}

impl Listed {
    fn in_directory(directory: &Path) -> io::Result<Self> {
        let mut listed = Self::default();
        for entry in plain::entries(directory)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_file() {
                continue;
            }
            let file_name = entry.file_name();
            let why = match file_name.to_string_lossy().parse::<ModelName>() {
                Ok(name) if kind.is_dir() => {
                    listed.names.push(name);
                    continue;
                }
                Ok(_) => "links are not followed",
                Err(_) => NO_NAME,
            };
            listed.passed_over.push((file_name, why));
        }
        Ok(listed)
    }
}
