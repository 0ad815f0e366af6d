//! A model on disk.
//!
//! ```text
//! models/<name>/<version>/
//!   model.json      schema, encoding, coefficients, churn definition, provenance
//!   metrics.json    how well it did on data it was not fitted on
//!   golden.json     made-up customers and the scores they must get
//!   baseline.json   how training's rows were distributed, to see drift against
//!   training.toml   the configuration of the run, with every default filled in
//!   report.html     what a person reads of the model
//!   card.md         its model card
//!   manifest.json   SHA-256 and size of each file above; written last
//! ```
//!
//! A version appears whole, by one rename, and never changes. The SHA-256 of
//! its manifest is the model's digest. [`load`] verifies every digest before it
//! parses, and every golden row before it returns.

mod document;
mod format;
mod golden;
mod load;
mod manifest;
mod name;
mod publish;

pub use document::{BaselineError, Document, Documents, read_baseline, write_baseline};
pub use load::{LoadError, Problem, load, load_whole, versions};
pub use name::{Digest, InvalidName, ModelName, Version};
pub use publish::{PublishError, publish};

use crate::model::{ChurnDefinition, ChurnModel, Evaluation, TrainingFacts};

/// What a version holds.
#[derive(Debug, Clone)]
pub struct Content {
    /// The model itself.
    pub model: ChurnModel,
    /// What it means by churn.
    pub churn_definition: ChurnDefinition,
    /// Where it comes from.
    pub training: TrainingFacts,
    /// How good it is.
    pub evaluation: Evaluation,
}

/// Which version of which model, and its exact content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The model's name.
    pub name: ModelName,
    /// Its version.
    pub version: Version,
    /// SHA-256 of the version's manifest.
    pub digest: Digest,
}

/// A verified version.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// Which it is.
    pub identity: Identity,
    /// What it holds.
    pub content: Content,
}
