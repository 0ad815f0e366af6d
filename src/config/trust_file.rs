//! The TOML file of whose signatures are believed, `docs/security.md` by example.
//!
//! ```toml
//! [[keys]]
//! name = "release-2026"
//! key = "MCowBQYDK2VwAyEA…"     # what stands between the lines of its PEM file
//! models = ["telco-churn"]      # all where left out
//!
//! [oldest]                      # versions before these are not served
//! telco-churn = 3
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    access_file::{NOT_PLAIN, is_plain, read_model_names},
    document::{Document, FileFaults},
    text_file::{self, TextFileError},
};
use crate::{
    artifact::{ModelName, PublicKey, SignaturePolicy, TrustedKey, TrustedKeys, Version},
    customer::Violations,
    registry::{LiveTrust, TrustRefused, TrustSource},
};

/// A file of trusted keys that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustFileError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] TextFileError),
    /// It is no TOML, or what it states cannot be.
    #[error("{}: {faults}", path.display())]
    Faults {
        /// The file.
        path: PathBuf,
        /// Every fault, with its line.
        faults: FileFaults,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyToml {
    name: String,
    key: String,
    models: Option<Vec<String>>,
}

/// The file, and what was last made of it.
#[derive(Debug)]
struct Watched {
    path: PathBuf,
    /// Of the content that was judged last.
    last: String,
}

/// Reads a file of trusted keys.
///
/// # Errors
///
/// When it cannot be read, or anything in it is at fault: all of it at once.
pub fn read(path: &Path) -> Result<TrustedKeys, TrustFileError> {
    let text = text_file::read(path)?;
    parse(&text).map_err(|faults| TrustFileError::Faults {
        path: path.to_owned(),
        faults,
    })
}

/// Reads the text of such a file.
///
/// # Errors
///
/// Every fault, by its line.
pub fn parse(text: &str) -> Result<TrustedKeys, FileFaults> {
    let mut document = Document::parse(text);
    document.require(&["keys"]);
    let keys = keys(&mut document);
    let oldest = oldest(&mut document);
    let faults = document.finish();
    if faults.is_empty() {
        Ok(TrustedKeys::new(keys, oldest))
    } else {
        Err(faults)
    }
}

/// Trust by this file, and by what it becomes; `None` where it cannot be used,
/// which is a problem.
pub(super) fn live(
    policy: SignaturePolicy,
    path: &Path,
    problems: &mut Vec<String>,
) -> Option<LiveTrust> {
    // Before it is read: a change in between is seen at the next look.
    let last = text_file::stamp(path);
    match read(path) {
        Ok(keys) => {
            let path = path.to_owned();
            let source = Box::new(Watched { path, last });
            Some(LiveTrust::following(policy, keys, source))
        }
        Err(error) => {
            problems.push(error.to_string());
            None
        }
    }
}

impl TrustSource for Watched {
    fn look(&mut self) -> Option<Result<TrustedKeys, TrustRefused>> {
        let seen = text_file::stamp(&self.path);
        if seen == self.last {
            return None;
        }
        self.last = seen;
        Some(read(&self.path).map_err(|error| TrustRefused {
            error: error.to_string(),
        }))
    }
}

fn keys(document: &mut Document<'_>) -> Vec<TrustedKey> {
    let Some(Ok(stated)) = document.entries::<KeyToml>("keys") else {
        return Vec::new();
    };
    let mut names = BTreeSet::new();
    let mut ids = BTreeSet::new();
    let mut keys = Vec::with_capacity(stated.len());
    for (at, KeyToml { name, key, models }) in stated.into_iter().enumerate() {
        let mut faults = Violations::default();
        if !is_plain(&name) {
            faults.push("name", NOT_PLAIN);
        } else if !names.insert(name.clone()) {
            faults.push("name", "is there twice");
        }
        let models = models.map(|models| read_model_names(&models, "models", &mut faults));
        match key.parse::<PublicKey>() {
            Ok(key) if ids.insert(key.id()) => keys.push(TrustedKey { name, key, models }),
            Ok(_) => faults.push("key", "is there twice"),
            Err(error) => faults.push("key", error.to_string()),
        }
        document.blame(&faults.within(&format!("keys[{at}]")));
    }
    keys
}

fn oldest(document: &mut Document<'_>) -> BTreeMap<ModelName, Version> {
    let stated = document.section::<BTreeMap<String, u32>>("oldest");
    let mut faults = Violations::default();
    let mut oldest = BTreeMap::new();
    for (name, version) in stated.unwrap_or_default() {
        match (name.parse(), Version::new(version)) {
            (Ok(name), Some(version)) => {
                oldest.insert(name, version);
            }
            (Err(error), _) => faults.push("oldest", format!("`{name}`: a name {error}")),
            (Ok(_), None) => faults.push(&format!("oldest.{name}"), "must be 1 or more"),
        }
    }
    document.blame(&faults);
    oldest
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    #[test]
    fn a_file_names_keys_and_the_oldest_versions() {
        let text = format!(
            "[[keys]]\nname = \"ann\"\nkey = \"{KEY}\"\nmodels = [\"telco\"]\n[oldest]\ntelco = 3\n"
        );
        assert_eq!(parse(&text).unwrap().len(), 1);
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text = format!(
            "[[keys]]\nname = \"ann:b\"\nkey = \"{KEY}\"\n[[keys]]\nname = \"bob\"\nkey = \"{KEY}\"\n\
             [[keys]]\nname = \"bob\"\nkey = \"abc\"\nmodels = [\"../x\"]\n[oldest]\ntelco = 0\n[other]\n"
        );
        let faults = parse(&text).unwrap_err();
        let lines: Vec<usize> = faults.listed().iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 6, 8, 9, 10, 12, 13], "{faults}");
        assert!(parse("").unwrap_err().to_string().contains("keys"));
    }
}
