//! Asks a running server for its health, as container health checks do.

use std::{net::SocketAddr, time::Duration};

use tonic::transport::Endpoint;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use super::LiveTls;

/// How long a probe waits for the connection, and then for the answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// A server that is not healthy.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// It cannot be reached.
    #[error("cannot connect to {address}: {source}")]
    Connect {
        /// Where it should listen.
        address: SocketAddr,
        /// What the transport said.
        source: tonic::transport::Error,
    },
    /// TLS cannot be spoken by the server's own certificate.
    #[error("cannot speak TLS by the server's own certificate: {0}")]
    Tls(#[from] rustls::Error),
    /// It does not answer the health check.
    #[error("{address} does not answer the health check: {code}")]
    NoAnswer {
        /// Where it listens.
        address: SocketAddr,
        /// The code it answered.
        code: tonic::Code,
    },
    /// It answers that it does not serve.
    #[error("{0} is not serving")]
    NotServing(SocketAddr),
}

/// Returns when the server at `address` says that it serves. By TLS, it must have
/// the certificate that it was told to have, and is shown the same one.
///
/// # Errors
///
/// When it says otherwise, or nothing within three seconds of connecting.
pub async fn probe(address: SocketAddr, tls: Option<&LiveTls>) -> Result<(), ProbeError> {
    let connect = |source| ProbeError::Connect { address, source };
    let endpoint = Endpoint::from_shared(format!("http://{address}"))
        .map_err(connect)?
        .connect_timeout(PATIENCE)
        .timeout(PATIENCE);
    let channel = match tls {
        None => endpoint.connect().await,
        Some(tls) => {
            endpoint
                .connect_with_connector(tls.connector(address)?)
                .await
        }
    };
    let channel = channel.map_err(connect)?;
    let answer = HealthClient::new(channel)
        .check(HealthCheckRequest::default())
        .await
        .map_err(|status| ProbeError::NoAnswer {
            address,
            code: status.code(),
        })?;
    match answer.into_inner().status() {
        ServingStatus::Serving => Ok(()),
        ServingStatus::Unknown | ServingStatus::NotServing | ServingStatus::ServiceUnknown => {
            Err(ProbeError::NotServing(address))
        }
    }
}
