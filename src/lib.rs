//! Holdfast scores customers: who is about to leave, and why.
//!
//! The rooms, from the edge inwards. An arrow points only downwards.
//!
//! | room | what it is for |
//! | --- | --- |
//! | [`config`], [`telemetry`] | flags, environment and files, read once; the log and the metrics |
//! | [`grpc`] | the transport: services, conversions, the error → status mapping |
//! | [`train`] | data → split → fit → evaluate → publish; the only user of linfa |
//! | [`scoring`] | the one path from a snapshot to a score |
//! | [`registry`] | what is loaded, and what was refused |
//! | [`access`] | who may ask, and for what |
//! | [`artifact`] | a model on disk: format, digests, golden rows, atomic publishing |
//! | [`warning`] | scores over time: signals, and the alarms that follow from them |
//! | [`policy`] | business rules: named segments, value tiers, lifecycle stages, warnings |
//! | [`model`] | pure mathematics: the churn model, metrics |
//! | [`features`] | the schema and the only encoder |
//! | [`customer`] | what is known of one customer |
//!
//! `ARCHITECTURE.md` holds the invariants; `tests/it/architecture.rs` checks
//! them.

pub mod access;
pub mod artifact;
pub mod config;
pub mod customer;
pub mod features;
pub mod grpc;
pub mod model;
pub mod policy;
pub mod registry;
pub mod scoring;
pub mod telemetry;
pub mod train;
pub mod warning;

pub use grpc::client;
