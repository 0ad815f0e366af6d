//! Changes what is loaded while requests go on: on demand and by looking at the
//! disk again and again. Whatever blocks does so on threads of its own.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{Mutex, Notify},
    time::{self, MissedTickBehavior},
};
use tonic_health::{ServingStatus, server::HealthReporter};
use tracing::error;

use super::{
    audit::ScoringAudit,
    background,
    services::{model_service_server, scoring_service_server},
    splits::SplitReport,
    tls::LiveTls,
};
use crate::{
    access::{AccessChange, LiveAccess},
    registry::{Catalogue, LivePolicies, OpenError, PolicyChange, Registry, ReloadOutcome},
    telemetry::{Metrics, metrics::Reloads, trace::carried},
};

/// The registry and the policies, and whoever changes what is in them.
pub(super) struct Lifecycle {
    registry: Arc<Registry>,
    policies: Option<Arc<LivePolicies>>,
    access: Option<Arc<LiveAccess>>,
    tls: Option<Arc<LiveTls>>,
    audit: Option<Arc<ScoringAudit>>,
    /// That of the server, which outlives the threads of connections.
    runtime: Handle,
    /// Held by who blocks on the registry, so that one thread at most does.
    turn: Arc<Mutex<()>>,
    /// Told after every piece of work.
    worked: Arc<Notify>,
    metrics: Arc<Metrics>,
}

/// What a reload changed.
pub(super) struct Reloaded {
    pub(super) models: ReloadOutcome,
    pub(super) policies: Vec<PolicyChange>,
}

/// The work was cut off, because it failed or the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped;

/// The health of each service, as it was last reported.
#[derive(Default)]
pub(super) struct Health(BTreeMap<String, bool>);

impl Lifecycle {
    pub(super) fn new(
        registry: Arc<Registry>,
        policies: Option<Arc<LivePolicies>>,
        access: Option<Arc<LiveAccess>>,
        tls: Option<Arc<LiveTls>>,
        audit: Option<Arc<ScoringAudit>>,
        metrics: Arc<Metrics>,
    ) -> Self {
        if let Some(tls) = &tls {
            tell_ends(tls, &metrics);
        }
        Self {
            metrics,
            registry,
            policies,
            access,
            tls,
            audit,
            runtime: Handle::current(),
            turn: Arc::default(),
            worked: Arc::default(),
        }
    }

    /// Everything that is loaded now.
    pub(super) fn current(&self) -> Arc<Catalogue> {
        self.registry.current()
    }

    /// Does work that blocks, to its end even when the caller goes away.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Registry) -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let (registry, worked) = (Arc::clone(&self.registry), Arc::clone(&self.worked));
        let done = background::begin(&self.runtime, move || {
            let result = work(&registry);
            drop(turn);
            worked.notify_one();
            result
        });
        let done = done.map_err(|error| {
            error!(%error, "no thread to work on");
            Stopped
        })?;
        done.await.map_err(|_| Stopped)
    }

    /// Does something to its end, even when the caller goes away.
    pub(super) async fn to_the_end<T: Send + 'static>(
        &self,
        act: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Stopped> {
        let act = self.runtime.spawn(carried(act));
        act.await.map_err(|_| Stopped)
    }

    /// Looks for changed models and policies, and for who may ask. Where models cannot be listed,
    /// policies are looked at all the same; what became of them is in the log.
    pub(super) async fn reload(&self) -> Result<Result<Reloaded, OpenError>, Stopped> {
        let policies = self.policies.clone();
        let access = self.access.clone();
        let tls = self.tls.clone();
        let audit = self.audit.clone();
        let metrics = Arc::clone(&self.metrics);
        self.work(move |registry| {
            // First, for a store of models may take its time.
            let access = access.and_then(|access| access.reload());
            if let Some(tls) = tls
                && let Some(read) = tls.reload()
            {
                metrics.handshakes.reloaded(read.is_ok());
                tell_ends(&tls, &metrics);
            }
            if let Some(read) = audit.and_then(|audit| audit.reload()) {
                let Reloads {
                    audit_key,
                    audit_key_refused,
                    ..
                } = &metrics.reloads;
                let counter = if read.is_ok() {
                    audit_key
                } else {
                    audit_key_refused
                };
                counter.add(1);
            }
            let policies = policies.map(|policies| policies.reload());
            let policies = policies.unwrap_or_default();
            let trust = registry.reload_trust();
            let models = registry.reload();
            let reloads = &metrics.reloads;
            count(reloads, models.is_ok(), &policies, access.as_ref());
            match trust {
                None => {}
                Some(Ok(_)) => reloads.trust.add(1),
                Some(Err(_)) => reloads.trust_refused.add(1),
            }
            Ok(Reloaded {
                models: models?,
                policies,
            })
        })
        .await
    }

    /// Reloads at every interval, and reports health and splits after every piece
    /// of work.
    /// Does not end.
    pub(super) async fn watch(
        &self,
        interval: Option<Duration>,
        reporter: &HealthReporter,
        mut health: Health,
        mut splits: SplitReport,
    ) {
        let mut ticks = interval.map(|every| {
            let mut ticks = time::interval_at(time::Instant::now() + every, every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        });
        loop {
            tokio::select! {
                () = next(&mut ticks) => {
                    // What is wrong is in the log.
                    let _ = self.reload().await;
                }
                () = self.worked.notified() => {}
            }
            let catalogue = self.current();
            splits.report(&catalogue);
            health.report(reporter, &catalogue).await;
        }
    }
}

