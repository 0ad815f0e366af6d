//! Who is known now, swapped while calls go on.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use jsonwebtoken::Algorithm;
use tracing::{error, info};

use super::{
    Access, Stated,
    token::{InvalidKeySet, KeySet, Keys, KeysAddress, Wishes},
};

/// Who is known to a server. Each call is judged by what holds when it begins.
#[derive(Debug)]
pub struct LiveAccess {
    current: ArcSwap<Access>,
    /// Held by whoever changes it.
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    stated: Stated,
    /// The last good keys of each address.
    had: BTreeMap<KeysAddress, KeySet>,
    source: Option<Box<dyn AccessSource>>,
}

/// Where it comes from.
pub trait AccessSource: fmt::Debug + Send {
    /// What it has become since the last look; `None` where it is the same.
    fn look(&mut self) -> Option<Result<Stated, AccessRefused>>;
}

/// A statement that cannot be used; the one before it goes on deciding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRefused {
    /// What is wrong, with the file.
    pub error: String,
}

/// What a look found: how many principals there are now, or why it is as it was.
pub type AccessChange = Result<usize, AccessRefused>;

impl LiveAccess {
    /// Begins with what is stated.
    #[must_use]
    pub fn new(stated: Stated) -> Self {
        Self::begin(stated, None)
    }

    /// Begins with what is stated, and follows where it comes from.
    #[must_use]
    pub fn following(stated: Stated, source: Box<dyn AccessSource>) -> Self {
        Self::begin(stated, Some(source))
    }

    fn begin(stated: Stated, source: Option<Box<dyn AccessSource>>) -> Self {
        let had = BTreeMap::new();
        Self {
            current: ArcSwap::from_pointee(Access::new(&stated, &had, None)),
            state: Mutex::new(State {
                stated,
                had,
                source,
            }),
        }
    }

    /// Who is known now.
    #[must_use]
    pub fn current(&self) -> Arc<Access> {
        self.current.load_full()
    }

    /// Addresses that tokens give a reason to ask again.
    pub(super) fn wishes(&self) -> Arc<Wishes> {
        self.current().wishes()
    }

    /// Looks at the source; a change is logged, once. Blocks, on files and while
    /// another thread looks.
    pub fn reload(&self) -> Option<AccessChange> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let change = match state.source.as_mut()?.look()? {
            Ok(stated) => {
                let principals = stated.principals.len();
                info!(
                    principals,
                    issuers = stated.issuers.len(),
                    "access file loaded"
                );
                // An address that comes back later may have other keys by then.
                let stays = addresses(&stated);
                state.had.retain(|address, _| stays.contains_key(address));
                state.stated = stated;
                self.swap(&state);
                Ok(principals)
            }
            Err(refused) => {
                let error = &refused.error;
                error!(
                    error,
                    "access file refused; the one before it goes on deciding"
                );
                Err(refused)
            }
        };
        Some(change)
    }

    /// Where keys are to be had, and for which algorithms: those of all issuers that
    /// have theirs there.
    #[must_use]
    pub fn addresses(&self) -> BTreeMap<KeysAddress, Vec<Algorithm>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        addresses(&state.stated)
    }

    /// Takes the keys that an address gave; those before stay where they cannot be
    /// used.
    ///
    /// # Errors
    ///
    /// Why they cannot.
    pub fn take_keys(&self, address: &KeysAddress, document: &[u8]) -> Result<(), InvalidKeySet> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let addresses = addresses(&state.stated);
        let Some(algorithms) = addresses.get(address) else {
            // The file has changed meanwhile.
            return Ok(());
        };
        let keys = KeySet::read(document, algorithms)?;
        // Tokens that are remembered are kept where nothing has changed.
        if state.had.get(address) != Some(&keys) {
            state.had.insert(address.clone(), keys);
            self.swap(&state);
        }
        Ok(())
    }

    fn swap(&self, state: &State) {
        let access = Access::new(&state.stated, &state.had, Some(&self.current()));
        self.current.store(Arc::new(access));
    }
}

fn addresses(stated: &Stated) -> BTreeMap<KeysAddress, Vec<Algorithm>> {
    let mut addresses: BTreeMap<_, Vec<Algorithm>> = BTreeMap::new();
    for issuer in &stated.issuers {
        if let Keys::At(address) = &issuer.keys {
            let algorithms = addresses.entry(address.clone()).or_default();
            algorithms.extend(&issuer.algorithms);
        }
    }
    addresses
}

/// One is equal to itself only.
impl PartialEq for LiveAccess {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for LiveAccess {}
