//! The log: structured events on standard error, free of customer data.

use std::{
    io::{self, IsTerminal},
    panic::{self, PanicHookInfo},
    thread,
};

use tracing::error;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use super::otlp::Otlp;

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One line a person can read.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// The log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter cannot be read.
    #[error("log filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody else set up a log before.
    #[error("log: {0}")]
    Init(#[from] tracing_subscriber::util::TryInitError),
}

/// Who changed what is told, whatever else is not.
const AUDIT: &str = "audit=info";

/// Tells of a panic where it happened, and not what it says: that may hold anything.
fn tell_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let thread = thread::current();
    let thread = thread.name().unwrap_or_default();
    error!(place, thread, "panicked: a fault of this program");
}

/// Sends the events of this process that pass `filter` to standard error, and those
/// of the target `audit` unless `filter` itself names it; the same ones to a collector,
/// if `otlp` sends logs. Panics become events, without what they say.
///
/// # Errors
///
/// When the filter cannot be read, or a log is already set up.
pub fn init(format: LogFormat, filter: &str, otlp: Option<&Otlp>) -> Result<(), LogError> {
    let names_audit = filter.contains("audit");
    let mut filter = EnvFilter::builder().parse(filter)?;
    if !names_audit {
        filter = filter.add_directive(AUDIT.parse()?);
    }
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(otlp.and_then(Otlp::log_layer));
    match format {
        LogFormat::Pretty => registry
            .with(
                fmt::layer()
                    .with_writer(io::stderr)
                    .with_target(false)
                    .with_ansi(io::stderr().is_terminal()),
            )
            .try_init()?,
        LogFormat::Json => registry
            .with(
                fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_span_list(false)
                    .with_writer(io::stderr),
            )
            .try_init()?,
    }
    panic::set_hook(Box::new(tell_panic));
    Ok(())
}
