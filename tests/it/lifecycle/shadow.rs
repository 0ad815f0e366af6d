//! Challengers in the shadow: compared, and never heard of by callers.

use std::{collections::BTreeMap, io::Write as _, time::Duration};

use holdfast::grpc::proto::{
    Customer, CustomerScore, NumberEncoding, ScoreColumnsRequest, customer_outcome::Outcome,
    feature_value::Kind,
};
use tempfile::NamedTempFile;
use tokio::time::{sleep, timeout};

use super::{Client, models, version};
use crate::support::{
    columns_of, customer, number, process::Process, score_batch, score_one, telco_customers, text,
};

const PAIR: &str = "{model=\"telco-churn\",version=\"2\",challenger=\"1\"}";
const DROPPED: &str = "holdfast_shadow_dropped_total";

fn of(metrics: &BTreeMap<String, f64>, name: &str) -> f64 {
    let series = format!("holdfast_shadow_{name}{PAIR}");
    metrics.get(&series).copied().unwrap_or_default()
}

/// Waits until so many customers were compared or dropped.
async fn compared(server: &Process, customers: f64) -> BTreeMap<String, f64> {
    let waiting = async {
        loop {
            let metrics = server.metrics();
            let names = ["probability_difference_count", "both_refused_total"];
            let done = names.map(|name| of(&metrics, name));
            if done.iter().sum::<f64>() + metrics[DROPPED] == customers {
                return metrics;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(60), waiting).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_are_counted_and_answers_stay_as_they_are() {
    let models = models(2);
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(b"[shadow.telco-churn]\nshare = 1").unwrap();
    let file = file.path().to_str().unwrap();
    let server = Process::start(
        models.path(),
        &["--config", file, "--admin-listen", "127.0.0.1:0"],
    );
    let client = Client(server.channel().await);
    client.set("challenger", None, Some(1)).await.unwrap();
    let mut scoring = server.client().await;
    let mut batch = score_batch(telco_customers()[..300].to_vec());
    let mut scores = async |pinned: Option<u32>| {
        let mut batch = batch.clone();
        batch.churn_model.as_mut().unwrap().choice = pinned.and_then(version);
        let answer = scoring.score_customers(batch).await.unwrap();
        let outcomes = answer.into_inner().outcomes.into_iter();
        let score = |outcome| match outcome {
            Some(Outcome::Score(score)) => score,
            other => panic!("{other:?}"),
        };
        let scores = outcomes.map(|outcome| score(outcome.outcome));
        scores.collect::<Vec<CustomerScore>>()
    };
    let answers = scores(None).await;
    let (champion, challenger) = (scores(Some(2)).await, scores(Some(1)).await);
    assert_eq!(answers, champion);

    let metrics = compared(&server, 300.0).await;
    let probability = |score: &CustomerScore| score.churn.as_ref().unwrap().probability;
    let pairs = || champion.iter().zip(&challenger);
    let differences = || pairs().map(|(a, b)| probability(b) - probability(a));
    let near = |name: &str, expected: f64| {
        let found = of(&metrics, name);
        assert!(
            (found - expected).abs() < 1e-6,
            "{name}: {found}, not {expected}"
        );
    };
    near("probability_difference_count", 300.0);
    near(
        "probability_difference_sum",
        differences().map(f64::abs).sum(),
    );
    near(
        "probability_raised_total",
        differences().map(|d| d.max(0.0)).sum(),
    );
    near(
        "probability_lowered_total",
        differences().map(|d| (-d).max(0.0)).sum(),
    );
    let other_bands = pairs().filter(|(a, b)| a.risk_band != b.risk_band).count();
    near("other_band_total", other_bands as f64);
    assert!(other_bands > 0);

    // One that both refuse, and more at once than may wait.
    let mut bad = customer("bad");
    bad.features.insert("tenure".to_owned(), text("long"));
    let one = customer("c");
    let named = |at: usize| Customer {
        id: format!("c-{at}"),
        ..one.clone()
    };
    batch.customers = (0..9_999).map(named).collect();
    batch.customers.insert(0, bad);
    batch.score_mask = Some(prost_types::FieldMask {
        paths: vec!["risk_band".to_owned()],
    });
    server.client().await.score_customers(batch).await.unwrap();
    let metrics = compared(&server, 10_300.0).await;
    assert_eq!(of(&metrics, "both_refused_total"), 1.0);
    assert_eq!(of(&metrics, "one_refused_total"), 0.0);

    // Without a challenger, nothing is compared.
    client.set("challenger", Some(1), None).await.unwrap();
    let alone = score_one(customer("c"));
    server.client().await.score_customer(alone).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    compared(&server, 10_300.0).await;
    server.signal("-TERM");
    server.wait();
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_of_columns_are_those_of_rows() {
    let models = models(2);
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(b"[shadow.telco-churn]\nshare = 0.5")
        .unwrap();
    let file = file.path().to_str().unwrap();
    let compare = async |by_column: bool| {
        let server = Process::start(
            models.path(),
            &["--config", file, "--admin-listen", "127.0.0.1:0"],
        );
        let client = Client(server.channel().await);
        let now = client.summary().await.aliases.get("challenger").copied();
        client.set("challenger", now, Some(1)).await.unwrap();
        let mut customers = telco_customers()[..1500].to_vec();
        // Refused by both, as a customer that has no sound number is by itself.
        customers[3]
            .features
            .insert("tenure".to_owned(), number(f64::NAN));
        customers[4].features.insert(
            "tenure".to_owned(),
            holdfast::grpc::proto::FeatureValue {
                kind: Some(Kind::Null(holdfast::grpc::proto::Null {})),
            },
        );
        let batch = score_batch(customers);
        let mut scoring = server.client().await;
        if by_column {
            let request = ScoreColumnsRequest {
                churn_model: batch.churn_model.clone(),
                columns: Some(columns_of(&batch.customers, NumberEncoding::LittleEndian)),
                ..ScoreColumnsRequest::default()
            };
            scoring.score_columns(request).await.unwrap();
        } else {
            scoring.score_customers(batch).await.unwrap();
        }
        // As many as are of the sample, when no more come.
        let mut metrics = server.metrics();
        loop {
            sleep(Duration::from_millis(300)).await;
            let now = server.metrics();
            let counts = [&metrics, &now].map(|m| of(m, "probability_difference_count"));
            if counts[1] > 0.0 && counts[0] == counts[1] {
                break;
            }
            metrics = now;
        }
        assert_eq!(metrics[DROPPED], 0.0);
        let names = [
            "probability_difference_count",
            "probability_difference_sum",
            "probability_raised_total",
            "other_band_total",
        ];
        names.map(|name| of(&metrics, name))
    };
    let [in_rows, in_columns] = [compare(false).await, compare(true).await];
    assert!(in_rows[0] > 600.0, "{in_rows:?}");
    assert_eq!(in_rows, in_columns);
}
