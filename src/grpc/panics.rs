//! Faults of this program end one call, as `INTERNAL`, and nothing else. What a
//! panic says may hold anything, and goes nowhere; where it happened is in the log.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use tonic::{Status, body::Body, codegen::http::Request};

use super::{
    around::{Answer, Around},
    status::panicked,
};
use crate::telemetry::Metrics;

/// Makes answers of a service's panics.
#[derive(Clone)]
pub(super) struct Caught(Arc<Metrics>);

/// An answer to come, or nothing but a refusal.
pub(super) struct Answering<F> {
    answer: Option<F>,
    metrics: Arc<Metrics>,
}

impl Caught {
    pub(super) fn new(metrics: &Arc<Metrics>) -> Self {
        Self(Arc::clone(metrics))
    }
}

impl Around for Caught {
    type Answering<F: Answer> = Answering<F>;

    fn call<F: Answer>(
        &self,
        request: Request<Body>,
        service: impl FnOnce(Request<Body>) -> F,
    ) -> Answering<F> {
        let metrics = Arc::clone(&self.0);
        // Services begin with what they are told, and keep nothing of it.
        let begun = catch_unwind(AssertUnwindSafe(|| service(request)));
        let answer = begun.ok();
        Answering { answer, metrics }
    }
}

impl<F: Answer> Future for Answering<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(answer) = &mut self.answer {
            let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(answer).poll(context)));
            if let Ok(polled) = polled {
                return polled;
            }
            // Half done; it is not looked at again.
            self.answer = None;
        }
        Poll::Ready(Ok(told(&self.metrics).into_http()))
    }
}

/// Does some work to its end, or to its panic.
pub(super) async fn caught<T>(
    metrics: &Metrics,
    work: impl Future<Output = T>,
) -> Result<T, Status> {
    let mut work = pin!(work);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(_) => Poll::Ready(Err(told(metrics))),
        }
    })
    .await
}

/// Counts one.
fn told(metrics: &Metrics) -> Status {
    metrics.panics.add(1);
    panicked()
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        future::{Ready, ready},
    };

    use tonic::{
        Code,
        codegen::{Service, http::Response},
    };
    use tonic_types::StatusExt as _;

    use super::*;
    use crate::grpc::measured;

    /// Panics where the path says.
    #[derive(Clone)]
    struct Panics;

    struct Later(bool);

    impl Future for Later {
        type Output = Result<Response<Body>, Infallible>;

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
            assert!(!self.0, "of canary-id-4711, while it answers");
            Poll::Ready(Ok(Response::default()))
        }
    }

    impl Service<Request<Body>> for Panics {
        type Response = Response<Body>;
        type Error = Infallible;
        type Future = Later;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<Body>) -> Later {
            assert_ne!(request.uri().path(), "/now", "of canary-id-4711, at once");
            Later(request.uri().path() == "/later")
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_the_service_goes_on() {
        let metrics = Arc::new(measured::metrics());
        let mut service = Caught::new(&metrics).around(Panics);
        for (path, code) in [
            ("/now", Some(Code::Internal)),
            ("/later", Some(Code::Internal)),
            ("/never", None),
        ] {
            let request = Request::get(path).body(Body::default()).unwrap();
            let answer = service.call(request).await.unwrap();
            let status = Status::from_header_map(answer.headers());
            assert_eq!(status.as_ref().map(Status::code), code, "{path}");
            if let Some(status) = status {
                let reason = status.get_details_error_info().unwrap().reason;
                assert_eq!(reason, "SERVER_FAULT");
                assert!(!format!("{status:?}").contains("canary"), "{status:?}");
            }
        }
        assert_eq!(metrics.panics.get(), 2);
    }

    #[tokio::test]
    async fn work_that_panics_ends_as_a_status() {
        let metrics = measured::metrics();
        let fault: Result<(), Status> = caught(&metrics, async {
            tokio::task::yield_now().await;
            panic!("of canary-id-4711");
        })
        .await;
        assert_eq!(fault.unwrap_err().code(), Code::Internal);
        let done: Ready<u8> = ready(1);
        assert_eq!(caught(&metrics, done).await.unwrap(), 1);
        assert_eq!(metrics.panics.get(), 1);
    }
}
