//! Orders to stop, while peers of every kind are connected: no call that has begun
//! loses its answer, and the process ends when it said that it would.

use std::{
    io::{self, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use prost::Message;

use super::{
    drains,
    frames::{GOAWAY, More, PREFACE, Read, call, data, headers, ping, settings},
    honest,
    trial::{ALONE, Victim},
};

/// How long calls in flight may go on, in seconds.
const GRACE: u64 = 2;
/// How much later the process may end.
const MARGIN: Duration = Duration::from_secs(1);
/// Calls that have begun when the order comes.
const CALLS: usize = 8;
/// How a TLS client begins, and goes no further.
const HALF_TLS: [u8; 5] = [22, 3, 1, 2, 0];

/// A connection frame by frame.
struct Peer(TcpStream);

impl Peer {
    /// A call of a method whose message does not come yet.
    fn begin(address: SocketAddr, method: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        let patience = Some(Duration::from_secs(10));
        stream.set_read_timeout(patience).unwrap();
        let headers = headers(1, &call(method), More::Ends);
        let opening = [PREFACE, &settings(&[]), &headers, &ping()].concat();
        stream.write_all(&opening).unwrap();
        let mut peer = Self(stream);
        // When that is answered, what was sent before it has arrived.
        peer.until(Read::is_ping);
        peer
    }

    fn until(&mut self, wanted: impl Fn(&Read) -> bool) {
        while !wanted(&Read::of(&self.0).unwrap()) {}
    }

    /// Sends the message; the data of the answer.
    fn finish(&mut self, message: &[u8]) -> Vec<u8> {
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        let framed = [&[0], &length[..], message].concat();
        self.0.write_all(&data(1, &framed, More::Ends)).unwrap();
        let mut answer = Vec::new();
        loop {
            let read = Read::of(&self.0).unwrap();
            if read.is_data() {
                answer.extend(&read.payload);
            }
            if read.ends_its_stream() {
                return answer;
            }
        }
    }
}

/// What holds a connection and gives nothing.
fn others(address: SocketAddr) -> Vec<TcpStream> {
    let connect = |words: &[u8]| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(words).unwrap();
        stream
    };
    let list = call("ModelService/ListModels");
    let unread: Vec<u8> = (0..100)
        .map(|number| 2 * number + 1)
        .flat_map(|stream| {
            let message = data(stream, &[0; 5], More::Ends);
            [headers(stream, &list, More::Ends), message].concat()
        })
        .collect();
    vec![
        connect(b""),
        connect(&HALF_TLS),
        connect(&PREFACE[..10]),
        connect(&[PREFACE, &settings(&[])].concat()),
        connect(&[PREFACE, &settings(&[]), &unread].concat()),
        Peer::begin(address, "ScoringService/StreamScores").0,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_lost_and_nobody_holds_the_end_up() {
    let _alone = ALONE.lock().await;
    let mut longest = Duration::ZERO;
    for run in 0..drains() {
        let grace = GRACE.to_string();
        let victim = Victim::start(&["--drain-seconds", &grace]);
        let message = honest::example(victim.address).await.encode_to_vec();
        let stopped = tokio::task::spawn_blocking(move || stop(victim, &message));
        let took = stopped.await.unwrap();
        assert!(
            took <= Duration::from_secs(GRACE) + MARGIN,
            "run {run}: {took:?}"
        );
        longest = longest.max(took);
    }
    let told = writeln!(
        io::stderr(),
        "{} orders to stop, {CALLS} calls in flight each: none lost, the longest end {longest:.1?} after its order, \
         of {GRACE} s allowed",
        drains()
    );
    told.unwrap();
}

/// Stops a server; how long its end took.
fn stop(mut victim: Victim, message: &[u8]) -> Duration {
    const SCORE: &str = "ScoringService/ScoreCustomer";
    let right = Peer::begin(victim.address, SCORE).finish(message);
    assert!(!right.is_empty());
    let mut calls: Vec<_> = (0..CALLS)
        .map(|_| Peer::begin(victim.address, SCORE))
        .collect();
    let _others = others(victim.address);
    let begin = Instant::now();
    victim.process.signal("-TERM");
    for call in &mut calls {
        call.until(|read| read.kind == GOAWAY);
        assert_eq!(call.finish(message), right, "another answer");
    }
    drop(calls);
    let status = victim.process.0.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    begin.elapsed()
}
