//! How fast a connection is read. Frames of HTTP/2 that ask for nothing cost their
//! sender less than the server, so that a few peers could keep a core busy with them.
//! Who sends more than any conversation needs is read more slowly: its bytes stay in its
//! own socket, and it waits itself instead of those who share its thread. Who goes on
//! nevertheless is hung up on.
//!
//! A connection has an allowance of such frames, which grows with time, with calls, and
//! with the bytes of messages either way. (Envoy counts likewise, and hangs up at once.)
//! And a frame that was begun has to come: within one, a peer cannot even answer a ping.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use tokio::time::{self, Sleep, sleep};

use crate::telemetry::Metrics;

/// What HTTP/2 begins with, in bytes.
pub(super) const GREETING: usize = 24;
/// How many frames a connection may send that ask for nothing: at once, and each
/// second.
const FRAMES: f64 = 1000.0;
/// For so many bytes of messages one more, for windows are opened as they fill.
const MESSAGE_BYTES: f64 = 1024.0;
/// Data shorter than what a message begins with, in bytes, does not count as a
/// message's.
const LEAST_DATA: u32 = 5;
/// A call that is given up has cost what a call costs.
const RESET: f64 = 2.0;
/// New settings may change the windows of all calls.
const SETTINGS: f64 = 20.0;
/// The longest pause. A peer that is gone is noticed after it.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a connection pauses before it is hung up on, unless it has all of its
/// allowance again meanwhile.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a frame may take, or the greeting.
const FRAME: Duration = Duration::from_secs(9);

/// What a frame begins with (RFC 9113, section 4.1): length, kind, flags, stream.
const HEADER: usize = 9;
mod kind {
    pub(super) const DATA: u8 = 0;
    pub(super) const HEADERS: u8 = 1;
    pub(super) const RST_STREAM: u8 = 3;
    pub(super) const SETTINGS: u8 = 4;
}
const END_STREAM: u8 = 1;
const ACK: u8 = 1;

/// Of one connection.
pub(super) struct Pace {
    /// Bytes before the next header: of the greeting or of a payload.
    skip: usize,
    /// How many frames began.
    frames: u64,
    /// The end of the wait for a frame, and which it is.
    late: Option<(u64, Pin<Box<Sleep>>)>,
    header: [u8; HEADER],
    /// How much of it came.
    begun: usize,
    /// Frames that may come.
    allowed: f64,
    /// When time last added to them.
    counted: Instant,
    pause: Option<Pin<Box<Sleep>>>,
    /// How long it paused since it had all of its allowance.
    paused: Duration,
    metrics: Arc<Metrics>,
}

impl Pace {
    pub(super) fn new(metrics: &Arc<Metrics>) -> Self {
        Self {
            skip: GREETING,
            frames: 0,
            late: None,
            header: [0; HEADER],
            begun: 0,
            allowed: FRAMES,
            counted: Instant::now(),
            pause: None,
            paused: Duration::ZERO,
            metrics: Arc::clone(metrics),
        }
    }

    /// Waits until the connection may be read; an error where it may be no more.
    pub(super) fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.hangs_up() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        Poll::Ready(Ok(()))
    }

    /// Waits for more of a frame that was begun, as long as that may take.
    pub(super) fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.skip == 0 && self.begun == 0 {
            self.late = None;
            return Poll::Pending;
        }
        let frame = self.frames;
        let (of, end) = self
            .late
            .get_or_insert_with(|| (frame, Box::pin(sleep(FRAME))));
        if *of != frame {
            *of = frame;
            end.as_mut().reset(time::Instant::now() + FRAME);
        }
        end.as_mut().poll(context)
    }

    /// Whether the peer went on for too long.
    pub(super) fn hangs_up(&self) -> bool {
        self.paused > PATIENCE
    }

    /// Takes note of what was read.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        let worth = self.worth(bytes);
        self.allow(worth);
        if self.allowed < 0.0 {
            self.count(Instant::now());
        }
    }

    /// Takes note of how much was written.
    pub(super) fn wrote(&mut self, bytes: usize) {
        self.allow(bytes as f64 / MESSAGE_BYTES);
    }

    fn allow(&mut self, more: f64) {
        self.allowed += more;
        if self.allowed >= FRAMES {
            self.allowed = FRAMES;
            self.paused = Duration::ZERO;
        }
    }

    /// Adds what time gives; pauses where that does not do.
    fn count(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.counted);
        self.counted = now;
        self.allow(passed.as_secs_f64() * FRAMES);
        if self.allowed < 0.0 {
            let pause = Duration::from_secs_f64(-self.allowed / FRAMES).min(PAUSE);
            self.pause = Some(Box::pin(sleep(pause)));
            self.paused += pause;
            let connections = &self.metrics.connections;
            connections.slowed.add(1);
            if self.hangs_up() {
                connections.flooding.add(1);
            }
        }
    }

    /// What the frames that begin in these bytes add to the allowance.
    fn worth(&mut self, mut bytes: &[u8]) -> f64 {
        let mut sum = 0.0;
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = &bytes[skipped..];
            let taken = (HEADER - self.begun).min(bytes.len());
            self.header[self.begun..self.begun + taken].copy_from_slice(&bytes[..taken]);
            self.begun += taken;
            bytes = &bytes[taken..];
            if self.begun == HEADER {
                let [a, b, c, kind, flags, ..] = self.header;
                let length = u32::from_be_bytes([0, a, b, c]);
                sum += worth(kind, flags, length);
                self.begun = 0;
                self.frames += 1;
                self.skip = usize::try_from(length).unwrap_or(usize::MAX);
            }
        }
        sum
    }
}

