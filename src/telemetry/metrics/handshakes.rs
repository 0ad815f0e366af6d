//! Attempts to speak TLS, and the certificate that it is spoken by.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Counter, Families};

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
    /// In seconds since 1970; 0 where there is none.
    not_after: AtomicU64,
    next_update: AtomicU64,
}

impl Handshakes {
    /// Counts changed files of certificates, and whether they could be used.
    pub fn reloaded(&self, used: bool) {
        let counter = if used { &self.loaded } else { &self.refused };
        counter.add(1);
    }

    /// Tells until when the certificate is good, and lists of revoked ones are, in
    /// seconds since 1970.
    pub fn ends(&self, not_after: Option<u64>, next_update: Option<u64>) {
        let Self {
            not_after: end,
            next_update: next,
            ..
        } = self;
        for (gauge, seconds) in [(end, not_after), (next, next_update)] {
            gauge.store(seconds.unwrap_or_default(), Ordering::Relaxed);
        }
    }

    pub(super) fn write(&self, families: &mut Families) {
        let Self {
            done,
            failed,
            given_up,
            loaded,
            refused,
            not_after,
            next_update,
        } = self;
        let handshakes = families.counter(
            "holdfast_tls_handshakes_total",
            "Attempts to speak TLS, by what became of them.",
        );
        handshakes.sample(&[("result", "ok")], done.get());
        handshakes.sample(&[("result", "failed")], failed.get());
        handshakes.sample(&[("result", "given_up")], given_up.get());
        let reloads = families.counter("holdfast_tls_reloads_total", "Changed certificates.");
        reloads.sample(&[("result", "ok")], loaded.get());
        reloads.sample(&[("result", "refused")], refused.get());
        for (name, help, seconds) in [
            (
                "holdfast_tls_certificate_not_after_timestamp_seconds",
                "When the certificate ends, or the first of its chain; 0 without.",
                not_after,
            ),
            (
                "holdfast_tls_client_crl_next_update_timestamp_seconds",
                "When the first list of revoked client certificates is to be replaced; 0 without.",
                next_update,
            ),
        ] {
            families
                .gauge(name, help)
                .sample(&[], seconds.load(Ordering::Relaxed));
        }
    }
}
