//! Whether customers and their scores still lie as in training. A sample of those
//! who were scored is looked at again, after their answers and away from them, and
//! only counts are kept.
//!
//! Up to [`A_SECOND`] customers a second are all looked at; of more, a share that is
//! drawn, so that it is no question of who came first. Those who find the queue full
//! are left out: an answer never waits.

mod window;

use std::{
    borrow::Cow,
    collections::HashMap,
    iter::StepBy,
    ops::Range,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::{MissedTickBehavior, interval},
};

use super::wire::SentCustomer;
use crate::{
    artifact::{Identity, Kind, ModelName, Version},
    customer::Snapshot,
    registry::{Catalogue, Registry},
    scoring::{Models, Scorer},
    telemetry::{
        Metrics,
        metrics::Families,
        sample::{below, one_in},
    },
};
use window::Window;

/// About so many customers are looked at within a second.
const A_SECOND: u32 = 50;
/// How many may wait.
const WAITING: usize = 256;
/// Larger customers are left out, so that those who wait take 16 MiB at most.
const MAX_BYTES: usize = 64 << 10;
/// After a busy moment, the share grows again by one in so many each second: bursts
/// do not find a share that was meant for silence.
const SLOWNESS: u32 = 32;

/// Draws customers, and knows where they lie.
#[derive(Debug)]
pub(super) struct Drift {
    /// One of so many customers is drawn; of 0, none.
    every: AtomicU32,
    /// How many were drawn within this second.
    drawn: AtomicU32,
    waiting: Sender<Waiting>,
    windows: Mutex<HashMap<(ModelName, Version), Window>>,
}

/// A customer who was scored.
#[derive(Debug)]
struct Waiting {
    catalogue: Arc<Catalogue>,
    /// By these versions.
    versions: Vec<Identity>,
    customer: Vec<u8>,
}

impl Drift {
    /// Begins to look at customers, over a window of this length, or never does.
    /// Ends with whoever holds it.
    pub(super) fn start(
        window: Option<Duration>,
        registry: &Arc<Registry>,
        metrics: &Arc<Metrics>,
    ) -> Arc<Self> {
        let (waiting, customers) = mpsc::channel(WAITING);
        let drift = Arc::new(Self {
            every: AtomicU32::new(u32::from(window.is_some())),
            drawn: AtomicU32::new(0),
            waiting,
            windows: Mutex::default(),
        });
        if let Some(window) = window {
            let looking = look(
                Arc::downgrade(&drift),
                customers,
                window::step(window),
                Arc::clone(registry),
                Arc::clone(metrics),
            );
            tokio::spawn(looking);
        }
        drift
    }

    /// Whether a customer is drawn. Takes a nanosecond or two, for it is asked of
    /// every customer.
    pub(super) fn draws(&self) -> bool {
        let every = self.every.load(Ordering::Relaxed);
        every != 0 && one_in(every)
    }

    /// Those that are drawn of some rows, by one draw for all.
    pub(super) fn draw_of(&self, rows: Range<usize>) -> StepBy<Range<usize>> {
        let every = self.every.load(Ordering::Relaxed);
        let first = match every {
            0 => rows.end,
            // As wide as this is on every platform that the server is built for.
            _ => rows.start.saturating_add(below(every) as usize),
        };
        (first..rows.end).step_by(every.max(1) as usize)
    }

