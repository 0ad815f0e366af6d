//! What the thread does that sends: each signal by itself, so that one that is stuck
//! holds up no other.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use opentelemetry_proto::tonic::resource::v1::Resource;
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};
use tracing::{info, warn};

use super::{
    LogRecord, Options, Queue, Source, TransportError, logs,
    message::Request,
    metrics, spans,
    transport::{Failure, Transport},
};
use crate::telemetry::{
    metrics::{Export, Exports, Metrics, Signal},
    sample,
    trace::Ended,
};

/// How often what waits is sent.
const EVERY: Duration = Duration::from_secs(1);
/// The most spans or events of one message.
const BATCH: usize = 512;
/// How long to wait before each further try.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
];

/// Sends what waits.
pub(super) struct Exporter {
    transport: Transport,
    resource: Resource,
    spans: Option<Arc<Queue<Ended>>>,
    events: Option<Arc<Queue<LogRecord>>>,
    exports: Arc<Exports>,
    metrics_every: Duration,
    /// When counting began.
    began: SystemTime,
}

/// Until when to end, once that is said.
#[derive(Clone)]
struct Stop(watch::Receiver<Option<Instant>>);

impl Stop {
    fn is_told(&self) -> bool {
        // An error means that nobody is left who could tell it.
        self.0.borrow().is_some() || self.0.has_changed().is_err()
    }

    /// Waits until it is told: by when.
    async fn told(&mut self) -> Instant {
        let told = self.0.wait_for(Option::is_some).await;
        let by = told.ok().and_then(|by| *by);
        by.unwrap_or_else(Instant::now)
    }
}

impl Exporter {
    pub(super) fn new(
        options: &Options,
        metrics: &Metrics,
        spans: Option<Arc<Queue<Ended>>>,
        events: Option<Arc<Queue<LogRecord>>>,
    ) -> Result<Self, TransportError> {
        Ok(Self {
            transport: Transport::new(options)?,
            resource: options.attributes.resource(),
            spans,
            events,
            exports: Arc::clone(&metrics.exports),
            metrics_every: options.metrics_every,
            began: metrics.began(),
        })
    }

    /// Sends until told to stop, and then what is left, for as long as it may.
    pub(super) async fn run(
        self,
        source: Option<Arc<OnceLock<Source>>>,
        stop: watch::Receiver<Option<Instant>>,
    ) {
        let stop = Stop(stop);
        let resource = &self.resource;
        let spans = async {
            if let Some(queue) = &self.spans {
                let request = |calls| spans::request(resource, calls);
                self.drain(queue, request, stop.clone()).await;
            }
        };
        let events = async {
            if let Some(queue) = &self.events {
                let request = |records| logs::request(resource, records);
                self.drain(queue, request, stop.clone()).await;
            }
        };
        let metrics = async {
            if let Some(source) = &source {
                self.tell_metrics(source, stop.clone()).await;
            }
        };
        let all = async { tokio::join!(spans, events, metrics) };
        let mut cut = stop.clone();
        tokio::select! {
            _ = all => {}
            () = async { sleep_until(cut.told().await).await } => {}
        }
    }

    /// Sends what a queue holds, again and again.
    async fn drain<T, R: Request>(
        &self,
        queue: &Queue<T>,
        request: impl Fn(Vec<T>) -> R,
        mut stop: Stop,
    ) {
        let mut sender = self.sender(queue.signal());
        loop {
            tokio::select! {
                () = queue.half_full() => {}
                () = sleep(EVERY) => {}
                _ = stop.told() => {}
            }
            // What comes while this is being done is of the next turn, or of nobody.
            let is_last = stop.is_told();
            loop {
                let items = queue.take(BATCH);
                if items.is_empty() {
                    break;
                }
                let count = items.len();
                sender.send(&request(items), count, &mut stop).await;
            }
            sender.tell_overflow();
            if is_last {
                return;
            }
        }
    }

    /// Sends metrics as they stand, again and again, and once at the end.
    async fn tell_metrics(&self, source: &OnceLock<Source>, mut stop: Stop) {
        let mut sender = self.sender(Signal::Metrics);
        loop {
            tokio::select! {
                () = sleep(self.metrics_every) => {}
                _ = stop.told() => {}
            }
            let is_last = stop.is_told();
            if let Some(source) = source.get() {
                let families = source();
                let request = metrics::request(&self.resource, &families, self.began);
                let count = families.iter().count();
                // The next ones say all that these do.
                sender.send_once(&request, count).await;
            }
            if is_last {
                return;
            }
        }
    }

    fn sender(&self, signal: Signal) -> Sender<'_> {
        Sender {
            transport: &self.transport,
            signal: signal.name(),
            counts: self.exports.of(signal),
            fails: false,
            overflows: false,
            told: 0,
        }
    }
}

/// Sends one signal, and tells when that begins and ends to fail.
struct Sender<'e> {
    transport: &'e Transport,
    signal: &'static str,
    counts: &'e Export,
    fails: bool,
    /// Whether more is to be sent than can be.
    overflows: bool,
    /// How many were dropped when that was asked last.
    told: u64,
}

impl Sender<'_> {
    /// Sends until it is taken, refused, or too often not answered.
    async fn send<R: Request>(&mut self, request: &R, count: usize, stop: &mut Stop) {
        let mut pauses = PAUSES.into_iter();
        loop {
            let is_last = stop.is_told();
            let Err(failure) = self.attempt(request, count).await else {
                return;
            };
            let pause = pauses.next().filter(|_| failure.may_pass() && !is_last);
            let Some(pause) = pause else {
                self.counts.dropped.add(length(count));
                return;
            };
            tokio::select! {
                () = sleep(about(pause)) => {}
                _ = stop.told() => {}
            }
        }
    }

    async fn send_once<R: Request>(&mut self, request: &R, count: usize) {
        if self.attempt(request, count).await.is_err() {
            self.counts.dropped.add(length(count));
        }
    }

    async fn attempt<R: Request>(&mut self, request: &R, count: usize) -> Result<(), Failure> {
        let signal = self.signal;
        match self.transport.send(request).await {
            Ok(rejected) => {
                let count = length(count);
                let rejected = rejected.min(count);
                self.counts.sent.add(count - rejected);
                self.counts.dropped.add(rejected);
                if self.fails {
                    self.fails = false;
                    let dropped = self.dropped();
                    info!(signal, dropped, "the collector takes what is sent again");
                }
                Ok(())
            }
            Err(failure) => {
                if !self.fails {
                    self.fails = true;
                    warn!(signal, %failure, "the collector does not take what is sent; a part waits, more is dropped");
                }
                Err(failure)
            }
        }
    }

    /// Tells of what was dropped though the collector takes what is sent.
    fn tell_overflow(&mut self) {
        if self.fails {
            return;
        }
        let (signal, dropped) = (self.signal, self.dropped());
        let overflows = dropped > 0;
        if overflows && !self.overflows {
            warn!(
                signal,
                dropped, "not everything is sent: there is too much, or the collector refuses some"
            );
        } else if self.overflows && !overflows {
            info!(signal, "everything is sent again");
        }
        self.overflows = overflows;
    }

    /// How many since that was asked last.
    fn dropped(&mut self) -> u64 {
        let dropped = self.counts.dropped.get();
        let more = dropped - self.told;
        self.told = dropped;
        more
    }
}

/// About so long, so that many who lost one collector do not come back at once.
fn about(pause: Duration) -> Duration {
    pause.mul_f64(0.75 + f64::from(sample::below(512)) / 1024.0)
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
