//! Signatures of versions in a directory of models.

use std::{io, path::Path};

use super::{
    MAX_BYTES, SIGNATURES, Signatures, SignaturesProblem, SigningKey, TooManySignatures, file,
};
use crate::artifact::{
    FileError, Identity, LoadError, ModelName, Problem, Version, durable, load, plain,
};

/// What is written before it is renamed, beside the versions.
const TEMPORARY: &str = ".signatures.json.new";

/// A version that was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// It is not what was published: nobody should vouch for it.
    #[error("cannot load the model: {0}")]
    Load(#[from] LoadError),
    /// There is no room for one more.
    #[error(transparent)]
    TooMany(#[from] TooManySignatures),
    /// It cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// Others sign it all the time.
    #[error("others sign `{0}` at the same time; try again")]
    Busy(ModelName),
}

/// What stands beside a manifest; none where there is no file.
///
/// # Errors
///
/// When it cannot be read.
pub(in crate::artifact) fn read(
    directory: &Path,
) -> Result<Result<Signatures, SignaturesProblem>, LoadError> {
    let path = directory.join(SIGNATURES);
    match plain::read(&path, MAX_BYTES) {
        Ok(bytes) => Ok(file::parse(&bytes)),
        Err(Problem::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            Ok(Ok(Signatures::default()))
        }
        Err(problem) => Err(LoadError { path, problem }),
    }
}

/// Signs a version of a directory of models, once it has passed verification.
/// Signatures of other keys stay.
///
/// # Errors
///
/// When it does not pass, or the signature cannot be written.
pub fn sign(
    root: &Path,
    name: &ModelName,
    version: Version,
    key: &SigningKey,
) -> Result<Identity, SignError> {
    let identity = load::load(root, name, version)?.identity;
    add(root, &identity, &Signatures::of(&identity, key))?;
    Ok(identity)
}

/// Adds signatures to those of a version: whoever looks sees the old ones or all.
/// Where those there are damaged, these take their place.
pub(in crate::artifact) fn add(
    root: &Path,
    identity: &Identity,
    signatures: &Signatures,
) -> Result<(), SignError> {
    let model = root.join(identity.name.as_str());
    let directory = model.join(identity.version.to_string());
    let path = directory.join(SIGNATURES);
    let _lock = durable::lock(&model)?;
    let stored = read(&directory)?.unwrap_or_default();
    let all = stored.with(signatures)?;
    if all == stored {
        return Ok(());
    }
    let bytes = file::write(&all).map_err(|error| durable::failed("write", &path)(error.into()))?;
    durable::replace(&path, &model.join(TEMPORARY), &bytes)?;
    Ok(())
}
