//! Moving aliases: at once for this process, at its next look at the disk for
//! every other.

use std::sync::Arc;

use tracing::warn;

use super::{Building, Catalogue, Entry, NotReady, Registry, SelectError};
use crate::artifact::{
    Alias, AliasChanged, AliasMove, AliasesError, Artifact, Author, ModelName, MoveError, MoveKind,
    StoreError, Version, View,
};

/// What a version that an alias is to stand for must take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// What callers sent lately.
    Ready,
    /// Nothing in particular: somebody decided so.
    Any,
}

/// An alias that was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasChange {
    /// What it stood for; `None`: it was not set.
    pub from: Option<Version>,
    /// What it stands for; `None`: it is not set any more.
    pub to: Option<Version>,
    /// How many moves of the model's aliases there have been.
    pub generation: u64,
}

/// An alias that was not moved.
#[derive(Debug, thiserror::Error)]
pub enum AliasError {
    /// No such model or version.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// The version does not pass verification.
    #[error("model `{name}` version {version} may not be served: {reason}")]
    Refused {
        /// The model.
        name: ModelName,
        /// The version.
        version: Version,
        /// Why, without paths.
        reason: String,
    },
    /// The version would refuse what callers sent lately.
    #[error(
        "callers of model `{name}` are not ready for version {version}: {reason}. Let them ask for \
         version {version} by its number first, or set `despite_callers`"
    )]
    CallersNotReady {
        /// The model.
        name: ModelName,
        /// The version.
        version: Version,
        /// Why.
        reason: NotReady,
    },
    /// There is nothing to go back to.
    #[error("model `{0}` has no earlier champion that may be served")]
    NoPredecessor(ModelName),
    /// The move cannot be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Registry {
    /// Moves an alias, if it still stands for what the caller expects, the version
    /// passes verification, and callers of the alias are ready for it. Blocks, on
    /// files and other writers.
    ///
    /// # Errors
    ///
    /// When nothing was moved.
    pub fn set_alias(
        &self,
        name: &ModelName,
        change: &AliasMove,
        callers: Callers,
        author: &Author,
    ) -> Result<AliasChange, AliasError> {
        let mut building = self.lock();
        let catalogue = self.current();
        let entry = entry(&catalogue, name)?;
        if let Some(version) = change.to {
            let next = check(&self.look(name)?, name, entry, version)?;
            if callers == Callers::Ready {
                entry.check_callers(name, &change.alias, &next)?;
            }
        }
        self.make(name, change, author, &mut building)
    }

    /// Moves the champion back to the champion before, or where none was ever
    /// set, or the last move set the first, to the newest valid version before the
    /// one that serves. A past
    /// champion that passes verification no more is passed over. With `expected`,
    /// only if that version serves now: so that two who roll back at once go back
    /// one step.
    ///
    /// # Errors
    ///
    /// When nothing was moved.
    pub fn roll_back(
        &self,
        name: &ModelName,
        expected: Option<Version>,
        author: &Author,
    ) -> Result<AliasChange, AliasError> {
        let mut building = self.lock();
        let catalogue = self.current();
        let entry = entry(&catalogue, name)?;
        let view = self.look(name)?;
        let stored = view.aliases(name).map_err(StoreError::from)?;
        let champion = stored.get(&Alias::champion());
        let now = champion.or_else(|| Some(entry.served()?.identity.version));
        if expected.is_some() && expected != now {
            let changed = AliasChanged {
                alias: Alias::champion(),
                current: now,
                generation: stored.generation(),
            };
            return Err(StoreError::from(MoveError::from(changed)).into());
        }
        let mut candidates: Vec<Version> = stored.past_champions().collect();
        // The first champion took the place of a version that served without being one.
        let last = stored.last_move();
        let is_first = champion.is_none()
            || last.is_some_and(|last| last.alias == Alias::champion() && last.from.is_none());
        if is_first && candidates.is_empty() {
            // One that cannot be listed has none.
            let versions = view.versions(name).unwrap_or_default();
            candidates.extend(versions.into_iter().rev().filter(|v| Some(*v) < now));
        }
        let mut candidates = candidates.into_iter().filter(|v| Some(*v) != now);
        let to = candidates.find(|version| match check(&view, name, entry, *version) {
            Ok(_) => true,
            Err(error) => {
                warn!(model.name = %name, model.version = %version, %error, "rollback passes it over");
                false
            }
        });
        let to = to.ok_or_else(|| AliasError::NoPredecessor(name.clone()))?;
        let change = AliasMove {
            alias: Alias::champion(),
            expected: champion,
            to: Some(to),
            kind: MoveKind::Rollback,
            in_place: false,
        };
        self.make(name, &change, author, &mut building)
    }

    fn look(&self, name: &ModelName) -> Result<View<'_>, StoreError> {
        let unread = |error| StoreError::from(AliasesError::Io(error));
        let view = self.store.view_of(name).map_err(unread)?;
        Ok(view.trusting(self.trust.current()))
    }

    /// Stores a move, and puts it into effect here.
    fn make(
        &self,
        name: &ModelName,
        change: &AliasMove,
        author: &Author,
        building: &mut Building,
    ) -> Result<AliasChange, AliasError> {
        let seen = self.moves_seen(name);
        let moved = self.store.move_alias(name, change, author, seen)?;
        if let Some(error) = moved.audit_lags {
            warn!(model.name = %name, %error, "the audit log lacks a move until the next one");
        }
        match self.look(name) {
            Ok(view) => {
                self.build_model(building, &view, name);
            }
            // The next look finds it.
            Err(error) => {
                warn!(model.name = %name, %error, "a moved alias is not in effect yet");
            }
        }
        Ok(AliasChange {
            from: change.expected,
            to: change.to,
            generation: moved.aliases.generation(),
        })
    }
}

fn entry<'c>(catalogue: &'c Catalogue, name: &ModelName) -> Result<&'c Entry, SelectError> {
    catalogue
        .model(name)
        .ok_or_else(|| SelectError::ModelNotFound(name.clone()))
}

impl Entry {
    /// Whether callers of an alias are ready for a version.
    fn check_callers(
        &self,
        name: &ModelName,
        alias: &Alias,
        next: &Artifact,
    ) -> Result<(), AliasError> {
        let now = self.answered(alias).and_then(|now| self.resident(now));
        match now.and_then(|now| self.not_ready(now, next)) {
            Some(reason) => Err(AliasError::CallersNotReady {
                name: name.clone(),
                version: next.identity.version,
                reason,
            }),
            None => Ok(()),
        }
    }
}

/// The version, if it may be served.
fn check(
    view: &View<'_>,
    name: &ModelName,
    entry: &Entry,
    version: Version,
) -> Result<Arc<Artifact>, AliasError> {
    if let Some(resident) = entry.residents.get(&version) {
        return Ok(Arc::clone(&resident.artifact));
    }
    let listed = view.versions(name).unwrap_or_default();
    if !listed.contains(&version) {
        let name = name.clone();
        return Err(SelectError::VersionNotFound { name, version }.into());
    }
    match view.load(name, version) {
        Ok(loaded) => Ok(Arc::new(loaded.artifact)),
        Err(error) => Err(AliasError::Refused {
            name: name.clone(),
            version,
            reason: error.problem.to_string(),
        }),
    }
}
