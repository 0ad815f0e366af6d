//! What is counted of calls and of what is loaded.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use prost::Message as _;
use tonic::{Code, Status, body::Body, codegen::http::Request};

use super::{
    around::{Answer, Around},
    proto,
    status::of_request,
};
use crate::{
    registry::{Changed, Registry},
    telemetry::{
        Metrics,
        metrics::{Call, ModelEvent},
    },
};

/// The method that counts its calls itself: it alone knows when they end.
pub(super) const STREAM: &str = "/holdfast.v1.ScoringService/StreamScores";

/// What the transport's own errors may be.
const OF_TRANSPORT: [Code; 3] = [Code::Internal, Code::OutOfRange, Code::Unimplemented];

/// Counters for every method of the contract.
pub(super) fn metrics() -> Metrics {
    let methods = methods();
    let names = methods.iter().filter_map(|path| path.rsplit_once('/'));
    Metrics::new(names.map(|(_, method)| method.to_owned()))
}

/// Every method of the contract, such as `holdfast.v1.ScoringService/ScoreCustomer`.
pub(super) fn methods() -> Vec<String> {
    let descriptors = prost_types::FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET);
    let mut methods = Vec::new();
    for file in descriptors.unwrap_or_default().file {
        for service in &file.service {
            let path = |method: &str| format!("{}.{}/{method}", file.package(), service.name());
            methods.extend(service.method.iter().map(|method| path(method.name())));
        }
    }
    methods
}

/// Counts what becomes of models.
pub(super) fn observe(registry: &Registry, metrics: &Arc<Metrics>) {
    let metrics = Arc::clone(metrics);
    registry.observe(move |name, changed| {
        let name = name.as_str();
        match changed {
            Changed::Loaded(identity) => {
                metrics.load_version(name, identity.version.get());
                metrics.model(name, ModelEvent::Loaded);
            }
            Changed::Unloaded(identity) => metrics.unload_version(name, identity.version.get()),
            Changed::Refused { .. } => metrics.model(name, ModelEvent::Refused),
            Changed::Served { .. } => metrics.model(name, ModelEvent::Served),
            Changed::Alias { .. } => metrics.model(name, ModelEvent::AliasMoved),
            Changed::HeldBack(_) => metrics.model(name, ModelEvent::HeldBack),
            Changed::Fault(_) => {}
        }
    });
}

/// Counts a refusal of the method that counts its calls itself, where it is not
/// reached.
pub(super) fn refused(metrics: &Arc<Metrics>, path: &str, status: &Status) {
    if path == STREAM
        && let Some(call) = metrics.begin(path)
    {
        call.end(i32::from(status.code()).cast_unsigned());
    }
}

/// Counts the calls of a service.
#[derive(Clone)]
pub(super) struct Measured(Arc<Metrics>);

/// An answer to come.
pub(super) struct Answering<F> {
    answer: F,
    call: Option<Call>,
}

impl Measured {
    pub(super) fn new(metrics: &Arc<Metrics>) -> Self {
        Self(Arc::clone(metrics))
    }
}

impl Around for Measured {
    type Answering<F: Answer> = Answering<F>;

    fn call<F: Answer>(
        &self,
        request: Request<Body>,
        service: impl FnOnce(Request<Body>) -> F,
    ) -> Answering<F> {
        let path = request.uri().path();
        let call = if path == STREAM {
            None
        } else {
            self.0.begin(path)
        };
        Answering {
            answer: service(request),
            call,
        }
    }
}

impl<F: Answer> Future for Answering<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Ok(mut response) = ready!(Pin::new(&mut self.answer).poll(context));
        // Stands in the headers of errors only; an answer ends with `OK`.
        let status = response.headers().get("grpc-status");
        let mut code = status.map_or(Code::Ok, |status| Code::from_bytes(status.as_bytes()));
        if OF_TRANSPORT.contains(&code)
            && let Some(status) = Status::from_header_map(response.headers())
        {
            let status = of_request(status);
            code = status.code();
            response = status.into_http();
        }
        if let Some(call) = self.call.take() {
            call.end(i32::from(code).cast_unsigned());
        }
        Poll::Ready(Ok(response))
    }
}
