//! Assembles the services and serves until told to stop.

use std::{future::Future, io, num::NonZeroUsize, sync::Arc, thread, time::Duration};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, timeout},
};
use tonic::service::Routes;
use tonic_health::pb::health_server::{Health as HealthService, HealthServer};
use tracing::{info, warn};

use super::{
    Listeners, ScoringAudit,
    access::Door,
    admin::Admin,
    admission::{Admission, Admitted},
    around::Around,
    deadline::Timed,
    drift::Drift,
    http2::{Connections, Http2},
    lifecycle::{Health, Lifecycle, report_draining},
    measured::{self, Measured},
    models::Models,
    panics::Caught,
    proto,
    scoring::{Pool, Room, Scoring},
    services::{
        model_service_server::ModelServiceServer, scoring_service_server::ScoringServiceServer,
    },
    shadow::Shadow,
    splits::SplitReport,
    tls::{LiveTls, Spoken},
    told::Told,
    traced::Traced,
    workers::Workers,
};
use crate::{
    access::{LiveAccess, token},
    registry::{LivePolicies, Registry},
    scoring::{Profiles, Splits},
    telemetry::{Metrics, Otlp},
};

/// More would wait for the cores in any case, and hold their messages meanwhile.
const LARGE_CALLS_PER_CORE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(15);

/// Calls in flight for each core. Few calls of a single customer are in flight at any
/// moment: they wait for their turn, and are done at once. What is in flight is large
/// calls, streams, and calls that wait for their callers.
const CALLS_PER_CORE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

/// The most calls of `ModelService` at once: they are few, unless somebody means harm.
const MODEL_CALLS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

/// How to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Who may ask, and for what; without it, everybody.
    pub access: Option<Arc<LiveAccess>>,
    /// How calls are encrypted; without it, they are not.
    pub tls: Option<Arc<LiveTls>>,
    /// Threads that serve connections.
    pub workers: NonZeroUsize,
    /// The most customers of one batch.
    pub max_batch_rows: usize,
    /// The most customers of one message of columns.
    pub max_column_rows: usize,
    /// The most batches, columns, messages of streams and what-ifs at once; as many
    /// wait a moment, and more are refused.
    pub max_large_calls: NonZeroUsize,
    /// The largest request, in bytes.
    pub max_message_bytes: usize,
    /// Who is let in while more is asked for than can be done.
    pub admitted: Admitted,
    /// What connections may do, and how long.
    pub connections: Connections,
    /// How often to look for new versions and moved aliases; `None`: only when
    /// told to.
    pub reload_interval: Option<Duration>,
    /// How long calls in flight may go on after the order to stop.
    pub drain: Duration,
    /// What decides on customers; without it, they get scores only.
    pub policies: Option<Arc<LivePolicies>>,
    /// Combinations of models that requests may name.
    pub profiles: Arc<Profiles>,
    /// Whose scoring is told in the log; without it, nobody's.
    pub scoring_audit: Option<Arc<ScoringAudit>>,
    /// Which models send a share of customers to a challenger.
    pub splits: Arc<Splits>,
    /// Which models are compared with a challenger, for a sample of customers.
    pub shadows: Arc<Splits>,
    /// Of how long a time drift is told; `None`: it is not.
    pub drift_window: Option<Duration>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What sends traces and metrics to a collector; without it, neither is sent.
    pub otlp: Option<Arc<Otlp>>,
}

impl Default for Options {
    fn default() -> Self {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            access: None,
            tls: None,
            workers: cores,
            max_large_calls: cores.saturating_mul(LARGE_CALLS_PER_CORE),
            max_batch_rows: 10_000,
            max_column_rows: 100_000,
            max_message_bytes: 16 << 20,
            admitted: Admitted {
                calls: cores.saturating_mul(CALLS_PER_CORE),
                wait: Duration::from_millis(20),
            },
            connections: Connections {
                most: NonZeroUsize::MIN.saturating_add(9_999),
                streams: 100,
                idle: Some(Duration::from_secs(900)),
                age: None,
                grace: Duration::from_secs(30),
                keepalive: Duration::from_secs(20),
            },
            reload_interval: Some(Duration::from_secs(2)),
            drain: Duration::from_secs(30),
            policies: None,
            profiles: Arc::default(),
            splits: Arc::default(),
            shadows: Arc::default(),
            scoring_audit: None,
            drift_window: Some(Duration::from_secs(3600)),
            metrics: Arc::new(measured::metrics()),
            otlp: None,
        }
    }
}

/// The server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The system gives no more threads, or nothing for them to wait by.
    #[error("a thread that serves calls cannot start: {0}")]
    Thread(io::Error),
    /// A fault of this program.
    #[error("a thread that serves calls has panicked; please report what the log says of it")]
    Panicked,
    /// The contract's descriptors cannot be served by reflection.
    #[error("reflection cannot serve the contract: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves `registry` on `listeners`, and keeps it as the disk is, until `shutdown`
