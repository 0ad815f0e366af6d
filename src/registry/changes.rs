//! What differs between two entries of a model, and its log.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, OnceLock},
};

use tracing::{error, info, warn};

use super::{Entry, HeldBack, Refused};
use crate::artifact::{Alias, Identity, ModelName, Version};

/// What a reload changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReloadOutcome {
    /// Each change, by model.
    pub changes: Vec<Change>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The model.
    pub model: ModelName,
    /// What became of it.
    pub changed: Changed,
}

/// What can become of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// A version passed verification and is in memory.
    Loaded(Identity),
    /// A version is in memory no more.
    Unloaded(Identity),
    /// A version did not pass verification.
    Refused {
        /// The version.
        version: Version,
        /// Why, without paths.
        reason: String,
        /// The same with the file at fault.
        error: String,
    },
    /// Whoever chooses no version gets another one.
    Served {
        /// The version before; `None`: none served.
        from: Option<Version>,
        /// The version now; `None`: none may be served.
        to: Option<Version>,
    },
    /// An alias stands for another version.
    Alias {
        /// The alias.
        alias: Alias,
        /// What it stood for; `None`: it was not set.
        from: Option<Version>,
        /// What it stands for; `None`: it is not set any more.
        to: Option<Version>,
        /// Who moved it, where that is known.
        actor: Option<String>,
    },
    /// A version passed verification, but does not serve: callers are not ready
    /// for it.
    HeldBack(HeldBack),
    /// The disk says what cannot be done, such as an alias of a version that
    /// cannot be loaded; what served before goes on.
    Fault(String),
}

/// Who is told of every change, beside the log.
#[derive(Default)]
pub(super) struct Observer(OnceLock<Box<Tell>>);

type Tell = dyn Fn(&ModelName, &Changed) + Send + Sync;

impl Observer {
    /// Begins to tell `observer`, unless another is told.
    pub(super) fn set(&self, observer: impl Fn(&ModelName, &Changed) + Send + Sync + 'static) {
        // The first stays.
        let _ = self.0.set(Box::new(observer));
    }

    pub(super) fn tell(&self, name: &ModelName, changed: &Changed) {
        if let Some(observer) = self.0.get() {
            observer(name, changed);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observer")
            .field(&self.0.get().is_some())
            .finish()
    }
}

/// What became of a model, in the order in which it happened.
pub(super) fn between(before: &Entry, after: &Entry) -> Vec<Changed> {
    let mut changes = Vec::new();
    changes.extend(missing(after, before).cloned().map(Changed::Loaded));
    changes.extend(refused(before, after));
    changes.extend(aliases(before, after));
    let served = |entry: &Entry| entry.served().map(|served| served.identity.clone());
    let (from, to) = (served(before), served(after));
    if from != to {
        changes.push(Changed::Served {
            from: from.map(|identity| identity.version),
            to: to.map(|identity| identity.version),
        });
    }
    changes.extend(missing(before, after).cloned().map(Changed::Unloaded));
    let news = after.held.values().filter(|held| !before.is_held(held));
    changes.extend(news.map(|held| Changed::HeldBack(HeldBack::clone(held))));
    let new = |fault: &&String| !before.faults.contains(fault);
    let faults = after.faults.iter().filter(new);
    changes.extend(faults.cloned().map(Changed::Fault));
    changes
}

/// The versions of `from` that `other` does not hold.
fn missing<'e>(from: &'e Entry, other: &'e Entry) -> impl Iterator<Item = &'e Identity> {
    let held = |version: &Version| other.residents.get(version).map(|r| &r.artifact);
    let unlike = move |(version, artifact)| match held(version) {
        Some(held) => !Arc::ptr_eq(held, artifact),
        None => true,
    };
    from.residents
        .iter()
        .map(|(version, resident)| (version, &resident.artifact))
        .filter(move |loaded| unlike(*loaded))
        .map(|(_, artifact)| &artifact.identity)
}

/// Versions refused for a reason that was not given before.
fn refused(before: &Entry, after: &Entry) -> impl Iterator<Item = Changed> {
    let given = |version: Version| before.refused().find(|r| r.version == version);
    let changed = |refused: &Refused| Changed::Refused {
        version: refused.version,
        reason: refused.error.problem.to_string(),
        error: refused.error.to_string(),
    };
    after
        .refused()
        .filter(move |refused| given(refused.version).map(changed) != Some(changed(refused)))
        .map(changed)
}

fn aliases(before: &Entry, after: &Entry) -> Vec<Changed> {
    let (before, after) = (before.aliases(), after.aliases());
    let names = before.iter().chain(after.iter()).map(|(alias, _)| alias);
    let actor = |alias: &Alias, to| {
        let last = after.last_move()?;
        (last.alias == *alias && last.to == to).then(|| last.actor.clone())
    };
    names
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|alias| (alias, before.get(alias), after.get(alias)))
        .filter(|(_, from, to)| from != to)
        .map(|(alias, from, to)| Changed::Alias {
            alias: alias.clone(),
            from,
            to,
            actor: actor(alias, to),
        })
        .collect()
}

/// One line for each change.
pub(super) fn log(name: &ModelName, changed: &Changed) {
    let number = |version: &Option<Version>| version.map(Version::get);
    match changed {
        Changed::Loaded(Identity {
            version, digest, ..
        }) => {
            info!(model.name = %name, model.version = %version, model.digest = %digest, "model loaded");
        }
        Changed::Unloaded(Identity { version, .. }) => {
            info!(model.name = %name, model.version = %version, "model version unloaded");
        }
        Changed::Refused { version, error, .. } => {
            error!(model.name = %name, model.version = %version, error, "model version refused");
        }
        Changed::Served { from, to } => {
            info!(model.name = %name, from = number(from), to = number(to), "another version serves");
        }
        Changed::Alias {
            alias,
            from,
            to,
            actor,
        } => {
            info!(model.name = %name, %alias, from = number(from), to = number(to), actor, "alias moved");
        }
        Changed::HeldBack(held) => {
            let HeldBack {
                version, instead, ..
            } = held;
            warn!(model.name = %name, model.version = %version, serving = %instead, reason = %held, "model version held back");
        }
        Changed::Fault(fault) => {
            warn!(model.name = %name, error = fault, "model is not as its files say");
        }
    }
}
