//! What is loaded: for each model its newest version that passed verification,
//! and which versions were refused.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use tracing::{error, info, warn};

use crate::artifact::{self, Artifact, LoadError, ModelName, Version};

/// Every model of one directory, as found when it was opened.
#[derive(Debug, Default)]
pub struct Registry {
    models: BTreeMap<ModelName, Entry>,
}

/// One model.
#[derive(Debug, Default)]
pub struct Entry {
    /// The version being served, if any may be.
    pub served: Option<Artifact>,
    /// Newer versions that were refused, newest first.
    pub refused: Vec<Refused>,
}

/// A version that did not pass verification.
#[derive(Debug)]
pub struct Refused {
    /// The version.
    pub version: Version,
    /// Why.
    pub error: LoadError,
}

/// Which model is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// Its name.
    pub name: ModelName,
    /// Exactly this version; `None` for the one being served.
    pub version: Option<Version>,
}

/// No such model to score with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// No directory of that name.
    #[error("model `{0}` not found")]
    ModelNotFound(ModelName),
    /// The model is there, but not in that version.
    #[error("model `{name}` is not served in version {version}")]
    VersionNotFound {
        /// The model.
        name: ModelName,
        /// The version asked for.
        version: Version,
    },
    /// The model is there, but every version was refused.
    #[error("model `{0}` has no version that may be served; the server's log says why")]
    Unavailable(ModelName),
}

/// The directory of models cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the models in {}: {source}", path.display())]
pub struct OpenError {
    path: PathBuf,
    source: io::Error,
}

impl Registry {
    /// Loads the newest valid version of every model under `root`. A version
    /// that fails verification is logged and kept as refused; it keeps neither
    /// an older version nor another model from being served.
    ///
    /// # Errors
    ///
    /// When `root` cannot be listed.
    pub fn open(root: &Path) -> Result<Self, OpenError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError { path, source }
        };
        let mut models = BTreeMap::new();
        for entry in fs::read_dir(root).map_err(failed(root))? {
            let entry = entry.map_err(failed(root))?;
            let kind = entry.file_type().map_err(failed(root))?;
            if kind.is_file() {
                continue;
            }
            let file_name = entry.file_name();
            match file_name.to_string_lossy().parse::<ModelName>() {
                Ok(name) if kind.is_dir() => {
                    let loaded = load_newest(root, &name);
                    models.insert(name, loaded);
                }
                Ok(_) => warn!(entry = ?file_name, "passed over: links are not followed"),
                Err(_) => warn!(entry = ?file_name, "passed over: not a model's name"),
            }
        }
        Ok(Self { models })
    }

    /// Every model by name.
    #[must_use]
    pub fn models(&self) -> impl ExactSizeIterator<Item = (&ModelName, &Entry)> {
        self.models.iter()
    }

    /// The version that a request wants.
    ///
    /// # Errors
    ///
    /// When that model or version is not being served.
    pub fn select(&self, selector: &Selector) -> Result<&Artifact, SelectError> {
        let Selector { name, version } = selector;
        let entry = self
            .models
            .get(name)
            .ok_or_else(|| SelectError::ModelNotFound(name.clone()))?;
        let served = entry
            .served
            .as_ref()
            .ok_or_else(|| SelectError::Unavailable(name.clone()))?;
        match version {
            Some(version) if *version != served.identity.version => {
                Err(SelectError::VersionNotFound {
                    name: name.clone(),
                    version: *version,
                })
            }
            _ => Ok(served),
        }
    }
}

fn load_newest(root: &Path, name: &ModelName) -> Entry {
    let mut entry = Entry::default();
    let versions = artifact::versions(root, name).unwrap_or_else(|error| {
        error!(model.name = %name, %error, "versions cannot be listed");
        Vec::new()
    });
    for version in versions.into_iter().rev() {
        match artifact::load(root, name, version) {
            Ok(artifact) => {
                let digest = &artifact.identity.digest;
                info!(model.name = %name, model.version = %version, model.digest = %digest, "model loaded");
                entry.served = Some(artifact);
                return entry;
            }
            Err(error) => {
                error!(model.name = %name, model.version = %version, %error, "model version refused");
                entry.refused.push(Refused { version, error });
            }
        }
    }
    error!(model.name = %name, "model has no version that may be served");
    entry
}
