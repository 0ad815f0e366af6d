//! What the environment says of it: under the names of this program, or under those that
//! every tool of OpenTelemetry reads.

use super::{OtlpOptions, Signals, Text};
use crate::{
    config::server::sources::variable,
    telemetry::{metrics::Signal, otlp::Attributes},
};

impl OtlpOptions {
    /// Under the names of this program.
    pub(in crate::config::server) fn from_environment(
        environment: &impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Self {
        Self {
            endpoint: variable(environment, "HOLDFAST_OTLP_ENDPOINT", problems),
            protocol: variable(environment, "HOLDFAST_OTLP_PROTOCOL", problems),
            signals: variable(environment, "HOLDFAST_OTLP_SIGNALS", problems),
            trace_ratio: variable(environment, "HOLDFAST_TRACE_RATIO", problems),
            headers_file: variable(environment, "HOLDFAST_OTLP_HEADERS_FILE", problems),
            ca: variable(environment, "HOLDFAST_OTLP_CA", problems),
            timeout_seconds: variable(environment, "HOLDFAST_OTLP_TIMEOUT_SECONDS", problems),
            metrics_seconds: variable(environment, "HOLDFAST_OTLP_METRICS_SECONDS", problems),
        }
    }

    /// These options, and those under the names of OpenTelemetry where these set
    /// nothing; `None` where nothing is to be sent. While it is not, what is wrong with
    /// the latter is the business of other programs.
    pub(super) fn or_shared(
        self,
        environment: &impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Option<Self> {
        // Empty is as good as not set, says OpenTelemetry.
        let shared = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        let disabled = shared("OTEL_SDK_DISABLED");
        let disabled = disabled.is_some_and(|yes| yes.eq_ignore_ascii_case("true"));
        if disabled || self.endpoint.is_none() && shared("OTEL_EXPORTER_OTLP_ENDPOINT").is_none() {
            return None;
        }
        let milliseconds = |name: &str, problems: &mut Vec<String>| {
            variable::<u32>(&shared, name, problems).map(|number| f64::from(number) / 1000.0)
        };
        Some(self.or(Self {
            endpoint: variable(&shared, "OTEL_EXPORTER_OTLP_ENDPOINT", problems),
            protocol: variable(&shared, "OTEL_EXPORTER_OTLP_PROTOCOL", problems),
            signals: shared_signals(&shared),
            trace_ratio: shared_ratio(&shared, problems),
            headers_file: None,
            ca: variable(&shared, "OTEL_EXPORTER_OTLP_CERTIFICATE", problems),
            timeout_seconds: milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT", problems),
            metrics_seconds: milliseconds("OTEL_METRIC_EXPORT_INTERVAL", problems),
        }))
    }
}

/// Signals that no exporter is named for; all but those that are to have none.
fn shared_signals(shared: &impl Fn(&str) -> Option<String>) -> Option<Text<Signals>> {
    let is_sent = |signal: &Signal| {
        let name = match signal {
            Signal::Traces => "OTEL_TRACES_EXPORTER",
            Signal::Metrics => "OTEL_METRICS_EXPORTER",
            Signal::Logs => "OTEL_LOGS_EXPORTER",
        };
        shared(name).is_none_or(|exporters| exporters.split(',').any(|e| e.trim() == "otlp"))
    };
    let signals: Vec<_> = Signal::ALL.into_iter().filter(is_sent).collect();
    (signals.len() < Signal::ALL.len()).then_some(Text(Signals(signals)))
}

/// The sampler as every tool of OpenTelemetry is told it.
fn shared_ratio(
    shared: &impl Fn(&str) -> Option<String>,
    problems: &mut Vec<String>,
) -> Option<f64> {
    match shared("OTEL_TRACES_SAMPLER").as_deref() {
        None | Some("parentbased_traceidratio") => {
            variable(shared, "OTEL_TRACES_SAMPLER_ARG", problems)
        }
        Some("parentbased_always_on") => Some(1.0),
        Some("parentbased_always_off") => Some(0.0),
        Some(_) => {
            problems.push(
                "OTEL_TRACES_SAMPLER: parentbased_always_on, parentbased_always_off and \
                 parentbased_traceidratio are known"
                    .to_owned(),
            );
            None
        }
    }
}

/// What all that is sent is of.
pub(super) fn attributes(
    environment: &impl Fn(&str) -> Option<String>,
    problems: &mut Vec<String>,
) -> Attributes {
    let stated = environment("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
    let mut attributes = Attributes::read(&stated).unwrap_or_else(|| {
        problems.push("OTEL_RESOURCE_ATTRIBUTES: must be name=value,name=value".to_owned());
        Attributes::default()
    });
    if let Some(name) = environment("OTEL_SERVICE_NAME").filter(|name| !name.is_empty()) {
        attributes.set("service.name", &name);
    }
    attributes
}