/// resolves; then health turns to `NOT_SERVING`, no new call is accepted, and those
/// in flight have [`Options::drain`] to finish. Operators are answered to the end.
///
/// Connections are served by threads of their own. What takes longer than a moment
/// is done on the runtime that this is called on.
///
/// # Errors
///
/// When the transport fails.
pub async fn serve(
    listeners: impl Into<Listeners>,
    registry: Arc<Registry>,
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let Listeners { calls, admin } = listeners.into();
    measured::observe(&registry, &options.metrics);
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let mut health = Health::default();
    health.report(&reporter, &registry.current()).await;
    let mut splits = SplitReport::new(&options.splits, &options.shadows);
    splits.report(&registry.current());
    let lifecycle = Arc::new(Lifecycle::new(
        Arc::clone(&registry),
        options.policies.clone(),
        options.access.clone(),
        options.tls.clone(),
        options.scoring_audit.clone(),
        Arc::clone(&options.metrics),
    ));
    let (drain, draining) = watch::channel(false);
    let follow = |access| Held(tokio::spawn(token::follow(access)));
    let _keys = options.access.clone().map(follow);
    let drift = Drift::start(options.drift_window, &registry, &options.metrics);
    let told = Told {
        registry: Arc::clone(&registry),
        metrics: Arc::clone(&options.metrics),
        drift: Arc::clone(&drift),
    };
    if let Some(otlp) = &options.otlp {
        let told = told.clone();
        otlp.observe(move || told.now());
    }
    let _admin = admin.map(|listener| {
        let admin = Admin {
            told,
            draining: draining.clone(),
        };
        Held(tokio::spawn(admin.serve(listener)))
    });
    let _seconds = Held(tokio::spawn(tell_seconds(Arc::clone(&registry))));
    let routes = routes(
        &registry,
        &lifecycle,
        &options,
        &drift,
        draining,
        health_service,
    )?;

    let local = calls
        .local_addr()
        .is_ok_and(|address| address.ip().is_loopback());
    if options.access.is_some() && options.tls.is_none() && !local {
        warn!("tokens come in the clear: name a certificate, or see that a proxy has one");
    }
    let spoken = options.tls.clone().map(|tls| Spoken {
        tls,
        handshakes: Arc::clone(&options.metrics.handshakes),
    });
    let http2 = Arc::new(Http2::new(
        routes,
        options.connections,
        options.max_message_bytes,
        &options.metrics,
    ));
    let (workers, mut ended) = Workers::start(options.workers, spoken.as_ref(), &http2)?;
    tokio::select! {
        ended = ended.wait() => return ended,
        () = workers.accept(calls) => {}
        () = lifecycle.watch(options.reload_interval, &reporter, health, splits) => {}
        () = shutdown => {}
    }
    info!(drain_seconds = options.drain.as_secs(), "draining");
    report_draining(reporter, &registry.current()).await;
    drain.send_replace(true);
    workers.drain();
    if let Ok(ended) = timeout(options.drain, ended.wait()).await {
        info!("drained");
        ended
    } else {
        warn!("drain deadline passed; calls in flight are given up");
        Ok(())
    }
}

/// Tells the registry every second that passes, so that the path of requests needs
/// no clock. Does not end.
async fn tell_seconds(registry: Arc<Registry>) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        seconds.tick().await;
        registry.second();
    }
}

/// A task that ends with whoever holds it.
struct Held<T>(JoinHandle<T>);

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn routes(
    registry: &Arc<Registry>,
    lifecycle: &Arc<Lifecycle>,
    options: &Options,
    drift: &Arc<Drift>,
    draining: watch::Receiver<bool>,
    health: HealthServer<impl HealthService>,
) -> Result<Routes, ServeError> {
    let scoring = Scoring {
        registry: Arc::clone(registry),
        pool: Pool::current(),
        room: Room::new(options.max_large_calls.get(), &options.metrics),
        policies: options.policies.clone(),
        causes: Arc::default(),
        profiles: Arc::clone(&options.profiles),
        splits: Arc::clone(&options.splits),
        max_batch_rows: options.max_batch_rows,
        max_column_rows: options.max_column_rows,
        draining,
        shadow: Arc::new(Shadow::start(&options.shadows, &options.metrics)),
        audit: options.scoring_audit.clone(),
        drift: Arc::clone(drift),
        metrics: Arc::clone(&options.metrics),
    };
    let models = Models {
        lifecycle: Arc::clone(lifecycle),
        profiles: Arc::clone(&options.profiles),
    };
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let limit = options.max_message_bytes;
    let metrics = &options.metrics;
    let door = Door::new(options.access.clone(), Arc::clone(metrics));
    let otlp = options.otlp.as_deref();
    let (traced, measured, timed, caught) = (
        Traced::new(otlp.and_then(Otlp::tracer)),
        Measured::new(metrics),
        Timed::new(metrics),
        Caught::new(metrics),
    );
    let scoring = ScoringServiceServer::new(scoring).max_decoding_message_size(limit);
    let models = ModelServiceServer::new(models).max_decoding_message_size(limit);
    let admission = Admission::new(options.admitted, metrics);
    let scoring = timed.around(caught.around(door.around(admission.around(scoring))));
    let managing = Admitted {
        calls: MODEL_CALLS,
        wait: Duration::ZERO,
    };
    let managing = Admission::new(managing, metrics);
    let models = timed.around(caught.around(door.around(managing.around(models))));
    let reflection_v1 = door.around(reflection().build_v1()?);
    let reflection_v1alpha = door.around(reflection().build_v1alpha()?);
    Ok(Routes::default()
        .add_service(traced.around(measured.around(scoring)))
        .add_service(traced.around(measured.around(models)))
        .add_service(timed.around(door.around(health)))
        .add_service(timed.around(reflection_v1))
        .add_service(timed.around(reflection_v1alpha)))
}
