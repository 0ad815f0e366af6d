//! Peers that take their time: with their first word, with their headers, with
//! their message, with reading.

use std::{
    fmt,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{
    frames::{More, PREFACE, call, data, headers, settings},
    sockets,
    trial::{trial, trial_of},
};

/// Between two bytes of a slow peer.
const PAUSE: Duration = Duration::from_millis(500);
/// What has not begun to speak HTTP/2 is sent away by then: nine seconds, and what it
/// takes to look at thousands of sockets.
const GREETING: Duration = Duration::from_secs(12);
/// Peers that are at some point of a call.
const CALLERS: usize = 100;

/// Sockets, as long as they are open.
struct Sockets(Vec<TcpStream>);

/// When sockets were sent away.
struct SentAway {
    sockets: usize,
    last: Duration,
}

impl fmt::Display for SentAway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sockets, last } = self;
        write!(f, "{sockets} sockets, the last sent away after {last:.1?}")
    }
}

impl Sockets {
    fn open(address: SocketAddr, count: usize, words: &[u8]) -> Self {
        let socket = |_| {
            let mut socket = TcpStream::connect(address).unwrap();
            socket.write_all(words).unwrap();
            socket.set_nonblocking(true).unwrap();
            socket
        };
        Self((0..count).map(socket).collect())
    }

    /// Sends a little on each, and forgets those that have ended.
    fn say(&mut self, bytes: &[u8]) {
        self.0.retain_mut(|socket| match socket.write(bytes) {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        });
    }

    /// Reads what there is, and forgets those that have ended.
    fn hear(&mut self) {
        let mut heard = [0; 4096];
        self.0.retain_mut(|socket| match socket.read(&mut heard) {
            Ok(read) => read > 0,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        });
    }

    fn open_until(mut self, patience: Duration, words: &[u8]) -> SentAway {
        let (begin, sockets) = (Instant::now(), self.0.len());
        while !self.0.is_empty() {
            let open = self.0.len();
            assert!(begin.elapsed() < patience, "{open} of {sockets} still open");
            self.say(words);
            self.hear();
            sleep(PAUSE);
        }
        SentAway {
            sockets,
            last: begin.elapsed(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_that_never_greet() {
    let count = usize::try_from(sockets()).unwrap();
    trial_of("sockets without a word", sockets(), move |address, _| {
        Sockets::open(address, count, b"").open_until(GREETING, b"")
    })
    .await;
    trial_of(
        "sockets in the middle of their greeting",
        sockets(),
        move |address, _| Sockets::open(address, count, &PREFACE[..20]).open_until(GREETING, b""),
    )
    .await;
}

/// Sends bytes one by one to each of many sockets, until time is up.
fn trickle(address: SocketAddr, until: Instant, opening: &[u8], bytes: &[u8]) -> String {
    let opening = [PREFACE, &settings(&[]), opening].concat();
    let mut sockets = Sockets::open(address, CALLERS, &opening);
    for byte in bytes.chunks(1).cycle() {
        if Instant::now() >= until {
            break;
        }
        sockets.say(byte);
        sockets.hear();
        sleep(PAUSE / 10);
    }
    format!("{} of {CALLERS} sockets still open", sockets.0.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_byte_by_byte() {
    trial("slow headers", |address, until| {
        let block = call("ScoringService/ScoreCustomer");
        trickle(address, until, b"", &headers(1, &block, More::Ends))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_byte_by_byte() {
    trial("slow messages", |address, until| {
        let call = headers(1, &call("ScoringService/ScoreCustomers"), More::Ends);
        // A message of 16 MiB is announced.
        let opening = [call, data(1, &[0, 1, 0, 0, 0], More::Follows)].concat();
        trickle(address, until, &opening, &data(1, b"\n", More::Follows))
    })
    .await;
}

/// Asks as much as it can and reads nothing at all.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "100 connections with 100 calls each that nobody reads take 94 MiB: most are refused, for \
            there are too many, but what is refused waits to be read too"]
async fn answers_that_nobody_reads() {
    trial("readers that do not read", |address, until| {
        let block = call("ModelService/ListModels");
        let calls: Vec<u8> = (0..100)
            .map(|number| 2 * number + 1)
            .flat_map(|stream| {
                let message = data(stream, &[0; 5], More::Ends);
                [headers(stream, &block, More::Ends), message].concat()
            })
            .collect();
        let opening = [PREFACE, &settings(&[]), &calls].concat();
        let sockets = Sockets::open(address, CALLERS, &opening);
        sleep(until.saturating_duration_since(Instant::now()));
        format!("{} sockets", sockets.0.len())
    })
    .await;
}
