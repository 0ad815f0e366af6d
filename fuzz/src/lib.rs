//! What fuzz targets share.
//!
//! A target is a file of `targets/`; `run` builds and runs them, with `instrumented` in
//! the place of rustc. Cargo does not tell what that built from what rustc did: after a
//! build without it, which ends with an error below, touch Holdfast's `src/lib.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is a finding"
)]

mod json;
mod models;
mod scratch;
mod server;

// There is none in what rustc built.
#[expect(unused_imports, reason = "an error where it is not there")]
use holdfast::grpc::fuzzing as _;

pub use json::mutate_json;
pub use models::{SHIPPED, copy, put_version};
pub use scratch::Scratch;
pub use server::{Answer, Server};
