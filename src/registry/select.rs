//! How a request chooses one version of a model.

use crate::artifact::{Alias, ModelName, Version};

/// Which model is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// Its name.
    pub name: ModelName,
    /// Which version of it.
    pub choice: Choice,
}

/// Which version of a model is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The one that serves: the `champion` where that alias is set, else the
    /// newest valid one.
    Served,
    /// Exactly this one.
    Version(Version),
    /// The one that this alias stands for.
    Alias(Alias),
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
    /// The model is there, but has no such alias.
    #[error("model `{name}` has no alias `{alias}`")]
    AliasNotFound {
        /// The model.
        name: ModelName,
        /// The alias asked for.
        alias: Alias,
    },
    /// The model is there, but what would serve was refused.
    #[error("model `{0}` has no version that may be served; the server's log says why")]
    Unavailable(ModelName),
}
