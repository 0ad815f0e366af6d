//! Whose signatures are believed, and what becomes of a version without one.

use std::collections::{BTreeMap, BTreeSet};

use super::{KeyId, PublicKey, Signatures, SignaturesProblem, statement};
use crate::artifact::{Identity, ModelName, Version};

/// How many keys are told in an error.
const TOLD: usize = 3;

/// What becomes of a version that no trusted key vouches for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignaturePolicy {
    /// It is refused.
    Require,
    /// It is served, and told.
    Warn,
    /// Nobody looks.
    #[default]
    Off,
}

/// A key whose signatures are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// Whose it is, for people.
    pub name: String,
    /// The key.
    pub key: PublicKey,
    /// The models that it may sign; `None`: all.
    pub models: Option<BTreeSet<ModelName>>,
}

/// Whose signatures are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedKeys {
    /// By what names them.
    keys: BTreeMap<KeyId, TrustedKey>,
    /// The oldest version of each model that may be served, whoever signed it.
    oldest: BTreeMap<ModelName, Version>,
}

/// By what a server judges versions at one moment.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    policy: SignaturePolicy,
    keys: TrustedKeys,
    /// How often the keys have changed.
    generation: u64,
}

/// What keeps a version from being believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// Nobody signed it.
    #[error("is not signed; sign it with `holdfast-train sign`")]
    Unsigned,
    /// The file of signatures is none.
    #[error("has a signatures.json that is damaged: {0}; sign the version again")]
    Damaged(#[from] SignaturesProblem),
    /// Only keys signed it that nobody trusts.
    #[error("is signed by keys that are not trusted: {0}")]
    Untrusted(String),
    /// A signature of a trusted key is not of this version.
    #[error(
        "has a signature by `{0}` that does not hold: it is of another version, or damaged; \
         remove signatures.json if the version is sound, and sign it again"
    )]
    Wrong(String),
    /// A trusted key signed it that is trusted for other models.
    #[error("is signed by `{0}`, whose key may not sign this model")]
    OtherModels(String),
    /// It was signed, but time has passed over it.
    #[error("is older than version {0}, the oldest that the trusted keys let serve")]
    TooOld(Version),
}

/// What was found out about a version that may be served.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vouched {
    /// Its signatures, as far as they were looked at.
    pub signatures: Signatures,
    /// Who vouches for it, by the names of their keys.
    pub signers: Vec<String>,
    /// What keeps it from being believed, though it is served.
    pub doubt: Option<Doubt>,
}

impl TrustedKeys {
    /// Each key once; the last of those that are one.
    #[must_use]
    pub fn new(
        keys: impl IntoIterator<Item = TrustedKey>,
        oldest: BTreeMap<ModelName, Version>,
    ) -> Self {
        let keys = keys.into_iter().map(|key| (key.key.id(), key));
        Self {
            keys: keys.collect(),
            oldest,
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether nobody is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Who vouches for a version.
    fn judge(&self, identity: &Identity, stored: &Signatures) -> Result<Vec<String>, Doubt> {
        let statement = statement(identity);
        let mut signers = Vec::new();
        let mut elsewhere = None;
        for (id, signature) in &stored.0 {
            let Some(TrustedKey { name, key, models }) = self.keys.get(id) else {
                continue;
            };
            if !key.verifies(&statement, signature) {
                return Err(Doubt::Wrong(name.clone()));
            }
            match models {
                Some(models) if !models.contains(&identity.name) => elsewhere = Some(name.clone()),
                Some(_) | None => signers.push(name.clone()),
            }
        }
        if signers.is_empty() {
            return Err(match elsewhere {
                Some(name) => Doubt::OtherModels(name),
                None if stored.0.is_empty() => Doubt::Unsigned,
                None => Doubt::Untrusted(listed(stored)),
            });
        }
        match self.oldest.get(&identity.name) {
            Some(oldest) if identity.version < *oldest => Err(Doubt::TooOld(*oldest)),
            Some(_) | None => Ok(signers),
        }
    }
}

impl Trust {
    /// Begins with these keys.
    #[must_use]
    pub fn new(policy: SignaturePolicy, keys: TrustedKeys) -> Self {
        Self {
            policy,
            keys,
            generation: 0,
        }
    }

    /// The same with other keys, known to be another.
    #[must_use]
    pub fn with(&self, keys: TrustedKeys) -> Self {
        Self {
            policy: self.policy,
            keys,
            generation: self.generation + 1,
        }
    }

    /// What becomes of a version that no trusted key vouches for.
    #[must_use]
    pub fn policy(&self) -> SignaturePolicy {
        self.policy
    }

    /// How often the keys have changed since the beginning.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether signatures are looked at.
    pub(in crate::artifact) fn looks(&self) -> bool {
        self.policy != SignaturePolicy::Off
    }

    /// What is to be said of a version with these signatures.
    ///
    /// # Errors
    ///
    /// When it may not be served.
    pub fn admit(
        &self,
        identity: &Identity,
        stored: Result<Signatures, SignaturesProblem>,
    ) -> Result<Vouched, Doubt> {
        if self.policy == SignaturePolicy::Off {
            return Ok(Vouched::default());
        }
        let judged = match &stored {
            Ok(stored) => self.keys.judge(identity, stored),
            Err(problem) => Err(problem.clone().into()),
        };
        let (signers, doubt) = match (self.policy, judged) {
            (_, Ok(signers)) => (signers, None),
            (SignaturePolicy::Require, Err(doubt)) => return Err(doubt),
            (SignaturePolicy::Warn | SignaturePolicy::Off, Err(doubt)) => (Vec::new(), Some(doubt)),
        };
        Ok(Vouched {
            signatures: stored.unwrap_or_default(),
            signers,
            doubt,
        })
    }
}

fn listed(signatures: &Signatures) -> String {
    let ids: Vec<String> = signatures
        .keys()
        .take(TOLD)
        .map(ToString::to_string)
        .collect();
    match signatures.keys().len().saturating_sub(TOLD) {
        0 => ids.join(", "),
        more => format!("{}, and {more} more", ids.join(", ")),
    }
}
