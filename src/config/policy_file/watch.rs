//! Takes a changed policy file without a restart.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tracing::{error, info};

use super::{PolicyFileError, read};
use crate::{artifact::Digest, registry::LivePolicy};

/// A policy file, and what was last made of it.
#[derive(Debug)]
pub struct PolicyWatch {
    path: PathBuf,
    /// Of the content that was judged last, or what kept it from being read.
    last: String,
}

impl PolicyWatch {
    /// Begins with the content that is in use.
    #[must_use]
    pub fn new(path: &Path, live: &LivePolicy) -> Self {
        Self {
            path: path.to_owned(),
            last: live.current().identity.digest.clone(),
        }
    }

    /// Looks at the file; where its content has changed, it decides from now on,
    /// or the log says once why not. Content, not time, is compared: it works
    /// on every file system.
    pub fn look(&mut self, live: &LivePolicy) {
        let seen = match std::fs::read(&self.path) {
            Ok(bytes) => Digest::of(&bytes).to_string(),
            Err(error) => error.to_string(),
        };
        if seen == self.last {
            return;
        }
        match read(&self.path) {
            Ok(policy) => {
                let identity = &policy.identity;
                info!(
                    policy.name = %identity.name,
                    policy.version = %identity.version,
                    policy.digest = %identity.digest,
                    "policy loaded"
                );
                live.replace(policy);
            }
            Err(error) => refuse(&error),
        }
        self.last = seen;
    }

    /// Looks every so often, for ever.
    pub async fn run(mut self, live: &LivePolicy, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            // A file of a person is read in less time than a thread takes to start.
            self.look(live);
        }
    }
}

fn refuse(error: &PolicyFileError) {
    error!(%error, "policy refused; the one before it goes on deciding");
}
