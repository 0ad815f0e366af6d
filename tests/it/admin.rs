//! The port of operators of a real server.

use std::collections::{BTreeMap, BTreeSet};

use holdfast::grpc::proto::{
    Customer, NumberEncoding, ReloadModelsRequest, ScoreColumnsRequest, ScoreCustomersRequest,
    StreamScoresRequest, StreamSettings, model_service_client::ModelServiceClient,
    stream_scores_request::Customers,
};

use crate::support::{
    columns_of, customer, process::Process, score_batch, score_one, selector, telco_models, text,
};

const CANARY: &str = "canary-4711";

/// What the format allows, as far as these metrics use it.
fn check_format(text: &str) {
    let mut types = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(types.insert(name, kind).is_none(), "twice: {name}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
            continue;
        }
        if line.starts_with("# HELP ") {
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().unwrap() >= 0.0, "{line}");
        assert!(seen.insert(series), "twice: {series}");
        let name = series.split('{').next().unwrap();
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| {
            let family = name.strip_suffix(suffix)?;
            (types.get(family) == Some(&"histogram")).then_some(family)
        });
        assert!(types.contains_key(family.unwrap_or(name)), "{line}");
        let labels = series.strip_prefix(name).unwrap();
        assert!(
            labels.is_empty() || labels.starts_with('{') && labels.ends_with('}'),
            "{line}"
        );
    }
    assert!(types.len() > 10);
}

/// What the counts below are of.
async fn calls_of_all_kinds(server: &Process) {
    let mut scoring = server.client().await;
    for _ in 0..3 {
        scoring
            .score_customer(score_one(customer(CANARY)))
            .await
            .unwrap();
    }
    let mut bad = customer(CANARY);
    bad.features.insert("tenure".to_owned(), text(CANARY));
    scoring
        .score_customer(score_one(bad.clone()))
        .await
        .unwrap_err();
    let mut lost = score_one(customer(CANARY));
    lost.churn_model = Some(selector("nothing"));
    scoring.score_customer(lost).await.unwrap_err();
    let one = customer("c");
    let named = |at: usize| Customer {
        id: format!("c-{at}"),
        ..one.clone()
    };
    let rows: Vec<_> = (0..600).map(named).collect();
    let mut batch = score_batch(rows.clone());
    // Two rows that are refused: one by its value, one by its id.
    batch.customers.extend([bad, customer("c-0")]);
    scoring.score_customers(batch).await.unwrap();
    scoring
        .score_customers(ScoreCustomersRequest::default())
        .await
        .unwrap_err();
    let columns = columns_of(&rows, NumberEncoding::Doubles);
    let by_column = ScoreColumnsRequest {
        churn_model: Some(selector("telco-churn")),
        columns: Some(columns.clone()),
        ..ScoreColumnsRequest::default()
    };
    scoring.score_columns(by_column).await.unwrap();
    let message = StreamScoresRequest {
        sequence: 0,
        settings: Some(StreamSettings {
            churn_model: Some(selector("telco-churn")),
            ..StreamSettings::default()
        }),
        customers: Some(Customers::Columns(columns)),
    };
    let mut stream = scoring
        .stream_scores(tokio_stream::iter([message]))
        .await
        .unwrap();
    while stream.get_mut().message().await.unwrap().is_some() {}
    let mut models = ModelServiceClient::new(server.channel().await);
    models.reload_models(ReloadModelsRequest {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_counted_and_no_customer_is_named() {
    let server = Process::start(
        telco_models(),
        &["--admin-listen", "127.0.0.1:0", "--reload-seconds", "0"],
    );
    calls_of_all_kinds(&server).await;
    let (code, text) = server.ask("GET", "/metrics");
    assert_eq!(code, 200);
    check_format(&text);
    for customers in [CANARY, "c-599", "Fiber"] {
        assert!(!text.contains(customers), "{customers}");
    }
    let metrics = server.metrics();
    let is = |series: &str, value: f64| {
        assert_eq!(
            metrics.get(series),
            Some(&value),
            "{series} of {metrics:#?}"
        );
    };
    let calls = |method: &str, code: &str, count: f64| {
        let labels = format!("method=\"{method}\",code=\"{code}\"");
        is(&format!("holdfast_requests_total{{{labels}}}"), count);
    };
    calls("ScoreCustomer", "OK", 3.0);
    calls("ScoreCustomer", "INVALID_ARGUMENT", 1.0);
    calls("ScoreCustomer", "NOT_FOUND", 1.0);
    calls("ScoreCustomers", "OK", 1.0);
    calls("ScoreCustomers", "INVALID_ARGUMENT", 1.0);
    calls("ScoreColumns", "OK", 1.0);
    calls("StreamScores", "OK", 1.0);
    calls("WhatIf", "OK", 0.0);
    calls("ReloadModels", "OK", 1.0);
    is(
        "holdfast_request_duration_seconds_count{method=\"ScoreCustomer\"}",
        5.0,
    );
    is("holdfast_requests_in_flight{method=\"StreamScores\"}", 0.0);
    is("holdfast_rows_total{outcome=\"scored\"}", 3.0 + 3.0 * 600.0);
    is("holdfast_rows_total{outcome=\"INVALID_REQUEST\"}", 3.0);
    let version = "{model=\"telco-churn\",version=\"1\"}";
    is(&format!("holdfast_scored_rows_total{version}"), 1803.0);
    is("holdfast_reloads_total{result=\"ok\"}", 1.0);
    is("holdfast_versions_loaded_total{model=\"telco-churn\"}", 1.0);
    is(
        "holdfast_versions_refused_total{model=\"telco-churn\"}",
        0.0,
    );
    is("holdfast_served_version{model=\"telco-churn\"}", 1.0);
    let published = "holdfast_served_version_published_timestamp_seconds";
    assert!(metrics[&format!("{published}{{model=\"telco-churn\"}}")] > 1.6e9);
    for stage in ["decode", "score", "answer"] {
        let labels = format!("shape=\"columns\",stage=\"{stage}\"");
        is(
            &format!("holdfast_stage_duration_seconds_count{{{labels}}}"),
            2.0,
        );
    }
    server.signal("-TERM");
    server.wait();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_says_whether_the_server_lives_and_is_ready() {
    let empty = tempfile::TempDir::new().unwrap();
    for (models, ready) in [(telco_models(), 200), (empty.path(), 503)] {
        let server = Process::start(models, &["--admin-listen", "127.0.0.1:0"]);
        assert_eq!(server.ask("GET", "/healthz").0, 200);
        assert_eq!(server.ask("GET", "/readyz").0, ready);
        assert_eq!(server.ask("GET", "/customers").0, 404);
        assert_eq!(server.ask("POST", "/metrics").0, 405);
        server.signal("-TERM");
        assert_eq!(server.wait().0, Some(0));
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let models = telco_models().to_str().unwrap();
    let arguments = [
        "--models",
        models,
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        &address,
    ];
    let output = crate::support::process::command(&arguments)
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && error.contains(&address),
        "{error}"
    );
}
