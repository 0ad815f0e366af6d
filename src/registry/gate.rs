//! What keeps a loaded version from serving by itself: callers who are not ready
//! for it.
//!
//! Who moves an alias through a server has been told there, so a move is not held
//! back on any other server: all of them agree. What merely lies on disk is: a new
//! version, an alias in a file that was written by other means.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Entry, HeldBack, NotReady, ready::not_ready, residents::Loader};
use crate::artifact::{Alias, Artifact, Version};

/// Decides for one model, at one look at its files.
pub(super) struct Gate<'e> {
    before: &'e Entry,
    /// On disk, oldest first.
    listed: &'e [Version],
    /// Those who stand for a version because somebody moved them through a server.
    let_in: &'e BTreeSet<(Alias, Version)>,
    /// What was held back so far.
    pub(super) held: BTreeMap<Version, Arc<HeldBack>>,
}

impl<'e> Gate<'e> {
    pub(super) fn new(
        before: &'e Entry,
        listed: &'e [Version],
        let_in: &'e BTreeSet<(Alias, Version)>,
    ) -> Self {
        Self {
            before,
            listed,
            let_in,
            held: BTreeMap::new(),
        }
    }

    /// The version that serves where no champion is set: of those that may be
    /// served, newest first, the first that callers are ready for. One that is no
    /// newer than what serves is no news to them.
    pub(super) fn newest(&mut self, valid: &[Version], loader: &mut Loader<'_>) -> Option<Version> {
        let Some(last) = self.before.last_served() else {
            return valid.first().copied();
        };
        for version in valid.iter().copied() {
            if version <= last || self.callers_take(version, last, loader) {
                return Some(version);
            }
        }
        // None of these would be held back if it could not go on.
        (!valid.is_empty()).then_some(last)
    }

    /// The version that answers for an alias that stands for `version`.
    pub(super) fn answer(
        &mut self,
        alias: &Alias,
        version: Version,
        loader: &mut Loader<'_>,
    ) -> Version {
        if self.let_in.contains(&(alias.clone(), version)) {
            return version;
        }
        match self.before.answered(alias) {
            Some(last) if !self.callers_take(version, last, loader) => last,
            _ => version,
        }
    }

    fn callers_take(
        &mut self,
        version: Version,
        instead: Version,
        loader: &mut Loader<'_>,
    ) -> bool {
        if version == instead || !loader.load_or_keep(instead, self.listed) {
            return true;
        }
        let [next, now] = [version, instead].map(|version| loader.residents.get(&version));
        let (Some(next), Some(now)) = (next, now) else {
            return true;
        };
        match self.before.held_back(&now.artifact, &next.artifact) {
            Some(held) => {
                self.held.insert(version, held);
                false
            }
            None => true,
        }
    }
}

impl Entry {
    /// What served whoever chose none.
    fn last_served(&self) -> Option<Version> {
        Some(self.served()?.identity.version)
    }

    /// The version that answered for an alias; for one of `champion` that was not
    /// set, the one that served.
    pub(super) fn answered(&self, alias: &Alias) -> Option<Version> {
        let answered = self.answering.get(alias).copied();
        if *alias == Alias::champion() {
            answered.or_else(|| self.last_served())
        } else {
            answered
        }
    }

    /// What keeps `next` from serving in place of `now`, by what callers sent
    /// lately. Nothing keeps a version from its own place.
    pub(super) fn not_ready(&self, now: &Artifact, next: &Artifact) -> Option<NotReady> {
        if now.identity.version == next.identity.version {
            return None;
        }
        not_ready(&now.content, &next.content, &self.traffic.heard())
    }

    /// The same, in the words that were told before, if it was: shares change from
    /// look to look.
    fn held_back(&self, now: &Artifact, next: &Artifact) -> Option<Arc<HeldBack>> {
        let reason = self.not_ready(now, next)?;
        let [instead, version] = [now, next].map(|artifact| artifact.identity.version);
        let told = self.held.get(&version);
        let told = told.filter(|held| held.instead == instead).cloned();
        Some(told.unwrap_or_else(|| {
            Arc::new(HeldBack {
                version,
                instead,
                reason,
            })
        }))
    }
}
