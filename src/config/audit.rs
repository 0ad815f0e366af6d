//! The audit of scoring in the server's configuration.
//!
//! ```toml
//! [scoring_audit]
//! key_file = "audit.key"   # of pseudonyms: `openssl rand -hex 32`, for the owner only
//! share = 0.01             # of the customers, in [0, 1]; all where left out
//! ```

use std::{path::PathBuf, sync::Arc};

use serde::Deserialize;

use crate::{grpc::ScoringAudit, scoring::Sample};

/// Draws other customers than any split does by itself.
const SALT: &str = "scoring audit";

/// The table, as the file states it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditToml {
    key_file: PathBuf,
    share: Option<f64>,
}

impl AuditToml {
    /// Reads the key; every fault is a problem of the configuration.
    pub(super) fn open(self, problems: &mut Vec<String>) -> Option<Arc<ScoringAudit>> {
        let sample = Sample::new(SALT.to_owned(), self.share.unwrap_or(1.0))
            .map_err(|error| problems.push(format!("scoring_audit.share: {error}")));
        let audit = ScoringAudit::open(self.key_file, sample.ok()?)
            .map_err(|error| problems.push(format!("scoring_audit.key_file: {error}")));
        audit.ok().map(Arc::new)
    }
}
