//! The messages of OTLP: where each goes, and what its answer says.

use opentelemetry_proto::tonic::collector::{
    logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse},
    metrics::v1::{ExportMetricsServiceRequest, ExportMetricsServiceResponse},
    trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
};
use prost::Message;

/// What a collector is sent.
pub(super) trait Request: Message + Clone + Default + 'static {
    type Answer: Message + Default + 'static;

    /// The method, by gRPC.
    const METHOD: &'static str;
    /// The path, by HTTP.
    const PATH: &'static str;

    /// How many the collector did not take.
    fn rejected(answer: &Self::Answer) -> i64;
}

impl Request for ExportTraceServiceRequest {
    type Answer = ExportTraceServiceResponse;

    const METHOD: &'static str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    const PATH: &'static str = "/v1/traces";

    fn rejected(answer: &Self::Answer) -> i64 {
        let partial = answer.partial_success.as_ref();
        partial.map_or(0, |partial| partial.rejected_spans)
    }
}

impl Request for ExportMetricsServiceRequest {
    type Answer = ExportMetricsServiceResponse;

    const METHOD: &'static str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    const PATH: &'static str = "/v1/metrics";

    fn rejected(answer: &Self::Answer) -> i64 {
        let partial = answer.partial_success.as_ref();
        partial.map_or(0, |partial| partial.rejected_data_points)
    }
}

impl Request for ExportLogsServiceRequest {
    type Answer = ExportLogsServiceResponse;

    const METHOD: &'static str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
    const PATH: &'static str = "/v1/logs";

    fn rejected(answer: &Self::Answer) -> i64 {
        let partial = answer.partial_success.as_ref();
        partial.map_or(0, |partial| partial.rejected_log_records)
    }
}
