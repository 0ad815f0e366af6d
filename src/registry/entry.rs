//! What is loaded of one model.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::SystemTime,
};

use super::{NotReady, Unlike, residents::Resident, traffic::Traffic, unlike::unlike};
use crate::{
    artifact::{Alias, Aliases, Artifact, LoadError, Seen, Stamp, Version},
    model::Baseline,
};

/// One model at one moment.
#[derive(Debug, Default)]
pub struct Entry {
    pub(super) served: Option<Arc<Artifact>>,
    pub(super) residents: BTreeMap<Version, Resident>,
    pub(super) refused: Vec<Arc<Refused>>,
    pub(super) aliases: Aliases,
    /// The versions that answer for the aliases. Where the version that one
    /// stands for cannot be loaded, the one it stood for before answers.
    pub(super) answering: BTreeMap<Alias, Version>,
    /// The aliases whose versions cannot take the place of the one that serves.
    pub(super) unlike: BTreeMap<Alias, Unlike>,
    /// What keeps the entry from being what the disk says, as it was last logged.
    pub(super) faults: Vec<String>,
    /// The versions that would serve or answer for an alias, but for what callers
    /// sent lately.
    pub(super) held: BTreeMap<Version, Arc<HeldBack>>,
    /// How far the model had come.
    pub(super) seen: Seen,
    /// How often the trusted keys had changed then.
    pub(super) trust: u64,
    /// The aliases that somebody moved to their versions through a server: they
    /// stand for them whatever callers sent.
    pub(super) let_in: BTreeSet<(Alias, Version)>,
    /// What callers sent lately; the same for all entries of a model.
    pub(super) traffic: Arc<Traffic>,
}

/// A version that callers are not ready for, so that another goes on in its place.
/// It can be chosen by its number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "version {version} is held back, and version {instead} goes on: {reason}. Callers who send what \
     it takes may choose version {version} by its number. To let it serve all the same, point \
     the alias `champion` at it by SetAlias with `despite_callers`"
)]
pub struct HeldBack {
    /// The version.
    pub version: Version,
    /// The version in its place.
    pub instead: Version,
    /// Why.
    pub reason: NotReady,
}

/// Nobody challenges the version that serves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoChallenger {
    /// The alias is not set.
    #[error("the alias `{0}` is not set")]
    NotSet(Alias),
    /// It stands for a version that cannot be loaded.
    #[error("the version of the alias `{0}` is not loaded")]
    NotLoaded(Alias),
    /// The version takes other requests than the one that serves.
    #[error("the version of the alias `{alias}` {unlike}")]
    Unlike {
        /// The alias.
        alias: Alias,
        /// How they differ.
        unlike: Unlike,
    },
}

/// A version that did not pass verification.
#[derive(Debug)]
pub struct Refused {
    /// The version.
    pub version: Version,
    /// Why.
    pub error: LoadError,
    /// What was looked at.
    pub(super) stamp: Stamp,
}

impl Entry {
    /// The version that serves whoever chooses none, if any may.
    #[must_use]
    pub fn served(&self) -> Option<&Artifact> {
        self.served.as_deref()
    }

    /// A version, if it is loaded.
    #[must_use]
    pub fn resident(&self, version: Version) -> Option<&Artifact> {
        let resident = self.residents.get(&version)?;
        Some(&resident.artifact)
    }

    /// When a version was published, if it is loaded: when the file was written that
    /// is written last.
    #[must_use]
    pub fn published(&self, version: Version) -> Option<SystemTime> {
        self.residents.get(&version)?.stamp.published()
    }

    /// How the rows lay that a version was fitted on, if it is loaded and says so.
    #[must_use]
    pub fn baseline(&self, version: Version) -> Option<&Arc<Baseline>> {
        self.residents.get(&version)?.baseline.as_ref()
    }

    /// Every version that is loaded, oldest first.
    #[must_use]
    pub fn residents(&self) -> impl DoubleEndedIterator<Item = &Artifact> {
        self.residents.values().map(|resident| &*resident.artifact)
    }

    /// Versions that were refused, newest first: those that would be loaded
    /// otherwise.
    #[must_use]
    pub fn refused(&self) -> impl ExactSizeIterator<Item = &Refused> {
        self.refused.iter().map(|refused| &**refused)
    }

    /// What the aliases stand for, as stored.
    #[must_use]
    pub fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// The version that answers for an alias.
    #[must_use]
    pub fn aliased(&self, alias: &Alias) -> Option<&Artifact> {
        self.resident(*self.answering.get(alias)?)
    }

    /// The version of an alias, if it may score in place of the one that serves.
    ///
    /// # Errors
    ///
    /// When it may not, or is not there.
    pub fn challenger(&self, alias: &Alias) -> Result<&Artifact, NoChallenger> {
        if self.aliases.get(alias).is_none() {
            return Err(NoChallenger::NotSet(alias.clone()));
        }
        if let Some(unlike) = self.unlike.get(alias) {
            return Err(NoChallenger::Unlike {
                alias: alias.clone(),
                unlike: unlike.clone(),
            });
        }
        self.aliased(alias)
            .ok_or_else(|| NoChallenger::NotLoaded(alias.clone()))
    }

    /// With what keeps the versions of aliases from serving in place of the one
    /// that does.
    pub(super) fn compared(mut self) -> Self {
        let Some(served) = self.served() else {
            return self;
        };
        let aliased = self.answering.iter().filter_map(|(alias, version)| {
            let unlike = unlike(served, self.resident(*version)?)?;
            Some((alias.clone(), unlike))
        });
        self.unlike = aliased.collect();
        self
    }

    /// What keeps the entry from being what its files say, in English and without
    /// paths. What served before goes on.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    pub(super) fn is_held(&self, held: &HeldBack) -> bool {
        self.held
            .get(&held.version)
            .is_some_and(|known| **known == *held)
    }

    /// The versions that callers are not ready for.
    #[must_use]
    pub fn held(&self) -> impl ExactSizeIterator<Item = &HeldBack> {
        self.held.values().map(|held| &**held)
    }

    /// Whether two entries answer every request alike, and list alike.
    pub(super) fn is(&self, other: &Self) -> bool {
        let Self {
            served,
            residents,
            refused,
            aliases,
            answering,
            unlike: _, // follows from the rest
            faults,
            held,
            seen,
            trust,
            let_in,
            traffic: _, // the same
        } = self;
        let same = |a: &Option<Arc<Artifact>>, b: &Option<Arc<Artifact>>| match (a, b) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let residents = residents
            .iter()
            .map(|(v, r)| (v, Arc::as_ptr(&r.artifact), &r.stamp));
        let others = other
            .residents
            .iter()
            .map(|(v, r)| (v, Arc::as_ptr(&r.artifact), &r.stamp));
        same(served, &other.served)
            && residents.eq(others)
            && refused
                .iter()
                .map(Arc::as_ptr)
                .eq(other.refused.iter().map(Arc::as_ptr))
            && *aliases == other.aliases
            && *answering == other.answering
            && *faults == other.faults
            && *held == other.held
            && *seen == other.seen
            && *trust == other.trust
            && *let_in == other.let_in
    }
}
