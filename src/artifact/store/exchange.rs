//! Versions from a directory into a bucket, and back.

use std::{io, path::Path};

use super::{
    Kept, ModelStore,
    bucket::Bucket,
    connection::{Only, Put},
    listing::Held,
};
use crate::artifact::{
    self, Digest, FileError, Identity, LoadError, ModelName, SignError, Signatures, SigningKey,
    Version, durable,
    load::{self, Whole},
    manifest::{MANIFEST, ManifestV1, to_json},
    place,
    signature::{self, SIGNATURES},
};

/// How many numbers are tried that others take at the same time.
const ATTEMPTS: usize = 20;

/// What becomes of a version with the same files as the newest one there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// It is there already.
    Skip,
    /// It is a version like any other: somebody trained it.
    Publish,
}

/// What became of a version that was to be put into a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// It is there now.
    New(Identity),
    /// The newest version there has the same files.
    Same(Identity),
}

/// A version that was not copied.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// A directory where a bucket must be.
    #[error("{0} is a directory; name a bucket as s3://BUCKET/PREFIX")]
    NotABucket(String),
    /// The store cannot be listed.
    #[error("cannot read the models in {place}: {source}")]
    List {
        /// The store.
        place: String,
        /// What went wrong.
        source: io::Error,
    },
    /// No such version.
    #[error("there is no version {} of `{name}` in {place}", version.map_or_else(|| "at all".to_owned(), |v| v.to_string()))]
    NoVersion {
        /// The store.
        place: String,
        /// The model.
        name: ModelName,
        /// The version; `None` where the newest was asked for.
        version: Option<Version>,
    },
    /// It is not what was published.
    #[error("cannot load the model: {0}")]
    Load(#[from] LoadError),
    /// It cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// It cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// There is another version of that number.
    #[error("{place} holds another version {version} of `{name}`; name another directory")]
    Other {
        /// The store.
        place: String,
        /// The model.
        name: ModelName,
        /// The version.
        version: Version,
    },
    /// A name stands for one kind of model.
    #[error(
        "`{name}` is the name of a {found} model in {place}, and this is a {pushing} model; publish it under another name"
    )]
    OtherKind {
        /// The store.
        place: String,
        /// The name.
        name: ModelName,
        /// What it stands for.
        found: artifact::Kind,
        /// What was to be put.
        pushing: artifact::Kind,
    },
    /// Others publish the same model all the time.
    #[error("no number of `{0}` is free: others publish it at the same time; try again")]
    Busy(ModelName),
}

/// A version of a directory of models that is to be put into a bucket.
#[derive(Debug, Clone, Copy)]
pub struct Push<'p> {
    /// The directory of models.
    pub root: &'p Path,
    /// The model.
    pub name: &'p ModelName,
    /// The version; the newest when `None`.
    pub version: Option<Version>,
    /// What becomes of it where the newest there has the same files.
    pub unchanged: Unchanged,
    /// Who signs it there.
    pub key: Option<&'p SigningKey>,
}

/// Puts a version into a bucket, under the next number that is free there, once it
/// has passed verification. Whoever looks sees no new version, or a whole one.
/// Its signatures come along where it keeps its number: they are of no other.
///
/// # Errors
///
/// When it does not pass, is of another kind than the name stands for there, or
/// cannot be put.
pub fn push(what: &Push<'_>, to: &ModelStore) -> Result<Pushed, ExchangeError> {
    let Push {
        root,
        name,
        version,
        unchanged,
        key,
    } = *what;
    let bucket = bucket_of(to)?;
    let version = wanted(
        root,
        name,
        version,
        &artifact::versions(root, name).unwrap_or_default(),
    )?;
    let kind = artifact::load(root, name, version)?.content.kind();
    let here = Here {
        version,
        whole: load::whole(root, name, version)?,
        key,
    };
    let listing = bucket.list(Some(name)).map_err(listed(to.place()))?;
    let held = listing.model(name);
    if let Some(newest) = held.and_then(|held| held.versions().next_back()) {
        if unchanged == Unchanged::Skip
            && let Some(same) = same(bucket, name, newest, &here)?
        {
            bucket.add_signatures(&same, &here.signatures(&same)?)?;
            return Ok(Pushed::Same(same));
        }
        // One that is damaged stands in nobody's way.
        if let Ok(newest) = bucket.load(name, newest)
            && newest.content.kind() != kind
        {
            return Err(ExchangeError::OtherKind {
                place: to.place().display().to_string(),
                name: name.clone(),
                found: newest.content.kind(),
                pushing: kind,
            });
        }
    }
    let mut number = held.map_or(Some(Version::FIRST), Held::next_number);
    for _ in 0..ATTEMPTS {
        let Some(version) = number else { break };
        let manifest = here.manifest(name, version);
        let manifest = manifest.map_err(failed(bucket, name, version))?;
        let identity = Identity::of(name, version, &manifest);
        if put_whole(bucket, &identity, &here, &manifest)? == Put::Done {
            return Ok(Pushed::New(identity));
        }
        number = version.next();
    }
    Err(ExchangeError::Busy(name.clone()))
}

