//! The counters of a server, handed down to whoever has something to count.
//!
//! Counting takes no lock and no memory: a call finds its method by its place, a
//! batch adds up its rows and takes the counters of its versions once. Labels are
//! bounded: methods of the contract, codes of gRPC, names of models on disk,
//! versions that are loaded. No label and no number is of a customer.

mod admission;
mod call;
mod exports;
mod families;
mod handshakes;
mod histogram;
mod large_calls;
mod process;
mod shadow;
mod stages;
mod text;
mod versions;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;

pub use admission::{Admission, Connections};
pub use call::Call;
use call::MethodCounters;
pub(in crate::telemetry) use call::code_name;
pub use exports::{Export, Exports, Signal};
pub use families::{Families, Family, Number};
pub(in crate::telemetry) use families::{Kind, Sample, Value};
pub use handshakes::Handshakes;
pub use histogram::Histogram;
pub use large_calls::{Gauge, LargeCalls};
use process::Process;
pub use shadow::{Compared, Shadows};
pub use stages::{Stage, Stages, Watch};
pub use text::CONTENT_TYPE;
use versions::Versions;

/// One number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

/// Everything that a server counts.
#[derive(Debug)]
pub struct Metrics {
    process: Process,
    methods: Vec<(String, MethodCounters)>,
    /// Rows of calls by what became of them.
    pub rows: Rows,
    /// Calls that are let in, and those that are not.
    pub admission: Admission,
    /// What becomes of connections.
    pub connections: Connections,
    /// How long the stages of scoring take.
    pub stages: Stages,
    /// Calls that take long.
    pub large_calls: LargeCalls,
    /// Faults of this program that ended a call.
    pub panics: Counter,
    /// What happened to what is loaded.
    pub reloads: Reloads,
    /// What became of attempts to speak TLS.
    pub handshakes: Arc<Handshakes>,
    /// What challengers in the shadow would have said.
    pub shadows: Shadows,
    /// What became of what collectors are sent.
    pub exports: Arc<Exports>,
    /// Of each model, by its name.
    models: Mutex<BTreeMap<String, ModelCounters>>,
    /// Of each version that is loaded.
    versions: ArcSwap<Versions>,
}

/// Customers of calls, one by one, of batches and of columns.
#[derive(Debug, Default)]
pub struct Rows {
    /// With a score.
    pub scored: Counter,
    /// Without one, for what is wrong with them.
    pub invalid: Counter,
}

/// Looks at what is on disk.
#[derive(Debug, Default)]
pub struct Reloads {
    /// The models were looked at.
    pub done: Counter,
    /// They could not be.
    pub failed: Counter,
    /// Another policy decides.
    pub policies: Counter,
    /// A policy was refused.
    pub policies_refused: Counter,
    /// Others may ask.
    pub access: Counter,
    /// An access file was refused.
    pub access_refused: Counter,
    /// Other keys are trusted.
    pub trust: Counter,
    /// A file of trusted keys was refused.
    pub trust_refused: Counter,
    /// Customers are audited by another key.
    pub audit_key: Counter,
    /// A key of the scoring audit was refused.
    pub audit_key_refused: Counter,
}

/// What happened to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelEvent {
    /// A version came into memory.
    Loaded,
    /// A version did not pass verification.
    Refused,
    /// A version does not serve, because callers are not ready for it.
    HeldBack,
    /// Another version serves whoever chooses none.
    Served,
    /// An alias stands for another version.
    AliasMoved,
}

#[derive(Debug, Default)]
struct ModelCounters {
    loaded: u64,
    refused: u64,
    held_back: u64,
    served: u64,
    alias_moves: u64,
}

