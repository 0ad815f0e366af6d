//! A network between callers and server, with one fault.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
    time::sleep,
};

/// What is wrong with the network, in both directions.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Everything comes late.
    Delay(Duration),
    /// Both sides are reset after so many bytes from the caller.
    ResetAfter(usize),
    /// After so many bytes from the caller, the server is told that none will
    /// follow; its answers go on.
    HalfCloseAfter(usize),
    /// So many bytes at once, and a pause.
    Trickle(usize, Duration),
    /// After so many bytes from the caller, nothing passes, and nobody is told.
    SilentAfter(usize),
}

/// Ends with this, and so do its connections.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Proxy {
    pub(crate) async fn before(server: SocketAddr, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (caller, _) = listener.accept().await.unwrap();
                connections.spawn(connect(caller, server, fault));
            }
        });
        Self { address, accepting }
    }
}

/// Ends as a connection with this fault does; errors are what it is for.
async fn connect(caller: TcpStream, server: SocketAddr, fault: Fault) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    for stream in [&caller, &server] {
        stream.set_nodelay(true)?;
        if matches!(fault, Fault::ResetAfter(_)) {
            stream.set_zero_linger()?;
        }
    }
    let (from_caller, to_caller) = caller.into_split();
    let (from_server, to_server) = server.into_split();
    let back = tokio::spawn(pass(from_server, to_caller, fault.of_answers()));
    let stopped = pass(from_caller, to_server, Some(fault)).await;
    match (fault, stopped) {
        (Fault::HalfCloseAfter(_), _) => {
            let _ = back.await;
        }
        (Fault::SilentAfter(_), Ok(_halves)) => {
            back.abort();
            sleep(Duration::from_secs(3600)).await;
        }
        _ => back.abort(),
    }
    Ok(())
}

impl Fault {
    /// What of it happens on the way back.
    fn of_answers(self) -> Option<Self> {
        match self {
            Self::Delay(_) | Self::Trickle(..) => Some(self),
            Self::ResetAfter(_) | Self::HalfCloseAfter(_) | Self::SilentAfter(_) => None,
        }
    }
}

/// Passes bytes on until they end or the fault ends them.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    fault: Option<Fault>,
) -> io::Result<(OwnedReadHalf, OwnedWriteHalf)> {
    let mut passed = 0;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let room = match fault {
            Some(Fault::Trickle(bytes, _)) => bytes,
            Some(
                Fault::ResetAfter(bytes) | Fault::HalfCloseAfter(bytes) | Fault::SilentAfter(bytes),
            ) => (bytes - passed).min(buffer.len()),
            Some(Fault::Delay(_)) | None => buffer.len(),
        };
        let read = from.read(&mut buffer[..room]).await?;
        if read == 0 {
            break;
        }
        if let Some(Fault::Delay(time) | Fault::Trickle(_, time)) = fault {
            sleep(time).await;
        }
        to.write_all(&buffer[..read]).await?;
        passed += read;
    }
    if matches!(fault, Some(Fault::HalfCloseAfter(_))) {
        to.shutdown().await?;
    }
    Ok((from, to))
}
