//! Policy files that a server decides by, and takes without a restart when they
//! change.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{PolicyFileError, built_in, read};
use crate::{
    config::text_file,
    policy::Policy,
    registry::{LivePolicies, PolicyRefused, PolicySource},
};

/// A policy file, and what was last made of it.
#[derive(Debug)]
struct PolicyFile {
    path: PathBuf,
    /// Of the content that was judged last, or what kept it from being read.
    last: String,
}

/// The policy of a file, or the built-in one, and others by name; each follows
/// its file. Every file that cannot be used is a problem, and then there are
/// none.
pub fn live(
    default: Option<&Path>,
    named: &BTreeMap<String, PathBuf>,
    problems: &mut Vec<String>,
) -> Option<LivePolicies> {
    let built_in = built_in().map_err(|faults| problems.push(faults.to_string()));
    let mut live = built_in.ok().map(LivePolicies::new);
    let named = named
        .iter()
        .map(|(name, path)| (Some(name.as_str()), path.as_path()));
    for (name, path) in default.map(|path| (None, path)).into_iter().chain(named) {
        live = match read(path) {
            Ok(policy) => {
                let file = PolicyFile::with(path, &policy);
                live.map(|live| live.with(name, policy, Box::new(file)))
            }
            Err(error) => {
                problems.push(error.to_string());
                None
            }
        };
    }
    live
}

impl PolicyFile {
    /// Begins with the content that is in use.
    fn with(path: &Path, policy: &Policy) -> Self {
        Self {
            path: path.to_owned(),
            last: policy.identity.digest.clone(),
        }
    }
}

impl PolicySource for PolicyFile {
    fn look(&mut self) -> Option<Result<Policy, PolicyRefused>> {
        let seen = text_file::stamp(&self.path);
        if seen == self.last {
            return None;
        }
        self.last = seen;
        Some(read(&self.path).map_err(|error| PolicyRefused {
            reason: match &error {
                PolicyFileError::Faults { faults, .. } => faults.to_string(),
                PolicyFileError::File(_) => "the file cannot be read".to_owned(),
            },
            error: error.to_string(),
        }))
    }
}
