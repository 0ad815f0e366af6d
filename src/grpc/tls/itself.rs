//! A probe's connection by TLS.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::codegen::{Service, http::Uri};

/// Connects to one address by TLS.
pub(in crate::grpc) struct ToItself {
    address: SocketAddr,
    connector: TlsConnector,
}

impl ToItself {
    pub(super) fn new(address: SocketAddr, client: ClientConfig) -> Self {
        let connector = TlsConnector::from(Arc::new(client));
        Self { address, connector }
    }
}

type Connecting = Pin<Box<dyn Future<Output = io::Result<TokioIo<TlsStream<TcpStream>>>> + Send>>;

impl Service<Uri> for ToItself {
    type Response = TokioIo<TlsStream<TcpStream>>;
    type Error = io::Error;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Connecting {
        let (address, connector) = (self.address, self.connector.clone());
        Box::pin(async move {
            let stream = TcpStream::connect(address).await?;
            let name = ServerName::from(address.ip());
            Ok(TokioIo::new(connector.connect(name, stream).await?))
        })
    }
}
