//! Services around services: who comes in, what is counted, deadlines, panics. What
//! each does with a call is its own; that it is a service is written here.

use std::{
    convert::Infallible,
    future::Future,
    task::{Context, Poll},
};

use tonic::{
    body::Body,
    codegen::{
        Service,
        http::{Request, Response},
    },
    server::NamedService,
};

/// An answer to come.
pub(super) trait Answer:
    Future<Output = Result<Response<Body>, Infallible>> + Unpin
{
}

impl<F: Future<Output = Result<Response<Body>, Infallible>> + Unpin> Answer for F {}

/// What is done with every call of a service.
pub(super) trait Around: Clone {
    /// The answer to come, where that of the service is `F`.
    type Answering<F: Answer>: Answer;

    /// Calls `service`, or does not.
    fn call<F: Answer>(
        &self,
        request: Request<Body>,
        service: impl FnOnce(Request<Body>) -> F,
    ) -> Self::Answering<F>;

    /// A service within this.
    fn around<S>(&self, service: S) -> Within<S, Self> {
        let around = self.clone();
        Within { service, around }
    }
}

/// A service within something.
#[derive(Clone)]
pub(super) struct Within<S, A> {
    service: S,
    around: A,
}

impl<S: NamedService, A> NamedService for Within<S, A> {
    const NAME: &'static str = S::NAME;
}

impl<S, A> Service<Request<Body>> for Within<S, A>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Unpin,
    A: Around,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = A::Answering<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Self { service, around } = self;
        around.call(request, |request| service.call(request))
    }
}
