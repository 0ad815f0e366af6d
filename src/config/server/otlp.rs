//! What is sent to a collector of OpenTelemetry, and where to.
//!
//! ```toml
//! [otlp]
//! endpoint = "http://localhost:4318"   # of the collector; nothing is sent without it
//! protocol = "http/protobuf"           # or "grpc", mostly on port 4317
//! signals = "traces,metrics,logs"      # what is sent
//! trace_ratio = 0.01                   # of calls without a caller's trace, how many begin one
//! headers_file = "otlp-headers"        # a line `name: value` for each, such as credentials
//! ca = "authority.pem"                 # whose certificates are believed
//! timeout_seconds = 10
//! metrics_seconds = 60
//! ```

mod environment;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use clap::Args;
use serde::{Deserialize, Deserializer, de};

use crate::telemetry::{
    metrics::Signal,
    otlp::{Endpoint, Headers, Options, Protocol},
    trace::Ratio,
};

/// So few that tracing costs little, and so many that every path is seen within
/// minutes.
const RATIO: f64 = 0.01;
const TIMEOUT: Duration = Duration::from_secs(10);
const METRICS_EVERY: Duration = Duration::from_secs(60);

/// The options, as far as one source sets them.
#[derive(Debug, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OtlpOptions {
    /// Send traces, metrics and logs to the OpenTelemetry collector there, such as
    /// `http://localhost:4318` [default: none]
    #[arg(long = "otlp-endpoint", value_name = "URL")]
    endpoint: Option<Text<Endpoint>>,

    /// How it is spoken to: http/protobuf or grpc [default: http/protobuf]
    #[arg(long = "otlp-protocol", value_name = "PROTOCOL")]
    protocol: Option<Text<Protocol>>,

    /// What it is sent: some of traces, metrics and logs [default:
    /// traces,metrics,logs]
    #[arg(long = "otlp-signals", value_name = "SIGNALS")]
    signals: Option<Text<Signals>>,

    /// Of calls without a caller's trace, how many begin one, from 0 to 1; a caller's
    /// trace is continued as the caller says [default: 0.01]
    #[arg(long, value_name = "RATIO")]
    trace_ratio: Option<f64>,

    /// Send these headers along, such as credentials: a file with a line `name: value`
    /// for each
    #[arg(long = "otlp-headers-file", value_name = "FILE")]
    headers_file: Option<PathBuf>,

    /// Believe the certificates of these authorities, in PEM [default: those of the
    /// system]
    #[arg(long = "otlp-ca", value_name = "FILE")]
    ca: Option<PathBuf>,

    /// Seconds that the collector may take to answer [default: 10]
    #[arg(long = "otlp-timeout-seconds", value_name = "SECONDS")]
    timeout_seconds: Option<f64>,

    /// Seconds from metrics to metrics [default: 60]
    #[arg(long = "otlp-metrics-seconds", value_name = "SECONDS")]
    metrics_seconds: Option<f64>,
}

/// What has a text form of its own, in a file too.
#[derive(Debug, Clone)]
struct Text<T>(T);

/// Some of them, with commas between.
#[derive(Debug, Clone)]
struct Signals(Vec<Signal>);

impl OtlpOptions {
    /// These options, and those of `weaker` where these set nothing.
    pub(super) fn or(self, weaker: Self) -> Self {
        Self {
            endpoint: self.endpoint.or(weaker.endpoint),
            protocol: self.protocol.or(weaker.protocol),
            signals: self.signals.or(weaker.signals),
            trace_ratio: self.trace_ratio.or(weaker.trace_ratio),
            headers_file: self.headers_file.or(weaker.headers_file),
            ca: self.ca.or(weaker.ca),
            timeout_seconds: self.timeout_seconds.or(weaker.timeout_seconds),
            metrics_seconds: self.metrics_seconds.or(weaker.metrics_seconds),
        }
    }

    /// What is sent; `None`: nothing is.
    pub(super) fn resolve(
        self,
        environment: &impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Option<Options> {
        let options = self.or_shared(environment, problems)?;
        let Text(endpoint) = options.endpoint?;
        let Text(Signals(signals)) = options.signals.unwrap_or(Text(Signals(Signal::ALL.into())));
        if signals.is_empty() {
            return None;
        }
        let headers = match options.headers_file {
            Some(path) => read(&path, "headers_file", problems, |text| {
                Headers::of_file(&text).map_err(|error| error.to_string())
            }),
            None => environment("OTEL_EXPORTER_OTLP_HEADERS").and_then(|text| {
                let headers = Headers::of_variable(&text);
                let told = |error| format!("OTEL_EXPORTER_OTLP_HEADERS: {error}");
                headers.map_err(|error| problems.push(told(error))).ok()
            }),
        };
        let ca = options.ca;
        let authorities =
            ca.and_then(|path| read(&path, "ca", problems, |pem| Ok(pem.into_bytes())));
        let ratio = Ratio::new(options.trace_ratio.unwrap_or(RATIO));
        let ratio = ratio.map_err(|error| problems.push(format!("otlp.trace_ratio: {error}")));
        let mut seconds = |name, seconds: Option<f64>, default| match seconds {
            None => default,
            Some(seconds) => match Duration::try_from_secs_f64(seconds) {
                Ok(duration) if !duration.is_zero() => duration,
                _ => {
                    problems.push(format!("otlp.{name} must be above 0"));
                    default
                }
            },
        };
        let timeout = seconds("timeout_seconds", options.timeout_seconds, TIMEOUT);
        let metrics_every = seconds("metrics_seconds", options.metrics_seconds, METRICS_EVERY);
        let attributes = environment::attributes(environment, problems);
        Some(Options {
            endpoint,
            protocol: options
                .protocol
                .map_or(Protocol::Http, |Text(protocol)| protocol),
            signals,
            timeout,
            metrics_every,
            ratio: ratio.ok()?,
            headers: headers.unwrap_or_default(),
            authorities,
            attributes,
        })
    }
}

/// What a file of an option says.
fn read<T>(
    path: &Path,
    option: &str,
    problems: &mut Vec<String>,
    made: impl FnOnce(String) -> Result<T, String>,
) -> Option<T> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string());
    let path = path.display();
    let told = |error| problems.push(format!("otlp.{option}: {path}: {error}"));
    text.and_then(made).map_err(told).ok()
}

impl FromStr for Signals {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |name: &str| {
            let mut all = Signal::ALL.into_iter();
            all.find(|signal| signal.name() == name.trim())
        };
        let signals: Option<_> = text.split(',').map(named).collect();
        signals
            .map(Self)
            .ok_or("the signals are traces, metrics and logs, with commas between")
    }
}

impl<T: FromStr> FromStr for Text<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        text.parse().map(Self)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Text<T>
where
    T::Err: fmt::Display,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
