//! What the outside can see of a running process: its log, its metrics, its traces.

mod log;
pub mod metrics;
pub mod otlp;
pub mod sample;
pub mod trace;

pub use log::{LogError, LogFormat, init};
pub use metrics::Metrics;
pub use otlp::Otlp;
