//! Which versions are what was published, and who signed them.

use std::{fmt, io, sync::Arc};

use serde_json::{Value, json};

use super::terminal::{TextTable, wrapped};
use crate::artifact::{
    ExchangeError, Identity, LoadError, Loaded, ModelName, ModelStore, Trust, Version, View,
};

/// How many digits of a digest a table shows.
const DIGITS: usize = 12;

/// What was found of each version.
#[derive(Debug)]
pub struct Verified(Vec<Found>);

#[derive(Debug)]
struct Found {
    name: ModelName,
    version: Version,
    outcome: Result<Signed, LoadError>,
}

#[derive(Debug)]
struct Signed {
    identity: Identity,
    signers: Vec<String>,
}

/// Loads and verifies versions under `trust`: one, all of a model, or all there are.
///
/// # Errors
///
/// When they cannot be listed, or there is none.
pub fn verify(
    store: &ModelStore,
    which: Option<(&ModelName, Option<Version>)>,
    trust: Trust,
) -> Result<Verified, ExchangeError> {
    let unlisted = |source| ExchangeError::List {
        place: store.place().display().to_string(),
        source,
    };
    let view = match which {
        Some((name, _)) => store.view_of(name),
        None => store.view(),
    };
    let view = view.map_err(unlisted)?.trusting(Arc::new(trust));
    let mut found = Vec::new();
    if let Some((name, version)) = which {
        let versions = versions(store, &view, name)?;
        for version in pick(store, name, version, &versions)? {
            found.push(Found::of(&view, name, version));
        }
    } else {
        let mut names = view.models().map_err(unlisted)?.names;
        names.sort();
        for name in names {
            for version in versions(store, &view, &name)? {
                found.push(Found::of(&view, &name, version));
            }
        }
    }
    if found.is_empty() {
        let none = "there is no version of any model";
        return Err(unlisted(io::Error::new(io::ErrorKind::NotFound, none)));
    }
    Ok(Verified(found))
}

/// A version of a store, the newest unless one is named.
///
/// # Errors
///
/// When there is none, or they cannot be listed.
pub fn version_of(
    store: &ModelStore,
    name: &ModelName,
    version: Option<Version>,
) -> Result<Version, ExchangeError> {
    let view = store.view_of(name).map_err(|source| ExchangeError::List {
        place: store.place().display().to_string(),
        source,
    })?;
    let versions = versions(store, &view, name)?;
    let picked = pick(store, name, version, &versions)?;
    picked
        .last()
        .copied()
        .ok_or_else(|| no_version(store, name, version))
}

fn versions(
    store: &ModelStore,
    view: &View<'_>,
    name: &ModelName,
) -> Result<Vec<Version>, ExchangeError> {
    view.versions(name).map_err(|source| ExchangeError::List {
        place: store.place().join(name.as_str()).display().to_string(),
        source,
    })
}

/// All of them, or the one that is meant.
fn pick(
    store: &ModelStore,
    name: &ModelName,
    version: Option<Version>,
    listed: &[Version],
) -> Result<Vec<Version>, ExchangeError> {
    let meant = |listed: &&Version| version.is_none_or(|version| version == **listed);
    let picked: Vec<Version> = listed.iter().filter(meant).copied().collect();
    if picked.is_empty() {
        return Err(no_version(store, name, version));
    }
    Ok(picked)
}

fn no_version(store: &ModelStore, name: &ModelName, version: Option<Version>) -> ExchangeError {
    ExchangeError::NoVersion {
        place: store.place().display().to_string(),
        name: name.clone(),
        version,
    }
}

impl Found {
    fn of(view: &View<'_>, name: &ModelName, version: Version) -> Self {
        let outcome = view.load(name, version).map(|loaded| {
            let Loaded {
                artifact, vouched, ..
            } = loaded;
            Signed {
                identity: artifact.identity,
                signers: vouched.signers,
            }
        });
        Self {
            name: name.clone(),
            version,
            outcome,
        }
    }
}

impl Verified {
    /// Whether every version is sound and signed.
    #[must_use]
    pub fn all_hold(&self) -> bool {
        self.0.iter().all(|found| found.outcome.is_ok())
    }

    /// The same for machines.
    #[must_use]
    pub fn json(&self) -> Value {
        let versions = self.0.iter().map(|found| {
            let (name, version) = (found.name.as_str(), found.version.get());
            match &found.outcome {
                Ok(Signed { identity, signers }) => json!({
                    "name": name, "version": version, "holds": true,
                    "digest": identity.digest.as_str(), "signed_by": signers,
                }),
                Err(error) => json!({
                    "name": name, "version": version, "holds": false,
                    "problem": error.to_string(),
                }),
            }
        });
        json!({"holds": self.all_hold(), "versions": versions.collect::<Vec<_>>()})
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = TextTable::new(1, &["model", "version", "digest", "signed by"]);
        let mut problems = Vec::new();
        for found in &self.0 {
            let (digest, signers) = match &found.outcome {
                Ok(Signed { identity, signers }) => (
                    identity.digest.as_str().chars().take(DIGITS).collect(),
                    signers.join(", "),
                ),
                Err(error) => {
                    problems.push(error.to_string());
                    (String::new(), "REFUSED".to_owned())
                }
            };
            let (name, version) = (found.name.to_string(), found.version.to_string());
            table.row([name, version, digest, signers]);
        }
        write!(f, "{table}")?;
        for problem in &problems {
            write!(f, "\n{}", wrapped(problem, "", "  "))?;
        }
        let (all, refused) = (self.0.len(), problems.len());
        match refused {
            0 => write!(f, "\nall {all} are sound and signed"),
            _ => write!(
                f,
                "\n{refused} of {all} would be refused where signatures are required"
            ),
        }
    }
}
