//! Metrics as OTLP has them: the families of `/metrics`, under names by OpenTelemetry's
//! conventions.
//!
//! What Prometheus' names say by their ends, OTLP says beside the name: `_total` is a
//! sum that only grows, `_seconds` and `_bytes` are units. A collector that hands them
//! to Prometheus puts the ends back, so that dashboards and alerts find the same names.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::KeyValue,
    metrics::v1::{
        AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint,
        ResourceMetrics, ScopeMetrics, Sum, metric::Data, number_data_point,
    },
    resource::v1::Resource,
};

use super::resource::{scope, text, whole};
use crate::telemetry::metrics::{Families, Family, Kind, Number, Sample, Value, nanoseconds};

/// Of a process, the conventions have names of their own.
const OF_PROCESS: [(&str, &str, &str); 4] = [
    ("process_cpu_seconds_total", "process.cpu.time", "s"),
    ("process_threads", "process.thread.count", "{thread}"),
    (
        "process_resident_memory_bytes",
        "process.memory.usage",
        "By",
    ),
    (
        "process_open_fds",
        "process.unix.file_descriptor.count",
        "{file_descriptor}",
    ),
];

/// Since when sums are summed, and as of when they are told.
#[derive(Debug, Clone, Copy)]
struct Times {
    began: u64,
    now: u64,
}

/// Metrics of a process that began then.
pub(super) fn request(
    resource: &Resource,
    families: &Families,
    began: SystemTime,
) -> ExportMetricsServiceRequest {
    let since = |time: SystemTime| nanoseconds(time.duration_since(UNIX_EPOCH).unwrap_or_default());
    let times = Times {
        began: since(began),
        now: since(SystemTime::now()),
    };
    let metrics = families.iter().filter(|family| !family.samples.is_empty());
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(resource.clone()),
            scope_metrics: vec![ScopeMetrics {
                scope: Some(scope()),
                metrics: metrics.map(|family| metric(family, times)).collect(),
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        }],
    }
}

fn metric(family: &Family, times: Times) -> Metric {
    let Family {
        name,
        help,
        kind,
        samples,
    } = family;
    let cumulative = AggregationTemporality::Cumulative.into();
    let data = match kind {
        Kind::Counter => Data::Sum(Sum {
            data_points: numbers(samples, times),
            aggregation_temporality: cumulative,
            is_monotonic: true,
        }),
        Kind::Gauge => Data::Gauge(Gauge {
            data_points: numbers(samples, times),
        }),
        Kind::Histogram => Data::Histogram(Histogram {
            data_points: histograms(samples, times),
            aggregation_temporality: cumulative,
        }),
    };
    let (name, unit) = named(name);
    Metric {
        name,
        description: (*help).to_owned(),
        unit: unit.to_owned(),
        data: Some(data),
        ..Metric::default()
    }
}

/// Name and unit by the conventions.
fn named(name: &str) -> (String, &'static str) {
    let known = OF_PROCESS.iter().find(|(known, ..)| *known == name);
    if let Some((_, name, unit)) = known {
        return ((*name).to_owned(), unit);
    }
    let name = name.strip_suffix("_total").unwrap_or(name);
    let (name, unit) = if let Some(name) = name.strip_suffix("_seconds") {
        (name, "s")
    } else if let Some(name) = name.strip_suffix("_bytes") {
        (name, "By")
    } else {
        (name, "")
    };
    // The first word is whose name it is.
    (name.replacen('_', ".", 1), unit)
}

fn labels(sample: &Sample) -> Vec<KeyValue> {
    let labels = sample.labels.iter();
    labels.map(|(name, value)| text(name, value)).collect()
}

fn numbers(samples: &[Sample], times: Times) -> Vec<NumberDataPoint> {
    let number = |sample: &Sample| match &sample.value {
        Value::One(number) => Some(NumberDataPoint {
            attributes: labels(sample),
            start_time_unix_nano: times.began,
            time_unix_nano: times.now,
            value: Some(match number {
                Number::Whole(number) => number_data_point::Value::AsInt(whole(*number)),
                Number::Real(number) => number_data_point::Value::AsDouble(*number),
            }),
            ..NumberDataPoint::default()
        }),
        Value::Many { .. } => None,
    };
    samples.iter().filter_map(number).collect()
}

fn histograms(samples: &[Sample], times: Times) -> Vec<HistogramDataPoint> {
    let histogram = |sample: &Sample| match &sample.value {
        Value::One(_) => None,
        Value::Many { ends, count, sum } => {
            let mut before = 0;
            // Each by itself, where Prometheus has those up to an end.
            let buckets = ends.iter().map(|(_, count)| count).chain([count]);
            let buckets = buckets.map(|count| {
                let of_bucket = count.saturating_sub(before);
                before = *count;
                of_bucket
            });
            Some(HistogramDataPoint {
                attributes: labels(sample),
                start_time_unix_nano: times.began,
                time_unix_nano: times.now,
                count: *count,
                sum: Some(*sum),
                bucket_counts: buckets.collect(),
                explicit_bounds: ends.iter().map(|(end, _)| *end).collect(),
                ..HistogramDataPoint::default()
            })
        }
    };
    samples.iter().filter_map(histogram).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::metrics::Histogram as Measured;

    #[test]
    fn names_are_those_of_the_conventions() {
        for (name, expected) in [
            ("holdfast_requests_total", ("holdfast.requests", "")),
            (
                "holdfast_request_duration_seconds",
                ("holdfast.request_duration", "s"),
            ),
            (
                "holdfast_served_version_published_timestamp_seconds",
                ("holdfast.served_version_published_timestamp", "s"),
            ),
            ("process_cpu_seconds_total", ("process.cpu.time", "s")),
            (
                "process_resident_memory_bytes",
                ("process.memory.usage", "By"),
            ),
            ("process_max_fds", ("process.max_fds", "")),
        ] {
            let (found, unit) = named(name);
            assert_eq!((found.as_str(), unit), expected);
        }
    }

    #[test]
    fn buckets_are_counted_each_by_itself() {
        let measured = Measured::of_differences();
        for number in [0.0, 0.3, 0.4, 0.9] {
            measured.observe(number);
        }
        let mut families = Families::default();
        families
            .histogram("holdfast_h", "How far.")
            .histogram(&[("model", "x")], &measured);
        families
            .counter("holdfast_c_total", "How many.")
            .sample(&[], 3_u64);
        families.gauge("holdfast_none", "Nothing of it.");
        let request = request(&Resource::default(), &families, UNIX_EPOCH);
        let metrics = &request.resource_metrics[0].scope_metrics[0].metrics;
        assert_eq!(metrics.len(), 2);
        let Some(Data::Histogram(histogram)) = &metrics[0].data else {
            panic!("{metrics:?}");
        };
        let point = &histogram.data_points[0];
        assert_eq!(point.bucket_counts, [1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1]);
        assert_eq!(point.explicit_bounds.len(), 10);
        assert_eq!((point.count, point.sum), (4, Some(1.6)));
        let Some(Data::Sum(sum)) = &metrics[1].data else {
            panic!("{metrics:?}");
        };
        assert!(sum.is_monotonic);
    }
}