    /// Lets a customer who was drawn wait to be looked at.
    pub(super) fn offer<'m>(
        &self,
        catalogue: &Arc<Catalogue>,
        versions: impl Iterator<Item = &'m Identity>,
        customer: Cow<'_, [u8]>,
    ) {
        self.drawn.fetch_add(1, Ordering::Relaxed);
        if customer.len() > MAX_BYTES {
            return;
        }
        if let Ok(room) = self.waiting.try_reserve() {
            room.send(Waiting {
                catalogue: Arc::clone(catalogue),
                versions: versions.cloned().collect(),
                customer: customer.into_owned(),
            });
        }
    }

    /// Tells how far the customers of each loaded version have moved.
    pub(super) fn write(&self, catalogue: &Catalogue, families: &mut Families) {
        let windows = self.lock();
        let mut told = Vec::new();
        for (name, entry) in catalogue.models() {
            for version in entry.residents().map(|model| model.identity.version) {
                let window = windows.get(&(name.clone(), version));
                if let (Some(window), Some(baseline)) = (window, entry.baseline(version)) {
                    told.push((name, version.to_string(), baseline, window.moved(baseline)));
                }
            }
        }
        drop(windows);
        let customers = families.gauge(
            "holdfast_drift_customers",
            "Customers of the window, of a sample, that drift is told by.",
        );
        for (name, version, _, moved) in &told {
            let labels = [("model", name.as_str()), ("version", version)];
            customers.sample(&labels, moved.customers);
        }
        let scores = families.gauge(
            "holdfast_score_psi",
            "Population stability index of the scores against those of training.",
        );
        for (name, version, _, moved) in &told {
            if let Some(index) = moved.score {
                scores.sample(&[("model", name.as_str()), ("version", version)], index);
            }
        }
        let features = families.gauge(
            "holdfast_feature_psi",
            "Population stability index of each feature against training.",
        );
        for (name, version, baseline, moved) in &told {
            for (feature, index) in baseline.features.iter().zip(&moved.features) {
                let labels = [
                    ("model", name.as_str()),
                    ("version", version),
                    ("feature", &feature.name),
                ];
                if let Some(index) = *index {
                    features.sample(&labels, index);
                }
            }
        }
    }

    /// Draws as many of the next second's customers as it should, if as many come.
    fn second(&self) {
        let every = self.every.load(Ordering::Relaxed);
        let drawn = self.drawn.swap(0, Ordering::Relaxed);
        self.every
            .store(next_share(every, drawn), Ordering::Relaxed);
    }

    /// Counts where a customer lies.
    fn count(&self, customer: &Waiting, metrics: &Metrics) {
        let Ok(sent) = SentCustomer::read(&customer.customer, None) else {
            return;
        };
        sent.with_snapshot(|snapshot| customer.count(snapshot, self, metrics));
    }

    /// A part of the window went by. Windows of versions that are not loaded any
    /// more go.
    fn step(&self, catalogue: &Catalogue) {
        let mut windows = self.lock();
        windows.retain(|(name, version), _| {
            let entry = catalogue.model(name);
            entry.is_some_and(|entry| entry.resident(*version).is_some())
        });
        windows.values_mut().for_each(Window::step);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(ModelName, Version), Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of how many customers one is drawn next, after so many were drawn of one in
/// `every`.
fn next_share(every: u32, drawn: u32) -> u32 {
    let came = drawn.saturating_mul(every);
    let needed = came.div_ceil(A_SECOND).max(1);
    needed.max(every - every.div_ceil(SLOWNESS))
}

impl Waiting {
    fn count(&self, snapshot: &Snapshot<'_>, drift: &Drift, metrics: &Metrics) {
        for Identity { name, version, .. } in &self.versions {
            let entry = self.catalogue.model(name);
            let Some((entry, model)) =
                entry.and_then(|entry| Some((entry, entry.resident(*version)?)))
            else {
                continue;
            };
            let models = match model.content.kind() {
                Kind::Churn => Models {
                    churn: Some(model),
                    ..Models::default()
                },
                Kind::Value => Models {
                    value: Some(model),
                    ..Models::default()
                },
                Kind::Segmentation | Kind::Spend => continue,
            };
            let Ok(scorer) = Scorer::new(models, 0).map(Scorer::without_potential) else {
                continue;
            };
            let score = scorer.score(snapshot).ok();
            let Some(probability) = score.and_then(|score| score.probability()) else {
                continue;
            };
            metrics.probability(name.as_str(), version.get(), probability);
            let places = entry.baseline(*version);
            let places = places.and_then(|baseline| scorer.places(snapshot, baseline));
            if let Some(places) = places {
                let mut windows = drift.lock();
                let window = windows.entry((name.clone(), *version));
                window.or_default().count(&places);
            }
        }
    }
}

/// Looks at customers, one after the other, for as long as somebody may send some.
async fn look(
    drift: Weak<Drift>,
    mut customers: Receiver<Waiting>,
    step: Duration,
    registry: Arc<Registry>,
    metrics: Arc<Metrics>,
) {
    let [mut seconds, mut steps] = [Duration::from_secs(1), step].map(interval);
    for ticks in [&mut seconds, &mut steps] {
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
    }
    loop {
        tokio::select! {
            customer = customers.recv() => {
                let Some(customer) = customer else { return };
                drift.upgrade().iter().for_each(|drift| drift.count(&customer, &metrics));
                // Calls go first.
                tokio::task::yield_now().await;
            }
            _ = seconds.tick() => drift.upgrade().iter().for_each(|drift| drift.second()),
            _ = steps.tick() => {
                drift.upgrade().iter().for_each(|drift| drift.step(&registry.current()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_follows_the_customers() {
        assert_eq!(next_share(1, 0), 1);
        assert_eq!(next_share(1, 50), 1);
        // The first second of many: as many as come are drawn.
        assert_eq!(next_share(1, 100_000), 2000);
        assert_eq!(next_share(2000, 50), 2000);
        // It grows slowly while nobody comes, to all of them.
        assert_eq!(next_share(2000, 0), 1937);
        let silent = (0..1000).fold(2000, |every, _| next_share(every, 0));
        assert_eq!(silent, 1);
        assert!(next_share(u32::MAX, u32::MAX) > 1);
    }
}
