//! Customers beside those of training, as operators see them.

use std::{collections::BTreeMap, time::Duration};

use holdfast::grpc::proto::{Customer, NumberEncoding, ScoreColumnsRequest};

use crate::support::{
    columns_of, number, process::Process, score_batch, selector, telco_customers, telco_models,
};

const VERSION: &str = "model=\"telco-churn\",version=\"1\"";

fn server(arguments: &[&str]) -> Process {
    let arguments = [&["--admin-listen", "127.0.0.1:0"], arguments].concat();
    Process::start(telco_models(), &arguments)
}

/// The metrics, once drift is told.
async fn told(server: &Process) -> BTreeMap<String, f64> {
    for _ in 0..400 {
        let metrics = server.metrics();
        if metrics.contains_key(&format!("holdfast_score_psi{{{VERSION}}}")) {
            return metrics;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{:#?}", server.metrics());
}

fn feature(metrics: &BTreeMap<String, f64>, name: &str) -> f64 {
    metrics[&format!("holdfast_feature_psi{{{VERSION},feature=\"{name}\"}}")]
}

async fn score(server: &Process, customers: Vec<Customer>) {
    let mut scoring = server.client().await;
    scoring
        .score_customers(score_batch(customers))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_of_training_have_not_moved_and_others_have() {
    let customers = telco_customers();
    let same = server(&[]);
    score(&same, customers.clone()).await;
    let metrics = told(&same).await;
    assert!(metrics[&format!("holdfast_drift_customers{{{VERSION}}}")] >= 100.0);
    for name in ["tenure", "Contract", "MonthlyCharges"] {
        assert!(feature(&metrics, name) < 0.25, "{name}: {metrics:#?}");
    }
    assert!(metrics[&format!("holdfast_score_psi{{{VERSION}}}")] < 0.25);
    let scores = metrics[&format!("holdfast_score_probability_count{{{VERSION}}}")];
    assert!(scores >= 100.0, "{scores}");

    // All of them new, and sent by column.
    let others = server(&[]);
    let new = |mut customer: Customer| {
        customer.features.insert("tenure".to_owned(), number(1.0));
        customer
    };
    let new: Vec<_> = customers.into_iter().map(new).collect();
    let request = ScoreColumnsRequest {
        churn_model: Some(selector("telco-churn")),
        columns: Some(columns_of(&new, NumberEncoding::Doubles)),
        ..ScoreColumnsRequest::default()
    };
    let mut scoring = others.client().await;
    scoring.score_columns(request).await.unwrap();
    let metrics = told(&others).await;
    assert!(feature(&metrics, "tenure") > 1.0, "{metrics:#?}");
    assert!(feature(&metrics, "Contract") < 0.25, "{metrics:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_where_nobody_wants_it() {
    let server = server(&["--drift-seconds", "0"]);
    score(&server, telco_customers()).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let metrics = server.metrics();
    let scores = format!("holdfast_score_probability_count{{{VERSION}}}");
    assert_eq!(metrics[&scores], 0.0);
    assert!(!metrics.contains_key(&format!("holdfast_drift_customers{{{VERSION}}}")));
}
