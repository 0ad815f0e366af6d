//! Metrics as a collector gets them.

use std::collections::BTreeMap;

use holdfast::grpc::proto::ScoreColumnsRequest;
use opentelemetry_proto::tonic::{
    common::v1::{KeyValue, any_value::Value},
    metrics::v1::{Metric, metric::Data, number_data_point},
};

use super::server;
use crate::support::{collector::Collector, customer, score_batch, score_one};

/// By the names of `/metrics`: what a collector would hand to Prometheus.
pub(super) fn sums(metrics: &[Metric]) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for metric in metrics {
        let Some(name) = metric.name.strip_prefix("holdfast.") else {
            continue;
        };
        let unit = if metric.unit == "s" { "_seconds" } else { "" };
        match metric.data.as_ref().unwrap() {
            Data::Sum(sum) => {
                for point in &sum.data_points {
                    let series = series(&format!("{name}{unit}_total"), &point.attributes);
                    let value = match point.value.unwrap() {
                        number_data_point::Value::AsInt(value) => value as f64,
                        number_data_point::Value::AsDouble(value) => value,
                    };
                    sums.insert(series, value);
                }
            }
            Data::Histogram(histogram) => {
                for point in &histogram.data_points {
                    let of = |end| series(&format!("{name}{unit}_{end}"), &point.attributes);
                    sums.insert(of("count"), point.count as f64);
                    sums.insert(of("sum"), point.sum.unwrap());
                    let all: u64 = point.bucket_counts.iter().sum();
                    assert_eq!(all, point.count, "{name}");
                }
            }
            Data::Gauge(_) => {}
            Data::ExponentialHistogram(_) | Data::Summary(_) => panic!("{metric:?}"),
        }
    }
    sums
}

fn series(name: &str, labels: &[KeyValue]) -> String {
    let labels = labels.iter().map(|label| {
        let Some(Value::StringValue(value)) = &label.value.as_ref().unwrap().value else {
            panic!("{label:?}");
        };
        format!("{}=\"{value}\"", label.key)
    });
    let labels = labels.collect::<Vec<_>>().join(",");
    if labels.is_empty() {
        format!("holdfast_{name}")
    } else {
        format!("holdfast_{name}{{{labels}}}")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_those_of_the_operators_port() {
    let collector = Collector::start().await;
    let more = ["--admin-listen", "127.0.0.1:0", "--otlp-signals", "metrics"];
    let server = server(&collector, "grpc", &more);
    let mut client = server.client().await;
    let rows = (0..600).map(|at| customer(&format!("c-{at}")));
    client
        .score_customers(score_batch(rows.collect()))
        .await
        .unwrap();
    let nobody = score_one(customer(""));
    client.score_customer(nobody).await.unwrap_err();
    client
        .score_columns(ScoreColumnsRequest::default())
        .await
        .unwrap_err();
    let seen = collector.received().messages;
    // The one that may be on its way, and one that has begun since.
    collector
        .until(|received| received.messages > seen + 1)
        .await;
    let sent = sums(&collector.received().metrics);
    let scraped = server.metrics();
    assert!(sent.len() > 50, "{sent:?}");
    for (series, value) in &sent {
        // What sending changes itself, and what is read of the clock.
        if series.starts_with("holdfast_otlp") {
            continue;
        }
        assert_eq!(scraped.get(series), Some(value), "{series}");
    }
    let received = collector.received();
    assert_eq!((received.spans.len(), received.records.len()), (0, 0));
}
