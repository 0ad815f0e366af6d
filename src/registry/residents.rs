//! Which versions of one model are loaded: verified when their files changed,
//! shared with the entry before where they did not.

use std::{collections::BTreeMap, sync::Arc};

use super::{Entry, Refused};
use crate::artifact::{
    Artifact, LoadError, Loaded, ModelName, Problem, Stamp, Version, View, Vouched,
};
use crate::model::Baseline;

/// A version that is loaded.
#[derive(Debug, Clone)]
pub(super) struct Resident {
    pub(super) artifact: Arc<Artifact>,
    /// Who vouches for it.
    pub(super) vouched: Vouched,
    /// What it was loaded from.
    pub(super) stamp: Stamp,
    /// How training's rows lay, if it says so.
    pub(super) baseline: Option<Arc<Baseline>>,
}

/// Loads versions of one model, one at a time.
pub(super) struct Loader<'a> {
    view: &'a View<'a>,
    name: &'a ModelName,
    before: &'a Entry,
    /// What is loaded so far.
    pub(super) residents: BTreeMap<Version, Resident>,
    /// What was refused so far.
    pub(super) refused: BTreeMap<Version, Arc<Refused>>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(view: &'a View<'a>, name: &'a ModelName, before: &'a Entry) -> Self {
        Self {
            view,
            name,
            before,
            residents: BTreeMap::new(),
            refused: BTreeMap::new(),
        }
    }

    /// Loads a version that is on disk, unless it is known already. A version
    /// that was loaded before its files changed, and is refused now, stays as it
    /// was. Returns whether it may be served.
    pub(super) fn load(&mut self, version: Version) -> bool {
        if self.residents.contains_key(&version) {
            return true;
        }
        if self.refused.contains_key(&version) {
            return false;
        }
        let loaded = self.before.residents.get(&version);
        let refused = self.before.refused.iter().find(|r| r.version == version);
        // Before anything is read: what is written meanwhile changes the stamp.
        let stamp = self.view.stamp(self.name, version);
        if let Some(refused) = refused.filter(|refused| refused.stamp == stamp) {
            self.refused.insert(version, Arc::clone(refused));
            return self.keep(version);
        }
        if let Some(resident) = loaded.filter(|resident| resident.stamp == stamp) {
            self.residents.insert(version, resident.clone());
            return true;
        }
        let loaded_now = self.view.load(self.name, version);
        match loaded_now.and_then(|loaded| self.check_kind(loaded)) {
            Ok(Loaded {
                artifact,
                vouched,
                baseline,
            }) => {
                let same = loaded.filter(|l| l.artifact.identity == artifact.identity);
                let artifact = match same {
                    Some(resident) => Arc::clone(&resident.artifact),
                    None => Arc::new(artifact),
                };
                let resident = Resident {
                    artifact,
                    vouched,
                    stamp,
                    baseline: baseline.map(Arc::new),
                };
                self.residents.insert(version, resident);
                true
            }
            Err(error) => {
                let refused = Refused {
                    version,
                    stamp: self.view.stamp_of_refused(stamp, &error),
                    error,
                };
                self.refused.insert(version, Arc::new(refused));
                self.keep(version)
            }
        }
    }

    /// Callers name the kind that they want: a version of another kind would fail
    /// them all.
    fn check_kind(&self, loaded: Loaded) -> Result<Loaded, LoadError> {
        let Artifact { identity, content } = &loaded.artifact;
        let found = content.kind();
        match self.before.served().map(|served| served.content.kind()) {
            Some(wanted) if wanted != found => Err(LoadError {
                path: self
                    .view
                    .place()
                    .join(self.name.as_str())
                    .join(identity.version.to_string()),
                problem: Problem::OtherKind { found, wanted },
            }),
            _ => Ok(loaded),
        }
    }

    /// Loads a version if it is one of those `listed` on disk, or else keeps it.
    pub(super) fn load_or_keep(&mut self, version: Version, listed: &[Version]) -> bool {
        if listed.contains(&version) {
            self.load(version)
        } else {
            self.keep(version)
        }
    }

    /// Keeps a version that was loaded before, whatever the disk says now, unless it
    /// is not admitted any more by the signatures that it had.
    pub(super) fn keep(&mut self, version: Version) -> bool {
        if self.residents.contains_key(&version) {
            return true;
        }
        let Some(resident) = self.before.residents.get(&version) else {
            return false;
        };
        let Vouched { signatures, .. } = &resident.vouched;
        let (trust, identity) = (self.view.trust(), &resident.artifact.identity);
        let Ok(vouched) = trust.admit(identity, Ok(signatures.clone())) else {
            return false;
        };
        let kept = Resident {
            vouched,
            ..resident.clone()
        };
        self.residents.insert(version, kept);
        true
    }
}
