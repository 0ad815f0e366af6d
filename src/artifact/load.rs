//! Reading a version back: digests first, then parsing, then golden rows.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    Artifact, Document, Documents, GoldenError, Identity, Kind, ModelName, Version,
    churn::{self, FormatError},
    header::{self, HeaderError},
    manifest::{FILES, FORMAT, FileV1, FormatV1, MANIFEST, ManifestV1, OLDEST_FORMAT, to_json},
    part::{Part, Parts},
    plain, read_baseline,
    segmentation::{self, SegmentationFormatError},
    signature::{self, Doubt, Signatures, Trust, Vouched},
    spend::{self, SpendFormatError},
    value::{self, ValueFormatError},
};
use crate::model::Baseline;

/// The largest manifest that is read.
pub(super) const MAX_MANIFEST_BYTES: u64 = 64 << 10;
/// The largest other file that is read.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 20;
/// The largest version that is read.
const MAX_VERSION_BYTES: u64 = 128 << 20;

/// A version that cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct LoadError {
    /// The file or directory at fault.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a stored version.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A link or a special file, where a plain one must be.
    #[error("is not a plain file or directory; links are not followed")]
    NotPlain,
    /// More than a model can need.
    #[error("is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// Not what was published.
    #[error("is damaged: its content does not match the manifest; publish the model again")]
    DigestMismatch,
    /// No manifest of this version.
    #[error("is no manifest of this version: {0}")]
    Manifest(&'static str),
    /// Not the JSON that this release reads.
    #[error("cannot be parsed: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON of another release, or of a kind that this release does not know.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// JSON, but no churn model.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// JSON, but no value model.
    #[error(transparent)]
    ValueFormat(#[from] ValueFormatError),
    /// JSON, but no segmentation.
    #[error(transparent)]
    Segmentation(#[from] SegmentationFormatError),
    /// JSON, but no spend model.
    #[error(transparent)]
    Spend(#[from] SpendFormatError),
    /// A version of another kind than the name stands for.
    #[error("is a {found} model, and the name stands for a {wanted} model")]
    OtherKind {
        /// What it is.
        found: Kind,
        /// What the version that serves is.
        wanted: Kind,
    },
    /// A model that does not score as it did when it was published.
    #[error(transparent)]
    Golden(#[from] GoldenError),
    /// A version that nobody vouches for who is trusted.
    #[error(transparent)]
    Doubt(#[from] Doubt),
}

/// A version that passed verification, and who vouches for it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What it holds.
    pub artifact: Artifact,
    /// Who vouches for it.
    pub vouched: Vouched,
    /// How training's rows lay, where it says so in a way that this release reads.
    pub baseline: Option<Baseline>,
}

impl Loaded {
    /// Of a version, its documents, and who vouches for it.
    pub(super) fn new((artifact, documents): (Artifact, Documents), vouched: Vouched) -> Self {
        let baseline = documents.get(&Document::Baseline);
        Self {
            artifact,
            vouched,
            baseline: baseline.and_then(|document| read_baseline(document).ok()),
        }
    }
}

/// The published versions of a model, oldest first. Other directory entries
/// are passed over.
///
/// # Errors
///
/// When the model's directory cannot be read.
pub fn versions(root: &Path, name: &ModelName) -> io::Result<Vec<Version>> {
    let mut versions = Vec::new();
    for entry in plain::entries(&root.join(name.as_str()))? {
        let file_name = entry?.file_name();
        versions.extend(file_name.to_str().and_then(Version::from_directory));
    }
    versions.sort_unstable();
    Ok(versions)
}

/// Loads and verifies one version.
///
/// # Errors
///
/// The first file that is not exactly what was published, or that this release
/// cannot serve.
pub fn load(root: &Path, name: &ModelName, version: Version) -> Result<Artifact, LoadError> {
    load_whole(root, name, version).map(|(artifact, _)| artifact)
}

/// Loads and verifies one version with its documents.
///
/// # Errors
///
/// As [`load`].
pub fn load_whole(
    root: &Path,
    name: &ModelName,
    version: Version,
) -> Result<(Artifact, Documents), LoadError> {
    let directory = root.join(name.as_str()).join(version.to_string());
    let manifest = Listed::read(&directory, name, version)?;
    read_listed_files(&directory, manifest)
}

/// Loads and verifies one version that `trust` admits. Signatures are looked at
/// before any file but the manifest is.
///
/// # Errors
///
/// As [`load`], and when it is not admitted.
pub fn load_trusted(
    root: &Path,
    name: &ModelName,
    version: Version,
    trust: &Trust,
) -> Result<Loaded, LoadError> {
    let directory = root.join(name.as_str()).join(version.to_string());
    let listed = Listed::read(&directory, name, version)?;
    let vouched = if trust.looks() {
        let stored = signature::read(&directory)?;
        let admitted = trust.admit(&listed.identity, stored);
        admitted.map_err(|doubt| at(&directory)(doubt.into()))?
    } else {
        Vouched::default()
    };
    Ok(Loaded::new(read_listed_files(&directory, listed)?, vouched))
}

/// A version's manifest, and what it identifies.
struct Listed {
    identity: Identity,
    path: PathBuf,
    manifest: ManifestV1,
}

impl Listed {
    fn read(directory: &Path, name: &ModelName, version: Version) -> Result<Self, LoadError> {
        plain::check_directory(directory).map_err(at(directory))?;
        let path = directory.join(MANIFEST);
        let bytes = plain::read(&path, MAX_MANIFEST_BYTES).map_err(at(&path))?;
        let manifest = parse_manifest(&bytes, name, version).map_err(at(&path))?;
        let identity = Identity::of(name, version, &bytes);
        Ok(Self {
            identity,
            path,
            manifest,
        })
    }
}

fn read_listed_files(directory: &Path, listed: Listed) -> Result<(Artifact, Documents), LoadError> {
    let Listed {
        identity,
        path: manifest_path,
        manifest,
    } = listed;
    let read = |listed: &FileV1| {
        let path = directory.join(&listed.file);
        match read_listed(&path, listed) {
            Ok(bytes) => Ok(Part { path, bytes }),
            Err(problem) => Err(at(&path)(problem)),
        }
    };
    let [model, metrics, golden, others @ ..] = manifest.files.as_slice() else {
        return Err(at(&manifest_path)(Problem::Manifest("wrong files")));
    };
    let names = others.iter().map(|listed| listed.file.as_str());
    let Some(kinds) = Document::in_order(names) else {
        return Err(at(&manifest_path)(Problem::Manifest("wrong files")));
    };
    // All digests before any parsing.
    let parts = Parts {
        model: read(model)?,
        metrics: read(metrics)?,
        golden: read(golden)?,
    };
    let mut documents = Documents::new();
    for (kind, listed) in kinds.into_iter().zip(others) {
        documents.insert(kind, read(listed)?.bytes);
    }

    let content = match header::kind_of(&parts.model)? {
        Kind::Churn => churn::read(&parts)?.into(),
        Kind::Value => value::read(&parts)?.into(),
        Kind::Segmentation => segmentation::read(&parts)?.into(),
        Kind::Spend => spend::read(&parts)?.into(),
    };
    Ok((Artifact { identity, content }, documents))
}

/// A version as it is stored, every digest verified.
pub(super) struct Whole {
    /// What the manifest vouches for.
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) manifest: Vec<u8>,
    /// None where those there are damaged.
    pub(super) signatures: Signatures,
}

/// A version with its signatures, as it is; digests are verified, and nothing else.
pub(super) fn whole(root: &Path, name: &ModelName, version: Version) -> Result<Whole, LoadError> {
    let directory = root.join(name.as_str()).join(version.to_string());
    let path = directory.join(MANIFEST);
    let bytes = plain::read(&path, MAX_MANIFEST_BYTES).map_err(at(&path))?;
    let manifest = parse_manifest(&bytes, name, version).map_err(at(&path))?;
    let read = |listed: FileV1| {
        let path = directory.join(&listed.file);
        let bytes = read_listed(&path, &listed).map_err(at(&path))?;
        Ok((listed.file, bytes))
    };
    let files = manifest.files.into_iter().map(read);
    Ok(Whole {
        files: files.collect::<Result<_, _>>()?,
        manifest: bytes,
        signatures: signature::read(&directory)?.unwrap_or_default(),
    })
}

/// Which kind of model a version states that it is; nothing else is verified.
pub(super) fn stored_kind(
    root: &Path,
    name: &ModelName,
    version: Version,
) -> Result<Kind, LoadError> {
    let directory = root.join(name.as_str()).join(version.to_string());
    let [model, ..] = FILES;
    let path = directory.join(model);
    let bytes = plain::read(&path, MAX_FILE_BYTES).map_err(at(&path))?;
    header::kind_of(&Part { path, bytes })
}

fn at(path: &Path) -> impl Fn(Problem) -> LoadError {
    move |problem| LoadError {
        path: path.to_owned(),
        problem,
    }
}

fn read_listed(path: &Path, listed: &FileV1) -> Result<Vec<u8>, Problem> {
    match plain::read(path, listed.bytes) {
        Ok(bytes) if FileV1::of(&listed.file, &bytes) == *listed => Ok(bytes),
        Ok(_) | Err(Problem::TooLarge { .. }) => Err(Problem::DigestMismatch),
        Err(problem) => Err(problem),
    }
}

/// Nothing vouches for the manifest's own bytes, so each of them is checked: the
/// values against what they must be, the rest against the one spelling.
pub(super) fn parse_manifest(
    bytes: &[u8],
    name: &ModelName,
    version: Version,
) -> Result<ManifestV1, Problem> {
    // Before its fields, which a later format may have more of.
    let FormatV1 { format } = serde_json::from_slice(bytes)?;
    if !(OLDEST_FORMAT..=FORMAT).contains(&format) {
        return Err(Problem::Manifest("its format is unknown to this release"));
    }
    let manifest: ManifestV1 = serde_json::from_slice(bytes)?;
    if manifest.name != name.as_str() || manifest.version != version.get() {
        return Err(Problem::Manifest("it names another model or version"));
    }
    let mut names = manifest.files.iter().map(|listed| listed.file.as_str());
    let whole = FILES.into_iter().all(|file| names.next() == Some(file));
    let documents = Document::in_order(names).filter(|some| manifest.format > 1 || some.is_empty());
    if !whole || documents.is_none() {
        return Err(Problem::Manifest("it lists other files than a version has"));
    }
    let (mut largest, mut all) = (0, 0_u64);
    for listed in &manifest.files {
        largest = listed.bytes.max(largest);
        all = all.saturating_add(listed.bytes);
    }
    if largest > MAX_FILE_BYTES || all > MAX_VERSION_BYTES {
        return Err(Problem::Manifest(
            "it lists larger files than a version has",
        ));
    }
    if to_json(&manifest)? != bytes {
        return Err(Problem::Manifest("it is not spelled as it was written"));
    }
    Ok(manifest)
}
