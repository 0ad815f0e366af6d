//! Traces of calls: a span for each that its caller traces, or that is drawn.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http_body::{Frame, SizeHint};
use prost::bytes::Bytes;
use tonic::{
    Code, Status,
    body::Body,
    codegen::{
        Body as HttpBody,
        http::{HeaderMap, Request},
    },
};

use super::{
    around::{Answer, Around},
    measured::methods,
};
use crate::telemetry::trace::{Call, Parent, Tracer};

const TRACEPARENT: &str = "traceparent";
const STATUS: &str = "grpc-status";

/// Traces the calls of a service.
#[derive(Clone)]
pub(super) struct Traced(Option<Arc<Calls>>);

struct Calls {
    tracer: Tracer,
    methods: Vec<Arc<str>>,
}

/// An answer to come.
pub(super) struct Answering<F> {
    answer: F,
    call: Option<Call>,
}

/// The body of an answer, whose end is that of the call.
struct TracedBody {
    body: Body,
    call: Option<Call>,
}

impl Traced {
    /// Traces nothing without a tracer.
    pub(super) fn new(tracer: Option<&Tracer>) -> Self {
        Self(tracer.map(|tracer| {
            let methods = methods().into_iter().map(Arc::from).collect();
            let tracer = tracer.clone();
            Arc::new(Calls { tracer, methods })
        }))
    }
}

impl Calls {
    fn begin(&self, request: &Request<Body>) -> Option<Call> {
        let mut parents = request.headers().get_all(TRACEPARENT).iter();
        // Several of them are none.
        let parent = match (parents.next(), parents.next()) {
            (Some(only), None) => Parent::read(only.as_bytes()),
            _ => None,
        };
        self.tracer.begin(parent, || {
            let path = request.uri().path();
            let mut methods = self.methods.iter();
            methods
                .find(|method| path.strip_prefix('/') == Some(method))
                .cloned()
        })
    }
}

impl Around for Traced {
    type Answering<F: Answer> = Answering<F>;

    fn call<F: Answer>(
        &self,
        request: Request<Body>,
        service: impl FnOnce(Request<Body>) -> F,
    ) -> Answering<F> {
        let call = self.0.as_ref().and_then(|calls| calls.begin(&request));
        let answer = match &call {
            None => service(request),
            Some(call) => call.within(|| service(request)),
        };
        Answering { answer, call }
    }
}

impl<F: Answer> Future for Answering<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { answer, call } = &mut *self;
        let Some(going) = call else {
            return Pin::new(answer).poll(context);
        };
        let Ok(response) = ready!(going.within(|| Pin::new(answer).poll(context)));
        // Stands in the headers of errors only.
        Poll::Ready(Ok(if let Some(code) = code(response.headers()) {
            end(call, code);
            response
        } else {
            let call = call.take();
            response.map(|body| Body::new(TracedBody { body, call }))
        }))
    }
}

fn code(headers: &HeaderMap) -> Option<Code> {
    let status = headers.get(STATUS)?;
    Some(Code::from_bytes(status.as_bytes()))
}

fn end(call: &mut Option<Call>, code: Code) {
    if let Some(call) = call.take() {
        call.end(i32::from(code).cast_unsigned());
    }
}

impl HttpBody for TracedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Self { body, call } = &mut *self;
        let Some(going) = call else {
            return Pin::new(body).poll_frame(context);
        };
        let frame = ready!(going.within(|| Pin::new(body).poll_frame(context)));
        match &frame {
            None => end(call, Code::Unknown),
            Some(Err(status)) => end(call, status.code()),
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    end(call, code(trailers).unwrap_or(Code::Unknown));
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
