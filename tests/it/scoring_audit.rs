//! The audit of scoring: who had which customers scored, without saying who they are.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use holdfast::grpc::proto::{
    Customer, CustomerRows, NumberEncoding, ReloadModelsRequest, ScoreColumnsRequest,
    StreamScoresRequest, StreamSettings, WhatIfRequest, model_service_client::ModelServiceClient,
    scoring_service_client::ScoringServiceClient, stream_scores_request::Customers,
};
use ring::hmac;
use serde_json::Value;
use tempfile::TempDir;
use tonic::Code;

use crate::support::{
    columns_of, customer,
    process::{Process, command, next_event},
    score_batch, score_one, selector, telco_models,
};

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The configuration of a server, and the key that it names.
struct Files(TempDir);

impl Files {
    fn new(share: &str) -> Self {
        let files = Self(TempDir::new().unwrap());
        files.write_key(KEY, 0o600);
        let key = files.path("audit.key").display().to_string();
        let config = format!("[scoring_audit]\nkey_file = '{key}'\n{share}\n");
        fs::write(files.path("server.toml"), config).unwrap();
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write_key(&self, key: &str, mode: u32) {
        let path = self.path("audit.key");
        fs::write(&path, format!("{key}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn start(&self) -> Process {
        let config = self.path("server.toml").display().to_string();
        Process::start(
            telco_models(),
            &["--config", &config, "--reload-seconds", "0"],
        )
    }
}

fn pseudonym(key: &str, id: &str) -> String {
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()),
        id.as_bytes(),
    );
    let digits = tag.as_ref()[..16].iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// The next line of the audit.
fn line(server: &mut Process) -> Value {
    loop {
        let event = next_event(&mut server.log);
        if event["message"] == "audit" && event["target"] == "audit::scoring" {
            return event;
        }
    }
}

fn named(event: &Value) -> Vec<String> {
    let customers = event["customers"].as_str().unwrap();
    customers.split(',').map(str::to_owned).collect()
}

fn customers(ids: &[&str]) -> Vec<Customer> {
    ids.iter().map(|id| customer(id)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shape_of_a_call_leaves_a_line() {
    let files = Files::new("");
    let mut server = files.start();
    let mut client = server.client().await;
    let check = |event: &Value, method: &str, ids: &[&str]| {
        assert_eq!(event["method"], method);
        assert_eq!(event["principal"], "anyone");
        assert_eq!(event["models"], "telco-churn@1");
        assert_eq!((event["rows"].as_u64(), event["outcome"].as_str()), {
            (u64::try_from(ids.len()).ok(), Some("Ok"))
        });
        let wanted: Vec<String> = ids.iter().map(|id| pseudonym(KEY, id)).collect();
        assert_eq!(named(event), wanted, "{method}");
    };
    client
        .score_customer(score_one(customer("ann")))
        .await
        .unwrap();
    check(&line(&mut server), "ScoreCustomer", &["ann"]);

    let ids = ["ann", "bob", "cid"];
    client
        .score_customers(score_batch(customers(&ids)))
        .await
        .unwrap();
    check(&line(&mut server), "ScoreCustomers", &ids);

    let columns = ScoreColumnsRequest {
        churn_model: Some(selector("telco-churn")),
        columns: Some(columns_of(&customers(&ids), NumberEncoding::Doubles)),
        ..ScoreColumnsRequest::default()
    };
    client.score_columns(columns).await.unwrap();
    check(&line(&mut server), "ScoreColumns", &ids);

    let what_if = WhatIfRequest {
        churn_model: Some(selector("telco-churn")),
        customer: Some(customer("bob")),
        ..WhatIfRequest::default()
    };
    client.what_if(what_if).await.unwrap();
    check(&line(&mut server), "WhatIf", &["bob"]);

    // Each message of a stream.
    let message = |settings, ids: &[&str]| StreamScoresRequest {
        sequence: 0,
        settings,
        customers: Some(Customers::Rows(CustomerRows {
            customers: customers(ids),
        })),
    };
    let settings = StreamSettings {
        churn_model: Some(selector("telco-churn")),
        ..StreamSettings::default()
    };
    let messages = [
        message(Some(settings), &["ann"]),
        message(None, &["bob", "cid"]),
    ];
    let answers = client.stream_scores(tokio_stream::iter(messages)).await;
    let mut answers = answers.unwrap().into_inner();
    while answers.message().await.unwrap().is_some() {}
    check(&line(&mut server), "StreamScores", &["ann"]);
    check(&line(&mut server), "StreamScores", &["bob", "cid"]);

    // What is wrong with a customer is told as its code; more than 20 are counted.
    let mut wrong = score_one(customer("ann"));
    wrong.customer.as_mut().unwrap().features.clear();
    let refused = client.score_customer(wrong).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let event = line(&mut server);
    assert_eq!(event["outcome"], "InvalidArgument");
    assert_eq!(named(&event), [pseudonym(KEY, "ann")]);
    let many: Vec<Customer> = (0..30).map(|id| customer(&id.to_string())).collect();
    client.score_customers(score_batch(many)).await.unwrap();
    let event = line(&mut server);
    assert_eq!(
        (event["rows"].as_u64(), event["sampled"].as_u64()),
        (Some(30), Some(30))
    );
    assert_eq!(named(&event).len(), 20);
    server.signal("-TERM");
    let (_, log) = server.wait();
    assert!(!log.contains("ann"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_customers_are_in_every_sample() {
    let files = Files::new("share = 0.25");
    let mut server = files.start();
    let mut client = server.client().await;
    let ids: Vec<String> = (0..40).map(|id| format!("c{id}")).collect();
    let batch = ids.iter().map(|id| customer(id)).collect();
    client.score_customers(score_batch(batch)).await.unwrap();
    let event = line(&mut server);
    assert_eq!(event["rows"], 40);
    let sampled = named(&event);
    assert_eq!(event["sampled"].as_u64().unwrap(), sampled.len() as u64);
    assert!((1..20).contains(&sampled.len()), "{sampled:?}");
    for id in &ids {
        client
            .score_customer(score_one(customer(id)))
            .await
            .unwrap();
    }
    for of in &sampled {
        assert_eq!(named(&line(&mut server)), std::slice::from_ref(of));
    }
    server.signal("-TERM");
    let (_, log) = server.wait();
    assert!(!log.contains("audit::scoring"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_changes_while_serving_and_must_be_closed_to_others() {
    let files = Files::new("");
    let mut server = files.start();
    let channel = server.channel().await;
    let mut scoring = ScoringServiceClient::new(channel.clone());
    let mut models = ModelServiceClient::new(channel);
    let mut named_now = async |server: &mut Process| {
        models.reload_models(ReloadModelsRequest {}).await.unwrap();
        let one = score_one(customer("ann"));
        scoring.score_customer(one).await.unwrap();
        let event = line(server);
        (named(&event).remove(0), event["key"].clone())
    };
    let first = named_now(&mut server).await;
    assert_eq!(first.0, pseudonym(KEY, "ann"));
    let other = KEY.replace('0', "f");
    // Open to others, too short, gone: the key before goes on.
    files.write_key(&other, 0o644);
    assert_eq!(named_now(&mut server).await, first);
    files.write_key("short", 0o600);
    assert_eq!(named_now(&mut server).await, first);
    fs::remove_file(files.path("audit.key")).unwrap();
    assert_eq!(named_now(&mut server).await, first);
    files.write_key(&other, 0o600);
    let second = named_now(&mut server).await;
    assert_eq!(second.0, pseudonym(&other, "ann"));
    assert_ne!(second.1, first.1);
}

#[test]
fn a_key_that_cannot_be_used_keeps_a_server_from_starting() {
    for (key, mode, share, told) in [
        (KEY, 0o644, "", "is open to others"),
        ("short", 0o600, "", "fewer than 32 characters"),
        (KEY, 0o600, "share = 2", "scoring_audit.share"),
        (KEY, 0o600, "shares = 1", "unknown field `shares`"),
    ] {
        let files = Files::new(share);
        files.write_key(key, mode);
        let config = files.path("server.toml").display().to_string();
        let output = command(&["--config", &config]).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(log.contains(told), "{log}");
        assert!(!log.contains(KEY), "{log}");
    }
}
