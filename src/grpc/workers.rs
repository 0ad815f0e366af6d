//! Threads that serve connections, each with its own: what a connection reads,
//! scores and answers stays on one core, and answers that are ready together
//! leave in one write. A pool that shared connections would wake a connection
//! for every answer, and write each by itself.

use std::{
    net,
    num::NonZeroUsize,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    thread,
};

use tokio::{
    net::{TcpListener, TcpStream},
    runtime,
    sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        watch,
    },
    task::JoinSet,
};
use tokio_stream::StreamExt;

use super::{
    ServeError,
    admission::busy,
    connection::{Connection, accept},
    http2::Http2,
    tls::Spoken,
};
use crate::telemetry::Metrics;

/// The threads. They give up what they do when this is dropped.
pub(super) struct Workers {
    threads: Vec<Worker>,
    /// Whether to take no more calls, and to end after those in flight.
    draining: watch::Sender<bool>,
    /// The most connections, of all of them.
    most: NonZeroUsize,
    metrics: Arc<Metrics>,
}

/// How each thread ended.
pub(super) struct Ended(mpsc::UnboundedReceiver<Result<(), ServeError>>);

struct Worker {
    accepted: UnboundedSender<Accepted>,
    /// As many clones as connections are open.
    open: Arc<()>,
}

/// A connection on its way to its thread.
struct Accepted {
    stream: net::TcpStream,
    open: Arc<()>,
}

impl Workers {
    /// Starts so many threads. Connections speak TLS where that is `spoken`.
    pub(super) fn start(
        count: NonZeroUsize,
        spoken: Option<&Spoken>,
        http2: &Arc<Http2>,
    ) -> Result<(Self, Ended), ServeError> {
        let (draining, drained) = watch::channel(false);
        let (ends, ended) = mpsc::unbounded_channel();
        let start = |number| {
            let (accepted, connections) = mpsc::unbounded_channel();
            let (http2, drained, ends) = (Arc::clone(http2), drained.clone(), ends.clone());
            let spoken = spoken.cloned();
            let thread = thread::Builder::new().name(format!("calls-{number}"));
            thread
                .spawn(move || {
                    let run = || run(&http2, connections, spoken.as_ref(), &drained);
                    let ended = catch_unwind(AssertUnwindSafe(run));
                    // Nobody waits for it once the server is gone.
                    let _ = ends.send(ended.unwrap_or(Err(ServeError::Panicked)));
                })
                .map_err(ServeError::Thread)?;
            Ok(Worker {
                accepted,
                open: Arc::default(),
            })
        };
        let workers: Result<_, ServeError> = (0..count.get()).map(start).collect();
        let workers = Self {
            threads: workers?,
            draining,
            most: http2.most_connections(),
            metrics: Arc::clone(http2.metrics()),
        };
        Ok((workers, Ended(ended)))
    }

    /// Gives every connection to the thread that has fewest; never ends.
    pub(super) async fn accept(&self, listener: TcpListener) {
        let mut accepted = pin!(accept(listener));
        while let Some(accepted) = accepted.next().await {
            if let Ok(stream) = accepted.and_then(TcpStream::into_std) {
                self.give(stream);
            }
        }
    }

    fn give(&self, stream: net::TcpStream) {
        let connections = &self.metrics.connections;
        let open = |worker: &Worker| Arc::strong_count(&worker.open) - 1;
        if self.threads.iter().map(open).sum::<usize>() >= self.most.get() {
            connections.refused.add(1);
            return;
        }
        connections.accepted.add(1);
        if let Some(worker) = self.threads.iter().min_by_key(|worker| open(worker)) {
            let open = Arc::clone(&worker.open);
            // A thread that has failed ends the server.
            let _ = worker.accepted.send(Accepted { stream, open });
        }
    }

    /// Tells the threads to end after the calls in flight.
    pub(super) fn drain(&self) {
        self.draining.send_replace(true);
    }
}

impl Ended {
    /// Waits until one thread has failed, or all have ended.
    pub(super) async fn wait(&mut self) -> Result<(), ServeError> {
        while let Some(ended) = self.0.recv().await {
            ended?;
        }
        Ok(())
    }
}

/// What a thread does.
fn run(
    http2: &Arc<Http2>,
    mut accepted: UnboundedReceiver<Accepted>,
    spoken: Option<&Spoken>,
    draining: &watch::Receiver<bool>,
) -> Result<(), ServeError> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_park(busy::rests)
        .on_thread_unpark(busy::goes_on)
        .build()
        .map_err(ServeError::Thread)?;
    runtime.block_on(async {
        let mut connections = JoinSet::new();
        let mut drain = draining.clone();
        let serving = async {
            loop {
                tokio::select! {
                    Some(Accepted { stream, open }) = accepted.recv() => {
                        let stream = TcpStream::from_std(stream);
                        let connection = stream.and_then(|stream| Connection::new(stream, spoken, open));
                        if let Ok(connection) = connection {
                            connections.spawn(Arc::clone(http2).serve(connection, draining.clone()));
                        }
                    }
                    Some(_) = connections.join_next() => {}
                    // Fails when the server is gone.
                    _ = drain.wait_for(|draining| *draining) => break,
                }
            }
            while connections.join_next().await.is_some() {}
        };
        let mut left = draining.clone();
        tokio::select! {
            () = serving => {}
            () = async { while left.changed().await.is_ok() {} } => {}
        }
    });
    // Work that blocks may go on to its end, but nobody waits for it here.
    runtime.shutdown_background();
    Ok(())
}
