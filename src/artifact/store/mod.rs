//! Where models are kept: a directory, or a bucket of an S3-compatible store.
//!
//! Both hold the same files under the same names. A bucket differs in three
//! things:
//!
//! - Nothing is renamed. The manifest is put last, and a version without one is
//!   none; a number is taken by whoever puts its first file.
//! - Nothing is locked. `aliases.json` is put on the condition that it is still
//!   what was read, and each move is an object of its own: `audit/0000000001.json`.
//! - Nothing is loaded from where it is. A version is brought into a [cache],
//!   and goes through the same loader from there.
//!
//! Whatever asks a bucket has a time limit, and blocks.

mod address;
mod aliases;
mod away;
mod bucket;
mod cache;
mod connection;
mod draft;
mod exchange;
mod listing;
mod settings;
mod signatures;
mod view;

use std::path::{Path, PathBuf};

use super::{
    AliasMove, Author, Identity, ModelName, Moved, SignError, SigningKey, StoreError, Version,
    aliases::move_alias_after, sign,
};
use bucket::Bucket;

pub(super) use away::is_away;

pub use address::{BucketAddress, InvalidLocation, Location};
pub use draft::Draft;
pub use exchange::{ExchangeError, Push, Pushed, Unchanged, pull, push};
pub use settings::{OpenStoreError, S3Access, StoreSettings};
pub use view::{Listed, View};

/// Where models are kept.
#[derive(Debug)]
pub struct ModelStore(Kept);

#[derive(Debug)]
enum Kept {
    Directory(PathBuf),
    Bucket(Bucket),
}

impl From<&Path> for ModelStore {
    fn from(directory: &Path) -> Self {
        Self(Kept::Directory(directory.to_owned()))
    }
}

impl ModelStore {
    /// Where that is, for messages: a directory, or `s3://BUCKET/PREFIX`.
    #[must_use]
    pub fn place(&self) -> &Path {
        match &self.0 {
            Kept::Directory(directory) => directory,
            Kept::Bucket(bucket) => bucket.place(),
        }
    }

    /// What it holds now. A directory is read when the view is asked, a bucket is
    /// listed here.
    ///
    /// # Errors
    ///
    /// When a bucket cannot be listed.
    pub fn view(&self) -> std::io::Result<View<'_>> {
        match &self.0 {
            Kept::Directory(directory) => Ok(View::directory(directory)),
            Kept::Bucket(bucket) => Ok(View::bucket(bucket, bucket.list(None)?)),
        }
    }

    /// The same of one model.
    ///
    /// # Errors
    ///
    /// As [`Self::view`].
    pub fn view_of(&self, name: &ModelName) -> std::io::Result<View<'_>> {
        match &self.0 {
            Kept::Directory(directory) => Ok(View::directory(directory)),
            Kept::Bucket(bucket) => Ok(View::bucket(bucket, bucket.list(Some(name))?)),
        }
    }

    /// Makes a move, if the alias still stands for what is expected. Whether the
    /// version can be served is for the caller to know. It is the one after the moves
    /// that were `seen`, where fewer are stored.
    ///
    /// # Errors
    ///
    /// When it stands for something else, or the change cannot be stored.
    pub fn move_alias(
        &self,
        name: &ModelName,
        change: &AliasMove,
        author: &Author,
        seen: u64,
    ) -> Result<Moved, StoreError> {
        match &self.0 {
            Kept::Directory(directory) => move_alias_after(directory, name, change, author, seen),
            Kept::Bucket(bucket) => bucket.move_alias(name, change, author, seen),
        }
    }

    /// Signs a version, once it has passed verification. Signatures of other keys
    /// stay.
    ///
    /// # Errors
    ///
    /// When it does not pass, or the signature cannot be written.
    pub fn sign(
        &self,
        name: &ModelName,
        version: Version,
        key: &SigningKey,
    ) -> Result<Identity, SignError> {
        match &self.0 {
            Kept::Directory(directory) => sign(directory, name, version, key),
            Kept::Bucket(bucket) => bucket.sign(name, version, key),
        }
    }
}
