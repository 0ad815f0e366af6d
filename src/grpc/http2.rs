//! One connection, spoken by HTTP/2: what its peer may do, the calls that arrive on
//! it, and when it ends.
//!
//! Whoever is to go is told by GOAWAY, and may end its calls.

use std::{
    convert::Infallible,
    future::pending,
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    num::NonZeroUsize,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hyper::{body::Incoming, server::conn::http2::Builder};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tonic::{
    body::Body,
    codegen::{
        Service,
        http::{Request, Response},
    },
    service::Routes,
};

use super::{arriving::Arriving, connection::Connection, deadline, tls::Peer};
use crate::telemetry::Metrics;

/// Resets that a peer may provoke before its connection is closed.
const MAX_LOCAL_ERROR_RESETS: usize = 1024;
/// Calls that a peer may reset before they are begun, as for the rapid reset of
/// CVE-2023-44487.
const MAX_PENDING_RESETS: usize = 20;
/// Of all headers of a call, in bytes.
const MAX_HEADERS: u32 = 16 << 10;
/// What a connection may do, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// The most that are open; more are closed at once.
    pub most: NonZeroUsize,
    /// The most calls at once on each.
    pub streams: u32,
    /// Without a call for so long, it is closed; `None`: it stays.
    pub idle: Option<Duration>,
    /// Closed after about so long; `None`: it stays.
    pub age: Option<Duration>,
    /// How long calls may go on after either.
    pub grace: Duration,
    /// How long a peer is left alone before it has to answer a ping, and how long it
    /// may take for that.
    pub keepalive: Duration,
}

/// How connections are served.
pub(super) struct Http2 {
    builder: Builder<TokioExecutor>,
    routes: Routes,
    max_message_bytes: usize,
    connections: Connections,
    metrics: Arc<Metrics>,
}

/// What a call brings along from its connection.
#[derive(Clone)]
pub(super) struct Arrived {
    /// When its headers were read.
    pub(super) at: Instant,
    /// Where its peer is.
    pub(super) from: IpAddr,
    pub(super) connection: Arc<Use>,
}

/// What a connection is used for. Each call holds one while it goes on.
#[derive(Default)]
pub(super) struct Use {
    /// Calls so far.
    calls: AtomicU64,
}

/// Who has a [`Use`] while no call goes on: who watches it, and who hands it out.
const WITHOUT_CALLS: usize = 2;

/// What calls of a connection meet.
struct Calls {
    routes: Routes,
    max_message_bytes: usize,
    from: IpAddr,
    peer: Peer,
    connection: Arc<Use>,
}

/// An answer to come: nothing is done before it is first asked for.
type Answering = <Routes as Service<Request<Body>>>::Future;

impl Http2 {
    pub(super) fn new(
        routes: Routes,
        connections: Connections,
        max_message_bytes: usize,
        metrics: &Arc<Metrics>,
    ) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(connections.streams)
            .max_local_error_reset_streams(MAX_LOCAL_ERROR_RESETS)
            .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
            .max_header_list_size(MAX_HEADERS)
            .keep_alive_interval(connections.keepalive)
            .keep_alive_timeout(connections.keepalive);
        Self {
            builder,
            routes: routes.prepare(),
            max_message_bytes,
            connections,
            metrics: Arc::clone(metrics),
        }
    }

    pub(super) fn most_connections(&self) -> NonZeroUsize {
        self.connections.most
    }

    pub(super) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Serves a connection to its end, which comes after the calls in flight when
    /// `draining` turns true.
    pub(super) async fn serve(
        self: Arc<Self>,
        connection: Connection,
        mut draining: watch::Receiver<bool>,
    ) {
        let used = Arc::<Use>::default();
        let calls = Calls {
            routes: self.routes.clone(),
            max_message_bytes: self.max_message_bytes,
            from: connection.from(),
            peer: connection.peer().clone(),
            connection: Arc::clone(&used),
        };
        let serving = self
            .builder
            .serve_connection(TokioIo::new(connection.paced(&self.metrics)), calls);
        let mut serving = pin!(serving);
        let Connections {
            idle, age, grace, ..
        } = self.connections;
        let retired = &self.metrics.connections;
        let grace = tokio::select! {
            biased;
            // Whether it ends well is the peer's business.
            _ = &mut serving => return,
            // An error means that the server is gone.
            _ = draining.wait_for(|draining| *draining) => None,
            () = used.idles(idle) => {
                retired.idle.add(1);
                Some(grace)
            }
            () = comes_of(age) => {
                retired.aged.add(1);
                Some(grace)
            }
        };
        serving.as_mut().graceful_shutdown();
        // Nobody is left to hear how it ended.
        match grace {
            Some(grace) => drop(timeout(grace, serving).await),
            None => drop(serving.await),
        }
    }
}

impl Use {
    /// Waits until there was no call for so long, or a little longer.
    async fn idles(self: &Arc<Self>, limit: Option<Duration>) {
        let Some(limit) = limit else {
            return pending().await;
        };
        loop {
            let before = self.calls.load(Ordering::Relaxed);
            sleep(limit).await;
            let begun = self.calls.load(Ordering::Relaxed) != before;
            if !begun && Arc::strong_count(self) <= WITHOUT_CALLS {
                return;
            }
        }
    }
}

/// Waits for an age, give or take a tenth: connections that began together are not to
/// end together.
async fn comes_of(age: Option<Duration>) {
    match age {
        Some(age) => sleep(age.mul_f64(0.9 + 0.2 * fraction())).await,
        None => pending().await,
    }
}

/// At least 0 and below 1, of no particular quality.
fn fraction() -> f64 {
    let bits = RandomState::new().hash_one(0) >> 12;
    bits as f64 / (1_u64 << 52) as f64
}

impl hyper::service::Service<Request<Incoming>> for Calls {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let mut request =
            request.map(|body| Arriving::over(Body::new(body), self.max_message_bytes));
        deadline::note(&mut request);
        self.connection.calls.fetch_add(1, Ordering::Relaxed);
        let extensions = request.extensions_mut();
        extensions.insert(self.peer.clone());
        extensions.insert(Arrived {
            at: Instant::now(),
            from: self.from,
            connection: Arc::clone(&self.connection),
        });
        self.routes.clone().call(request)
    }
}
