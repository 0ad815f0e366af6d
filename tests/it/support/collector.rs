//! A collector of OpenTelemetry, by gRPC and by HTTP on one port.

use std::{
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    common::v1::{KeyValue, any_value::Value},
    logs::v1::LogRecord,
    metrics::v1::Metric,
    resource::v1::Resource,
    trace::v1::Span,
};
use prost::{Message, bytes::Bytes};
use tokio::{net::TcpListener, task::JoinHandle};
use tonic::{
    codegen::{
        Service,
        http::{HeaderMap, HeaderValue, Request, Response, StatusCode},
    },
    service::{AxumBody, AxumRouter, Routes},
    transport::{Server, server::TcpIncoming},
};

/// What came.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) spans: Vec<Span>,
    /// Of the message that came last.
    pub(crate) metrics: Vec<Metric>,
    pub(crate) records: Vec<LogRecord>,
    pub(crate) resources: Vec<Resource>,
    /// Of the message that came last.
    pub(crate) headers: HeaderMap,
    /// Every message as it came.
    pub(crate) bytes: Vec<u8>,
    /// How many messages came.
    pub(crate) messages: usize,
    /// Nothing is taken while this is set.
    pub(crate) refuses: bool,
}

/// Takes what comes until it is dropped.
pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Received>>,
    serving: JoinHandle<()>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::default();
        let takes = Takes(Arc::clone(&received));
        let routes = Routes::from(AxumRouter::new().fallback_service(takes));
        let serving = tokio::spawn(async move {
            Server::builder()
                .accept_http1(true)
                .add_routes(routes)
                .serve_with_incoming(TcpIncoming::from(listener))
                .await
                .unwrap();
        });
        Self {
            address,
            received,
            serving,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap()
    }

    /// Waits until what came is as it should be.
    pub(crate) async fn until(&self, holds: impl Fn(&Received) -> bool) {
        let begin = Instant::now();
        while !holds(&self.received()) {
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "it does not come"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// An attribute of that name.
pub(crate) fn attribute<'a>(attributes: &'a [KeyValue], name: &str) -> Option<&'a Value> {
    let mut found = attributes.iter().filter(|found| found.key == name);
    let value = found.next()?.value.as_ref()?.value.as_ref();
    assert_eq!(found.next(), None, "{name} twice");
    value
}

pub(crate) fn text(text: &str) -> Value {
    Value::StringValue(text.to_owned())
}

#[derive(Clone)]
struct Takes(Arc<Mutex<Received>>);

impl Takes {
    async fn answer(self, request: Request<AxumBody>) -> Response<AxumBody> {
        let (head, body) = request.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let by_grpc = head.headers["content-type"] == "application/grpc";
        let mut received = self.0.lock().unwrap();
        if received.refuses {
            return refusal(by_grpc);
        }
        let message = if by_grpc { &bytes[5..] } else { &bytes[..] };
        received.take(head.uri.path(), message);
        received.headers = head.headers;
        received.bytes.extend_from_slice(message);
        received.messages += 1;
        answer(by_grpc)
    }
}

/// An empty message: everything was taken.
fn answer(by_grpc: bool) -> Response<AxumBody> {
    if !by_grpc {
        return Response::new(AxumBody::empty());
    }
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frame = Full::new(Bytes::from_static(&[0; 5]));
    let body = frame.with_trailers(async { Some(Ok(trailers)) });
    let mut response = Response::new(AxumBody::new(body));
    let kind = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert("content-type", kind);
    response
}

/// To be tried again later.
fn refusal(by_grpc: bool) -> Response<AxumBody> {
    let mut response = Response::new(AxumBody::empty());
    if by_grpc {
        let headers = response.headers_mut();
        headers.insert("grpc-status", HeaderValue::from_static("14"));
        headers.insert("content-type", HeaderValue::from_static("application/grpc"));
    } else {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}

impl Received {
    fn take(&mut self, path: &str, message: &[u8]) {
        match path {
            "/v1/traces" | "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => {
                let request = ExportTraceServiceRequest::decode(message).unwrap();
                for of_resource in request.resource_spans {
                    self.resources.extend(of_resource.resource);
                    let scopes = of_resource.scope_spans.into_iter();
                    self.spans.extend(scopes.flat_map(|scope| scope.spans));
                }
            }
            "/v1/metrics" | "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => {
                let request = ExportMetricsServiceRequest::decode(message).unwrap();
                self.metrics.clear();
                for of_resource in request.resource_metrics {
                    self.resources.extend(of_resource.resource);
                    let scopes = of_resource.scope_metrics.into_iter();
                    self.metrics.extend(scopes.flat_map(|scope| scope.metrics));
                }
            }
            "/v1/logs" | "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => {
                let request = ExportLogsServiceRequest::decode(message).unwrap();
                for of_resource in request.resource_logs {
                    self.resources.extend(of_resource.resource);
                    let scopes = of_resource.scope_logs.into_iter();
                    self.records
                        .extend(scopes.flat_map(|scope| scope.log_records));
                }
            }
            other => panic!("nothing is sent to {other}"),
        }
    }
}

impl Service<Request<AxumBody>> for Takes {
    type Response = Response<AxumBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<AxumBody>) -> Self::Future {
        let takes = self.clone();
        Box::pin(async move { Ok(takes.answer(request).await) })
    }
}
