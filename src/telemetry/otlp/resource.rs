//! What all that is sent is of: this service, this release, this process.

use std::process;

use opentelemetry_proto::tonic::{
    common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue, any_value::Value as Is},
    resource::v1::Resource,
};

use crate::telemetry::trace::random_id;

const NAME: &str = "holdfast";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Attributes of the resource that operators state, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// Reads `name=value,name=value`, as `OTEL_RESOURCE_ATTRIBUTES` has them; `None`
    /// where it is something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut attributes = Self::default();
        for item in text.split(',').filter(|item| !item.trim().is_empty()) {
            let (name, value) = item.split_once('=')?;
            attributes.set(name.trim(), value.trim());
        }
        Some(attributes)
    }

    /// States one, or another value of one.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(stated, _)| stated != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn resource(&self) -> Resource {
        let mut all = Self::default();
        all.set("service.name", NAME);
        all.set("service.version", VERSION);
        all.set("service.instance.id", &instance());
        all.set("process.pid", &process::id().to_string());
        all.set("telemetry.sdk.name", NAME);
        all.set("telemetry.sdk.language", "rust");
        all.set("telemetry.sdk.version", VERSION);
        for (name, value) in &self.0 {
            all.set(name, value);
        }
        let attributes = all.0.into_iter();
        Resource {
            attributes: attributes
                .map(|(name, value)| match (name.as_str(), value.parse()) {
                    ("process.pid", Ok(id)) => attribute(&name, Is::IntValue(id)),
                    _ => attribute(&name, Is::StringValue(value)),
                })
                .collect(),
            ..Resource::default()
        }
    }
}

/// Another one for each process.
fn instance() -> String {
    format!("{}{}", random_id(), random_id())
}

/// What makes spans, metrics and records.
pub(super) fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: NAME.to_owned(),
        version: VERSION.to_owned(),
        ..InstrumentationScope::default()
    }
}

pub(super) fn attribute(name: &str, value: Is) -> KeyValue {
    KeyValue {
        key: name.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

pub(super) fn text(name: &str, value: impl Into<String>) -> KeyValue {
    attribute(name, Is::StringValue(value.into()))
}

pub(super) fn texts(name: &str, values: Vec<String>) -> KeyValue {
    let values = values.into_iter().map(|value| AnyValue {
        value: Some(Is::StringValue(value)),
    });
    let values = values.collect();
    attribute(name, Is::ArrayValue(ArrayValue { values }))
}

pub(super) fn count(name: &str, value: u64) -> KeyValue {
    attribute(name, Is::IntValue(whole(value)))
}

/// As OTLP has whole numbers.
pub(super) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_may_state_more_and_otherwise() {
        let mut attributes = Attributes::read("deployment.environment.name=test, a=b=c,").unwrap();
        attributes.set("service.name", "scores");
        let resource = attributes.resource();
        let of = |name: &str| {
            let found = resource.attributes.iter().find(|found| found.key == name);
            found.and_then(|found| found.value.clone()?.value)
        };
        for (name, value) in [
            ("service.name", "scores"),
            ("service.version", VERSION),
            ("deployment.environment.name", "test"),
            ("a", "b=c"),
        ] {
            assert_eq!(of(name), Some(Is::StringValue(value.to_owned())));
        }
        assert_eq!(of("process.pid"), Some(Is::IntValue(process::id().into())));
        assert_eq!(Attributes::read("a"), None);
        assert_ne!(instance(), instance());
    }
}
