//! OpenTelemetry: traces, metrics and events of the log, sent to a collector by OTLP.
//!
//! One thread of its own sends. Who has something to send puts it into a queue of
//! bounded length and goes on; what finds it full is dropped and counted. So a
//! collector that is dead, slow or silent costs calls nothing and memory little.
//! Metrics are those of `/metrics`, read from the same counters when they are due.

mod endpoint;
mod exporter;
mod headers;
mod logs;
mod message;
mod metrics;
mod queue;
mod resource;
mod spans;
mod transport;

use std::{
    fmt, io,
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};

use tokio::{
    runtime,
    sync::watch,
    time::{Instant, timeout},
};
use tracing::warn;

pub use endpoint::{Endpoint, InvalidEndpoint};
use exporter::Exporter;
pub use headers::{Headers, InvalidHeaders};
pub(super) use logs::LogLayer;
use logs::LogRecord;
pub(super) use queue::Queue;
pub use resource::Attributes;
pub use transport::{Protocol, TransportError};

use super::{
    metrics::{Exports, Families, Metrics, Signal},
    trace::{Ratio, Tracer},
};

/// Spans that may wait, about a kilobyte each.
const MOST_SPANS: usize = 2048;
/// Events that may wait.
const MOST_EVENTS: usize = 2048;
/// What [`Otlp::flush`] gives the thread to end by itself.
const LAST_MOMENT: Duration = Duration::from_millis(100);

/// What to send, and where to.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Where the collector listens.
    pub endpoint: Endpoint,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// What it is sent.
    pub signals: Vec<Signal>,
    /// Of calls without a caller's trace, how many begin one.
    pub ratio: Ratio,
    /// Sent along, such as credentials.
    pub headers: Headers,
    /// Whose certificates are believed, in PEM; without it, those of the system.
    pub authorities: Option<Vec<u8>>,
    /// How long the collector may take to answer.
    pub timeout: Duration,
    /// How often it is sent metrics.
    pub metrics_every: Duration,
    /// What all of it is of.
    pub attributes: Attributes,
}

/// What sends to a collector, in a thread of its own. It ends with this.
pub struct Otlp {
    tracer: Option<Tracer>,
    events: Option<Arc<Queue<LogRecord>>>,
    source: Arc<OnceLock<Source>>,
    stop: watch::Sender<Option<Instant>>,
    ended: watch::Receiver<bool>,
}

/// Nothing can be sent.
#[derive(Debug, thiserror::Error)]
pub enum OtlpError {
    /// The system gives no more threads, or nothing for them to wait by.
    #[error("otlp: the thread that sends cannot start: {0}")]
    Thread(#[from] io::Error),
    /// The collector cannot be spoken to in this way.
    #[error("otlp: {0}")]
    Transport(#[from] TransportError),
}

/// Tells metrics as they stand.
type Source = Box<dyn Fn() -> Families + Send + Sync>;

impl Otlp {
    /// Begins to send, and counts what becomes of it in `metrics`.
    ///
    /// # Errors
    ///
    /// When there is no thread to be had, or the certificates cannot be read.
    pub fn start(options: &Options, metrics: &Metrics) -> Result<Self, OtlpError> {
        let Options { signals, ratio, .. } = options;
        let exports = &metrics.exports;
        let spans = queue(signals, Signal::Traces, MOST_SPANS, exports);
        let events = queue(signals, Signal::Logs, MOST_EVENTS, exports);
        let source = Arc::<OnceLock<Source>>::default();
        let (stop, stopped) = watch::channel(None);
        let (end, ended) = watch::channel(false);
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let exporter = {
            let _within = runtime.enter();
            Exporter::new(options, metrics, spans.clone(), events.clone())?
        };
        let told = signals
            .contains(&Signal::Metrics)
            .then(|| Arc::clone(&source));
        thread::Builder::new()
            .name("otlp".to_owned())
            .spawn(move || {
                logs::keep_own_events();
                runtime.block_on(exporter.run(told, stopped));
                // A look-up of a name may still block; nobody waits for it.
                runtime.shutdown_background();
                end.send_replace(true);
            })?;
        Ok(Self {
            tracer: spans.map(|spans| Tracer::new(*ratio, spans)),
            events,
            source,
            stop,
            ended,
        })
    }

    /// What traces calls, if traces are sent.
    #[must_use]
    pub fn tracer(&self) -> Option<&Tracer> {
        self.tracer.as_ref()
    }

    /// From now on, sends the metrics that `source` tells. Only the first one counts.
    pub fn observe(&self, source: impl Fn() -> Families + Send + Sync + 'static) {
        // Of a server that was started twice, one is enough.
        let _ = self.source.set(Box::new(source));
    }

    /// Sends what waits, for so long at most, and ends.
    pub async fn flush(&self, limit: Duration) {
        self.stop.send_replace(Some(Instant::now() + limit));
        let mut ended = self.ended.clone();
        let ended = ended.wait_for(|ended| *ended);
        if timeout(limit + LAST_MOMENT, ended).await.is_err() {
            warn!("the collector has not taken everything before the end");
        }
    }

    pub(super) fn log_layer(&self) -> Option<LogLayer> {
        self.events.clone().map(LogLayer::new)
    }
}

fn queue<T>(
    signals: &[Signal],
    signal: Signal,
    most: usize,
    exports: &Arc<Exports>,
) -> Option<Arc<Queue<T>>> {
    let wanted = signals.contains(&signal);
    wanted.then(|| Arc::new(Queue::new(most, signal, exports)))
}

impl fmt::Debug for Otlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Otlp").finish_non_exhaustive()
    }
}

/// One is equal to itself only.
impl PartialEq for Otlp {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Otlp {}
