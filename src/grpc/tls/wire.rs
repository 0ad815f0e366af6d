//! A connection's bytes, as they are or by TLS. The handshake is part of the first
//! reads and writes: it holds up nobody else, and who never finishes it is a peer
//! that never says a word.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::server::{FallibleAccept, TlsStream};
use tracing::debug;
use webpki::EndEntityCert;

use super::Spoken;
use crate::{access::PeerName, telemetry::metrics::Handshakes};

/// What the other side has shown: the names of its certificate, once the handshake
/// is done; never without TLS, or without a certificate.
#[derive(Debug, Clone, Default)]
pub(in crate::grpc) struct Peer(Arc<OnceLock<Vec<PeerName>>>);

/// A connection's bytes.
pub(in crate::grpc) struct Wire {
    state: State,
    peer: Peer,
}

enum State {
    Plain(TcpStream),
    Greeting(Box<Greeting>),
    Tls(Box<TlsStream<TcpStream>>),
    /// The handshake failed; the peer has been told.
    Failed(TcpStream),
    /// Between two others.
    Gone,
}

/// A handshake that goes on.
struct Greeting {
    accept: FallibleAccept<TcpStream>,
    /// Counts one that is given up.
    counted: Counted,
}

/// Counts a handshake by how it ended.
struct Counted {
    handshakes: Arc<Handshakes>,
    ended: bool,
}

impl Drop for Counted {
    fn drop(&mut self) {
        if !self.ended {
            self.handshakes.given_up.add(1);
        }
    }
}

impl Peer {
    /// The names of its certificate, if it has shown one.
    pub(in crate::grpc) fn names(&self) -> Option<&[PeerName]> {
        self.0.get().map(Vec::as_slice)
    }
}

impl Wire {
    /// Speaks TLS where that is to be spoken.
    pub(in crate::grpc) fn new(stream: TcpStream, spoken: Option<&Spoken>) -> Self {
        let state = match spoken {
            None => State::Plain(stream),
            Some(Spoken { tls, handshakes }) => State::Greeting(Box::new(Greeting {
                accept: tls.accept(stream),
                counted: Counted {
                    handshakes: Arc::clone(handshakes),
                    ended: false,
                },
            })),
        };
        let peer = Peer::default();
        Self { state, peer }
    }

    pub(in crate::grpc) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Goes on with the handshake, if there is one.
    fn poll_greeted(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let State::Greeting(greeting) = &mut self.state else {
            return match self.state {
                State::Failed(_) | State::Gone => Poll::Ready(Err(failed())),
                State::Plain(_) | State::Greeting(_) | State::Tls(_) => Poll::Ready(Ok(())),
            };
        };
        let greeted = ready!(Pin::new(&mut greeting.accept).poll(context));
        greeting.counted.ended = true;
        let handshakes = &greeting.counted.handshakes;
        match greeted {
            Ok(stream) => {
                handshakes.done.add(1);
                if let Some(names) = names(&stream) {
                    // It is set here only, and once.
                    let _ = self.peer.0.set(names);
                }
                self.state = State::Tls(Box::new(stream));
                Poll::Ready(Ok(()))
            }
            Err((error, stream)) => {
                handshakes.failed.add(1);
                debug!(%error, "TLS handshake failed");
                self.state = State::Failed(stream);
                Poll::Ready(Err(failed()))
            }
        }
    }

    /// Reads what nobody wants any more, TLS or not.
    pub(in crate::grpc) fn poll_discard(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.state {
            State::Plain(stream) | State::Failed(stream) => {
                Pin::new(stream).poll_read(context, buffer)
            }
            State::Tls(stream) => Pin::new(stream.get_mut().0).poll_read(context, buffer),
            State::Greeting(_) | State::Gone => Poll::Ready(Ok(())),
        }
    }
}

fn failed() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

/// The names of a client certificate that has been verified.
fn names(stream: &TlsStream<TcpStream>) -> Option<Vec<PeerName>> {
    let certificate = stream.get_ref().1.peer_certificates()?.first()?;
    // One that cannot be read names nobody.
    let Ok(certificate) = EndEntityCert::try_from(certificate) else {
        return Some(Vec::new());
    };
    let dns = certificate.valid_dns_names();
    let dns = dns.map(|name| PeerName::Dns(name.to_ascii_lowercase()));
    let uris = certificate.valid_uri_names();
    let uris = uris.map(|uri| PeerName::Uri(uri.to_owned()));
    Some(dns.chain(uris).collect())
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_greeted(context))?;
        match &mut self.state {
            State::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            State::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
            State::Greeting(_) | State::Failed(_) | State::Gone => Poll::Ready(Err(failed())),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_greeted(context))?;
        match &mut self.state {
            State::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            State::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
            State::Greeting(_) | State::Failed(_) | State::Gone => Poll::Ready(Err(failed())),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_greeted(context))?;
        match &mut self.state {
            State::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            State::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            State::Greeting(_) | State::Failed(_) | State::Gone => Poll::Ready(Err(failed())),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.state {
            State::Plain(stream) => Pin::new(stream).poll_flush(context),
            State::Tls(stream) => Pin::new(stream).poll_flush(context),
            // Nothing has been written.
            State::Greeting(_) | State::Failed(_) | State::Gone => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.state {
            State::Plain(stream) | State::Failed(stream) => Pin::new(stream).poll_shutdown(context),
            State::Tls(stream) => Pin::new(stream).poll_shutdown(context),
            State::Greeting(_) => {
                self.state = State::Gone;
                Poll::Ready(Ok(()))
            }
            State::Gone => Poll::Ready(Ok(())),
        }
    }
}
