use std::io::Write as _;

use super::*;
use crate::{
    config::server::{Cli, ConfigErrors, ServerConfig},
    telemetry::otlp::Attributes,
};
use clap::Parser as _;

fn resolve(flags: &[&str], environment: &[(&str, &str)]) -> Result<Option<Options>, ConfigErrors> {
    let cli = Cli::parse_from([&["holdfast-server"], flags].concat());
    let config = ServerConfig::resolve(cli, |name| {
        let mut variables = environment.iter();
        let found = variables.find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    config.map(|config| config.otlp)
}

fn file(content: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file
}

#[test]
fn nothing_is_sent_unless_an_endpoint_is_named() {
    for environment in [
        vec![],
        vec![("OTEL_SERVICE_NAME", "scores")],
        vec![("OTEL_EXPORTER_OTLP_ENDPOINT", "")],
        vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"),
            ("OTEL_SDK_DISABLED", "true"),
        ],
        vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"),
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_METRICS_EXPORTER", "prometheus"),
            ("OTEL_LOGS_EXPORTER", "none"),
        ],
        // Said to somebody else.
        vec![("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")],
    ] {
        assert_eq!(resolve(&[], &environment), Ok(None), "{environment:?}");
    }
}

#[test]
fn what_every_tool_of_opentelemetry_reads_is_read() {
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4317"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20secret",
        ),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "15000"),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.5"),
        ("OTEL_LOGS_EXPORTER", "none"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,team=crm"),
        ("OTEL_SERVICE_NAME", "scores"),
    ];
    let options = resolve(&[], &environment).unwrap().unwrap();
    assert_eq!(options.endpoint.to_string(), "https://collector:4317");
    assert_eq!(options.protocol, Protocol::Grpc);
    assert_eq!(options.signals, [Signal::Traces, Signal::Metrics]);
    assert_eq!(options.ratio.get(), 0.5);
    assert_eq!(options.timeout, Duration::from_millis(2500));
    assert_eq!(options.metrics_every, Duration::from_secs(15));
    assert_ne!(options.headers, Headers::default());
    let mut attributes = Attributes::read("team=crm").unwrap();
    attributes.set("service.name", "scores");
    assert_eq!(options.attributes, attributes);
    assert!(!format!("{options:?}").contains("secret"));
}

#[test]
fn a_flag_outranks_a_variable_which_outranks_the_file() {
    let headers = file("x-key: secret\n");
    let file = file(&format!(
        "[otlp]\nendpoint = 'http://file:1'\nsignals = 'logs'\ntrace_ratio = 0.25\n\
         headers_file = '{}'\n",
        headers.path().display()
    ));
    let path = file.path().to_str().unwrap();
    let environment = [
        ("HOLDFAST_OTLP_ENDPOINT", "http://own:1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://shared:1"),
        ("OTEL_TRACES_SAMPLER", "parentbased_always_on"),
    ];
    let of = |flags: &[&str], environment: &[_]| {
        let flags = [&["--config", path], flags].concat();
        resolve(&flags, environment).unwrap().unwrap()
    };
    let options = of(&[], &[]);
    assert_eq!(options.endpoint.to_string(), "http://file:1");
    assert_eq!(options.signals, [Signal::Logs]);
    assert_eq!(
        (options.ratio.get(), options.protocol),
        (0.25, Protocol::Http)
    );
    let options = of(&["--trace-ratio", "0.75"], &environment);
    assert_eq!(options.endpoint.to_string(), "http://own:1");
    assert_eq!(options.ratio.get(), 0.75);
    // Of this program's own options, those of the file too outrank what is said to
    // every program.
    assert_eq!(
        of(&[], &environment[1..]).endpoint.to_string(),
        "http://file:1"
    );
    assert_eq!(of(&[], &environment[1..]).ratio.get(), 0.25);
    let options = of(&["--otlp-endpoint", "http://flag:1"], &environment);
    assert_eq!(options.endpoint.to_string(), "http://flag:1");
}

#[test]
fn every_fault_is_told_and_no_secret() {
    let headers = file("secret\n");
    let path = headers.path().to_str().unwrap();
    let errors = resolve(
        &[
            "--otlp-endpoint",
            "http://localhost:4318",
            "--trace-ratio",
            "2",
            "--otlp-headers-file",
            path,
            "--otlp-ca",
            "/nowhere/authority.pem",
            "--otlp-timeout-seconds",
            "0",
        ],
        &[
            ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_RESOURCE_ATTRIBUTES", "team"),
        ],
    );
    let text = errors.unwrap_err().to_string();
    for part in [
        "otlp.trace_ratio",
        "line 1 is not",
        "/nowhere/authority.pem",
        "otlp.timeout_seconds",
        "OTEL_TRACES_SAMPLER",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_RESOURCE_ATTRIBUTES",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("secret"), "{text}");
}
