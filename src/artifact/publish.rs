//! Writing a version so that it appears whole or not at all.

use std::path::Path;

use super::{
    Content, Digest, Documents, Identity, Kind, ModelName, Version, churn,
    durable::{self, FileError, failed},
    golden::GoldenError,
    load::{stored_kind, versions},
    manifest::{FILES, ManifestV1, to_json},
    place, segmentation,
    signature::{self, SIGNATURES, Signatures, SigningKey},
    spend, value,
};

/// A version that could not be published. Nothing of it is visible, unless the
/// very last step failed: making the rename durable.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The file system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// The model cannot be written as JSON.
    #[error("cannot write the model as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The model refuses rows of its own schema.
    #[error("the model cannot score its golden rows: {0}")]
    Golden(#[from] GoldenError),
    /// A name stands for one kind of model.
    #[error(
        "`{name}` is the name of a {found} model (version {version}), and this is a {publishing} model; publish under another --name"
    )]
    OtherKind {
        /// The name.
        name: ModelName,
        /// Its newest version.
        version: Version,
        /// What that one is.
        found: Kind,
        /// What was to be published.
        publishing: Kind,
    },
    /// There is no number left.
    #[error("all version numbers of `{name}` are taken")]
    NoVersionLeft {
        /// The model.
        name: ModelName,
    },
}

/// The files that every version has, whatever its kind.
pub(super) struct Files {
    pub(super) model: Vec<u8>,
    pub(super) metrics: Vec<u8>,
    pub(super) golden: Vec<u8>,
}

/// Publishes a model as the version after the newest one.
///
/// Waits while another process publishes the same model. Whenever this process
/// dies, a loader sees either no new version or a whole one.
///
/// # Errors
///
/// When the file system refuses a step, the model cannot be stored, or the newest
/// version of the name is a model of another kind.
pub fn publish(
    root: &Path,
    name: &ModelName,
    content: &Content,
    documents: &Documents,
) -> Result<Identity, PublishError> {
    publish_signed(root, name, content, documents, None)
}

/// The same, signed by `key`: the version and its signature appear at once.
///
/// # Errors
///
/// As [`publish`].
pub fn publish_signed(
    root: &Path,
    name: &ModelName,
    content: &Content,
    documents: &Documents,
    key: Option<&SigningKey>,
) -> Result<Identity, PublishError> {
    let Files {
        model,
        metrics,
        golden,
    } = match content {
        Content::Churn(content) => churn::write(content)?,
        Content::Value(content) => value::write(content)?,
        Content::Segmentation(content) => segmentation::write(content)?,
        Content::Spend(content) => spend::write(content)?,
    };
    let documents = documents
        .iter()
        .map(|(document, bytes)| (document.file_name(), bytes.clone()));
    let mut files: Vec<(&str, Vec<u8>)> = FILES
        .into_iter()
        .zip([model, metrics, golden])
        .chain(documents)
        .collect();

    let directory = root.join(name.as_str());
    durable::create_directory(&directory)?;
    let _lock = durable::lock(&directory)?;

    let newest = versions(root, name)
        .map_err(failed("list", &directory))?
        .pop();
    if let Some(newest) = newest {
        check_kind(root, name, newest, content.kind())?;
    }
    let version = match newest {
        None => Version::FIRST,
        Some(newest) => newest
            .next()
            .ok_or_else(|| PublishError::NoVersionLeft { name: name.clone() })?,
    };
    let manifest = to_json(&ManifestV1::of(name, version, &files))?;

    let identity = Identity {
        name: name.clone(),
        version,
        digest: Digest::of(&manifest),
    };
    if let Some(key) = key {
        let signatures = signature::write(&Signatures::of(&identity, key))?;
        files.push((SIGNATURES, signatures));
    }
    place::new(&directory, version, &files, &manifest)?;
    Ok(identity)
}

/// A newest version that cannot be read stands in nobody's way: publishing again
/// is what mends it.
fn check_kind(
    root: &Path,
    name: &ModelName,
    version: Version,
    publishing: Kind,
) -> Result<(), PublishError> {
    match stored_kind(root, name, version) {
        Ok(found) if found != publishing => Err(PublishError::OtherKind {
            name: name.clone(),
            version,
            found,
            publishing,
        }),
        Ok(_) | Err(_) => Ok(()),
    }
}
