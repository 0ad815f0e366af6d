//! Somebody who calls.

use std::{collections::BTreeSet, fmt, sync::Arc};

use super::{Denied, Exceeded, Quota, Scope, Scopes};
use crate::artifact::ModelName;

/// The name of whoever was not asked for one.
pub const ANYONE: &str = "anyone";

/// A program or a person, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// As the log and the audit lines call it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// With which models.
    pub models: Models,
    /// How much; `None`: as it likes.
    pub quota: Option<Arc<Quota>>,
}

/// The models that a principal may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Models {
    /// Whatever is served.
    All,
    /// These.
    Named(BTreeSet<ModelName>),
}

/// A name that a client certificate vouches for: one of its subject alternative
/// names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeerName {
    /// A DNS name, in lower case.
    Dns(String),
    /// A URI, such as `spiffe://example.com/shop`.
    Uri(String),
}

impl Principal {
    /// Whoever calls a server that asks nobody who they are.
    #[must_use]
    pub fn anyone() -> Arc<Self> {
        Arc::new(Self {
            name: ANYONE.to_owned(),
            scopes: Scopes::all(),
            models: Models::All,
            quota: None,
        })
    }

    /// Takes a call of its quota.
    ///
    /// # Errors
    ///
    /// As [`Quota::take_call`].
    pub fn take_call(&self) -> Result<(), Exceeded> {
        self.quota
            .as_ref()
            .map_or(Ok(()), |quota| quota.take_call())
    }

    /// Takes so many customers of its quota.
    ///
    /// # Errors
    ///
    /// As [`Quota::take_rows`].
    pub fn take_rows(&self, rows: usize) -> Result<(), Exceeded> {
        let quota = self.quota.as_ref();
        quota.map_or(Ok(()), |quota| quota.take_rows(rows))
    }

    /// Its name, unless nobody asked for it.
    #[must_use]
    pub fn known_name(&self) -> Option<&str> {
        Some(self.name.as_str()).filter(|name| *name != ANYONE)
    }

    /// # Errors
    ///
    /// When it may not do what needs this scope.
    pub fn may(&self, scope: Scope) -> Result<(), Denied> {
        if self.scopes.contains(scope) {
            Ok(())
        } else {
            Err(Denied::Scope(scope))
        }
    }

    /// # Errors
    ///
    /// When it may not ask for this model. Whether there is such a model is not
    /// told.
    pub fn may_use(&self, model: &ModelName) -> Result<(), Denied> {
        if self.sees(model) {
            Ok(())
        } else {
            Err(Denied::Model(model.clone()))
        }
    }

    /// Whether it may ask for this model.
    #[must_use]
    pub fn sees(&self, model: &ModelName) -> bool {
        match &self.models {
            Models::All => true,
            Models::Named(names) => names.contains(model),
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl PeerName {
    /// Reads `dns:NAME` or `uri:URI`; `None` where it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        match kind {
            _ if name.is_empty() => None,
            "dns" => Some(Self::Dns(name.to_ascii_lowercase())),
            "uri" => Some(Self::Uri(name.to_owned())),
            _ => None,
        }
    }
}