/// A version that is to be put, as it is here, and who signs it there.
struct Here<'p> {
    version: Version,
    whole: Whole,
    key: Option<&'p SigningKey>,
}

impl Here<'_> {
    /// Its manifest under a number: under its own, as it is.
    fn manifest(&self, name: &ModelName, version: Version) -> io::Result<Vec<u8>> {
        if version == self.version {
            return Ok(self.whole.manifest.clone());
        }
        Ok(to_json(&ManifestV1::of(name, version, &self.whole.files))?)
    }

    /// The signatures that it may have there.
    fn signatures(&self, there: &Identity) -> Result<Signatures, SignError> {
        let own = if there.digest == Digest::of(&self.whole.manifest) {
            self.whole.signatures.clone()
        } else {
            Signatures::default()
        };
        match self.key {
            Some(key) => Ok(own.with(&Signatures::of(there, key))?),
            None => Ok(own),
        }
    }
}

/// Copies a version of a bucket into a directory of models, under its own number,
/// and verifies it there.
///
/// # Errors
///
/// When there is none, it does not pass, or there is another of that number.
pub fn pull(
    from: &ModelStore,
    name: &ModelName,
    version: Option<Version>,
    root: &Path,
) -> Result<Identity, ExchangeError> {
    let bucket = bucket_of(from)?;
    let listing = bucket.list(Some(name)).map_err(listed(from.place()))?;
    let versions = listing.model(name).into_iter().flat_map(Held::versions);
    let version = wanted(from.place(), name, version, &versions.collect::<Vec<_>>())?;
    let Whole {
        mut files,
        manifest,
        signatures,
    } = bucket.whole(name, version)?;
    let directory = root.join(name.as_str());
    let path = directory.join(version.to_string());
    if !signatures.is_empty() {
        let bytes = signature::write(&signatures);
        let bytes = bytes.map_err(|error| durable::failed("write", &path)(error.into()))?;
        files.push((SIGNATURES.to_owned(), bytes));
    }
    if !place::new_unless_there(&directory, version, &files, &manifest)? {
        return Err(ExchangeError::Other {
            place: root.display().to_string(),
            name: name.clone(),
            version,
        });
    }
    let identity = artifact::load(root, name, version)?.identity;
    // It may have been there without them.
    signature::add(root, &identity, &signatures)?;
    Ok(identity)
}

fn bucket_of(store: &ModelStore) -> Result<&Bucket, ExchangeError> {
    match &store.0 {
        Kept::Bucket(bucket) => Ok(bucket),
        Kept::Directory(directory) => {
            Err(ExchangeError::NotABucket(directory.display().to_string()))
        }
    }
}

/// The version that is meant, of those that there are.
fn wanted(
    place: &Path,
    name: &ModelName,
    version: Option<Version>,
    found: &[Version],
) -> Result<Version, ExchangeError> {
    let meant = match version {
        Some(version) => found.iter().find(|found| **found == version),
        None => found.last(),
    };
    meant.copied().ok_or_else(|| ExchangeError::NoVersion {
        place: place.display().to_string(),
        name: name.clone(),
        version,
    })
}

/// The identity of a version of a bucket, if it has exactly these files.
fn same(
    bucket: &Bucket,
    name: &ModelName,
    version: Version,
    here: &Here<'_>,
) -> Result<Option<Identity>, ExchangeError> {
    let there = bucket.manifest(name, version)?;
    let manifest = here.manifest(name, version);
    let manifest = manifest.map_err(failed(bucket, name, version))?;
    Ok((there == manifest).then(|| Identity::of(name, version, &there)))
}

/// Puts each file where none is, the manifest last. The first of them takes the
/// number: of two who put it, one goes on.
fn put_whole(
    bucket: &Bucket,
    identity: &Identity,
    here: &Here<'_>,
    manifest: &[u8],
) -> Result<Put, ExchangeError> {
    let Identity { name, version, .. } = identity;
    let number = version.to_string();
    let mut files = here.whole.files.clone();
    let signatures = here.signatures(identity)?;
    if !signatures.is_empty() {
        let bytes = signature::write(&signatures);
        let bytes = bytes.map_err(|error| failed(bucket, name, *version)(error.into()))?;
        files.push((SIGNATURES.to_owned(), bytes));
    }
    files.push((MANIFEST.to_owned(), manifest.to_vec()));
    for (file, bytes) in files {
        let put = bucket
            .put([name.as_str(), &number, &file], bytes, Only::IfAbsent)
            .map_err(failed(bucket, name, *version))?;
        if put == Put::Refused {
            return Ok(Put::Refused);
        }
    }
    Ok(Put::Done)
}

fn failed(
    bucket: &Bucket,
    name: &ModelName,
    version: Version,
) -> impl Fn(io::Error) -> FileError + use<> {
    let path = bucket.place().join(name.as_str()).join(version.to_string());
    move |source| FileError {
        action: "write",
        path: path.clone(),
        source,
    }
}

fn listed(place: &Path) -> impl Fn(io::Error) -> ExchangeError + use<> {
    let place = place.display().to_string();
    move |source| ExchangeError::List {
        place: place.clone(),
        source,
    }
}
