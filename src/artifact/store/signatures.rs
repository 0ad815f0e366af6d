//! Signatures of versions in a bucket, where nothing can be locked.

use super::{
    bucket::Bucket,
    connection::{Only, Put},
};
use crate::artifact::{
    FileError, Identity, ModelName, SignError, Signatures, SigningKey, Version,
    signature::{self, SIGNATURES},
};

/// How often it is tried anew because somebody else signed meanwhile.
const ATTEMPTS: usize = 20;

impl Bucket {
    pub(super) fn sign(
        &self,
        name: &ModelName,
        version: Version,
        key: &SigningKey,
    ) -> Result<Identity, SignError> {
        let identity = self.load(name, version)?.identity;
        self.add_signatures(&identity, &Signatures::of(&identity, key))?;
        Ok(identity)
    }

    /// Adds signatures to those of a version, on the condition that those are still
    /// what was read. Where they are damaged, these take their place.
    pub(super) fn add_signatures(
        &self,
        identity: &Identity,
        signatures: &Signatures,
    ) -> Result<(), SignError> {
        let Identity { name, version, .. } = identity;
        let number = version.to_string();
        let failed = |source| FileError {
            action: "write",
            path: self
                .place()
                .join(name.as_str())
                .join(&number)
                .join(SIGNATURES),
            source,
        };
        for _ in 0..ATTEMPTS {
            let (stored, tag) = self.signatures(name, *version)?;
            let stored = stored.unwrap_or_default();
            let all = stored.with(signatures)?;
            if all == stored {
                return Ok(());
            }
            let bytes = signature::write(&all).map_err(|error| failed(error.into()))?;
            let only = tag.map_or(Only::IfAbsent, Only::IfUnchanged);
            let put = self.put([name.as_str(), &number, SIGNATURES], bytes, only);
            if put.map_err(failed)? == Put::Done {
                return Ok(());
            }
        }
        Err(SignError::Busy(name.clone()))
    }
}
