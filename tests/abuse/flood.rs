//! Callers that write as fast as they are read, on several connections, and come
//! again when they are sent away.

use std::{
    io::{self, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use super::frames;

/// Half of them read what they are told.
const CONNECTIONS: usize = 4;
/// After this they look whether time is up.
const STUCK: Duration = Duration::from_millis(200);

/// What one connection sends: first its settings, then this again and again.
pub(crate) trait Script: Send {
    fn opening(&mut self) -> Vec<u8> {
        frames::settings(&[])
    }

    /// The next bytes; none, when the connection is used up.
    fn next(&mut self) -> Option<Vec<u8>>;
}

impl<F: FnMut() -> Option<Vec<u8>> + Send> Script for F {
    fn next(&mut self) -> Option<Vec<u8>> {
        self()
    }
}

/// What came of a flood.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Flooded {
    pub(crate) bytes: u64,
    /// How often a connection ended, by whomever.
    pub(crate) ended: u64,
}

/// Floods until then; `script` makes what each connection sends.
pub(crate) fn flood<S: Script>(
    address: SocketAddr,
    until: Instant,
    script: impl Fn() -> S + Sync,
) -> Flooded {
    let script = &script;
    thread::scope(|scope| {
        let connection = |number: usize| {
            scope.spawn(move || {
                let mut total = Flooded::default();
                while Instant::now() < until {
                    total.bytes += once(address, until, script(), number.is_multiple_of(2));
                    total.ended += 1;
                }
                total
            })
        };
        let connections: Vec<_> = (0..CONNECTIONS).map(connection).collect();
        connections
            .into_iter()
            .map(|connection| connection.join().unwrap())
            .fold(Flooded::default(), |all, one| Flooded {
                bytes: all.bytes + one.bytes,
                ended: all.ended + one.ended,
            })
    })
}

/// One connection, as long as it lasts; how many bytes it took.
fn once(address: SocketAddr, until: Instant, mut script: impl Script, reads: bool) -> u64 {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return 0;
    };
    stream.set_write_timeout(Some(STUCK)).unwrap();
    let reader = reads.then(|| {
        let mut stream = stream.try_clone().unwrap();
        thread::spawn(move || io::copy(&mut stream, &mut io::sink()))
    });
    let mut bytes = 0;
    let opening = [frames::PREFACE, &script.opening()].concat();
    let mut going_on = write(&mut stream, &opening, until, &mut bytes);
    while going_on && Instant::now() < until {
        let next = script.next();
        going_on = next.is_some_and(|next| write(&mut stream, &next, until, &mut bytes));
    }
    // It may be closed already; the reader ends with it.
    let _ = stream.shutdown(Shutdown::Both);
    if let Some(reader) = reader {
        let _ = reader.join().unwrap();
    }
    bytes
}

/// Whether all of it could be written while there was time.
fn write(stream: &mut TcpStream, mut rest: &[u8], until: Instant, total: &mut u64) -> bool {
    while !rest.is_empty() && Instant::now() < until {
        match stream.write(rest) {
            Ok(written) => {
                *total += written as u64;
                rest = &rest[written..];
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return false,
        }
    }
    rest.is_empty()
}
