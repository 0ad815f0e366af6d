//! All metrics of a server as they stand: for `/metrics`, and for a collector.

use std::{sync::Arc, time::UNIX_EPOCH};

use super::drift::Drift;
use crate::{
    registry::Registry,
    telemetry::{Metrics, metrics::Families},
};

/// What metrics are told of.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) registry: Arc<Registry>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) drift: Arc<Drift>,
}

impl Told {
    /// What is counted, loaded and seen to drift.
    pub(super) fn now(&self) -> Families {
        let mut families = Families::default();
        self.metrics.write(&mut families);
        let catalogue = self.registry.current();
        let served = families.gauge(
            "holdfast_served_version",
            "The version that serves whoever chooses none; 0: none may be served.",
        );
        for (name, entry) in catalogue.models() {
            let version = entry.served().map(|served| served.identity.version.get());
            served.sample(&[("model", name.as_str())], version.unwrap_or_default());
        }
        let published = families.gauge(
            "holdfast_served_version_published_timestamp_seconds",
            "When that version was published, by the time of its manifest, since 1970.",
        );
        for (name, entry) in catalogue.models() {
            let version = entry.served().map(|served| served.identity.version);
            let time = version.and_then(|version| entry.published(version));
            let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            if let Some(since) = since {
                published.sample(&[("model", name.as_str())], since.as_secs());
            }
        }
        let resident = families.gauge("holdfast_resident_versions", "Versions in memory.");
        for (name, entry) in catalogue.models() {
            resident.sample(&[("model", name.as_str())], entry.residents().count());
        }
        self.drift.write(&catalogue, &mut families);
        families
    }
}
