//! Asks a running server for its health, as container health checks do.

use std::{net::SocketAddr, time::Duration};

use tonic::transport::Endpoint;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

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

/// Returns when the server at `address` says that it serves.
///
/// # Errors
///
/// When it says otherwise, or nothing within three seconds of connecting.
pub async fn probe(address: SocketAddr) -> Result<(), ProbeError> {
    let connect = |source| ProbeError::Connect { address, source };
    let channel = Endpoint::from_shared(format!("http://{address}"))
        .map_err(connect)?
        .connect_timeout(PATIENCE)
        .timeout(PATIENCE)
        .connect()
        .await
        .map_err(connect)?;
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
