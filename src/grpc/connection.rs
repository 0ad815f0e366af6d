//! TCP connections that close without losing what was sent.
//!
//! A socket that is closed while bytes of its peer are still unread is reset, and
//! a reset discards what the peer has not received yet: the end of an answer,
//! when the peer was just acknowledging its beginning. So the last act of a
//! connection is to say that nothing more will come, and to read until the peer
//! hangs up, for at most [`LINGER`].

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Sleep, sleep},
};
use tokio_stream::{Stream, StreamExt, wrappers::TcpListenerStream};
use tonic::transport::server::{Connected, TcpConnectInfo};

/// How long a connection waits for its peer to hang up.
const LINGER: Duration = Duration::from_secs(2);

/// The connections that a listener accepts.
pub(super) fn accept(listener: TcpListener) -> impl Stream<Item = io::Result<Connection>> {
    TcpListenerStream::new(listener).map(|accepted| {
        let stream = accepted?;
        // Small answers must not wait for each other's acknowledgements.
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            lingering: None,
        })
    })
}

pub(super) struct Connection {
    stream: TcpStream,
    /// Ends the wait for the peer, once everything has been sent.
    lingering: Option<Pin<Box<Sleep>>>,
}

impl Connected for Connection {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { stream, lingering } = &mut *self;
        if lingering.is_none() {
            ready!(Pin::new(&mut *stream).poll_shutdown(context))?;
        }
        let patience = lingering.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if patience.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        poll_hang_up(stream, context)
    }
}

/// Reads and discards until the peer has closed its side, in whatever way.
fn poll_hang_up(stream: &mut TcpStream, context: &mut Context<'_>) -> Poll<io::Result<()>> {
    let mut discarded = [0; 4096];
    loop {
        let mut buffer = ReadBuf::new(&mut discarded);
        let read = ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer));
        if read.is_err() || buffer.filled().is_empty() {
            return Poll::Ready(Ok(()));
        }
    }
}
