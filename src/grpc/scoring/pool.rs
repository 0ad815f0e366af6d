//! Work that would keep a connection's thread from its other calls.

use std::{future::Future, panic::resume_unwind, sync::Arc};

use tokio::{runtime::Handle, task::JoinSet};
use tonic::Status;

use crate::{grpc::status::server_draining, telemetry::trace::carried};

/// Threads that no connection waits for.
#[derive(Debug, Clone)]
pub(in crate::grpc) struct Pool(Handle);

impl Pool {
    /// The threads of the runtime that this is called on.
    pub(in crate::grpc) fn current() -> Self {
        Self(Handle::current())
    }

    /// Does some work, for the call that is current, and gives it up when nobody waits for it any more.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Status> {
        let mut only = JoinSet::new();
        only.spawn_on(carried(work), &self.0);
        Self::done(only).await
    }

    /// Does work that never waits. It is given what tells whether somebody waits for
    /// it, to be asked between its steps: nothing else can end it early.
    pub(super) async fn block_on<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Fn() -> bool) -> T + Send + 'static,
    ) -> Result<T, Status> {
        let waiting = Arc::new(());
        let seen = Arc::downgrade(&waiting);
        let mut only = JoinSet::new();
        only.spawn_blocking_on(move || work(&|| seen.strong_count() > 0), &self.0);
        let done = Self::done(only).await;
        drop(waiting);
        done
    }

    /// Goes on with some work that nobody waits for.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(carried(work));
    }

    async fn done<T: 'static>(mut only: JoinSet<T>) -> Result<T, Status> {
        match only.join_next().await {
            Some(Ok(done)) => Ok(done),
            // As if it had been done here.
            Some(Err(error)) if error.is_panic() => resume_unwind(error.into_panic()),
            // Only a server that stops gives it up.
            Some(Err(_)) | None => Err(server_draining()),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;
    use tonic::Code;

    use super::*;
    use crate::grpc::{measured, panics::caught};

    #[tokio::test]
    async fn a_panic_of_work_is_that_of_its_call() {
        let metrics = measured::metrics();
        let pool = Pool::current();
        let work = async {
            yield_now().await;
            panic!("a fault");
        };
        let run = caught(&metrics, pool.run::<()>(work)).await;
        assert_eq!(run.unwrap_err().code(), Code::Internal);
        let blocking = caught(&metrics, pool.block_on::<()>(|_| panic!("a fault"))).await;
        assert_eq!(blocking.unwrap_err().code(), Code::Internal);
        assert_eq!(metrics.panics.get(), 2);
        assert_eq!(pool.run(async { 1 }).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn blocking_work_is_told_that_nobody_waits() {
        let pool = Pool::current();
        let (ended, has_ended) = tokio::sync::oneshot::channel();
        let work = move |goes_on: &dyn Fn() -> bool| {
            while goes_on() {
                std::thread::yield_now();
            }
            ended.send(()).unwrap();
        };
        let mut call = Box::pin(pool.block_on(work));
        tokio::select! {
            biased;
            _ = &mut call => panic!("it ended while somebody waited"),
            () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {}
        }
        drop(call);
        has_ended.await.unwrap();
    }
}
