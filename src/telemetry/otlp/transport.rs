//! How a collector is spoken to: by gRPC, or by protobuf over HTTP.

use std::{str::FromStr, time::Duration};

use reqwest::{Client, StatusCode, header::CONTENT_TYPE, redirect::Policy};
use tokio::time::timeout;
use tonic::{
    Code, Status,
    client::Grpc,
    codegen::http::uri::PathAndQuery,
    metadata::MetadataMap,
    transport::{Certificate, Channel, ClientTlsConfig},
};
use tonic_prost::ProstCodec;

use super::{Options, message::Request};

const PROTOBUF: &str = "application/x-protobuf";
/// The longest answer that is read.
const MAX_ANSWER: usize = 1 << 16;
/// How long a connection may be silent while an answer is awaited.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// What OTLP is carried by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// gRPC; collectors listen on port 4317.
    Grpc,
    /// Protobuf over HTTP; collectors listen on port 4318.
    Http,
}

/// What is no such protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the protocols are grpc and http/protobuf")]
pub struct UnknownProtocol;

/// A collector cannot be spoken to.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// By gRPC.
    #[error("the collector cannot be spoken to by gRPC: {0}")]
    Grpc(#[from] tonic::transport::Error),
    /// What has been read as an address is none after all.
    #[error("the address of the collector cannot be used by gRPC")]
    Endpoint,
    /// By HTTP.
    #[error("the collector cannot be spoken to by HTTP: {0}")]
    Http(#[from] reqwest::Error),
}

/// Why something was not taken. Nothing of what a collector says is told: it may repeat
/// what it was sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("no answer within {0:?}")]
    Silent(Duration),
    #[error("no connection, or it broke")]
    Broken,
    #[error("the answer is {0:?}")]
    Code(Code),
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the answer is none of OTLP")]
    Answer,
}

/// A collector to speak to.
#[derive(Debug)]
pub(super) struct Transport {
    by: By,
    timeout: Duration,
}

#[derive(Debug)]
enum By {
    Grpc {
        channel: Channel,
        metadata: MetadataMap,
    },
    Http {
        client: Client,
        url: String,
    },
}

impl FromStr for Protocol {
    type Err = UnknownProtocol;

    fn from_str(protocol: &str) -> Result<Self, UnknownProtocol> {
        match protocol {
            "grpc" => Ok(Self::Grpc),
            "http" | "http/protobuf" => Ok(Self::Http),
            _ => Err(UnknownProtocol),
        }
    }
}

impl Failure {
    /// Whether it may be taken later.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Silent(_) | Self::Broken => true,
            Self::Code(code) => matches!(
                code,
                Code::Cancelled
                    | Code::DeadlineExceeded
                    | Code::ResourceExhausted
                    | Code::Aborted
                    | Code::OutOfRange
                    | Code::Unavailable
                    | Code::DataLoss
            ),
            Self::Status(status) => [429, 502, 503, 504].contains(&status.as_u16()),
            Self::Answer => false,
        }
    }
}

impl Transport {
    /// Prepares to speak; to be called on a runtime.
    pub(super) fn new(options: &Options) -> Result<Self, TransportError> {
        let by = match options.protocol {
            Protocol::Grpc => By::grpc(options)?,
            Protocol::Http => By::http(options)?,
        };
        let timeout = options.timeout;
        Ok(Self { by, timeout })
    }

    /// Sends, and waits for the answer: how many were not taken.
    pub(super) async fn send<R: Request>(&self, request: &R) -> Result<u64, Failure> {
        let sending = async {
            match &self.by {
                By::Grpc { channel, metadata } => by_grpc(channel, metadata, request).await,
                By::Http { client, url } => by_http(client, url, request).await,
            }
        };
        let answer = timeout(self.timeout, sending).await;
        let answer = answer.map_err(|_| Failure::Silent(self.timeout))??;
        Ok(u64::try_from(R::rejected(&answer)).unwrap_or_default())
    }
}

impl By {
    fn grpc(options: &Options) -> Result<Self, TransportError> {
        let endpoint = Channel::from_shared(options.endpoint.url().to_owned());
        let endpoint = endpoint.map_err(|_| TransportError::Endpoint)?;
        let mut endpoint = endpoint
            .connect_timeout(options.timeout)
            .http2_keep_alive_interval(KEEPALIVE)
            .keep_alive_timeout(KEEPALIVE);
        if options.endpoint.is_encrypted() {
            let tls = match &options.authorities {
                Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
                None => ClientTlsConfig::new().with_native_roots(),
            };
            endpoint = endpoint.tls_config(tls)?;
        }
        Ok(Self::Grpc {
            channel: endpoint.connect_lazy(),
            metadata: MetadataMap::from_headers(options.headers.map().clone()),
        })
    }

    fn http(options: &Options) -> Result<Self, TransportError> {
        // An error means that it was done before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .default_headers(options.headers.map().clone());
        if let Some(pem) = &options.authorities {
            client = client.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem)?);
        }
        Ok(Self::Http {
            client: client.build()?,
            url: options.endpoint.url().to_owned(),
        })
    }
}

async fn by_grpc<R: Request>(
    channel: &Channel,
    metadata: &MetadataMap,
    request: &R,
) -> Result<R::Answer, Failure> {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.map_err(|_| Failure::Broken)?;
    let mut request = tonic::Request::new(request.clone());
    *request.metadata_mut() = metadata.clone();
    let codec = ProstCodec::<R, R::Answer>::default();
    let path = PathAndQuery::from_static(R::METHOD);
    let answer = grpc.unary(request, path, codec).await;
    answer
        .map(tonic::Response::into_inner)
        .map_err(|status| of_status(&status))
}

/// A status that no collector has sent is of the connection.
fn of_status(status: &Status) -> Failure {
    if std::error::Error::source(status).is_some() {
        Failure::Broken
    } else {
        Failure::Code(status.code())
    }
}

async fn by_http<R: Request>(
    client: &Client,
    url: &str,
    request: &R,
) -> Result<R::Answer, Failure> {
    let request = client
        .post(format!("{url}{}", R::PATH))
        .header(CONTENT_TYPE, PROTOBUF)
        .body(request.encode_to_vec());
    let mut answer = request.send().await.map_err(|_| Failure::Broken)?;
    if !answer.status().is_success() {
        return Err(Failure::Status(answer.status()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| Failure::Broken)? {
        if bytes.len() + chunk.len() > MAX_ANSWER {
            return Err(Failure::Answer);
        }
        bytes.extend_from_slice(&chunk);
    }
    prost::Message::decode(bytes.as_slice()).map_err(|_| Failure::Answer)
}
