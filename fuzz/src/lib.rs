//! What fuzz targets share.
//!
//! A target is a file of `targets/`; `run` builds and runs them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is a finding"
)]

mod json;
mod models;
mod scratch;
mod server;

pub use json::mutate_json;
pub use models::{SHIPPED, copy, put_version};
pub use scratch::Scratch;
pub use server::{Answer, Server};
