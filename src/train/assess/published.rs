//! Which published model is meant, and loading it.

use std::{
    io,
    path::{Path, PathBuf},
    str::FromStr,
};

use super::AssessError;
use crate::artifact::{
    self, Artifact, ChurnContent, Documents, InvalidName, InvalidVersion, Kind, LoadError,
    ModelName, Version,
};

/// A published model, the newest version unless one is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedModel {
    /// The directory of models.
    pub models: PathBuf,
    /// The model.
    pub name: ModelName,
    /// The version; the newest when `None`.
    pub version: Option<Version>,
}

/// A model as a command line names it: `[DIR/]NAME[@VERSION]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelSelector {
    /// The directory of models, where it is named.
    pub models: Option<PathBuf>,
    /// The model.
    pub name: ModelName,
    /// The version, where it is named.
    pub version: Option<Version>,
}

/// Not a model as a command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSelector {
    /// The name is none.
    #[error("the model's name {0}")]
    Name(#[from] InvalidName),
    /// The version is none.
    #[error("the version behind @ {0}")]
    Version(#[from] InvalidVersion),
}

impl FromStr for ModelSelector {
    type Err = InvalidSelector;

    fn from_str(text: &str) -> Result<Self, InvalidSelector> {
        let (models, model) = match text.rsplit_once('/') {
            Some(("", model)) => (Some(PathBuf::from("/")), model),
            Some((models, model)) => (Some(PathBuf::from(models)), model),
            None => (None, text),
        };
        let (name, version) = match model.split_once('@') {
            Some((name, version)) => (name, Some(version.parse()?)),
            None => (model, None),
        };
        Ok(Self {
            models,
            name: name.parse()?,
            version,
        })
    }
}

impl ModelSelector {
    /// The model, in `models` unless another directory is named.
    #[must_use]
    pub fn within(self, models: &Path) -> PublishedModel {
        PublishedModel {
            models: self.models.unwrap_or_else(|| models.to_owned()),
            name: self.name,
            version: self.version,
        }
    }
}

/// Why there is no such model.
#[derive(Debug, thiserror::Error)]
pub enum NoModel {
    /// Its directory cannot be read.
    #[error("there is no model `{name}` in {}: {source}", models.display())]
    List {
        /// The model.
        name: ModelName,
        /// The directory of models.
        models: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It has no version, or not this one.
    #[error(
        "model `{name}` in {} has no version {}; published: {found}",
        models.display(),
        version.map_or_else(|| "at all".to_owned(), |version| version.to_string())
    )]
    NoVersion {
        /// The model.
        name: ModelName,
        /// The directory of models.
        models: PathBuf,
        /// What was asked for; the newest when `None`.
        version: Option<Version>,
        /// The published versions.
        found: String,
    },
    /// It is damaged, or not for this release.
    #[error("cannot load the model: {0}")]
    Load(#[from] LoadError),
}

impl PublishedModel {
    /// Loads and verifies it.
    ///
    /// # Errors
    ///
    /// When there is no such version, or it is not exactly what was published.
    pub fn load(&self) -> Result<Artifact, NoModel> {
        self.load_whole().map(|(artifact, _)| artifact)
    }

    /// Loads and verifies it, to tell its kind.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn kind(&self) -> Result<Kind, AssessError> {
        Ok(self.load()?.content.kind())
    }

    /// Loads and verifies a churn model.
    ///
    /// # Errors
    ///
    /// As [`Self::load`], and when it is of another kind.
    pub fn load_churn(&self) -> Result<Artifact<ChurnContent>, AssessError> {
        Ok(self.load()?.into_churn()?)
    }

    /// Loads and verifies it with its documents.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn load_whole(&self) -> Result<(Artifact, Documents), NoModel> {
        let Self {
            models,
            name,
            version,
        } = self;
        let versions = artifact::versions(models, name).map_err(|source| NoModel::List {
            name: name.clone(),
            models: models.clone(),
            source,
        })?;
        let wanted = match version {
            Some(version) => versions.iter().find(|published| *published == version),
            None => versions.last(),
        };
        let Some(&wanted) = wanted else {
            let found: Vec<String> = versions.iter().map(ToString::to_string).collect();
            return Err(NoModel::NoVersion {
                name: name.clone(),
                models: models.clone(),
                version: *version,
                found: if found.is_empty() {
                    "none".to_owned()
                } else {
                    found.join(", ")
                },
            });
        };
        Ok(artifact::load_whole(models, name, wanted)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_name_directory_model_and_version() {
        let parse = |text: &str| text.parse::<ModelSelector>();
        let full = parse("a/b/telco@2").unwrap();
        assert_eq!(full.models, Some(PathBuf::from("a/b")));
        assert_eq!(full.name.as_str(), "telco");
        assert_eq!(full.version, Version::new(2));
        let bare = parse("telco").unwrap();
        assert_eq!((bare.models, bare.version), (None, None));
        assert_eq!(parse("/telco").unwrap().models, Some(PathBuf::from("/")));
        for wrong in ["", "telco@", "telco@0", "telco@1@2", "Telco", "a/"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
