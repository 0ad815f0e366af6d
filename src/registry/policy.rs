//! The policies that decide now.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use tracing::{error, info};

use crate::policy::{Policy, PolicyIdentity};

/// The policies of one moment.
#[derive(Debug, Clone)]
pub struct PolicySet {
    default: Arc<Policy>,
    named: BTreeMap<String, Arc<Policy>>,
}

/// The policies of a server. Whoever answers a request takes the current ones at
/// its start and keeps them to its end.
#[derive(Debug)]
pub struct LivePolicies {
    current: ArcSwap<PolicySet>,
    /// Held by whoever looks at them.
    sources: Mutex<Vec<Source>>,
}

/// Where a policy comes from.
pub trait PolicySource: fmt::Debug + Send {
    /// What it has become since the last look; `None` where it is the same.
    fn look(&mut self) -> Option<Result<Policy, PolicyRefused>>;
}

/// A policy that cannot be used; the one before it goes on deciding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRefused {
    /// Why, without paths.
    pub reason: String,
    /// The same with the file at fault.
    pub error: String,
}

/// A policy that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyChange {
    /// Its name in the configuration; `None`: the default one.
    pub name: Option<String>,
    /// What decides from now on, or why that does not.
    pub changed: Result<PolicyIdentity, PolicyRefused>,
}

#[derive(Debug)]
struct Source {
    name: Option<String>,
    source: Box<dyn PolicySource>,
}

impl PolicySet {
    /// A policy by its name in the configuration; the default one without a name
    /// or where there is none of that name.
    #[must_use]
    pub fn get(&self, name: Option<&str>) -> &Policy {
        let named = name.and_then(|name| self.named.get(name));
        named.unwrap_or(&self.default)
    }

    fn with(&self, name: Option<&str>, policy: Policy) -> Self {
        let mut set = self.clone();
        let policy = Arc::new(policy);
        match name {
            None => set.default = policy,
            Some(name) => {
                set.named.insert(name.to_owned(), policy);
            }
        }
        set
    }
}

impl LivePolicies {
    /// Begins with a default policy, which stays.
    #[must_use]
    pub fn new(default: Policy) -> Self {
        let set = PolicySet {
            default: Arc::new(default),
            named: BTreeMap::new(),
        };
        Self {
            current: ArcSwap::from_pointee(set),
            sources: Mutex::default(),
        }
    }

    /// With a policy of this name, or another default one, that follows its
    /// source.
    #[must_use]
    pub fn with(self, name: Option<&str>, policy: Policy, source: Box<dyn PolicySource>) -> Self {
        self.replace(name, policy);
        let name = name.map(str::to_owned);
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources.push(Source { name, source });
        drop(sources);
        self
    }

    /// The policies that decide now.
    #[must_use]
    pub fn current(&self) -> Arc<PolicySet> {
        self.current.load_full()
    }

    /// Takes what has changed at the sources; each change is logged, once.
    /// Blocks, on files and while another thread looks.
    pub fn reload(&self) -> Vec<PolicyChange> {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changes = Vec::new();
        for Source { name, source } in sources.iter_mut() {
            let Some(read) = source.look() else {
                continue;
            };
            let result = read.map(|policy| {
                let identity = policy.identity.clone();
                self.replace(name.as_deref(), policy);
                identity
            });
            let change = PolicyChange {
                name: name.clone(),
                changed: result,
            };
            change.log();
            changes.push(change);
        }
        changes
    }

    fn replace(&self, name: Option<&str>, policy: Policy) {
        // Only who holds the sources gets here.
        self.current
            .store(Arc::new(self.current().with(name, policy)));
    }
}

impl PolicyChange {
    fn log(&self) {
        let named = self.name.as_deref();
        match &self.changed {
            Ok(identity) => info!(
                policy.named = named,
                policy.name = %identity.name,
                policy.version = %identity.version,
                policy.digest = %identity.digest,
                "policy loaded"
            ),
            Err(PolicyRefused { error, .. }) => error!(
                policy.named = named,
                error, "policy refused; the one before it goes on deciding"
            ),
        }
    }
}

/// One is equal to itself only.
impl PartialEq for LivePolicies {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for LivePolicies {}
