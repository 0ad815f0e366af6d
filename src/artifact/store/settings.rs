//! How a store of models is reached.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    BucketAddress, Kept, Location, ModelStore, bucket::Bucket, cache::Cache, connection::Connection,
};
use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest that a whole file may take.
const TRANSFER: Duration = Duration::from_secs(300);

/// Where models are kept, and what it takes to get at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// Where.
    pub location: Location,
    /// The directory that versions of a bucket are brought to, to be there at the
    /// next start; one that vanishes when `None`.
    pub cache: Option<PathBuf>,
    /// How a bucket is reached.
    pub access: S3Access,
}

/// Endpoint, region and credentials, under the names that the tools of S3 have
/// for them in the environment.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct S3Access(Vec<(&'static str, String)>);

/// A store that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenStoreError {
    /// The endpoint, the region or a credential is none.
    #[error("{place} cannot be used: {problem}")]
    Access {
        /// The bucket.
        place: String,
        /// What is wrong.
        problem: String,
    },
    /// There is no room for what is brought from a bucket.
    #[error(
        "cannot create a directory for models in {}: {source}; name one by --models-cache",
        path.display()
    )]
    Cache {
        /// Where it was to be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system refused a thread.
    #[error("cannot start the thread that speaks with the object store: {0}")]
    Thread(io::Error),
}

impl S3Access {
    const ENDPOINT: &'static str = "AWS_ENDPOINT_URL_S3";
    /// What is looked for in the environment. A later one outranks an earlier one.
    const VARIABLES: [&'static str; 17] = [
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_ENDPOINT_URL",
        Self::ENDPOINT,
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_ENDPOINT_URL_STS",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_METADATA_ENDPOINT",
        "AWS_REQUEST_PAYER",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
    ];

    /// What an environment says. `endpoint` outranks it.
    pub fn new(endpoint: Option<String>, environment: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &'static str| {
            let value = environment(name).filter(|value| !value.is_empty());
            value.map(|value| (name, value))
        };
        let mut found: Vec<_> = Self::VARIABLES.into_iter().filter_map(set).collect();
        found.extend(endpoint.map(|endpoint| (Self::ENDPOINT, endpoint)));
        Self(found)
    }

    fn builder(&self, address: &BucketAddress) -> Result<AmazonS3Builder, object_store::Error> {
        let mut builder = AmazonS3Builder::new();
        let mut plain = false;
        for (name, value) in &self.0 {
            let key = if *name == Self::ENDPOINT {
                AmazonS3ConfigKey::Endpoint
            } else {
                name.to_ascii_lowercase().parse()?
            };
            if key == AmazonS3ConfigKey::Endpoint {
                plain = value.starts_with("http://");
            }
            builder = builder.with_config(key, value.trim_end_matches('/'));
        }
        let options = ClientOptions::new()
            .with_connect_timeout(CONNECT)
            .with_timeout(TRANSFER)
            .with_allow_http(plain);
        Ok(builder
            .with_bucket_name(&address.bucket)
            .with_client_options(options)
            .with_retry(RetryConfig {
                backoff: BackoffConfig::default(),
                max_retries: 2,
                retry_timeout: CONNECT,
            }))
    }
}

/// Without the values, some of which are secret.
impl fmt::Debug for S3Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

impl StoreSettings {
    /// A directory.
    #[must_use]
    pub fn directory(path: PathBuf) -> Self {
        Self {
            location: Location::Directory(path),
            cache: None,
            access: S3Access::default(),
        }
    }

    /// Opens the store; asks it nothing. Where a bucket needs a directory and none
    /// is named, one of its own is made within `temporary`.
    ///
    /// # Errors
    ///
    /// When what it takes to reach a bucket is wrong or missing.
    pub fn open(&self, temporary: &Path) -> Result<ModelStore, OpenStoreError> {
        let address = match &self.location {
            Location::Directory(path) => return Ok(path.as_path().into()),
            Location::Bucket(address) => address,
        };
        // An error says that one is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let objects = self.access.builder(address);
        let objects =
            objects
                .and_then(AmazonS3Builder::build)
                .map_err(|error| OpenStoreError::Access {
                    place: address.to_string(),
                    problem: error.to_string(),
                })?;
        let at = self.cache.as_deref().unwrap_or(temporary);
        let failed = |source| OpenStoreError::Cache {
            path: at.to_owned(),
            source,
        };
        let cache = if let Some(path) = &self.cache {
            fs::create_dir_all(path).map_err(failed)?;
            Cache::Kept(path.clone())
        } else {
            let directory = tempfile::Builder::new()
                .prefix("holdfast-models-")
                .tempdir_in(temporary);
            Cache::Temporary(directory.map_err(failed)?)
        };
        let connection = Connection::new(objects).map_err(OpenStoreError::Thread)?;
        Ok(ModelStore(Kept::Bucket(Bucket::new(
            connection, address, cache,
        ))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let access = S3Access::new(Some("http://localhost".to_owned()), |name| {
            (name == "AWS_SECRET_ACCESS_KEY").then(|| "sesame".to_owned())
        });
        let shown = format!("{access:?}");
        assert!(shown.contains("AWS_SECRET_ACCESS_KEY") && !shown.contains("sesame"));
    }

    #[test]
    fn every_variable_is_known() {
        for name in S3Access::VARIABLES {
            if name != S3Access::ENDPOINT {
                let key = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>();
                assert!(key.is_ok(), "{name}");
            }
        }
    }
}