/// What a frame adds to the allowance.
fn worth(kind: u8, flags: u8, length: u32) -> f64 {
    match kind {
        kind::DATA if length >= LEAST_DATA || flags & END_STREAM != 0 => {
            f64::from(length) / MESSAGE_BYTES
        }
        kind::HEADERS => 1.0,
        kind::RST_STREAM => -RESET,
        kind::SETTINGS if flags & ACK == 0 => -SETTINGS,
        _ => -1.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(kind: u8, flags: u8, length: u16) -> Vec<u8> {
        let [b, c] = length.to_be_bytes();
        let header = [0, b, c, kind, flags, 0, 0, 0, 1];
        [&header[..], &vec![7; usize::from(length)]].concat()
    }

    fn pace() -> Pace {
        let mut pace = Pace::new(&Arc::new(Metrics::new([])));
        pace.read(&[0; GREETING]);
        pace
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_frames_are_cut(
            frames in prop::collection::vec((0_u8..12, any::<u8>(), 0_u16..3000), 0..20),
            cuts in prop::collection::vec(1_usize..50, 1..20),
        ) {
            let whole: f64 = frames.iter().map(|&(k, f, l)| worth(k, f, u32::from(l))).sum();
            let bytes: Vec<u8> = frames.iter().flat_map(|&(k, f, l)| frame(k, f, l)).collect();
            let (mut pace, mut rest, mut sum) = (pace(), &bytes[..], 0.0);
            for cut in cuts.iter().cycle().take_while(|_| !bytes.is_empty()) {
                if rest.is_empty() {
                    break;
                }
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                sum += pace.worth(now);
                rest = later;
            }
            prop_assert!((sum - whole).abs() < 1e-9);
        }
    }

    /// Reads these frames so many times, each time when that much has passed; whether
    /// it pauses.
    fn pauses(frames: &[Vec<u8>], times: usize) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let _inside = runtime.as_ref().unwrap().enter();
        let mut pace = pace();
        let frames = frames.concat();
        (0..times).any(|_| {
            pace.read(&frames);
            pace.pause.is_some()
        })
    }

    #[test]
    fn calls_are_no_flood() {
        let (ping, window) = (frame(6, 0, 8), frame(8, 0, 4));
        let call = [frame(1, 4, 100), frame(0, 1, 700)];
        assert!(!pauses(&call, 100_000));
        // Some cancelled, with pings beside them.
        let given_up = [frame(1, 4, 100), frame(1, 4, 100), frame(3, 0, 4)];
        assert!(!pauses(&given_up, 100_000));
        assert!(!pauses(&[call.concat(), ping], 100_000));
        // Windows are opened for what is written.
        let mut pace = pace();
        for _ in 0..100_000 {
            pace.wrote(4096);
            pace.read(&[window.clone(), window.clone()].concat());
        }
        assert!(pace.pause.is_none());
    }

    #[test]
    fn floods_wait() {
        for flood in [
            [frame(6, 0, 8)],
            [frame(4, 0, 6)],
            [frame(2, 0, 5)],
            [frame(8, 0, 4)],
            [frame(9, 0, 10)],
            [frame(0, 0, 0)],
            [frame(200, 0, 100)],
            [[frame(1, 4, 100), frame(3, 0, 4)].concat()],
        ] {
            assert!(pauses(&flood, 100_000), "{flood:?}");
        }
    }

    #[test]
    fn who_goes_on_is_hung_up_on_and_who_waits_is_not() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let _inside = runtime.as_ref().unwrap().enter();
        let (mut pace, mut now) = (pace(), Instant::now());
        for _ in 0..100 {
            pace.allow(-2.0 * FRAMES);
            pace.count(now);
            assert!(pace.pause.is_some() && !pace.hangs_up());
            now += Duration::from_secs(5);
            pace.count(now);
        }
        for _ in 0..5 {
            pace.allow(-2.0 * FRAMES);
            pace.count(now);
        }
        assert!(pace.hangs_up());
    }
}
