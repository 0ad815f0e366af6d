//! Everything that is loaded at one moment.

use std::{collections::BTreeMap, sync::Arc};

use super::{Choice, Entry, Listener, SelectError, Selector};
use crate::artifact::{Artifact, ModelName};

/// Every model that is loaded. It never changes; the next one takes its place.
#[derive(Debug, Default)]
pub struct Catalogue {
    models: BTreeMap<ModelName, Arc<Entry>>,
}

impl Catalogue {
    pub(super) fn new(models: BTreeMap<ModelName, Arc<Entry>>) -> Self {
        Self { models }
    }

    /// Every model by name.
    #[must_use]
    pub fn models(&self) -> impl ExactSizeIterator<Item = (&ModelName, &Entry)> {
        self.models.iter().map(|(name, entry)| (name, &**entry))
    }

    /// One model.
    #[must_use]
    pub fn model(&self, name: &ModelName) -> Option<&Entry> {
        self.entry(name).map(|entry| &**entry)
    }

    pub(super) fn entry(&self, name: &ModelName) -> Option<&Arc<Entry>> {
        self.models.get(name)
    }

    pub(super) fn entries(&self) -> &BTreeMap<ModelName, Arc<Entry>> {
        &self.models
    }

    /// Who hears the customers that a version scores.
    #[must_use]
    pub fn listener<'c>(&'c self, model: &'c Artifact) -> Option<Listener<'c>> {
        let entry = self.models.get(&model.identity.name)?;
        Some(Listener {
            traffic: &entry.traffic,
            model,
        })
    }

    /// The version that a request wants.
    ///
    /// # Errors
    ///
    /// When that model, version or alias is not being served.
    pub fn select(&self, selector: &Selector) -> Result<&Artifact, SelectError> {
        let Selector { name, choice } = selector;
        let entry = self
            .models
            .get(name)
            .ok_or_else(|| SelectError::ModelNotFound(name.clone()))?;
        let found = match choice {
            Choice::Served => entry.served(),
            Choice::Version(version) => {
                return entry
                    .resident(*version)
                    .ok_or_else(|| match entry.served() {
                        Some(_) => SelectError::VersionNotFound {
                            name: name.clone(),
                            version: *version,
                        },
                        None => SelectError::Unavailable(name.clone()),
                    });
            }
            Choice::Alias(alias) => {
                if entry.aliases().get(alias).is_none() {
                    return Err(SelectError::AliasNotFound {
                        name: name.clone(),
                        alias: alias.clone(),
                    });
                }
                entry.aliased(alias)
            }
        };
        found.ok_or_else(|| SelectError::Unavailable(name.clone()))
    }
}
