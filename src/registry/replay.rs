//! What keeps an older state of a model from serving by itself.
//!
//! Where signatures are required, whoever can write to the models but has no key may
//! still put back what was signed long ago. Moves of aliases are counted, so fewer
//! than were seen are an older state; and between two moves, the version that serves
//! by being the newest does not get older. Who moves an alias, or changes the trusted
//! keys, does so on purpose.

use std::collections::BTreeMap;

use tracing::error;

use super::{Building, Catalogue, Entry, Registry};
use crate::artifact::{Aliases, ModelName, Seen, SignaturePolicy, Trust, Version, write_seen};

impl Entry {
    /// Whether stored aliases are older than those seen.
    pub(super) fn is_put_back(&self, stored: &Aliases, trust: &Trust) -> bool {
        trust.policy() == SignaturePolicy::Require && stored.generation() < self.seen.generation
    }

    /// The oldest version that may serve by being the newest.
    pub(super) fn floor(&self, aliases: &Aliases, trust: &Trust) -> Option<Version> {
        let is_on_purpose =
            aliases.generation() > self.seen.generation || trust.generation() != self.trust;
        if is_on_purpose || trust.policy() != SignaturePolicy::Require {
            None
        } else {
            self.seen.version
        }
    }
}

/// Whether a version may serve by being the newest, or else a fault.
pub(super) fn is_no_step_back(
    newest: Version,
    floor: Option<Version>,
    faults: &mut Vec<String>,
) -> bool {
    match floor {
        Some(floor) if newest < floor => {
            faults.push(format!(
                "version {newest} does not serve by itself: version {floor} did, and is gone; \
                 an older state was put back. Set `champion` by SetAlias if that is wanted"
            ));
            false
        }
        Some(_) | None => true,
    }
}

impl Registry {
    /// How far a model had come.
    pub(super) fn seen(&self, name: &ModelName) -> Seen {
        match self.current().model(name) {
            Some(entry) => entry.seen,
            None => self.remembered.get(name).copied().unwrap_or_default(),
        }
    }

    /// How many moves there must have been before another: where older aliases are
    /// refused, a move over them is newer than those seen.
    pub(super) fn moves_seen(&self, name: &ModelName) -> u64 {
        match self.trust.current().policy() {
            SignaturePolicy::Require => self.seen(name).generation,
            SignaturePolicy::Warn | SignaturePolicy::Off => 0,
        }
    }

    /// Writes down how far all models have come, where that is wanted and news.
    pub(super) fn remember(&self, catalogue: &Catalogue, building: &mut Building) {
        let Some(path) = &self.memory else {
            return;
        };
        let mut seen: BTreeMap<ModelName, Seen> = self.remembered.clone();
        seen.extend(
            catalogue
                .models()
                .map(|(name, entry)| (name.clone(), entry.seen)),
        );
        if building.written.as_ref() == Some(&seen) {
            return;
        }
        match write_seen(path, &seen) {
            Ok(()) => {
                building.written = Some(seen);
                building.unwritten = false;
            }
            Err(error) if !building.unwritten => {
                error!(%error, "what was seen of models is not written down; a restart forgets it");
                building.unwritten = true;
            }
            Err(_) => {}
        }
    }
}
