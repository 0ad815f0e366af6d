//! The place of models as people write it.

use std::{fmt, path::PathBuf, str::FromStr};

use object_store::path::Path as Key;
use serde::Deserialize;

const SCHEME: &str = "s3";

/// A directory, or `s3://BUCKET[/PREFIX]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Location {
    /// A directory of this system.
    Directory(PathBuf),
    /// A bucket of an S3-compatible store.
    Bucket(BucketAddress),
}

/// A bucket, and what the names of all its objects that count begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketAddress {
    pub(super) bucket: String,
    pub(super) prefix: Key,
}

/// Not the place of models.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLocation {
    /// Neither a directory nor S3.
    #[error("`{0}://` is not supported: name a directory or s3://BUCKET/PREFIX")]
    Scheme(String),
    /// Not the name of a bucket.
    #[error("`{0}` is not the name of a bucket: write s3://BUCKET/PREFIX")]
    Bucket(String),
    /// Not what object names begin with.
    #[error("the prefix behind the bucket is not one: {0}")]
    Prefix(String),
}

impl FromStr for Location {
    type Err = InvalidLocation;

    fn from_str(text: &str) -> Result<Self, InvalidLocation> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Self::Directory(PathBuf::from(text)));
        };
        if scheme != SCHEME {
            return Err(InvalidLocation::Scheme(scheme.to_owned()));
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(plain) {
            return Err(InvalidLocation::Bucket(bucket.to_owned()));
        }
        let prefix =
            Key::parse(prefix).map_err(|error| InvalidLocation::Prefix(error.to_string()))?;
        Ok(Self::Bucket(BucketAddress {
            bucket: bucket.to_owned(),
            prefix,
        }))
    }
}

impl TryFrom<String> for Location {
    type Error = InvalidLocation;

    fn try_from(text: String) -> Result<Self, InvalidLocation> {
        text.parse()
    }
}

impl fmt::Display for BucketAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, prefix } = self;
        write!(f, "{SCHEME}://{bucket}")?;
        if prefix.as_ref().is_empty() {
            return Ok(());
        }
        write!(f, "/{prefix}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_directory_or_a_bucket() {
        for directory in ["models", "/var/models", "./s3:/x", ""] {
            let directory = directory.parse();
            assert!(matches!(directory, Ok(Location::Directory(_))));
        }
        for (text, wanted) in [
            ("s3://models", "s3://models"),
            ("s3://models/", "s3://models"),
            ("s3://my.models-1/a/b_c/", "s3://my.models-1/a/b_c"),
        ] {
            let Ok(Location::Bucket(address)) = text.parse() else {
                panic!("{text}");
            };
            assert_eq!(address.to_string(), wanted);
        }
        for wrong in [
            "s3://",
            "s3:///prefix",
            "s3://ab",
            "s3://a b c/x",
            "s3://bucket/a//b",
            "s3://bucket/../b",
            "gs://bucket",
            "https://bucket",
        ] {
            assert!(wrong.parse::<Location>().is_err(), "{wrong}");
        }
    }
}
