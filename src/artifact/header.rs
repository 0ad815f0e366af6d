//! What every `model.json` begins with: its format and the kind of model. They
//! are read before anything else, so that the model of a later release is told
//! as such and not by the first field that this release does not know.

use serde::Deserialize;

use super::{Kind, LoadError, churn, part::Part, segmentation, spend, value};

/// The longest unknown kind that an error repeats.
const MAX_KIND_BYTES: usize = 63;

#[derive(Deserialize)]
struct HeaderV1 {
    format: u32,
    kind: String,
}

/// A kind of model on disk, and the formats of it that this release reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StoredKind {
    pub(super) kind: &'static str,
    pub(super) oldest: u32,
    pub(super) newest: u32,
}

/// Every kind that this release reads.
const KINDS: [(Kind, StoredKind); 4] = [
    (Kind::Churn, churn::STORED),
    (Kind::Value, value::STORED),
    (Kind::Segmentation, segmentation::STORED),
    (Kind::Spend, spend::STORED),
];

/// Why a stored model is none that this release reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Written by a release with another format.
    #[error(
        "format {found} is unknown; this release reads formats {oldest} to {newest} of `{kind}`"
    )]
    UnknownFormat {
        /// The kind of model.
        kind: &'static str,
        /// The format it states.
        found: u32,
        /// The oldest format that is read.
        oldest: u32,
        /// The newest.
        newest: u32,
    },
    /// A model of another kind.
    #[error("kind `{found}` is unknown; this release reads {}", known())]
    UnknownKind {
        /// The kind it states, where that is a plain word.
        found: String,
    },
}

/// Which of the known kinds a `model.json` holds.
pub(super) fn kind_of(model: &Part) -> Result<Kind, LoadError> {
    let HeaderV1 { format, kind } = model.parse()?;
    let refuse = |error: HeaderError| model.refuse(error.into());
    let Some((known, stored)) = KINDS.into_iter().find(|(_, stored)| stored.kind == kind) else {
        return Err(refuse(HeaderError::UnknownKind { found: plain(kind) }));
    };
    let StoredKind {
        kind,
        oldest,
        newest,
    } = stored;
    if (oldest..=newest).contains(&format) {
        return Ok(known);
    }
    Err(refuse(HeaderError::UnknownFormat {
        kind,
        found: format,
        oldest,
        newest,
    }))
}

fn plain(kind: String) -> String {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if kind.len() <= MAX_KIND_BYTES && kind.bytes().all(word) {
        kind
    } else {
        "?".to_owned()
    }
}

fn known() -> String {
    KINDS
        .map(|(_, stored)| format!("`{}`", stored.kind))
        .join(", ")
}
