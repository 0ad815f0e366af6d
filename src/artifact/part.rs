//! The three files that every version has, whatever its kind.

use std::path::PathBuf;

use serde::de::DeserializeOwned;

use super::load::{LoadError, Problem};

/// A file of a version, its digest verified.
pub(super) struct Part {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// The files that a loader scores with.
pub(super) struct Parts {
    pub(super) model: Part,
    pub(super) metrics: Part,
    pub(super) golden: Part,
}

impl Part {
    /// The document that the file holds.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, LoadError> {
        serde_json::from_slice(&self.bytes).map_err(|error| self.refuse(error.into()))
    }

    /// What is wrong with the file, with its path.
    pub(super) fn refuse(&self, problem: Problem) -> LoadError {
        LoadError {
            path: self.path.clone(),
            problem,
        }
    }
}
