//! Peers that mean harm, or whose network does: a real server must stay up, within
//! its memory, and without one error for those who call it honestly meanwhile.
//!
//! `cargo test --test abuse`; two seconds for each kind of abuse. Options are
//! variables: `HOLDFAST_ABUSE_SECONDS=60`, `HOLDFAST_ABUSE_SOCKETS=5000` and
//! `HOLDFAST_ABUSE_DRAINS=100` for a long run, `HOLDFAST_SERVER=FILE` for another build of the server, such as a release.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod drain;
mod faults;
mod flood;
mod frames;
mod honest;
mod http2;
#[path = "../it/support/process.rs"]
#[expect(dead_code, reason = "other tests have other needs")]
mod process;
mod proxy;
mod slow;
mod trial;

use std::{env, time::Duration};

/// How long each kind of abuse goes on.
fn duration() -> Duration {
    Duration::from_secs(option("HOLDFAST_ABUSE_SECONDS", 2))
}

/// How often a server is told to stop.
fn drains() -> u64 {
    option("HOLDFAST_ABUSE_DRAINS", 3)
}

/// How many sockets stay silent.
fn sockets() -> u64 {
    option("HOLDFAST_ABUSE_SOCKETS", 500)
}

fn option(name: &str, default: u64) -> u64 {
    let value = env::var(name).ok();
    value.map_or(default, |value| value.parse().unwrap())
}
