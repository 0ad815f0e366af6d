//! Black-box tests through the public contract: the library's API, the
//! binaries' command lines, and gRPC.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod access;
mod admin;
mod architecture;
mod artifact;
mod bad_input;
mod canary;
mod client;
mod columns;
mod commands;
mod decision;
mod drift;
mod lifecycle;
mod limits;
mod metrics;
mod models;
mod otlp;
#[cfg(target_os = "linux")]
mod overload;
mod parity;
mod scoring_audit;
mod server;
mod shapes;
mod shipped;
mod stream;
mod support;
mod training;
mod value;
