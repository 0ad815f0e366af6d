//! What the outside can see of a running process: its log, and its metrics.

mod log;
pub mod metrics;
pub mod sample;

pub use log::{LogError, LogFormat, init};
pub use metrics::Metrics;
