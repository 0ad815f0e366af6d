//! Who vouches for a version: signatures beside its manifest.
//!
//! ```text
//! models/<name>/<version>/
//!   manifest.json     vouches for every other file
//!   signatures.json   signatures of the manifest, one for each key
//! ```
//!
//! What is signed names the model, the version and the manifest's digest, so that
//! a signature says nothing of another model, number or content. Signatures are not
//! part of what a version is: they come and go, and its digest stays.

mod file;
mod key_file;
mod keys;
mod stored;
mod trust;

use std::collections::BTreeMap;

use super::Identity;
use keys::SIGNATURE_BYTES;

pub use file::SignaturesProblem;
pub(super) use file::{MAX_BYTES, SIGNATURES, parse, write};
pub use key_file::KeyFileError;
pub use keys::{InvalidKey, KeyId, PublicKey, SigningKey};
pub use stored::{SignError, sign};
pub(super) use stored::{add, read};
pub use trust::{Doubt, SignaturePolicy, Trust, TrustedKey, TrustedKeys, Vouched};

/// The most signatures of one version.
pub const MAX_SIGNATURES: usize = 16;

/// The signatures of one version, at most one of each key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signatures(BTreeMap<KeyId, [u8; SIGNATURE_BYTES]>);

/// There are as many signatures as there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a version has at most {MAX_SIGNATURES} signatures; remove its signatures.json to begin anew"
)]
pub struct TooManySignatures;

impl Signatures {
    /// The signature of one version by one key.
    #[must_use]
    pub fn of(identity: &Identity, key: &SigningKey) -> Self {
        let signature = key.sign(&statement(identity));
        Self(BTreeMap::from([(key.public().id(), signature)]))
    }

    /// The keys that they say they are of.
    #[must_use]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &KeyId> {
        self.0.keys()
    }

    /// Whether nobody signed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and others; where both have one of a key, the other.
    pub(super) fn with(&self, others: &Self) -> Result<Self, TooManySignatures> {
        let mut all = self.clone();
        all.0
            .extend(others.0.iter().map(|(id, s)| (id.clone(), *s)));
        if all.0.len() > MAX_SIGNATURES {
            return Err(TooManySignatures);
        }
        Ok(all)
    }
}

/// What is signed of a version. The first line is for nothing else, and no part can
/// hold a line break, so that no two versions have the same.
fn statement(identity: &Identity) -> Vec<u8> {
    let Identity {
        name,
        version,
        digest,
    } = identity;
    format!(
        "holdfast model version, statement 1\nname {name}\nversion {version}\nmanifest sha256:{digest}\n"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests;
