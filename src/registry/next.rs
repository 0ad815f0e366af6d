//! The next entry of a model: what the disk says, as far as it passes.

use std::{collections::BTreeMap, num::NonZeroUsize, sync::Arc};

use super::{Entry, residents::Loader};
use crate::artifact::{Alias, Aliases, ModelName, Version, View};

/// What the files of a model say, before any version is loaded.
struct Stored {
    /// Oldest first.
    versions: Vec<Version>,
    /// `None` where they could never be told.
    aliases: Option<Aliases>,
    faults: Vec<String>,
}

impl Entry {
    /// What comes after this entry, with so many of the newest versions loaded,
    /// and those that aliases stand for, and the champion before.
    pub(super) fn next(
        &self,
        view: &View<'_>,
        name: &ModelName,
        resident_versions: NonZeroUsize,
    ) -> Self {
        let Stored {
            versions,
            aliases,
            mut faults,
        } = self.stored(view, name);
        let mut loader = Loader::new(view, name, self);
        let newest_first = versions.iter().rev().copied();
        let valid: Vec<Version> = newest_first
            .filter(|version| loader.load(*version))
            .take(resident_versions.get())
            .collect();
        let known = aliases.is_some();
        let aliases = aliases.unwrap_or_default();
        let predecessor = aliases.past_champions().next();
        let named = aliases.iter().map(|(_, version)| version);
        for version in named.chain(predecessor) {
            if versions.contains(&version) {
                loader.load(version);
            } else {
                loader.keep(version);
            }
        }
        let answering = self.answering(&aliases, &mut loader, &mut faults);

        let champion = Alias::champion();
        let wanted = match aliases.get(&champion) {
            Some(_) => answering.get(&champion).copied(),
            None if known => valid.first().copied(),
            None => None,
        };
        let last = self.served().map(|served| served.identity.version);
        let served = wanted.or_else(|| last.filter(|last| loader.keep(*last)));
        if served.is_none() {
            faults.push("no version may be served".to_owned());
        } else if wanted.is_none() {
            faults.push("no version on disk may be served; the one in memory goes on".to_owned());
        }
        Self {
            served: served
                .and_then(|version| loader.residents.get(&version))
                .map(|resident| Arc::clone(&resident.artifact)),
            refused: loader.refused.into_values().rev().collect(),
            residents: loader.residents,
            aliases,
            answering,
            unlike: BTreeMap::new(),
            faults,
        }
        .compared()
    }

    fn stored(&self, view: &View<'_>, name: &ModelName) -> Stored {
        let last_good = || self.served.is_some().then(|| self.aliases.clone());
        let versions = match view.versions(name) {
            Ok(versions) => versions,
            Err(error) => {
                return Stored {
                    versions: Vec::new(),
                    aliases: last_good(),
                    faults: vec![format!("versions cannot be listed: {error}")],
                };
            }
        };
        let mut faults = Vec::new();
        let aliases = match view.aliases(name) {
            Ok(aliases) => Some(aliases),
            Err(error) => {
                faults.push(format!("aliases stay as they were: {error}"));
                last_good()
            }
        };
        Stored {
            versions,
            aliases,
            faults,
        }
    }

    /// The version that answers for each alias: the one that it stands for, or
    /// while that cannot be loaded, the one that answered before.
    fn answering(
        &self,
        aliases: &Aliases,
        loader: &mut Loader<'_>,
        faults: &mut Vec<String>,
    ) -> BTreeMap<Alias, Version> {
        let mut answering = BTreeMap::new();
        for (alias, version) in aliases.iter() {
            if loader.residents.contains_key(&version) {
                answering.insert(alias.clone(), version);
                continue;
            }
            faults.push(format!(
                "alias `{alias}` stands for version {version}, which cannot be loaded"
            ));
            let last = self.answering.get(alias);
            if let Some(last) = last.filter(|last| loader.keep(**last)) {
                answering.insert(alias.clone(), *last);
            }
        }
        answering
    }
}
