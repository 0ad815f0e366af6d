//! What holds at one moment: who is known, and by what.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{
    ApiKeys, KeyDigest, Models, PeerName, Principal, Quota, Rates, Refused, Scopes,
    token::{self, Issuer, KeySet, Keys, KeysAddress, Remembered, Unverified, Wishes},
};

/// What an access file states.
#[derive(Debug, Clone, Default)]
pub struct Stated {
    /// Who is known by name.
    pub principals: Vec<StatedPrincipal>,
    /// Whose tokens are taken.
    pub issuers: Vec<Issuer>,
}

/// A principal, and how it shows who it is.
#[derive(Debug, Clone)]
pub struct StatedPrincipal {
    /// As the log and the audit lines call it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// With which models.
    pub models: Models,
    /// How much.
    pub quota: Option<Rates>,
    /// By an API key.
    pub keys: Vec<KeyDigest>,
    /// By a client certificate.
    pub certificates: Vec<PeerName>,
    /// By a token: the issuer's name in the file, and the subject.
    pub subjects: Vec<(String, String)>,
}

/// Who is known, and by what. Never changes, so that what it remembers of tokens
/// was verified by the keys that it has.
#[derive(Debug, Default)]
pub struct Access {
    keys: ApiKeys,
    certificates: HashMap<PeerName, Arc<Principal>>,
    subjects: HashMap<(String, String), Arc<Principal>>,
    /// An issuer whose keys have not been had yet has none.
    issuers: Vec<(Issuer, Option<KeySet>)>,
    /// By the names of principals, and those of issuers with a colon.
    quotas: HashMap<String, Arc<Quota>>,
    remembered: Remembered,
    /// The same for as long as the server runs.
    wishes: Arc<Wishes>,
}

impl Access {
    /// What a file states, with the keys that were had from addresses. What was
    /// spent of quotas `before`, and is not changed, stays spent.
    #[must_use]
    pub fn new(
        stated: &Stated,
        had: &BTreeMap<KeysAddress, KeySet>,
        before: Option<&Self>,
    ) -> Self {
        let Stated {
            principals,
            issuers,
        } = stated;
        let mut access = Self {
            wishes: before.map(Self::wishes).unwrap_or_default(),
            ..Self::default()
        };
        for stated in principals {
            access.add(stated, before);
        }
        for issuer in issuers {
            access.limit(format!(":{}", issuer.name), issuer.quota, before);
        }
        access.issuers = issuers
            .iter()
            .map(|issuer| {
                let keys = match &issuer.keys {
                    Keys::Here(keys) => Some(keys.clone()),
                    Keys::At(address) => had.get(address).cloned(),
                };
                (issuer.clone(), keys)
            })
            .collect();
        access
    }

    pub(super) fn wishes(&self) -> Arc<Wishes> {
        Arc::clone(&self.wishes)
    }

    /// The quota of a name.
    fn limit(
        &mut self,
        name: String,
        rates: Option<Rates>,
        before: Option<&Self>,
    ) -> Option<Arc<Quota>> {
        let rates = rates?;
        let before = before.and_then(|before| before.quotas.get(&name));
        let same = before.filter(|quota| quota.rates() == rates).cloned();
        let quota = same.unwrap_or_else(|| Arc::new(Quota::new(rates)));
        self.quotas.insert(name, Arc::clone(&quota));
        Some(quota)
    }

    fn add(&mut self, stated: &StatedPrincipal, before: Option<&Self>) {
        let StatedPrincipal {
            name,
            scopes,
            models,
            quota,
            keys,
            certificates,
            subjects,
        } = stated.clone();
        let quota = self.limit(name.clone(), quota, before);
        let principal = Arc::new(Principal {
            name,
            scopes,
            models,
            quota,
        });
        for digest in keys {
            self.keys.add(digest, Arc::clone(&principal));
        }
        for name in certificates {
            self.certificates.insert(name, Arc::clone(&principal));
        }
        for subject in subjects {
            self.subjects.insert(subject, Arc::clone(&principal));
        }
    }

    /// Who shows this token or, without one, a certificate of these names; `None`
    /// without a certificate.
    ///
    /// # Errors
    ///
    /// When nobody known does.
    pub fn authenticate(
        &self,
        token: Option<&str>,
        certificate: Option<&[PeerName]>,
    ) -> Result<Arc<Principal>, Refused> {
        match (token, certificate) {
            (Some(token), _) => self.of_token(token),
            (None, Some(names)) => {
                let mut known = names.iter().filter_map(|name| self.certificates.get(name));
                known.next().cloned().ok_or(Refused::Certificate)
            }
            (None, None) => Err(Refused::Missing),
        }
    }

    fn of_token(&self, token: &str) -> Result<Arc<Principal>, Refused> {
        let digest = KeyDigest::of(token.as_bytes());
        if let Some(owner) = self.keys.owner(&digest) {
            return Ok(Arc::clone(owner));
        }
        if self.issuers.is_empty() {
            return Err(Refused::Unknown);
        }
        // A clock before 1970 is not set.
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default();
        match self.remembered.get(&digest, now) {
            Some(principal) => Ok(principal),
            None => self.verify(token, digest, now),
        }
    }

    /// Why no key has verified a token: it may name one that its issuer has made
    /// since its keys were had.
    fn missing(&self, issuer: &Issuer, keys: &KeySet, token: &Unverified) -> Refused {
        if let Keys::At(address) = &issuer.keys
            && issuer.lacks(&token.header, keys)
            && self.wishes.wish(address, Instant::now())
        {
            return Refused::NoKeys;
        }
        Refused::Unknown
    }

    fn verify(
        &self,
        token: &str,
        digest: KeyDigest,
        now: Duration,
    ) -> Result<Arc<Principal>, Refused> {
        let unverified = token::unverified(token).ok_or(Refused::Unknown)?;
        let named = |(issuer, _): &&(Issuer, _)| issuer.issuer == unverified.issuer;
        let mut issuers = self.issuers.iter().filter(named).peekable();
        // No other issuer's keys are tried.
        if issuers.peek().is_none() {
            return Err(Refused::Issuer);
        }
        let mut refused = Refused::Unknown;
        for (issuer, keys) in issuers {
            let verified = match keys {
                Some(keys) => issuer.verify(token, &unverified.header, keys),
                None => Err(Refused::NoKeys),
            };
            let verified = match (verified, keys) {
                (Err(Refused::Unknown), Some(keys)) => Err(self.missing(issuer, keys, &unverified)),
                (verified, _) => verified,
            };
            match verified {
                Ok(verified) => {
                    let subject = (issuer.name.clone(), verified.subject);
                    let principal = match self.subjects.get(&subject) {
                        Some(principal) => Arc::clone(principal),
                        None => Arc::new(Principal {
                            name: format!("{}:{}", subject.0, subject.1),
                            scopes: verified.scopes,
                            models: issuer.models.clone(),
                            quota: self.quotas.get(&format!(":{}", issuer.name)).cloned(),
                        }),
                    };
                    self.remembered
                        .keep(digest, &principal, verified.expires, now);
                    return Ok(principal);
                }
                Err(other) => refused = token::worse(refused, other),
            }
        }
        Err(refused)
    }
}
