//! The port of operators, over HTTP/1.1: metrics, and whether the server lives and
//! is ready. Nothing of it is of a customer.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::Arc,
    task::{Context, Poll},
    time::UNIX_EPOCH,
};

use tokio::{net::TcpListener, sync::watch};
use tokio_stream::StreamExt;
use tonic::{
    codegen::{
        Service,
        http::{HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE},
    },
    service::{AxumBody, AxumRouter, Routes},
    transport::Server,
};

use super::{
    connection::{Connection, accept},
    drift::Drift,
};
use crate::{
    registry::Registry,
    telemetry::{
        Metrics,
        metrics::{self, Text},
    },
};

const PLAIN: &str = "text/plain; charset=utf-8";

/// What operators ask about.
#[derive(Clone)]
pub(super) struct Admin {
    pub(super) registry: Arc<Registry>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) drift: Arc<Drift>,
    /// True once the server is told to stop.
    pub(super) draining: watch::Receiver<bool>,
}

impl Admin {
    /// Answers for ever.
    pub(super) async fn serve(self, listener: TcpListener) -> Result<(), tonic::transport::Error> {
        let router = AxumRouter::new().fallback_service(self);
        let connections =
            accept(listener).map(|accepted| Connection::new(accepted?, None, Arc::default()));
        Server::builder()
            .accept_http1(true)
            .add_routes(Routes::from(router))
            .serve_with_incoming(connections)
            .await
    }

    fn answer(&self, method: &Method, path: &str) -> Response<AxumBody> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return text(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "GET only\n");
        }
        match path {
            "/metrics" => text(StatusCode::OK, metrics::CONTENT_TYPE, self.metrics()),
            "/healthz" => text(StatusCode::OK, PLAIN, "ok\n"),
            "/readyz" => match self.not_ready() {
                None => text(StatusCode::OK, PLAIN, "ready\n"),
                Some(why) => text(StatusCode::SERVICE_UNAVAILABLE, PLAIN, why),
            },
            _ => text(
                StatusCode::NOT_FOUND,
                PLAIN,
                "there are /metrics, /healthz and /readyz\n",
            ),
        }
    }

    /// Why no calls should come.
    fn not_ready(&self) -> Option<&'static str> {
        let catalogue = self.registry.current();
        let mut entries = catalogue.models().map(|(_, entry)| entry);
        if *self.draining.borrow() {
            Some("draining\n")
        } else if entries.any(|entry| entry.served().is_some()) {
            None
        } else {
            Some("no model may be served\n")
        }
    }

    fn metrics(&self) -> String {
        let mut text = Text::default();
        self.metrics.write(&mut text);
        let catalogue = self.registry.current();
        let mut served = text.gauge(
            "holdfast_served_version",
            "The version that serves whoever chooses none; 0: none may be served.",
        );
        for (name, entry) in catalogue.models() {
            let version = entry.served().map(|served| served.identity.version.get());
            served.sample(&[("model", name.as_str())], version.unwrap_or_default());
        }
        let mut published = text.gauge(
            "holdfast_served_version_published_timestamp_seconds",
            "When that version was published, by the time of its manifest, since 1970.",
        );
        for (name, entry) in catalogue.models() {
            let version = entry.served().map(|served| served.identity.version);
            let time = version.and_then(|version| entry.published(version));
            let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            if let Some(since) = since {
                published.sample(&[("model", name.as_str())], since.as_secs());
            }
        }
        let mut resident = text.gauge("holdfast_resident_versions", "Versions in memory.");
        for (name, entry) in catalogue.models() {
            resident.sample(&[("model", name.as_str())], entry.residents().count());
        }
        self.drift.write(&catalogue, &mut text);
        text.into_string()
    }
}

impl Service<Request<AxumBody>> for Admin {
    type Response = Response<AxumBody>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<AxumBody>) -> Self::Future {
        ready(Ok(self.answer(request.method(), request.uri().path())))
    }
}

fn text(status: StatusCode, kind: &'static str, body: impl Into<AxumBody>) -> Response<AxumBody> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