fn tell_ends(tls: &LiveTls, metrics: &Metrics) {
    let (not_after, next_update) = tls.ends();
    metrics.handshakes.ends(not_after, next_update);
}

fn count(
    reloads: &Reloads,
    listed: bool,
    policies: &[PolicyChange],
    access: Option<&AccessChange>,
) {
    let Reloads {
        done,
        failed,
        policies: replaced,
        policies_refused,
        access: access_replaced,
        access_refused,
        trust: _,
        trust_refused: _,
        audit_key: _,
        audit_key_refused: _,
    } = reloads;
    let counter = if listed { done } else { failed };
    counter.add(1);
    for change in policies {
        let counter = if change.changed.is_ok() {
            replaced
        } else {
            policies_refused
        };
        counter.add(1);
    }
    match access {
        None => {}
        Some(Ok(_)) => access_replaced.add(1),
        Some(Err(_)) => access_refused.add(1),
    }
}

async fn next(ticks: &mut Option<time::Interval>) {
    match ticks {
        Some(ticks) => {
            ticks.tick().await;
        }
        None => std::future::pending().await,
    }
}

impl Health {
    /// Reports what changed. The whole server and its scoring serve while any
    /// model does; each model answers under its own name.
    pub(super) async fn report(&mut self, reporter: &HealthReporter, catalogue: &Catalogue) {
        let any = catalogue
            .models()
            .any(|(_, entry)| entry.served().is_some());
        let services = [
            ("", any),
            (scoring_service_server::SERVICE_NAME, any),
            (model_service_server::SERVICE_NAME, true),
        ];
        let models = catalogue.models();
        let models = models.map(|(name, entry)| (name.as_str(), entry.served().is_some()));
        for (service, serves) in services.into_iter().chain(models) {
            if self.0.get(service) != Some(&serves) {
                let status = if serves {
                    ServingStatus::Serving
                } else {
                    ServingStatus::NotServing
                };
                reporter.set_service_status(service, status).await;
                self.0.insert(service.to_owned(), serves);
            }
        }
    }
}

/// Tells all who ask, and ends the streams of those who watch: an open stream
/// would keep its connection, and so the drain, going.
pub(super) async fn report_draining(mut reporter: HealthReporter, catalogue: &Catalogue) {
    let services = [
        "",
        scoring_service_server::SERVICE_NAME,
        model_service_server::SERVICE_NAME,
    ];
    let models = catalogue.models().map(|(name, _)| name.as_str());
    for service in services.into_iter().chain(models) {
        reporter
            .set_service_status(service, ServingStatus::NotServing)
            .await;
        reporter.clear_service_status(service).await;
    }
}
