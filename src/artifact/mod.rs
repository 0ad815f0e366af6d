//! A model on disk.
//!
//! ```text
//! models/<name>/<version>/
//!   model.json      the model, what it means and where it comes from
//!   metrics.json    how well it did on data it was not fitted on
//!   golden.json     made-up customers and the scores they must get
//!   baseline.json   how training's rows were distributed, to see drift against
//!   training.toml   the configuration of the run, with every default filled in
//!   report.html     what a person reads of the model
//!   card.md         its model card
//!   manifest.json   SHA-256 and size of each file above; written last
//!   signatures.json who vouches for the manifest; not part of the version
//! ```
//!
//! Beside its versions, a model has [`aliases`] and the audit log of their moves.
//!
//! The first three files are what a kind of model says of itself, each kind in a
//! module of its own; all else is the same for every kind.
//!
//! A version appears whole, by one rename, and never changes. The SHA-256 of
//! its manifest is the model's digest. [`load`] verifies every digest before it
//! parses, and every golden row before it returns.

mod aliases;
mod baseline;
mod churn;
mod content;
mod data_file;
mod document;
mod durable;
mod golden;
mod header;
mod load;
mod manifest;
mod name;
mod part;
mod place;
mod plain;
mod publish;
mod secret_file;
mod seen;
mod segmentation;
mod signature;
mod spend;
mod stamp;
mod store;
mod value;

pub use aliases::{
    AliasChanged, AliasMove, Aliases, AliasesError, AliasesProblem, Author, MAX_ALIASES, MoveError,
    MoveKind, Moved, RecordedMove, StoreError, aliases, move_alias,
};
pub use churn::{ChurnContent, FormatError};
pub use content::{Artifact, Content, Kind, WrongKind};
pub use document::{BaselineError, Document, Documents, read_baseline, write_baseline};
pub use durable::FileError;
pub use golden::GoldenError;
pub use header::HeaderError;
pub use load::{LoadError, Loaded, Problem, load, load_trusted, load_whole, versions};
pub use name::{Alias, Digest, InvalidName, InvalidVersion, ModelName, Version};
pub use publish::{PublishError, publish, publish_signed};
pub use secret_file::{SecretFileError, read_secret};
pub use seen::{Seen, SeenError, read_seen, write_seen};
pub use segmentation::{SegmentationContent, SegmentationFormatError};
pub use signature::{
    Doubt, InvalidKey, KeyFileError, KeyId, MAX_SIGNATURES, PublicKey, SignError, SignaturePolicy,
    Signatures, SignaturesProblem, SigningKey, TooManySignatures, Trust, TrustedKey, TrustedKeys,
    Vouched, sign,
};
pub use spend::{SpendContent, SpendFormatError};
pub use stamp::Stamp;
use store::is_away;
pub use store::{
    BucketAddress, Draft, ExchangeError, InvalidLocation, Listed, Location, ModelStore,
    OpenStoreError, Push, Pushed, S3Access, StoreSettings, Unchanged, View, pull, push,
};
pub use value::{ValueContent, ValueFormatError};

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

impl Identity {
    /// That of a version with this manifest.
    fn of(name: &ModelName, version: Version, manifest: &[u8]) -> Self {
        Self {
            name: name.clone(),
            version,
            digest: Digest::of(manifest),
        }
    }
}
