//! Black-box tests through the public contract: the library's API, the
//! binaries' command lines, and gRPC.

mod architecture;
mod artifact;
mod bad_input;
mod models;
mod parity;
mod server;
mod support;
mod training;
