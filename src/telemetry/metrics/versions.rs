//! What each loaded version did.

use std::sync::PoisonError;

use super::{Counter, Metrics, Text};

/// What one version did.
#[derive(Debug, Default)]
pub(super) struct VersionCounters {
    /// Customers that it scored.
    rows: Counter,
}

impl Metrics {
    /// Counts customers that a version scored: all of a batch at once. Those of a
    /// version that is loaded no more are not counted.
    pub fn scored(&self, model: &str, version: u32, rows: u64) {
        let versions = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        let counters = versions.get(model).and_then(|model| model.get(&version));
        if let Some(counters) = counters {
            counters.rows.add(rows);
        }
    }

    /// A version is loaded: what it does counts from now on.
    pub fn load_version(&self, model: &str, version: u32) {
        let mut versions = self
            .versions
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let model = versions.entry(model.to_owned()).or_default();
        model.entry(version).or_default();
    }

    /// A version is loaded no more, and has no counters.
    pub fn unload_version(&self, name: &str, version: u32) {
        let mut versions = self
            .versions
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = versions.get_mut(name) {
            model.remove(&version);
        }
        self.shadows.unload(name, version);
    }

    pub(super) fn write_versions(&self, text: &mut Text) {
        let versions = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        let mut rows = text.counter(
            "holdfast_scored_rows_total",
            "Customers scored by each loaded version of a model.",
        );
        for (model, versions) in versions.iter() {
            for (version, counters) in versions {
                let labels = [("model", model.as_str()), ("version", &version.to_string())];
                rows.sample(&labels, counters.rows.get());
            }
        }
    }
}
