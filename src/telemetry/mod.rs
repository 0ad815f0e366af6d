//! What the outside can see of a running process: its log, and its metrics.

mod log;
pub mod metrics;

pub use log::{LogError, LogFormat, init};
pub use metrics::Metrics;
