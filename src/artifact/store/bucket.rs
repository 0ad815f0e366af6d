//! A bucket that holds models.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use object_store::path::Path as Key;

use super::{
    BucketAddress,
    cache::Cache,
    connection::{Connection, Only, Put, Tag},
    listing::{Held, Listing},
};
use crate::artifact::{
    Aliases, AliasesError, Artifact, Digest, Documents, Identity, LoadError, Loaded, ModelName,
    Problem, Signatures, SignaturesProblem, Trust, Version, Vouched, aliases,
    load::{self, Whole},
    manifest::{FileV1, MANIFEST},
    place,
    signature::{self, SIGNATURES},
    stamp::ObjectStamp,
};

/// Models in a bucket, and where they are brought to be loaded.
#[derive(Debug)]
pub(super) struct Bucket {
    connection: Connection,
    prefix: Key,
    /// `s3://BUCKET/PREFIX`.
    place: PathBuf,
    cache: Cache,
    /// The aliases of each model as they were last read, and what of.
    known: Mutex<BTreeMap<ModelName, (ObjectStamp, Aliases)>>,
}

impl Bucket {
    pub(super) fn new(connection: Connection, address: &BucketAddress, cache: Cache) -> Self {
        Self {
            connection,
            prefix: address.prefix.clone(),
            place: PathBuf::from(address.to_string()),
            cache,
            known: Mutex::default(),
        }
    }

    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// What is there, of one model or of all.
    pub(super) fn list(&self, name: Option<&ModelName>) -> io::Result<Listing> {
        let below = match name {
            Some(name) => self.key([name.as_str()]),
            None => self.prefix.clone(),
        };
        let objects = self.connection.list(below)?;
        Ok(Listing::of(objects, &self.prefix))
    }

    /// Loads and verifies one version that `trust` admits. Nothing but its manifest
    /// and its signatures are brought before that is known.
    pub(super) fn load_trusted(
        &self,
        name: &ModelName,
        version: Version,
        trust: &Trust,
    ) -> Result<Loaded, LoadError> {
        let manifest = self.manifest(name, version)?;
        let vouched = if trust.looks() {
            let identity = Identity::of(name, version, &manifest);
            let (stored, _) = self.signatures(name, version)?;
            let admitted = trust.admit(&identity, stored);
            admitted.map_err(|doubt| self.refuse(name, version, SIGNATURES)(doubt.into()))?
        } else {
            Vouched::default()
        };
        Ok(Loaded::new(
            self.load_by(name, version, &manifest)?,
            vouched,
        ))
    }

    /// Loads and verifies one version, whoever vouches for it.
    pub(super) fn load(&self, name: &ModelName, version: Version) -> Result<Artifact, LoadError> {
        let manifest = self.manifest(name, version)?;
        Ok(self.load_by(name, version, &manifest)?.0)
    }

    /// Loads what the bucket's manifest vouches for: from the cache where that holds
    /// it.
    fn load_by(
        &self,
        name: &ModelName,
        version: Version,
        manifest: &[u8],
    ) -> Result<(Artifact, Documents), LoadError> {
        let directory = self.cache.path().join(name.as_str());
        let kept = directory.join(version.to_string());
        if std::fs::read(kept.join(MANIFEST)).is_ok_and(|kept| kept == manifest)
            && let Ok(loaded) = load::load_whole(self.cache.path(), name, version)
            // What is there may have changed since.
            && loaded.0.identity.digest == Digest::of(manifest)
        {
            return Ok(loaded);
        }
        let files = self.bring(name, version, manifest)?;
        let digest = Digest::of(manifest);
        place::replace(&directory, version, &files, manifest).map_err(|error| LoadError {
            path: error.path,
            problem: Problem::Io(error.source),
        })?;
        let loaded = load::load_whole(self.cache.path(), name, version);
        let loaded = loaded.map_err(|LoadError { path, problem }| LoadError {
            path: match path.strip_prefix(self.cache.path()) {
                Ok(below) => self.place.join(below),
                Err(_) => path,
            },
            problem,
        })?;
        // Another process that has the same cache could have put it there.
        if loaded.0.identity.digest == digest {
            Ok(loaded)
        } else {
            Err(self.refuse(name, version, MANIFEST)(
                Problem::DigestMismatch,
            ))
        }
    }

    /// A version as it was published, with its signatures.
    pub(super) fn whole(&self, name: &ModelName, version: Version) -> Result<Whole, LoadError> {
        let manifest = self.manifest(name, version)?;
        Ok(Whole {
            files: self.bring(name, version, &manifest)?,
            manifest,
            signatures: self.signatures(name, version)?.0.unwrap_or_default(),
        })
    }

