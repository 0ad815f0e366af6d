//! Who asked for which customers' scores: one line of the log for each call, or
//! message of a stream, that a sampled customer is in. Target `audit::scoring`.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tonic::Code;
use tracing::info;

use super::pseudonyms::{Key, Pseudonym, ScoringAudit};
use crate::{
    access::Principal,
    artifact::{Identity, ModelName, Version},
};

/// The most customers that a line names; it counts the others.
const MAX_NAMED: usize = 20;

/// What a call leaves behind in the audit.
pub(in crate::grpc) struct Trail {
    audit: Arc<ScoringAudit>,
    caller: Arc<Principal>,
    method: &'static str,
    seen: Mutex<Seen>,
}

/// Since the last line.
#[derive(Default)]
struct Seen {
    rows: u64,
    /// Those of them that are in the sample.
    sampled: u64,
    named: Vec<Pseudonym>,
    /// What they are named by: the same for the whole line.
    key: Option<Arc<Key>>,
    /// Who scored those in the sample.
    versions: Vec<(ModelName, Version)>,
}

impl Trail {
    pub(in crate::grpc) fn new(
        audit: &Arc<ScoringAudit>,
        caller: &Arc<Principal>,
        method: &'static str,
    ) -> Self {
        Self {
            audit: Arc::clone(audit),
            caller: Arc::clone(caller),
            method,
            seen: Mutex::default(),
        }
    }

    /// Notes a customer, and which versions score it.
    pub(in crate::grpc) fn note<'m>(
        &self,
        customer_id: &str,
        versions: impl Iterator<Item = &'m Identity>,
    ) {
        let sampled = self.audit.takes(customer_id);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.rows += 1;
        if !sampled {
            return;
        }
        seen.sampled += 1;
        if seen.named.len() < MAX_NAMED {
            let key = seen.key.get_or_insert_with(|| self.audit.key());
            let pseudonym = key.pseudonym(customer_id);
            seen.named.push(pseudonym);
        }
        for Identity { name, version, .. } in versions {
            let is_new =
                |(other, number): &(ModelName, Version)| other != name || number != version;
            if seen.versions.iter().all(is_new) {
                seen.versions.push((name.clone(), *version));
            }
        }
    }

    /// Tells what was noted of a call, or of a message of a stream, that has come
    /// to its end.
    pub(in crate::grpc) fn end(&self, code: Code) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = std::mem::take(&mut *seen);
        let Some(key) = &seen.key else {
            return;
        };
        let Self { caller, method, .. } = self;
        let versions = seen.versions.iter();
        let models: Vec<String> = versions.map(|(name, of)| format!("{name}@{of}")).collect();
        let customers: Vec<String> = seen.named.iter().map(ToString::to_string).collect();
        info!(
            target: "audit::scoring",
            principal = %caller,
            method,
            models = models.join(","),
            rows = seen.rows,
            sampled = seen.sampled,
            customers = customers.join(","),
            key = %key.name,
            outcome = format!("{code:?}"),
            "audit"
        );
    }
}

/// A call that its caller, or its deadline, has ended.
impl Drop for Trail {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trail").finish_non_exhaustive()
    }
}
