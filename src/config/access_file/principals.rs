//! `[[principals]]`: who is known by name.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{QuotaToml, check_name, read_models, read_quota, read_scopes};
use crate::{
    access::{KeyDigest, PeerName, StatedPrincipal},
    config::document::Document,
    customer::Violations,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrincipalToml {
    name: String,
    scopes: Vec<String>,
    models: Option<Vec<String>>,
    quota: Option<QuotaToml>,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    certificates: Vec<String>,
    #[serde(default)]
    tokens: Vec<TokenToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenToml {
    issuer: String,
    subject: String,
}

/// What others have already, so that nobody is two.
#[derive(Default)]
struct Taken {
    names: Vec<String>,
    credentials: BTreeSet<String>,
}

/// Reads all principals; `issuers` are the names of those that tokens may be of.
pub(super) fn read(document: &mut Document<'_>, issuers: &[&str]) -> Vec<StatedPrincipal> {
    let Some(Ok(stated)) = document.entries::<PrincipalToml>("principals") else {
        return Vec::new();
    };
    let mut taken = Taken::default();
    let stated = stated.iter().enumerate();
    let read = stated.map(|(at, principal)| {
        let mut faults = Violations::default();
        let read = principal.read(issuers, &mut taken, &mut faults);
        document.blame(&faults.within(&format!("principals[{at}]")));
        read
    });
    read.collect()
}

impl Taken {
    /// Blames a credential that another has.
    fn take(&mut self, credential: String, field: &str, faults: &mut Violations) {
        if !self.credentials.insert(credential) {
            faults.push(field, "is there twice: it must be of one principal only");
        }
    }
}

impl PrincipalToml {
    fn read(
        &self,
        issuers: &[&str],
        taken: &mut Taken,
        faults: &mut Violations,
    ) -> StatedPrincipal {
        let Self {
            name,
            scopes,
            models,
            quota,
            keys,
            certificates,
            tokens,
        } = self;
        check_name(name, &taken.names, "name", faults);
        taken.names.push(name.clone());
        if scopes.is_empty() {
            faults.push(
                "scopes",
                "must name one of score, read-models, manage-models",
            );
        }
        if keys.is_empty() && certificates.is_empty() && tokens.is_empty() {
            let text = "needs keys, certificates or tokens to show who it is";
            faults.push("name", text);
        }
        let mut read_keys = Vec::with_capacity(keys.len());
        for (at, key) in keys.iter().enumerate() {
            let field = format!("keys[{at}]");
            match key.parse::<KeyDigest>() {
                Ok(digest) => {
                    taken.take(key.to_ascii_lowercase(), &field, faults);
                    read_keys.push(digest);
                }
                Err(error) => faults.push(&field, error.to_string()),
            }
        }
        let mut names = Vec::with_capacity(certificates.len());
        for (at, certificate) in certificates.iter().enumerate() {
            let field = format!("certificates[{at}]");
            match PeerName::parse(certificate) {
                Some(name) => {
                    taken.take(format!("{name:?}"), &field, faults);
                    names.push(name);
                }
                None => faults.push(&field, "must be `dns:NAME` or `uri:URI`"),
            }
        }
        let mut subjects = Vec::with_capacity(tokens.len());
        for (at, TokenToml { issuer, subject }) in tokens.iter().enumerate() {
            if !issuers.contains(&issuer.as_str()) {
                faults.push(&format!("tokens[{at}].issuer"), "is the name of no issuer");
            }
            let field = format!("tokens[{at}]");
            taken.take(format!("{issuer}:{subject}"), &field, faults);
            subjects.push((issuer.clone(), subject.clone()));
        }
        StatedPrincipal {
            name: name.clone(),
            scopes: read_scopes(scopes, "scopes", faults),
            models: read_models(models.as_ref(), "models", faults),
            quota: read_quota(quota.as_ref(), faults),
            keys: read_keys,
            certificates: names,
            subjects,
        }
    }
}
