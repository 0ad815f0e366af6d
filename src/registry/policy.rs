//! The policy that decides now.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::policy::Policy;

/// The policy of a server. Whoever answers a request takes the current one at
/// its start and keeps it to its end.
#[derive(Debug)]
pub struct LivePolicy {
    current: ArcSwap<Policy>,
}

impl LivePolicy {
    /// Begins with a policy.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            current: ArcSwap::from_pointee(policy),
        }
    }

    /// The policy that decides now.
    #[must_use]
    pub fn current(&self) -> Arc<Policy> {
        self.current.load_full()
    }

    /// Lets another policy decide from now on.
    pub fn replace(&self, policy: Policy) {
        self.current.store(Arc::new(policy));
    }
}

/// One is equal to itself only.
impl PartialEq for LivePolicy {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for LivePolicy {}
