//! The port of operators, over HTTP/1.1: metrics, and whether the server lives and
//! is ready. Nothing of it is of a customer.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::Arc,
    task::{Context, Poll},
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
    told::Told,
};
use crate::telemetry::metrics;

const PLAIN: &str = "text/plain; charset=utf-8";

/// What operators ask about.
#[derive(Clone)]
pub(super) struct Admin {
    pub(super) told: Told,
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
            "/metrics" => text(
                StatusCode::OK,
                metrics::CONTENT_TYPE,
                self.told.now().to_string(),
            ),
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
        let catalogue = self.told.registry.current();
        let mut entries = catalogue.models().map(|(_, entry)| entry);
        if *self.draining.borrow() {
            Some("draining\n")
        } else if entries.any(|entry| entry.served().is_some()) {
            None
        } else {
            Some("no model may be served\n")
        }
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
