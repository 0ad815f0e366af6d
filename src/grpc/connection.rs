//! TCP connections: none that never says a word, and none that closes before its
//! answers have arrived.
//!
//! A socket that is closed while bytes of its peer are still unread is reset, and
//! a reset discards what the peer has not received yet: the end of an answer,
//! when the peer was just acknowledging its beginning. So the last act of a
//! connection is to say that nothing more will come, and to read until the peer
//! hangs up, for at most [`LINGER`], and not fast: who floods is not to keep a core
//! busy to the last.

use std::{
    future::Future,
    io,
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Instant, Sleep, sleep},
};
use tokio_stream::{Stream, StreamExt, wrappers::TcpListenerStream};
use tonic::transport::server::Connected;
use tracing::warn;

use super::{
    pace::{GREETING, Pace},
    tls::{Peer, Spoken, Wire},
};
use crate::telemetry::Metrics;

/// How long a connection may stay open without a word from its peer.
const SILENCE: Duration = Duration::from_secs(9);
/// How long to wait after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a connection waits for its peer to hang up.
const LINGER: Duration = Duration::from_secs(2);
/// How much is read at a time meanwhile, in bytes.
const DISCARDED: usize = 64 << 10;
/// The pause after it.
const DISCARD_PAUSE: Duration = Duration::from_millis(10);

/// The streams that a listener accepts, for ever.
pub(super) fn accept(listener: TcpListener) -> impl Stream<Item = io::Result<TcpStream>> {
    TcpListenerStream::new(listener).then(|accepted| async {
        if let Err(error) = &accepted {
            // Out of file descriptors, say: trying again at once would only spin.
            warn!(%error, "connection not accepted");
            sleep(ACCEPT_PAUSE).await;
        }
        accepted
    })
}

pub(super) struct Connection {
    stream: Wire,
    /// Where its peer is.
    from: IpAddr,
    /// Ends the wait for the peer's first bytes; `None` once they came.
    silence: Option<Pin<Box<Sleep>>>,
    /// Since its end.
    lingering: Option<Lingering>,
    /// Whether the peer was told that nothing more will come.
    ended: bool,
    /// How many bytes came. From HTTP/2's greeting on, its pings find out who is gone.
    heard: usize,
    /// How fast it is read; `None`: as fast as it comes.
    pace: Option<Pace>,
    /// Whether anything was to be sent.
    begun: bool,
    /// Dropped with the connection, so that its thread knows how many it has.
    _open: Arc<()>,
}

/// The wait for the peer to take the end, and to hang up.
struct Lingering {
    end: Pin<Box<Sleep>>,
    /// Ends the pause between two looks at what came.
    pause: Pin<Box<Sleep>>,
    /// Bytes that were read since the last pause.
    discarded: usize,
}

impl Connection {
    pub(super) fn new(
        stream: TcpStream,
        spoken: Option<&Spoken>,
        open: Arc<()>,
    ) -> io::Result<Self> {
        // Small answers must not wait for each other's acknowledgements.
        stream.set_nodelay(true)?;
        let from = stream.peer_addr()?.ip().to_canonical();
        Ok(Self {
            from,
            stream: Wire::new(stream, spoken),
            silence: Some(Box::pin(sleep(SILENCE))),
            lingering: None,
            ended: false,
            heard: 0,
            pace: None,
            begun: false,
            _open: open,
        })
    }

    /// Read no faster than a conversation by HTTP/2 needs.
    pub(super) fn paced(mut self, metrics: &Arc<Metrics>) -> Self {
        self.pace = Some(Pace::new(metrics));
        self
    }

    /// Where its peer is.
    pub(super) fn from(&self) -> IpAddr {
        self.from
    }

    /// Who its peer is, once that is known.
    pub(super) fn peer(&self) -> &Peer {
        self.stream.peer()
    }

    /// Takes note of what was written.
    fn wrote(&mut self, written: &Poll<io::Result<usize>>) {
        self.begun = true;
        if let (Some(pace), Poll::Ready(Ok(bytes))) = (&mut self.pace, written) {
            pace.wrote(*bytes);
        }
    }

    /// What was done, or an error where nothing can be and the peer has been silent
    /// for too long. By TLS, the first write waits for the peer's greeting.
    fn patiently<T>(
        &mut self,
        context: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match &mut self.silence {
            Some(silence) if done.is_pending() => silence
                .as_mut()
                .poll(context)
                .map(|()| Err(io::ErrorKind::TimedOut.into())),
            _ => done,
        }
    }
}

/// For operators, whose port the library serves.
impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer().clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(pace) = &mut self.pace {
            ready!(pace.poll_ready(context))?;
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let came = buffer.filled().get(before..).unwrap_or_default();
        self.heard += came.len();
        if let Some(pace) = &mut self.pace {
            pace.read(came);
        }
        if self.heard >= GREETING {
            self.silence = None;
        }
        if read.is_pending()
            && let Some(pace) = &mut self.pace
            && pace.poll_late(context).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.patiently(context, read)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(&written);
        self.patiently(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(&written);
        self.patiently(context, written)
    }

    /// Not before the first write: HTTP/2 asks at its start which answers to
    /// gather in its buffer, so that they leave together. Where writes are
    /// vectored, those of 256 bytes and more leave by themselves, else those of
    /// 1 KiB, and most scores are in between. Once it has asked, answers larger
    /// than that save a write if they are vectored.
    fn is_write_vectored(&self) -> bool {
        self.begun && self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self {
            stream,
            pace,
            lingering,
            ended,
            ..
        } = &mut *self;
        if pace.as_ref().is_some_and(Pace::hangs_up) {
            return Poll::Ready(Ok(()));
        }
        let lingering = lingering.get_or_insert_with(Lingering::new);
        if lingering.end.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        if !*ended {
            ready!(Pin::new(&mut *stream).poll_shutdown(context))?;
            *ended = true;
        }
        lingering.poll_hang_up(stream, context)
    }
}

impl Lingering {
    fn new() -> Self {
        Self {
            end: Box::pin(sleep(LINGER)),
            pause: Box::pin(sleep(Duration::ZERO)),
            discarded: 0,
        }
    }

    /// Reads and discards until the peer has closed its side, in whatever way.
    fn poll_hang_up(
        &mut self,
        stream: &mut Wire,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = [0; 4096];
        loop {
            if self.discarded >= DISCARDED {
                self.discarded = 0;
                self.pause.as_mut().reset(Instant::now() + DISCARD_PAUSE);
            }
            ready!(self.pause.as_mut().poll(context));
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(stream.poll_discard(context, &mut buffer));
            self.discarded += buffer.filled().len();
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
