//! W3C Trace Context, level 1: the trace that a call belongs to already.
//!
//! Of its two headers, `traceparent` is read. `tracestate` may hold anything and is for
//! those who are called in turn: this server calls nobody, and keeps nothing of it.

use std::{
    cell::RefCell,
    fmt,
    hash::{BuildHasher, RandomState},
};

/// Which trace; not all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::telemetry) struct TraceId(pub(in crate::telemetry) [u8; 16]);

/// Which span of it; not all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::telemetry) struct SpanId(pub(in crate::telemetry) [u8; 8]);

/// The caller's span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    pub(super) trace: TraceId,
    pub(super) span: SpanId,
    sampled: bool,
}

const VERSION_LENGTH: usize = 2;
/// Of version 00; later ones may go on after a dash.
const LENGTH: usize = 55;
const SAMPLED: u8 = 1;

impl Parent {
    /// Reads the header `traceparent`; `None`, where it is not as the standard has it.
    #[must_use]
    pub fn read(header: &[u8]) -> Option<Self> {
        let (known, rest) = header.split_at_checked(LENGTH)?;
        let mut parts = known.split(|byte| *byte == b'-');
        let mut part = || parts.next();
        let [version] = bytes(part()?)?;
        let [trace, span, flags] = [part()?, part()?, part()?];
        let trace = TraceId(bytes(trace)?);
        let span = SpanId(bytes(span)?);
        let [flags] = bytes(flags)?;
        let goes_on = version > 0 && rest.first() == Some(&b'-');
        let is_whole = rest.is_empty() || goes_on;
        let is_valid = version != 0xff && trace.0 != [0; 16] && span.0 != [0; 8];
        (is_whole && is_valid && known.get(VERSION_LENGTH) == Some(&b'-')).then_some(Self {
            trace,
            span,
            sampled: flags & SAMPLED != 0,
        })
    }

    pub(super) fn is_sampled(self) -> bool {
        self.sampled
    }
}

/// Pairs of hexadecimal digits, in lower case.
fn bytes<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair.try_into().ok()?;
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(bytes)
}

impl TraceId {
    pub(super) fn random() -> Self {
        let [high, low] = [random_id().0, random_id().0];
        let mut bytes = [0; 16];
        for (byte, random) in bytes.iter_mut().zip(high.into_iter().chain(low)) {
            *byte = random;
        }
        Self(bytes)
    }
}

/// An id that nobody else has, by all odds.
pub(in crate::telemetry) fn random_id() -> SpanId {
    thread_local! {
        /// Keyed by the system's randomness, another one for each thread.
        static STATE: RefCell<(RandomState, u64)> = RefCell::new((RandomState::new(), 0));
    }
    STATE.with_borrow_mut(|(state, drawn)| {
        *drawn += 1;
        SpanId(state.hash_one(*drawn).max(1).to_be_bytes())
    })
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn read(header: &str) -> Option<Parent> {
        Parent::read(header.as_bytes())
    }

    #[test]
    fn what_the_standard_has_is_read() {
        let parent = read(GOOD).unwrap();
        assert_eq!(parent.trace.to_string(), &GOOD[3..35]);
        assert_eq!(parent.span.to_string(), &GOOD[36..52]);
        assert!(parent.is_sampled());
        for (flags, sampled) in [("00", false), ("02", false), ("03", true), ("ff", true)] {
            let header = format!("{}{flags}", &GOOD[..53]);
            assert_eq!(read(&header).unwrap().is_sampled(), sampled, "{flags}");
        }
        // Of a version to come, what is known of it.
        for later in [
            format!("cc{}", &GOOD[2..]),
            format!("cc{}-more", &GOOD[2..]),
        ] {
            assert_eq!(read(&later), Some(parent), "{later}");
        }
    }

    #[test]
    fn what_it_has_not_is_no_parent() {
        let replaced = |from: usize, with: &str| {
            let mut header = GOOD.to_owned();
            header.replace_range(from..from + with.len(), with);
            header
        };
        for header in [
            String::new(),
            GOOD[..54].to_owned(),
            format!("{GOOD}-more"),
            format!("{GOOD} "),
            format!("cc{}.more", &GOOD[2..]),
            replaced(0, "ff"),
            replaced(0, "0x"),
            replaced(2, "_"),
            replaced(3, &"0".repeat(32)),
            replaced(3, "A"),
            replaced(3, "g"),
            replaced(3, "-"),
            replaced(35, "0"),
            replaced(36, &"0".repeat(16)),
            replaced(52, "0"),
            replaced(53, "-1"),
        ] {
            assert_eq!(read(&header), None, "{header}");
        }
        assert_eq!(Parent::read(&[0xff; 55]), None);
    }

    #[test]
    fn ids_differ() {
        let (one, other) = (TraceId::random(), TraceId::random());
        assert_ne!(one, other);
        let elsewhere = std::thread::spawn(random_id).join().unwrap();
        assert_ne!(random_id(), elsewhere);
    }
}
