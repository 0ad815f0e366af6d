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
};
use tokio_stream::{StreamExt, wrappers::UnboundedReceiverStream};
use tonic::transport::server::Router;
use tower_layer::{Identity, Stack};

use super::{
    ServeError,
    connection::{Connection, accept},
    deadline::Arrivals,
    tls::Spoken,
};

/// What every call passes before it is routed.
pub(super) type Noting = Stack<Arrivals, Identity>;

/// The threads. They give up what they do when this is dropped.
pub(super) struct Workers {
    workers: Vec<Worker>,
    /// Whether to take no more calls, and to end after those in flight.
    draining: watch::Sender<bool>,
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
    /// Starts threads, each with a router of its own. Connections speak TLS where
    /// that is `spoken`.
    pub(super) fn start(
        count: NonZeroUsize,
        spoken: Option<&Spoken>,
        router: impl Fn() -> Router<Noting>,
    ) -> Result<(Self, Ended), ServeError> {
        let (draining, drained) = watch::channel(false);
        let (ends, ended) = mpsc::unbounded_channel();
        let start = |number| {
            let (accepted, connections) = mpsc::unbounded_channel();
            let (router, drained, ends) = (router(), drained.clone(), ends.clone());
            let spoken = spoken.cloned();
            let thread = thread::Builder::new().name(format!("calls-{number}"));
            thread
                .spawn(move || {
                    let run = || run(router, connections, spoken.as_ref(), drained);
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
            workers: workers?,
            draining,
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
        let open = |worker: &&Worker| Arc::strong_count(&worker.open);
        if let Some(worker) = self.workers.iter().min_by_key(open) {
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
    router: Router<Noting>,
    accepted: UnboundedReceiver<Accepted>,
    spoken: Option<&Spoken>,
    mut draining: watch::Receiver<bool>,
) -> Result<(), ServeError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(ServeError::Thread)?;
    let ended = runtime.block_on(async {
        let connections = UnboundedReceiverStream::new(accepted);
        let connections = connections.map(|Accepted { stream, open }| {
            Connection::new(TcpStream::from_std(stream)?, spoken, open)
        });
        let mut drain = draining.clone();
        let serving = router.serve_with_incoming_shutdown(connections, async move {
            // Fails when the server is gone.
            let _ = drain.wait_for(|draining| *draining).await;
        });
        tokio::select! {
            ended = serving => Ok(ended?),
            () = async { while draining.changed().await.is_ok() {} } => Ok(()),
        }
    });
    // Work that blocks may go on to its end, but nobody waits for it here.
    runtime.shutdown_background();
    ended
}
