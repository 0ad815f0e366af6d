//! TLS of the port for calls: certificates that change while serving, and client
//! certificates.

mod identity;
mod itself;
mod validity;
mod wire;

use std::{
    fs, io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::FallibleAccept};
use tracing::{error, info};

use crate::{artifact::Digest, telemetry::metrics::Handshakes};
use identity::{Clients, Identity};
use itself::ToItself;

pub use identity::InvalidIdentity;
pub(super) use wire::{Peer, Wire};

/// Where the server's certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// Its certificate and those between it and its authority, in PEM.
    pub cert: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
    /// The authorities of client certificates, in PEM; callers must show one that
    /// these have signed. `None`: they are not asked for any.
    pub client_ca: Option<PathBuf>,
    /// Lists of client certificates that are revoked, in PEM: one of each of these
    /// authorities, and of those between. `None`: none is.
    pub client_crl: Option<PathBuf>,
}

/// TLS, as its files are now. New connections get what was read last.
#[derive(Debug)]
pub struct LiveTls {
    files: TlsFiles,
    current: ArcSwap<Identity>,
    /// Of the files, as they were judged last.
    judged: Mutex<Vec<Digest>>,
}

/// Files that TLS cannot be spoken by.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// They do not hold what they should.
    #[error("TLS of {}: {source}", cert.display())]
    Invalid {
        /// The certificate.
        cert: PathBuf,
        /// What is wrong.
        source: InvalidIdentity,
    },
}

/// How connections of a port speak TLS, and where that is counted.
#[derive(Clone)]
pub(super) struct Spoken {
    pub(super) tls: Arc<LiveTls>,
    pub(super) handshakes: Arc<Handshakes>,
}

/// The content of the files.
struct Read {
    cert: Vec<u8>,
    key: Vec<u8>,
    client_ca: Option<Vec<u8>>,
    client_crl: Option<Vec<u8>>,
}

impl LiveTls {
    /// Reads the files.
    ///
    /// # Errors
    ///
    /// When one cannot be read, or they do not hold together.
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let read = Read::of(&files)?;
        let judged = read.digests();
        let identity = read.identity(&files)?;
        Ok(Self {
            files,
            current: ArcSwap::from_pointee(identity),
            judged: Mutex::new(judged),
        })
    }

    /// Looks whether the files have changed; what became of that is logged, once.
    /// Files that cannot be used change nothing. Blocks.
    pub fn reload(&self) -> Option<Result<(), TlsError>> {
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        let read = match Read::of(&self.files) {
            Ok(read) => read,
            // Told once, until they can be read again.
            Err(_) if judged.is_empty() => return None,
            Err(error) => {
                judged.clear();
                error!(%error, "certificate refused; the one before it goes on serving");
                return Some(Err(error));
            }
        };
        let seen = read.digests();
        if *judged == seen {
            return None;
        }
        *judged = seen;
        let identity = read.identity(&self.files);
        match &identity {
            Ok(_) => info!(cert = %self.files.cert.display(), "certificate loaded"),
            Err(error) => error!(%error, "certificate refused; the one before it goes on serving"),
        }
        Some(identity.map(|identity| self.current.store(Arc::new(identity))))
    }

    /// Until when the certificate is good, and lists of revoked ones are, in seconds
    /// since 1970: what ends first counts.
    pub(super) fn ends(&self) -> (Option<u64>, Option<u64>) {
        let identity = self.current.load();
        (identity.not_after, identity.next_update)
    }

    /// Begins to speak TLS.
    fn accept(&self, stream: TcpStream) -> FallibleAccept<TcpStream> {
        let config: Arc<ServerConfig> = Arc::clone(&self.current.load().server);
        TlsAcceptor::from(config).accept(stream).into_fallible()
    }

    /// Connects to this very server, which has this certificate and no other.
    pub(super) fn connector(&self, address: SocketAddr) -> Result<ToItself, rustls::Error> {
        let client = self.current.load().client()?;
        Ok(ToItself::new(address, client))
    }
}

impl Read {
    fn of(files: &TlsFiles) -> Result<Self, TlsError> {
        let read = |path: &PathBuf| {
            let failed = |source| TlsError::Io {
                path: path.clone(),
                source,
            };
            fs::read(path).map_err(failed)
        };
        let TlsFiles {
            cert,
            key,
            client_ca,
            client_crl,
        } = files;
        Ok(Self {
            cert: read(cert)?,
            key: read(key)?,
            client_ca: client_ca.as_ref().map(read).transpose()?,
            client_crl: client_crl.as_ref().map(read).transpose()?,
        })
    }

    fn digests(&self) -> Vec<Digest> {
        let own = [&self.cert, &self.key].into_iter();
        let files = own.chain(&self.client_ca).chain(&self.client_crl);
        files.map(|bytes| Digest::of(bytes)).collect()
    }

    fn identity(&self, files: &TlsFiles) -> Result<Identity, TlsError> {
        let clients = self.client_ca.as_deref().map(|authorities| Clients {
            authorities,
            revoked: self.client_crl.as_deref(),
        });
        let identity = Identity::read(&self.cert, &self.key, clients);
        identity.map_err(|source| TlsError::Invalid {
            cert: files.cert.clone(),
            source,
        })
    }
}

/// One is equal to itself only.
impl PartialEq for LiveTls {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for LiveTls {}
