//! What is loaded, and which version of it serves.
//!
//! A [`Catalogue`] is everything that is loaded at one moment, and never changes.
//! Whoever answers a request takes the current one at its start and keeps it to
//! its end. [`Registry::reload`] builds the next catalogue beside the current one,
//! off the path of requests, and swaps a pointer.
//!
//! - A version is verified whole before it is in a catalogue, and admitted by the
//!   keys that are trusted.
//! - The old version serves until the new one has passed.
//! - A version that would refuse what callers sent lately does not serve by itself.
//! - An older state that is put back does not serve by itself, where signatures are
//!   required.
//! - What vanishes from the disk is not taken from those who are served: a share
//!   that is not mounted looks like an empty directory.

mod aliases;
mod catalogue;
mod changes;
mod entry;
mod gate;
mod next;
mod policy;
mod ready;
mod reload;
mod replay;
mod residents;
mod select;
mod traffic;
mod trust;
mod unlike;

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;

use crate::artifact::{ModelName, ModelStore, Seen, SeenError, read_seen};

pub use aliases::{AliasChange, AliasError, Callers};
pub use catalogue::Catalogue;
use changes::Observer;
pub use changes::{Change, Changed, ReloadOutcome};
pub use entry::{Entry, HeldBack, NoChallenger, Refused};
pub use policy::{LivePolicies, PolicyChange, PolicyRefused, PolicySet, PolicySource};
pub use ready::NotReady;
pub use select::{Choice, SelectError, Selector};
pub use traffic::Listener;
pub use trust::{LiveTrust, TrustChange, TrustRefused, TrustSource};
pub use unlike::Unlike;

/// How many of the newest versions of a model are loaded unless said otherwise: the
/// one that serves and its predecessor.
pub const DEFAULT_RESIDENT_VERSIONS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

/// The models of one directory or bucket.
#[derive(Debug)]
pub struct Registry {
    store: ModelStore,
    resident_versions: NonZeroUsize,
    trust: Arc<LiveTrust>,
    /// What was seen before the start.
    remembered: BTreeMap<ModelName, Seen>,
    /// Where that is written down.
    memory: Option<PathBuf>,
    current: ArcSwap<Catalogue>,
    /// Held by whoever builds the next catalogue.
    building: Mutex<Building>,
    observer: Observer,
}

/// What a registry holds, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many of the newest versions of each model are loaded, beside those that
    /// aliases stand for.
    pub resident_versions: NonZeroUsize,
    /// By what versions are admitted.
    pub trust: Arc<LiveTrust>,
    /// The file in which is written down how far models have come, so that an older
    /// state of them does not serve after a restart; nowhere when `None`.
    pub memory: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            resident_versions: DEFAULT_RESIDENT_VERSIONS,
            trust: Arc::default(),
            memory: None,
        }
    }
}

/// What only those know who build catalogues.
#[derive(Debug, Default)]
struct Building {
    /// Whether the models could not be listed, which is logged once.
    unlisted: bool,
    /// What is in a model's place and is none, and is logged already.
    passed_over: BTreeSet<OsString>,
    /// What was written down last.
    written: Option<BTreeMap<ModelName, Seen>>,
    /// Whether it could not be, which is logged once.
    unwritten: bool,
}

/// Models that are not loaded.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// They cannot be listed.
    #[error("cannot read the models in {}: {source}", path.display())]
    List {
        /// Where they are.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What was seen of them cannot be told.
    #[error(transparent)]
    Seen(#[from] SeenError),
}

impl Registry {
    /// Loads the models under `root`. A version that fails verification is logged
    /// and kept as refused; it keeps neither an older version nor another model
    /// from being served.
    ///
    /// # Errors
    ///
    /// When `root` cannot be listed.
    pub fn open(root: &Path) -> Result<Self, OpenError> {
        Self::open_with(root.into(), Options::default())
    }

    /// The same of any store.
    ///
    /// # Errors
    ///
    /// When it cannot be listed, or what was seen of it cannot be told.
    pub fn open_with(store: ModelStore, options: Options) -> Result<Self, OpenError> {
        let Options {
            resident_versions,
            trust,
            memory,
        } = options;
        let remembered = memory.as_deref().map(read_seen).transpose()?;
        let registry = Self {
            store,
            resident_versions,
            trust,
            remembered: remembered.unwrap_or_default(),
            memory,
            current: ArcSwap::default(),
            building: Mutex::default(),
            observer: Observer::default(),
        };
        registry.build(&mut registry.lock())?;
        Ok(registry)
    }

    /// Everything that is loaded now. A request takes it once and keeps it.
    #[must_use]
    pub fn current(&self) -> Arc<Catalogue> {
        self.current.load_full()
    }

    /// Looks at whose signatures are believed. Versions are judged by it at the next
    /// [`Self::reload`].
    pub fn reload_trust(&self) -> Option<TrustChange> {
        self.trust.reload()
    }

    /// The models cannot be listed, for this reason.
    fn unlisted(&self) -> impl Fn(io::Error) -> OpenError {
        |source| OpenError::List {
            path: self.store.place().to_owned(),
            source,
        }
    }

    /// Tells `observer` what is loaded and refused now, and of every change from now
    /// on, before requests see it. The first observer is the only one.
    pub fn observe(&self, observer: impl Fn(&ModelName, &Changed) + Send + Sync + 'static) {
        let building = self.lock();
        self.observer.set(observer);
        let nothing = Entry::default();
        for (name, entry) in self.current().models() {
            for changed in changes::between(&nothing, entry) {
                if let Changed::Loaded(_) | Changed::Refused { .. } = changed {
                    self.observer.tell(name, &changed);
                }
            }
        }
        drop(building);
    }

    /// To be told each second: a few more customers of every model may be heard.
    pub fn second(&self) {
        for entry in self.current().entries().values() {
            entry.traffic.second();
        }
    }

    /// One thread at a time builds a catalogue. A panic of another leaves nothing
    /// half done: the pointer is swapped last.
    fn lock(&self) -> MutexGuard<'_, Building> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
