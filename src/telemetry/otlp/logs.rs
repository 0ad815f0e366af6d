//! Events of the log as records: the same events, the same fields.

use std::{
    cell::Cell,
    fmt::Debug,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

pub(super) use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::{
    collector::logs::v1::ExportLogsServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value as Is},
    logs::v1::{ResourceLogs, ScopeLogs, SeverityNumber},
    resource::v1::Resource,
};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer};

use super::{
    Queue,
    resource::{attribute, scope, text, whole},
};
use crate::telemetry::{metrics::nanoseconds, trace::ids};

/// The field that is the event itself.
const MESSAGE: &str = "message";

thread_local! {
    static OWN: Cell<bool> = const { Cell::new(false) };
}

/// From now on, events of this thread are not sent: it is the one that sends, and would
/// never come to an end.
pub(super) fn keep_own_events() {
    OWN.set(true);
}

/// Puts every event that the log has into a queue.
#[derive(Debug)]
pub(in crate::telemetry) struct LogLayer(Arc<Queue<LogRecord>>);

impl LogLayer {
    pub(super) fn new(queue: Arc<Queue<LogRecord>>) -> Self {
        Self(queue)
    }
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if OWN.get() {
            return;
        }
        let metadata = event.metadata();
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields {
            message,
            mut attributes,
        } = fields;
        attributes.push(text("target", metadata.target()));
        let now = SystemTime::now();
        let now = nanoseconds(now.duration_since(UNIX_EPOCH).unwrap_or_default());
        let (trace_id, span_id) = ids()
            .map(|(trace, span)| (trace.0.to_vec(), span.0.to_vec()))
            .unwrap_or_default();
        self.0.push(LogRecord {
            time_unix_nano: now,
            observed_time_unix_nano: now,
            severity_number: severity(*metadata.level()).into(),
            severity_text: metadata.level().to_string(),
            body: message,
            attributes,
            flags: u32::from(!trace_id.is_empty()),
            trace_id,
            span_id,
            ..LogRecord::default()
        });
    }
}

fn severity(level: Level) -> SeverityNumber {
    match level {
        Level::TRACE => SeverityNumber::Trace,
        Level::DEBUG => SeverityNumber::Debug,
        Level::INFO => SeverityNumber::Info,
        Level::WARN => SeverityNumber::Warn,
        Level::ERROR => SeverityNumber::Error,
    }
}

#[derive(Default)]
struct Fields {
    message: Option<AnyValue>,
    attributes: Vec<KeyValue>,
}

impl Fields {
    fn add(&mut self, field: &Field, value: Is) {
        if field.name() == MESSAGE {
            self.message = Some(AnyValue { value: Some(value) });
        } else {
            self.attributes.push(attribute(field.name(), value));
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, Is::StringValue(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, Is::StringValue(value.to_owned()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.add(field, Is::StringValue(value.to_string()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, Is::BoolValue(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, Is::IntValue(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, Is::IntValue(whole(value)));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, Is::DoubleValue(value));
    }
}

pub(super) fn request(resource: &Resource, records: Vec<LogRecord>) -> ExportLogsServiceRequest {
    ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            resource: Some(resource.clone()),
            scope_logs: vec![ScopeLogs {
                scope: Some(scope()),
                log_records: records,
                ..ScopeLogs::default()
            }],
            ..ResourceLogs::default()
        }],
    }
}
