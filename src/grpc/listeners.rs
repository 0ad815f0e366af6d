//! Where a server listens.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;
use tracing::info;

/// Sockets that a server answers on.
#[derive(Debug)]
pub struct Listeners {
    /// Calls.
    pub calls: TcpListener,
    /// Operators: metrics, and whether the server is ready.
    pub admin: Option<TcpListener>,
}

/// An address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}")]
pub struct ListenError {
    address: SocketAddr,
    source: io::Error,
}

impl Listeners {
    /// Listens on these addresses.
    ///
    /// # Errors
    ///
    /// When one of them is taken, or is none of this machine.
    pub async fn bind(calls: SocketAddr, admin: Option<SocketAddr>) -> Result<Self, ListenError> {
        let calls = listen(calls).await?;
        let admin = match admin {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        if let Some(Ok(address)) = admin.as_ref().map(TcpListener::local_addr) {
            info!(%address, "admin port");
        }
        Ok(Self { calls, admin })
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|source| ListenError { address, source })
}

/// Calls only.
impl From<TcpListener> for Listeners {
    fn from(calls: TcpListener) -> Self {
        Self { calls, admin: None }
    }
}
