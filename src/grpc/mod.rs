//! The transport: nothing of it is seen further in.
//!
//! Handlers convert, call and answer; `convert` holds every conversion, `status`
//! the one mapping from errors to gRPC codes.

mod access;
mod admin;
mod admission;
mod around;
mod arriving;
mod audit;
mod background;
pub mod client;
mod codec;
mod connection;
mod convert;
mod deadline;
mod drift;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod http2;
mod lifecycle;
mod listeners;
mod measured;
mod models;
mod pace;
mod panics;
mod probe;
mod scoring;
mod server;
mod shadow;
mod splits;
mod status;
mod tls;
mod told;
mod traced;
mod wire;
mod workers;

pub use admission::Admitted;
pub use audit::{AuditKeyError, ScoringAudit};
pub use http2::Connections;
pub use listeners::{ListenError, Listeners};
pub use probe::{ProbeError, probe};
pub use server::{Options, ServeError, serve};
pub use tls::{InvalidIdentity, LiveTls, TlsError, TlsFiles};

/// The generated contract: messages and clients of `holdfast.v1`.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::large_enum_variant,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated; documented in the proto files"
)]
pub mod proto {
    tonic::include_proto!("holdfast.v1");

    /// The contract as an encoded `google.protobuf.FileDescriptorSet`, imports
    /// included.
    pub const FILE_DESCRIPTOR_SET: &[u8] =
        include_bytes!(concat!(env!("OUT_DIR"), "/holdfast.v1.binpb"));
}

/// The generated service traits. They read requests as [`wire`] declares them.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated; documented in the proto files"
)]
mod services {
    include!(concat!(env!("OUT_DIR"), "/services/holdfast.v1.rs"));
}
