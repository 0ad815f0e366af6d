//! Calls that have ended as spans, by OpenTelemetry's conventions for RPC.

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::KeyValue,
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span::SpanKind, status::StatusCode},
};

use super::resource::{count, scope, text, texts};
use crate::telemetry::{
    metrics::code_name,
    trace::{Ended, SpanId, TraceId, random_id},
};

/// As the conventions name a method that there is not.
const OTHER: &str = "_OTHER";
/// The codes of gRPC that are faults of a server.
const FAULTS: [u32; 6] = [2, 4, 12, 13, 14, 15];

/// Flags of a span: it is sampled, and it is known whether its parent is elsewhere.
const SAMPLED: u32 = 0x1;
const HAS_IS_REMOTE: u32 = 0x100;
const IS_REMOTE: u32 = 0x200;

pub(super) fn request(resource: &Resource, calls: Vec<Ended>) -> ExportTraceServiceRequest {
    let spans = calls.into_iter().flat_map(spans).collect();
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource.clone()),
            scope_spans: vec![ScopeSpans {
                scope: Some(scope()),
                spans,
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    }
}

/// A span for the call, and one for each of its stages.
fn spans(call: Ended) -> Vec<Span> {
    let Ended {
        trace,
        span,
        parent,
        method,
        began,
        finished,
        code,
        notes,
    } = call;
    let stages = notes.stages.iter().map(|(stage, began, ended)| Span {
        name: stage.name().to_owned(),
        kind: SpanKind::Internal.into(),
        flags: SAMPLED | HAS_IS_REMOTE,
        ..within(trace, random_id(), Some(span), (*began, *ended))
    });
    let mut spans: Vec<Span> = stages.collect();
    let is_fault = FAULTS.contains(&code);
    let name = code_name(code);
    let mut attributes = vec![
        text("rpc.system.name", "grpc"),
        text("rpc.method", method.as_deref().unwrap_or(OTHER)),
        text("rpc.response.status_code", name),
        count("holdfast.rows.scored", notes.scored),
        count("holdfast.rows.invalid", notes.invalid),
        texts("holdfast.models", notes.models),
    ];
    let error: Option<KeyValue> = is_fault.then(|| text("error.type", name));
    attributes.extend(error);
    let remote = if parent.is_some() { IS_REMOTE } else { 0 };
    spans.push(Span {
        name: method.as_deref().unwrap_or("grpc").to_owned(),
        kind: SpanKind::Server.into(),
        flags: SAMPLED | HAS_IS_REMOTE | remote,
        attributes,
        status: is_fault.then(|| Status {
            code: StatusCode::Error.into(),
            ..Status::default()
        }),
        ..within(trace, span, parent, (began, finished))
    });
    spans
}

fn within(trace: TraceId, span: SpanId, parent: Option<SpanId>, times: (u64, u64)) -> Span {
    Span {
        trace_id: trace.0.to_vec(),
        span_id: span.0.to_vec(),
        parent_span_id: parent.map_or_else(Vec::new, |parent| parent.0.to_vec()),
        start_time_unix_nano: times.0,
        end_time_unix_nano: times.1,
        ..Span::default()
    }
}
