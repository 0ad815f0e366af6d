//! What each loaded version did.

use std::{collections::BTreeMap, sync::Arc};

use super::{Counter, Families, Histogram, Metrics};

/// Of each version that is loaded, by the model's name.
pub(super) type Versions = BTreeMap<String, BTreeMap<u32, Arc<VersionCounters>>>;

/// What one version did.
#[derive(Debug)]
pub(super) struct VersionCounters {
    /// Customers that it scored.
    rows: Counter,
    /// The probabilities of a sample of them.
    probabilities: Histogram,
}

impl Default for VersionCounters {
    fn default() -> Self {
        Self {
            rows: Counter::default(),
            probabilities: Histogram::of_probabilities(),
        }
    }
}

impl Metrics {
    /// Counts customers that a version scored: all of a batch at once. Those of a
    /// version that is loaded no more are not counted.
    pub fn scored(&self, model: &str, version: u32, rows: u64) {
        self.of_version(model, version, |counters| counters.rows.add(rows));
    }

    /// Counts what a version said of one of a sample of customers: the probability
    /// of churn, or of no purchase.
    pub fn probability(&self, model: &str, version: u32, probability: f64) {
        self.of_version(model, version, |counters| {
            counters.probabilities.observe(probability);
        });
    }

    fn of_version(&self, model: &str, version: u32, count: impl Fn(&VersionCounters)) {
        let versions = self.versions.load();
        let counters = versions.get(model).and_then(|model| model.get(&version));
        if let Some(counters) = counters {
            count(counters);
        }
    }

    /// A version is loaded: what it does counts from now on.
    pub fn load_version(&self, model: &str, version: u32) {
        self.change_versions(|versions| {
            let model = versions.entry(model.to_owned()).or_default();
            model.entry(version).or_default();
        });
    }

    /// A version is loaded no more, and has no counters.
    pub fn unload_version(&self, name: &str, version: u32) {
        self.change_versions(|versions| {
            if let Some(model) = versions.get_mut(name) {
                model.remove(&version);
            }
        });
        self.shadows.unload(name, version);
    }

    fn change_versions(&self, change: impl Fn(&mut Versions)) {
        self.versions.rcu(|versions| {
            let mut versions = Versions::clone(versions);
            change(&mut versions);
            versions
        });
    }

    pub(super) fn write_versions(&self, families: &mut Families) {
        let versions = self.versions.load();
        let rows = families.counter(
            "holdfast_scored_rows_total",
            "Customers scored by each loaded version of a model.",
        );
        for (model, versions) in versions.iter() {
            for (version, counters) in versions {
                let labels = [("model", model.as_str()), ("version", &version.to_string())];
                rows.sample(&labels, counters.rows.get());
            }
        }
        let probabilities = families.histogram(
            "holdfast_score_probability",
            "Probabilities of churn, or of no purchase, of a sample of customers.",
        );
        for (model, versions) in versions.iter() {
            for (version, counters) in versions {
                let labels = [("model", model.as_str()), ("version", &version.to_string())];
                probabilities.histogram(&labels, &counters.probabilities);
            }
        }
    }
}
