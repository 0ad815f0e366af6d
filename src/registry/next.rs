//! The next entry of a model: what the disk says, as far as it passes.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::Arc,
};

use super::{Entry, gate::Gate, replay::is_no_step_back, residents::Loader};
use crate::artifact::{Alias, Aliases, ModelName, Seen, Version, View};

/// How many of the newest versions are looked at for some that pass: who can put
/// directories there could have all of them looked at, and each refusal kept.
const MAX_LOOKED_AT: usize = 1_000;

/// What the files of a model say, before any version is loaded.
struct Stored {
    /// Oldest first.
    versions: Vec<Version>,
    /// `None` where they could never be told.
    aliases: Option<Aliases>,
    faults: Vec<String>,
}

/// What the next entry is made by, beside the files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// How many of the newest versions are loaded, with those that aliases stand
    /// for, and the champion before.
    pub(super) resident_versions: NonZeroUsize,
}

impl Entry {
    /// What comes after this entry.
    pub(super) fn next(&self, view: &View<'_>, name: &ModelName, rules: Rules) -> Self {
        let Stored {
            versions,
            aliases,
            mut faults,
        } = self.stored(view, name);
        let mut loader = Loader::new(view, name, self);
        let newest_first = versions.iter().rev().copied();
        let valid: Vec<Version> = newest_first
            .take(MAX_LOOKED_AT)
            .filter(|version| loader.load(*version))
            .take(rules.resident_versions.get())
            .collect();
        let known = aliases.is_some();
        let aliases = aliases.unwrap_or_default();
        let predecessor = aliases.past_champions().next();
        let named = aliases.iter().map(|(_, version)| version);
        for version in named.chain(predecessor) {
            loader.load_or_keep(version, &versions);
        }
        let let_in = self.let_in(&aliases);
        let mut gate = Gate::new(self, &versions, &let_in);
        let answering = self.answering(&aliases, &mut loader, &mut gate, &mut faults);

        let champion = Alias::champion();
        let floor = self.floor(&aliases, view.trust());
        let wanted = match aliases.get(&champion) {
            Some(_) => answering.get(&champion).copied(),
            None if known => {
                let newest = gate.newest(&valid, &mut loader);
                newest.filter(|newest| is_no_step_back(*newest, floor, &mut faults))
            }
            None => None,
        };
        let last = self.served().map(|served| served.identity.version);
        let served = wanted.or_else(|| last.filter(|last| loader.keep(*last)));
        if served.is_none() {
            faults.push("no version may be served".to_owned());
        } else if wanted.is_none() {
            faults.push("no version on disk may be served; the one in memory goes on".to_owned());
        }
        let doubted = loader.residents.iter().filter_map(|(version, resident)| {
            let doubt = resident.vouched.doubt.as_ref()?;
            Some(format!("version {version} is served though it {doubt}"))
        });
        faults.extend(doubted);
        let held = gate.held;
        let seen = if known {
            Seen {
                generation: self.seen.generation.max(aliases.generation()),
                version: match aliases.get(&champion) {
                    Some(_) => None,
                    None => served.max(floor),
                },
            }
        } else {
            self.seen
        };
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
            held,
            seen,
            trust: view.trust().generation(),
            let_in,
            traffic: Arc::clone(&self.traffic),
        }
        .compared()
    }

    /// Which aliases stand for their versions because somebody moved them through a
    /// server, as far as it shows: moves are counted, a file written by hand is not.
    fn let_in(&self, aliases: &Aliases) -> BTreeSet<(Alias, Version)> {
        let was_moved = aliases.generation() > self.aliases.generation();
        let last = aliases.last_move().filter(|_| was_moved);
        let is_let_in = |alias: &Alias, version| {
            let is_new = was_moved && self.aliases.get(alias) != Some(version);
            is_new
                || last.is_some_and(|last| last.alias == *alias)
                || self.let_in.contains(&(alias.clone(), version))
        };
        let aliases = aliases.iter();
        let let_in = aliases.filter(|(alias, version)| is_let_in(alias, *version));
        let_in
            .map(|(alias, version)| (alias.clone(), version))
            .collect()
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
            Ok(aliases) if self.is_put_back(&aliases, view.trust()) => {
                faults.push(format!(
                    "aliases stay as they were: those stored are of move {}, and move {} was \
                     seen; an older state was put back. Move an alias by SetAlias if that is wanted",
                    aliases.generation(),
                    self.seen.generation
                ));
                last_good()
            }
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
    /// while that cannot be loaded or is held back, the one that answered before.
    fn answering(
        &self,
        aliases: &Aliases,
        loader: &mut Loader<'_>,
        gate: &mut Gate<'_>,
        faults: &mut Vec<String>,
    ) -> BTreeMap<Alias, Version> {
        let mut answering = BTreeMap::new();
        for (alias, version) in aliases.iter() {
            if loader.residents.contains_key(&version) {
                let answer = gate.answer(alias, version, loader);
                answering.insert(alias.clone(), answer);
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
