//! Attempts to speak TLS, and the certificate that it is spoken by.

use super::{Counter, Text};

/// What became of attempts to speak TLS.
#[derive(Debug, Default)]
pub struct Handshakes {
    /// The connection is encrypted.
    pub done: Counter,
    /// It could not be: no TLS, no common version, no certificate that is taken.
    pub failed: Counter,
    /// The peer went away, or never came to an end.
    pub given_up: Counter,
    loaded: Counter,
    refused: Counter,
}

impl Handshakes {
    /// Counts changed files of certificates, and whether they could be used.
    pub fn reloaded(&self, used: bool) {
        let counter = if used { &self.loaded } else { &self.refused };
        counter.add(1);
    }

    pub(super) fn write(&self, text: &mut Text) {
        let Self {
            done,
            failed,
            given_up,
            loaded,
            refused,
        } = self;
        let mut handshakes = text.counter(
            "holdfast_tls_handshakes_total",
            "Attempts to speak TLS, by what became of them.",
        );
        handshakes.sample(&[("result", "ok")], done.get());
        handshakes.sample(&[("result", "failed")], failed.get());
        handshakes.sample(&[("result", "given_up")], given_up.get());
        let mut reloads = text.counter("holdfast_tls_reloads_total", "Changed certificates.");
        reloads.sample(&[("result", "ok")], loaded.get());
        reloads.sample(&[("result", "refused")], refused.get());
    }
}
