//! The server's process: the services of this crate on one port, calls that
//! score nothing on another, and a thread for each, as `holdfast-server` has for each core.

use std::{
    collections::HashMap,
    convert::Infallible,
    future::{Ready, pending, ready},
    io::{self, Read, Write},
    marker::PhantomData,
    net::Ipv4Addr,
    path::Path,
    process,
    sync::Arc,
    task::{Context, Poll},
    thread,
    time::Duration,
};

use anyhow::anyhow;
use clap::Parser;
use holdfast::{
    config::{
        policy_file,
        server::{Cli, ServerConfig},
    },
    grpc::{self, Options, proto},
    registry::{LivePolicies, Registry},
    telemetry::{self, LogFormat, Otlp},
};
use prost::Message;
use tokio::net::TcpListener;
use tonic::{
    Request, Response, Status,
    body::Body,
    codegen::{BoxFuture, Service, http},
    server::{Grpc, NamedService, UnaryService},
    transport::{Server, server::TcpIncoming},
};
use tonic_prost::ProstCodec;

/// What makes this program be the server.
pub(crate) const ARGUMENT: &str = "--serve";
/// Skips every field of a request.
pub(crate) const SKIP: &str = "/holdfast.bench.Empty/Skip";
/// Decodes the request of `ScoreCustomer`, by prost.
pub(crate) const DECODE_ONE: &str = "/holdfast.bench.Empty/DecodeOne";
/// Decodes the request of `ScoreCustomers`, by prost.
pub(crate) const DECODE_MANY: &str = "/holdfast.bench.Empty/DecodeMany";
/// The same, with maps as prost makes them unless it is told otherwise.
pub(crate) const DECODE_PLAIN: &str = "/holdfast.bench.Empty/DecodePlain";

/// As in `grpc::serve`, like all that the other server is told.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// Serves the models under `models` until standard input ends; the first line
/// of standard output names the two addresses. What is sent to a collector is said by
/// `more` options, as of `holdfast-server`.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(models: &Path, more: &[String]) -> anyhow::Result<()> {
    thread::spawn(|| {
        // Whether it ends or fails, nobody is there any more.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0)
    });
    let registry = Arc::new(Registry::open(models)?);
    let scoring = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let empty = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let (scoring_address, empty_address) = (scoring.local_addr()?, empty.local_addr()?);
    writeln!(io::stdout(), "{scoring_address} {empty_address}")?;
    let program = ["holdfast-server".to_owned()];
    let cli = Cli::parse_from(program.iter().chain(more));
    let sent = ServerConfig::resolve(cli, |_| None)?.otlp;
    let metrics = Options::default().metrics;
    let otlp = sent.map(|sent| Otlp::start(&sent, &metrics)).transpose()?;
    let otlp = otlp.map(Arc::new);
    let filter = if otlp.is_some() { "info" } else { "off" };
    telemetry::init(LogFormat::Json, filter, otlp.as_deref())?;
    let options = Options {
        metrics,
        otlp,
        policies: Some(Arc::new(LivePolicies::new(
            policy_file::built_in().map_err(|faults| anyhow!("{faults}"))?,
        ))),
        ..Options::default()
    };
    let serve_empty = Server::builder()
        .tcp_nodelay(true)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE))
        .max_concurrent_streams(options.connections.streams)
        .add_service(Empty)
        .serve_with_incoming(TcpIncoming::from(empty).with_nodelay(Some(true)));
    tokio::try_join!(async { anyhow::Ok(serve_empty.await?) }, async {
        Ok(grpc::serve(scoring, registry, options, pending()).await?)
    },)?;
    Ok(())
}

/// Reads a request as its path says, drops it, and answers with an empty
/// message.
#[derive(Clone)]
struct Empty;

impl NamedService for Empty {
    const NAME: &'static str = "holdfast.bench.Empty";
}

impl Service<http::Request<Body>> for Empty {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        match request.uri().path() {
            DECODE_ONE => answer::<proto::ScoreCustomerRequest>(request),
            DECODE_MANY => answer::<proto::ScoreCustomersRequest>(request),
            DECODE_PLAIN => answer::<PlainRequest>(request),
            _ => answer::<()>(request),
        }
    }
}

fn answer<M: Message + Default + 'static>(
    request: http::Request<Body>,
) -> BoxFuture<http::Response<Body>, Infallible> {
    let mut grpc = Grpc::new(ProstCodec::<(), M>::default());
    Box::pin(async move { Ok(grpc.unary(Drops(PhantomData::<M>), request).await) })
}

/// A request of `ScoreCustomers` with maps that have no order.
#[derive(Clone, PartialEq, Message)]
struct PlainRequest {
    #[prost(message, repeated, tag = "10")]
    customers: Vec<PlainCustomer>,
}

#[derive(Clone, PartialEq, Message)]
struct PlainCustomer {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(map = "string, message", tag = "2")]
    features: HashMap<String, proto::FeatureValue>,
    #[prost(string, tag = "3")]
    as_of: String,
    #[prost(oneof = "proto::customer::Purchases", tags = "4, 5")]
    purchases: Option<proto::customer::Purchases>,
}

struct Drops<M>(PhantomData<M>);

impl<M> UnaryService<M> for Drops<M> {
    type Response = ();
    type Future = Ready<Result<Response<()>, Status>>;

    fn call(&mut self, _: Request<M>) -> Self::Future {
        ready(Ok(Response::new(())))
    }
}