impl Counter {
    /// Adds so many.
    pub fn add(&self, count: u64) {
        if count > 0 {
            self.0.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// How many so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Metrics {
    /// Counts calls of these methods.
    #[must_use]
    pub fn new(methods: impl IntoIterator<Item = String>) -> Self {
        let methods = methods.into_iter();
        Self {
            process: Process::begin(),
            methods: methods
                .map(|name| (name, MethodCounters::default()))
                .collect(),
            rows: Rows::default(),
            admission: Admission::default(),
            connections: Connections::default(),
            stages: Stages::default(),
            large_calls: LargeCalls::default(),
            panics: Counter::default(),
            reloads: Reloads::default(),
            handshakes: Arc::default(),
            shadows: Shadows::default(),
            exports: Arc::default(),
            models: Mutex::default(),
            versions: ArcSwap::default(),
        }
    }

    /// When the process began to count.
    #[must_use]
    pub fn began(&self) -> SystemTime {
        self.process.began()
    }

    /// Begins a call of the method of this path, such as
    /// `/holdfast.v1.ScoringService/WhatIf`; `None` where it is none of them.
    #[must_use]
    pub fn begin(self: &Arc<Self>, path: &str) -> Option<Call> {
        let (_, method) = path.rsplit_once('/')?;
        let place = self.methods.iter().position(|(name, _)| name == method)?;
        Some(Call::begin(Arc::clone(self), place))
    }

    fn method(&self, place: usize) -> Option<&MethodCounters> {
        self.methods.get(place).map(|(_, counters)| counters)
    }

    /// Counts what happened to a model. Happens off the path of requests.
    pub fn model(&self, name: &str, event: ModelEvent) {
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        let model = models.entry(name.to_owned()).or_default();
        let counter = match event {
            ModelEvent::Loaded => &mut model.loaded,
            ModelEvent::Refused => &mut model.refused,
            ModelEvent::HeldBack => &mut model.held_back,
            ModelEvent::Served => &mut model.served,
            ModelEvent::AliasMoved => &mut model.alias_moves,
        };
        *counter += 1;
    }

    /// Adds them all to `families`, as they stand.
    pub fn write(&self, families: &mut Families) {
        let build = ("version", env!("CARGO_PKG_VERSION"));
        families
            .gauge("holdfast_build_info", "The release that runs; always 1.")
            .sample(&[build], 1_u64);
        self.process.write(families);
        self.write_calls(families);
        let rows = families.counter(
            "holdfast_rows_total",
            "Customers of calls, batches, columns and streams, by what became of them.",
        );
        rows.sample(&[("outcome", "scored")], self.rows.scored.get());
        rows.sample(&[("outcome", "INVALID_REQUEST")], self.rows.invalid.get());
        families
            .counter(
                "holdfast_panics_total",
                "Calls that a fault of the server ended.",
            )
            .sample(&[], self.panics.get());
        self.admission.write(families);
        self.connections.write(families);
        self.stages.write(families);
        self.large_calls.write(families);
        self.write_versions(families);
        let Reloads {
            done,
            failed,
            policies,
            policies_refused,
            access,
            access_refused,
            trust,
            trust_refused,
            audit_key,
            audit_key_refused,
        } = &self.reloads;
        let reloads = families.counter("holdfast_reloads_total", "Looks at the models on disk.");
        reloads.sample(&[("result", "ok")], done.get());
        reloads.sample(&[("result", "failed")], failed.get());
        let reloads = families.counter("holdfast_policy_reloads_total", "Changed policy files.");
        reloads.sample(&[("result", "ok")], policies.get());
        reloads.sample(&[("result", "refused")], policies_refused.get());
        let reloads = families.counter("holdfast_access_reloads_total", "Changed access files.");
        reloads.sample(&[("result", "ok")], access.get());
        reloads.sample(&[("result", "refused")], access_refused.get());
        let reloads = families.counter(
            "holdfast_trusted_keys_reloads_total",
            "Changed files of trusted keys.",
        );
        reloads.sample(&[("result", "ok")], trust.get());
        reloads.sample(&[("result", "refused")], trust_refused.get());
        let reloads = families.counter(
            "holdfast_scoring_audit_key_reloads_total",
            "Changed keys of the scoring audit.",
        );
        reloads.sample(&[("result", "ok")], audit_key.get());
        reloads.sample(&[("result", "refused")], audit_key_refused.get());
        self.write_models(families);
        self.handshakes.write(families);
        self.shadows.write(families);
        self.exports.write(families);
    }

    fn write_calls(&self, families: &mut Families) {
        let calls = families.counter("holdfast_requests_total", "Calls that ended, by gRPC code.");
        for (name, method) in &self.methods {
            for (code, count) in method.codes() {
                calls.sample(&[("method", name), ("code", code)], count);
            }
        }
        let in_flight = families.gauge("holdfast_requests_in_flight", "Calls that go on.");
        for (name, method) in &self.methods {
            in_flight.sample(&[("method", name)], method.in_flight());
        }
        let durations = families.histogram(
            "holdfast_request_duration_seconds",
            "From a call's headers to its answer; of a stream, to its end.",
        );
        for (name, method) in &self.methods {
            durations.histogram(&[("method", name)], &method.durations);
        }
    }

    fn write_models(&self, families: &mut Families) {
        let models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        let mut write = |name, help, of: fn(&ModelCounters) -> u64| {
            let counter = families.counter(name, help);
            for (model, counters) in models.iter() {
                counter.sample(&[("model", model)], of(counters));
            }
        };
        write(
            "holdfast_versions_loaded_total",
            "Versions that passed verification and came into memory.",
            |model| model.loaded,
        );
        write(
            "holdfast_versions_refused_total",
            "Versions that did not pass verification, each once.",
            |model| model.refused,
        );
        write(
            "holdfast_versions_held_back_total",
            "Versions that do not serve because they would refuse what callers sent, each once.",
            |model| model.held_back,
        );
        write(
            "holdfast_served_changes_total",
            "Times that another version serves whoever chooses none.",
            |model| model.served,
        );
        write(
            "holdfast_alias_moves_total",
            "Times that an alias stands for another version.",
            |model| model.alias_moves,
        );
    }
}

/// As [`Duration::as_nanos`], in the width of a counter: 584 years.
pub(in crate::telemetry) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// One is equal to itself only.
impl PartialEq for Metrics {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Metrics {}