    /// The signatures of a version, and what they were read from; none where there
    /// is no such object.
    pub(super) fn signatures(
        &self,
        name: &ModelName,
        version: Version,
    ) -> Result<(Result<Signatures, SignaturesProblem>, Option<Tag>), LoadError> {
        let key = self.key([name.as_str(), &version.to_string(), SIGNATURES]);
        let refuse = self.refuse(name, version, SIGNATURES);
        let limit = signature::MAX_BYTES;
        match self.connection.get(key, limit) {
            Ok(Some((bytes, tag))) => Ok((signature::parse(&bytes), Some(tag))),
            Ok(None) => Ok((Ok(Signatures::default()), None)),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                Err(refuse(Problem::TooLarge { limit }))
            }
            Err(error) => Err(refuse(error.into())),
        }
    }

    /// The manifest of a version, unread.
    pub(super) fn manifest(
        &self,
        name: &ModelName,
        version: Version,
    ) -> Result<Vec<u8>, LoadError> {
        self.file(name, version, MANIFEST, load::MAX_MANIFEST_BYTES)
            .map_err(self.refuse(name, version, MANIFEST))
    }

    /// The files that a manifest vouches for. Nothing larger than it says is
    /// taken into memory.
    fn bring(
        &self,
        name: &ModelName,
        version: Version,
        manifest: &[u8],
    ) -> Result<Vec<(String, Vec<u8>)>, LoadError> {
        let listed = load::parse_manifest(manifest, name, version)
            .map_err(self.refuse(name, version, MANIFEST))?;
        let mut files = Vec::new();
        for listed in listed.files {
            let refuse = self.refuse(name, version, &listed.file);
            let bytes = match self.file(name, version, &listed.file, listed.bytes) {
                Ok(bytes) if FileV1::of(&listed.file, &bytes) == listed => bytes,
                Ok(_) | Err(Problem::TooLarge { .. }) => {
                    return Err(refuse(Problem::DigestMismatch));
                }
                Err(problem) => return Err(refuse(problem)),
            };
            files.push((listed.file, bytes));
        }
        Ok(files)
    }

    fn file(
        &self,
        name: &ModelName,
        version: Version,
        file: &str,
        limit: u64,
    ) -> Result<Vec<u8>, Problem> {
        let key = self.key([name.as_str(), &version.to_string(), file]);
        match self.connection.get(key, limit) {
            Ok(Some((bytes, _))) => Ok(bytes),
            Ok(None) => Err(io::Error::new(io::ErrorKind::NotFound, "no such object").into()),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                Err(Problem::TooLarge { limit })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn refuse(
        &self,
        name: &ModelName,
        version: Version,
        file: &str,
    ) -> impl Fn(Problem) -> LoadError + use<> {
        let path = self.place.join(name.as_str()).join(version.to_string());
        let path = path.join(file);
        move |problem| LoadError {
            path: path.clone(),
            problem,
        }
    }

    /// The aliases of a model, read when they are not what they were.
    pub(super) fn aliases(
        &self,
        name: &ModelName,
        held: Option<&Held>,
    ) -> Result<Aliases, AliasesError> {
        let Some(stamp) = held.and_then(|held| held.aliases.as_ref()) else {
            return Ok(Aliases::default());
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, aliases)) = known.get(name)
            && of == stamp
        {
            return Ok(aliases.clone());
        }
        let (aliases, _) = self.stored_aliases(name)?;
        known.insert(name.clone(), (stamp.clone(), aliases.clone()));
        Ok(aliases)
    }

    /// The aliases of a model as they are, and what they were read from.
    pub(super) fn stored_aliases(
        &self,
        name: &ModelName,
    ) -> Result<(Aliases, Option<Tag>), AliasesError> {
        let key = self.key([name.as_str(), aliases::ALIASES]);
        match self.connection.get(key, aliases::MAX_BYTES) {
            Ok(Some((bytes, tag))) => {
                let aliases = aliases::parse(&bytes, name).map_err(AliasesError::Damaged)?;
                Ok((aliases, Some(tag)))
            }
            Ok(None) => Ok((Aliases::default(), None)),
            Err(error) => Err(AliasesError::Io(error)),
        }
    }

    pub(super) fn put<'k>(
        &self,
        path: impl IntoIterator<Item = &'k str>,
        bytes: Vec<u8>,
        only: Only,
    ) -> io::Result<Put> {
        self.connection.put(self.key(path), bytes, only)
    }

    fn key<'k>(&self, path: impl IntoIterator<Item = &'k str>) -> Key {
        path.into_iter().fold(self.prefix.clone(), Key::join)
    }
}
