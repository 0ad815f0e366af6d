//! Whose signatures are believed now.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use tracing::{error, info};

use crate::artifact::{SignaturePolicy, Trust, TrustedKeys};

/// By what a server judges versions; every one by `Off` unless said otherwise.
#[derive(Debug, Default)]
pub struct LiveTrust {
    current: ArcSwap<Trust>,
    /// Held by whoever looks at it.
    source: Mutex<Option<Box<dyn TrustSource>>>,
}

/// Where trusted keys come from.
pub trait TrustSource: fmt::Debug + Send {
    /// What they have become since the last look; `None` where they are the same.
    fn look(&mut self) -> Option<Result<TrustedKeys, TrustRefused>>;
}

/// Trusted keys that cannot be used; those before stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustRefused {
    /// What is wrong, with the file.
    pub error: String,
}

/// What a look found: how many keys there are now, or why they are as they were.
pub type TrustChange = Result<usize, TrustRefused>;

impl LiveTrust {
    /// Begins with these keys, and follows where they come from.
    #[must_use]
    pub fn following(
        policy: SignaturePolicy,
        keys: TrustedKeys,
        source: Box<dyn TrustSource>,
    ) -> Self {
        Self {
            current: ArcSwap::from_pointee(Trust::new(policy, keys)),
            source: Mutex::new(Some(source)),
        }
    }

    /// By what versions are judged now.
    #[must_use]
    pub fn current(&self) -> Arc<Trust> {
        self.current.load_full()
    }

    /// Looks at the source; a change is logged, once. Blocks, on files and while
    /// another thread looks.
    pub fn reload(&self) -> Option<TrustChange> {
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        let change = match source.as_mut()?.look()? {
            Ok(keys) => {
                let number = keys.len();
                info!(keys = number, "trusted keys loaded");
                self.current.store(Arc::new(self.current().with(keys)));
                Ok(number)
            }
            Err(refused) => {
                let error = &refused.error;
                error!(error, "trusted keys refused; those before stay");
                Err(refused)
            }
        };
        Some(change)
    }
}

/// One is equal to itself only.
impl PartialEq for LiveTrust {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for LiveTrust {}
