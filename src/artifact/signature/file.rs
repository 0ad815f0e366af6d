//! `signatures.json`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::{MAX_SIGNATURES, Signatures};
use crate::artifact::manifest::to_json;

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;
/// The file's name.
pub(in crate::artifact) const SIGNATURES: &str = "signatures.json";
/// The largest file that is read.
pub(in crate::artifact) const MAX_BYTES: u64 = 8 << 10;

/// Why a file of signatures cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignaturesProblem {
    /// It is torn, or was never what this service writes.
    #[error("it cannot be parsed")]
    Json,
    /// Written by a later release.
    #[error("its format {0} is unknown to this release")]
    UnknownFormat(u32),
    /// There are more than there may be.
    #[error("it holds more than {MAX_SIGNATURES} signatures")]
    TooMany,
    /// A key or a signature in it is none.
    #[error("what it holds is no signature")]
    NoSignature,
    /// Other bytes than would have been written.
    #[error("it is not spelled as it was written")]
    Spelling,
}

/// What a file of any format has.
#[derive(Deserialize)]
struct FormatV1 {
    format: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignaturesV1 {
    format: u32,
    /// By key.
    signatures: Vec<SignatureV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureV1 {
    key: String,
    ed25519: String,
}

/// The file of these signatures.
pub(in crate::artifact) fn write(signatures: &Signatures) -> Result<Vec<u8>, serde_json::Error> {
    let signatures = signatures.0.iter().map(|(key, signature)| SignatureV1 {
        key: key.to_string(),
        ed25519: STANDARD.encode(signature),
    });
    to_json(&SignaturesV1 {
        format: FORMAT,
        signatures: signatures.collect(),
    })
}

/// Reads them. Each byte is checked: what it says against the one spelling of it,
/// and a signature against its key by whoever knows that.
pub(in crate::artifact) fn parse(bytes: &[u8]) -> Result<Signatures, SignaturesProblem> {
    let no_json = |_| SignaturesProblem::Json;
    let FormatV1 { format } = serde_json::from_slice(bytes).map_err(no_json)?;
    if format != FORMAT {
        return Err(SignaturesProblem::UnknownFormat(format));
    }
    let stored: SignaturesV1 = serde_json::from_slice(bytes).map_err(no_json)?;
    if stored.signatures.len() > MAX_SIGNATURES {
        return Err(SignaturesProblem::TooMany);
    }
    let signature = |stored: &SignatureV1| {
        let bytes = STANDARD.decode(&stored.ed25519).ok()?;
        Some((stored.key.parse().ok()?, bytes.try_into().ok()?))
    };
    let signatures = stored.signatures.iter().map(signature);
    let signatures = Signatures(
        signatures
            .collect::<Option<_>>()
            .ok_or(SignaturesProblem::NoSignature)?,
    );
    match write(&signatures) {
        Ok(written) if written == bytes => Ok(signatures),
        Ok(_) | Err(_) => Err(SignaturesProblem::Spelling),
    }
}
