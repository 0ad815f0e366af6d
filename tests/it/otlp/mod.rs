//! What a collector of OpenTelemetry is sent by a real server.

mod collectors;
mod metrics;

use std::{fmt::Write as _, io::Write as _};

use holdfast::grpc::proto::{
    NumberEncoding, ReloadModelsRequest, ScoreColumnsRequest, StreamScoresRequest, StreamSettings,
    model_service_client::ModelServiceClient, stream_scores_request::Customers,
};
use opentelemetry_proto::tonic::{
    common::v1::any_value::Value,
    logs::v1::LogRecord,
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use tonic::Request;

use metrics::sums;

use crate::support::{
    collector::{Collector, Received, attribute, text},
    columns_of, customer,
    process::Process,
    score_batch, score_one, selector, telco_models,
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";
const SCORE: &str = "holdfast.v1.ScoringService/ScoreCustomer";

/// A server that sends to this collector by this protocol.
fn server(collector: &Collector, protocol: &str, more: &[&str]) -> Process {
    let url = collector.url();
    let arguments = ["--otlp-endpoint", &url, "--otlp-protocol", protocol];
    let often = ["--otlp-metrics-seconds", "0.2", "--reload-seconds", "0"];
    Process::start(telco_models(), &[&arguments[..], &often, more].concat())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// A request of a caller that traces it, or does not.
fn traced<T>(message: T, traceparent: &str) -> Request<T> {
    let mut request = Request::new(message);
    let value = traceparent.parse().unwrap();
    request.metadata_mut().insert("traceparent", value);
    request
}

fn parent(flags: &str) -> String {
    format!("00-{TRACE}-{SPAN}-{flags}")
}

fn of_server(received: &Received) -> Vec<Span> {
    let spans = received.spans.iter();
    let of_server = spans.filter(|span| span.kind() == SpanKind::Server);
    of_server.cloned().collect()
}

async fn traces_metrics_and_logs_arrive(protocol: &str) {
    let collector = Collector::start().await;
    let mut headers = tempfile::NamedTempFile::new().unwrap();
    headers.write_all(b"x-key: 4711\n").unwrap();
    let path = headers.path().to_str().unwrap();
    let more = ["--trace-ratio", "0", "--otlp-headers-file", path];
    let server = server(&collector, protocol, &more);
    let mut client = server.client().await;
    let one = score_one(customer("1"));
    client
        .score_customer(traced(one.clone(), &parent("01")))
        .await
        .unwrap();
    client
        .score_customer(traced(one.clone(), &parent("00")))
        .await
        .unwrap();
    client.score_customer(one).await.unwrap();
    let mut lost = score_one(customer("1"));
    lost.churn_model = Some(selector("nothing"));
    client
        .score_customer(traced(lost, &parent("01")))
        .await
        .unwrap_err();
    let mut models = ModelServiceClient::new(server.channel().await);
    let reload = traced(ReloadModelsRequest {}, &parent("01"));
    models.reload_models(reload).await.unwrap();
    server.signal("-TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("collector"), "{log}");

    // What the last moment left was sent, too.
    let received = collector.received();
    let [scored, refused, reloaded] = <[Span; 3]>::try_from(of_server(&received)).unwrap();
    for span in [&scored, &refused] {
        assert_eq!(span.name, SCORE);
        assert_eq!(hex(&span.trace_id), TRACE);
        assert_eq!(hex(&span.parent_span_id), SPAN);
        assert!(span.end_time_unix_nano > span.start_time_unix_nano);
        let of = |name| attribute(&span.attributes, name);
        assert_eq!(of("rpc.system.name"), Some(&text("grpc")));
        assert_eq!(of("rpc.method"), Some(&text(SCORE)));
    }
    let of = |name| attribute(&scored.attributes, name);
    assert_eq!(of("rpc.response.status_code"), Some(&text("OK")));
    assert_eq!(of("holdfast.rows.scored"), Some(&Value::IntValue(1)));
    let Some(Value::ArrayValue(models)) = of("holdfast.models") else {
        panic!("{scored:?}");
    };
    assert_eq!(models.values[0].value, Some(text("telco-churn@1")));
    let code = attribute(&refused.attributes, "rpc.response.status_code");
    assert_eq!(code, Some(&text("NOT_FOUND")));
    assert_eq!(refused.status, None, "no fault of the server");
    stages_are_within(&received, &scored);

    let events = received.records.iter();
    let bodies: Vec<_> = events
        .filter_map(|event| event.body.clone()?.value)
        .collect();
    for message in ["listening", "SIGTERM received", "stopped"] {
        assert!(bodies.contains(&text(message)), "{message} in {bodies:?}");
    }
    // What a call writes to the log is of its trace, here and there.
    let of_call = |record: &&LogRecord| record.span_id == reloaded.span_id;
    let record = received.records.iter().find(of_call).unwrap();
    assert_eq!(hex(&record.trace_id), TRACE);
    let target = attribute(&record.attributes, "target");
    assert_eq!(target, Some(&text("audit")));
    let line = log.lines().find(|line| line.contains("\"audit\"")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["span"]["trace_id"], TRACE);
    assert_eq!(line["span"]["span_id"], hex(&reloaded.span_id));
    assert_eq!(received.headers["x-key"], "4711");
    assert!(!log.contains("4711"), "{log}");
    for resource in &received.resources {
        let name = attribute(&resource.attributes, "service.name");
        assert_eq!(name, Some(&text("holdfast")));
    }
    let requests = sums(&received.metrics);
    assert_eq!(
        requests[r#"holdfast_requests_total{method="ScoreCustomer",code="OK"}"#],
        3.0
    );
}

/// Decoding, scoring and answering are spans of the call, one after the other.
fn stages_are_within(received: &Received, call: &Span) {
    let stages = received.spans.iter();
    let stages = stages.filter(|stage| stage.parent_span_id == call.span_id);
    let stages: Vec<&Span> = stages.collect();
    let names: Vec<&str> = stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(names, ["decode", "score", "answer"]);
    let mut after = call.start_time_unix_nano;
    for stage in stages {
        assert_eq!(stage.trace_id, call.trace_id);
        assert!(stage.start_time_unix_nano >= after);
        after = stage.end_time_unix_nano;
    }
    assert!(call.end_time_unix_nano >= after);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_arrives_by_grpc() {
    traces_metrics_and_logs_arrive("grpc").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_arrives_by_http() {
    traces_metrics_and_logs_arrive("http/protobuf").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_without_a_callers_trace_are_drawn() {
    for (ratio, drawn) in [("0", 0), ("1", 8)] {
        let collector = Collector::start().await;
        let more = ["--trace-ratio", ratio, "--otlp-signals", "traces"];
        let server = server(&collector, "http", &more);
        let mut client = server.client().await;
        for malformed in [
            "",
            "00-0-0-01",
            &parent("01").to_uppercase(),
            &format!("00-{}-{SPAN}-01", "0".repeat(32)),
        ] {
            let one = score_one(customer("1"));
            client.score_customer(traced(one, malformed)).await.unwrap();
        }
        // Two of them are none.
        let mut twice = traced(score_one(customer("1")), &parent("01"));
        let again = parent("01").parse().unwrap();
        twice.metadata_mut().append("traceparent", again);
        client.score_customer(twice).await.unwrap();
        let rows = vec![customer("1"), customer("2"), customer("2")];
        let batch = score_batch(rows.clone());
        client.score_customers(batch).await.unwrap();
        let columns = columns_of(&rows[..2], NumberEncoding::Doubles);
        client
            .score_columns(ScoreColumnsRequest {
                churn_model: Some(selector("telco-churn")),
                columns: Some(columns.clone()),
                ..ScoreColumnsRequest::default()
            })
            .await
            .unwrap();
        let message = StreamScoresRequest {
            sequence: 0,
            settings: Some(StreamSettings {
                churn_model: Some(selector("telco-churn")),
                ..StreamSettings::default()
            }),
            customers: Some(Customers::Columns(columns)),
        };
        let stream = client.stream_scores(tokio_stream::iter([message])).await;
        let mut stream = stream.unwrap().into_inner();
        while stream.message().await.unwrap().is_some() {}
        server.signal("-TERM");
        assert_eq!(server.wait().0, Some(0));

        let received = collector.received();
        let spans = of_server(&received);
        assert_eq!(spans.len(), drawn, "{spans:?}");
        assert!(spans.iter().all(|span| span.parent_span_id.is_empty()));
        assert!(spans.iter().all(|span| hex(&span.trace_id) != TRACE));
        let rows = |method: &str| {
            let of = spans.iter().find(|span| span.name.ends_with(method))?;
            let rows = ["scored", "invalid"].map(|rows| {
                let name = format!("holdfast.rows.{rows}");
                attribute(&of.attributes, &name).cloned().unwrap()
            });
            Some(rows)
        };
        if drawn > 0 {
            let two = [2, 1].map(Value::IntValue);
            assert_eq!(rows("/ScoreCustomers"), Some(two));
            let two = [2, 0].map(Value::IntValue);
            assert_eq!(rows("/ScoreColumns"), Some(two.clone()));
            assert_eq!(rows("/StreamScores"), Some(two));
            assert!(spans.iter().all(|span| {
                span.status
                    .as_ref()
                    .is_none_or(|s| s.code() != StatusCode::Error)
            }));
        }
    }
}
