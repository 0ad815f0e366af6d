//! `[[issuers]]`: whose tokens are taken.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use super::{QuotaToml, check_name, read_models, read_quota, read_scopes};
use crate::{
    access::token::{self, Issuer, KeySet, Keys, KeysAddress, algorithm},
    config::{document::Document, text_file},
    customer::Violations,
};

/// The most issuers: a token may be checked by each.
const MAX_ISSUERS: usize = 16;
const LEEWAY_SECONDS: u64 = 30;
const MAX_LEEWAY_SECONDS: u64 = 600;
const JWKS_SECONDS: u64 = 300;
const MIN_JWKS_SECONDS: u64 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerToml {
    name: String,
    issuer: String,
    audiences: Vec<String>,
    algorithms: Vec<String>,
    leeway_seconds: Option<u64>,
    jwks_file: Option<PathBuf>,
    jwks_url: Option<String>,
    jwks_seconds: Option<u64>,
    #[serde(default)]
    scopes: Vec<String>,
    models: Option<Vec<String>>,
    quota: Option<QuotaToml>,
}

/// Reads all issuers, and which files their keys are in.
pub(super) fn read(document: &mut Document<'_>) -> (Vec<Issuer>, Vec<PathBuf>) {
    let Some(Ok(stated)) = document.entries::<IssuerToml>("issuers") else {
        return Default::default();
    };
    if stated.len() > MAX_ISSUERS {
        let text = format!("must be at most {MAX_ISSUERS}");
        document.blame(&Violations::of("issuers", text));
    }
    let mut names = Vec::new();
    let mut issuers = Vec::with_capacity(stated.len());
    for (at, stated) in stated.iter().enumerate() {
        let mut faults = Violations::default();
        check_name(&stated.name, &names, "name", &mut faults);
        names.push(stated.name.clone());
        issuers.extend(stated.read(&mut faults));
        document.blame(&faults.within(&format!("issuers[{at}]")));
    }
    let files = stated.into_iter().filter_map(|stated| stated.jwks_file);
    (issuers, files.collect())
}

impl IssuerToml {
    fn read(&self, faults: &mut Violations) -> Option<Issuer> {
        let mut algorithms = Vec::with_capacity(self.algorithms.len());
        for (at, name) in self.algorithms.iter().enumerate() {
            if let Some(algorithm) = algorithm(name) {
                algorithms.push(algorithm);
            } else {
                let text = "must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, \
                            ES384, EdDSA, HS256, HS384, HS512";
                faults.push(&format!("algorithms[{at}]"), text);
            }
        }
        for (field, is_empty) in [
            ("issuer", self.issuer.is_empty()),
            ("audiences", self.audiences.is_empty()),
            ("algorithms", self.algorithms.is_empty()),
        ] {
            if is_empty {
                faults.push(field, "must not be empty");
            }
        }
        let leeway = self.leeway_seconds.unwrap_or(LEEWAY_SECONDS);
        if leeway > MAX_LEEWAY_SECONDS {
            let text = format!("must be at most {MAX_LEEWAY_SECONDS}");
            faults.push("leeway_seconds", text);
        }
        let every = self.jwks_seconds.unwrap_or(JWKS_SECONDS);
        if every < MIN_JWKS_SECONDS {
            let text = format!("must be at least {MIN_JWKS_SECONDS}");
            faults.push("jwks_seconds", text);
        }
        let scopes = read_scopes(&self.scopes, "scopes", faults);
        let quota = read_quota(self.quota.as_ref(), faults);
        let models = read_models(self.models.as_ref(), "models", faults);
        let keys = match (&self.jwks_file, &self.jwks_url) {
            (Some(path), None) if algorithms.len() == self.algorithms.len() => {
                let keys = read_keys(path, &algorithms);
                keys.map_err(|problem| faults.push("jwks_file", problem))
                    .ok()
            }
            (Some(_), None) => None,
            (None, Some(url)) if is_safe(url) => Some(Keys::At(KeysAddress {
                url: url.clone(),
                every: Duration::from_secs(every),
            })),
            (None, Some(_)) => {
                let text = "must be an https address, or an http one of 127.0.0.1 or localhost";
                faults.push("jwks_url", text);
                None
            }
            (None, None) | (Some(_), Some(_)) => {
                faults.push("name", "needs one of jwks_file and jwks_url");
                None
            }
        };
        Some(Issuer {
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            audiences: self.audiences.clone(),
            algorithms,
            leeway: Duration::from_secs(leeway),
            keys: keys?,
            scopes,
            models,
            quota,
        })
    }
}

fn read_keys(path: &Path, algorithms: &[token::Algorithm]) -> Result<Keys, String> {
    let text = text_file::read(path).map_err(|error| error.to_string())?;
    let keys = KeySet::read(text.as_bytes(), algorithms);
    let keys = keys.map_err(|error| format!("{} {error}", path.display()))?;
    Ok(Keys::Here(keys))
}

/// Whoever changes what this address answers may sign tokens.
fn is_safe(url: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_local = |local: &&str| {
        let rest = url.strip_prefix(local);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    };
    // `http://localhost:x@elsewhere/` is elsewhere.
    !url.contains('@') && (url.starts_with("https://") || local.iter().any(is_local))
}
