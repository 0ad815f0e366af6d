//! The library's client against a server: scores, errors, attempts.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use holdfast::{
    client::{Client, ClientError, ClientOptions, Failure, Retries},
    grpc::proto::{
        RollbackModelRequest, SetAliasRequest, StreamScoresRequest, StreamSettings, WhatIfRequest,
        set_alias_request::Target, stream_scores_request::Customers, stream_scores_response,
    },
};
use tokio::net::TcpListener;
use tokio_stream::iter;
use tonic::Code;

use crate::support::{
    Server, customer, number, score_batch, score_one, selector, telco_models, text,
};

fn client(server: &Server) -> Client {
    Client::new(&server.address, ClientOptions::default()).unwrap()
}

fn failure(error: ClientError) -> Failure {
    match error {
        ClientError::Call(failure) => failure,
        ClientError::Address(text) | ClientError::Tls(text) => panic!("{text}"),
    }
}

#[tokio::test]
async fn every_way_gives_the_same_score() {
    let server = Server::start(telco_models()).await;
    let client = client(&server);
    let one = client.score(score_one(customer("c"))).await.unwrap();
    let many = client.score_many(score_batch(vec![customer("c")]));
    assert_eq!(many.await.unwrap(), [Ok(one.clone())]);

    let settings = StreamSettings {
        churn_model: Some(selector("telco-churn")),
        ..StreamSettings::default()
    };
    let batch = StreamScoresRequest {
        sequence: 7,
        settings: Some(settings),
        customers: Some(Customers::Rows(holdfast::grpc::proto::CustomerRows {
            customers: vec![customer("c")],
        })),
    };
    let mut answers = client.stream(iter([batch])).await.unwrap();
    let answer = answers.message().await.unwrap().unwrap();
    assert_eq!(answer.sequence, 7);
    let Some(stream_scores_response::Result::Rows(rows)) = answer.result else {
        panic!("{answer:?}");
    };
    assert_eq!(rows.outcomes[0].customer_id, "c");
    assert!(answers.message().await.unwrap().is_none());
}

#[tokio::test]
async fn the_example_of_a_model_scores() {
    let server = Server::start(telco_models()).await;
    let client = client(&server);
    assert_eq!(client.models().await.unwrap()[0].name, "telco-churn");
    let model = client.model(selector("telco-churn")).await.unwrap();
    // In a task of its own, as servers call.
    let score = tokio::spawn(async move { client.score(model.example.unwrap()).await });
    assert!(score.await.unwrap().unwrap().churn.is_some());
}

#[tokio::test]
async fn errors_name_every_field() {
    let server = Server::start(telco_models()).await;
    let client = client(&server);
    let mut wrong = customer("c");
    wrong.features.insert("tenure".to_owned(), text("long"));
    wrong.features.insert("Contract".to_owned(), number(1.0));
    let refused = failure(client.score(score_one(wrong.clone())).await.unwrap_err());
    assert_eq!(refused.code, Code::InvalidArgument);
    assert_eq!(refused.reason.as_deref(), Some("INVALID_REQUEST"));
    let fields = refused.violations.iter().map(|fault| fault.field.as_str());
    let fields: BTreeSet<_> = fields.collect();
    let expected = ["customer.features.Contract", "customer.features.tenure"];
    assert_eq!(fields, expected.into());

    let batch = score_batch(vec![wrong, customer("good")]);
    let outcomes = client.score_many(batch).await.unwrap();
    let row = outcomes[0].as_ref().unwrap_err();
    assert_eq!(row.reason.as_deref(), Some("INVALID_REQUEST"));
    let field = &row.violations[0].field;
    assert!(field.starts_with("customers[0].features."), "{field}");
    assert!(outcomes[1].is_ok());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again_and_given_up() {
    // A port that nobody listens on any more.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let options = ClientOptions {
        retries: Retries {
            attempts: 3,
            first_wait: Duration::from_millis(40),
            ..Retries::default()
        },
        ..ClientOptions::default()
    };
    let client = Client::new(&address, options).unwrap();
    let begun = Instant::now();
    let gone = failure(client.models().await.unwrap_err());
    assert_eq!(gone.code, Code::Unavailable);
    // Two waits of at least half of 40 and of 80 ms.
    assert!(begun.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn the_time_of_a_call_is_kept() {
    // It accepts connections, and never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let options = ClientOptions {
        timeout: Duration::from_millis(200),
        ..ClientOptions::default()
    };
    let client = Client::new(&address, options).unwrap();
    let begun = Instant::now();
    let late = failure(client.models().await.unwrap_err());
    assert_eq!(late.code, Code::DeadlineExceeded);
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_is_no_address_is_refused() {
    let refused = Client::new("not an address", ClientOptions::default()).unwrap_err();
    assert!(matches!(refused, ClientError::Address(_)));
}

#[tokio::test]
async fn what_if_reload_aliases_and_rollback_have_methods() {
    let directory = tempfile::TempDir::new().unwrap();
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models/telco-churn");
    crate::support::copy(&shipped, &directory.path().join("telco-churn"));
    let server = Server::start(directory.path()).await;
    let client = client(&server);
    let told = client.what_if(WhatIfRequest {
        churn_model: Some(selector("telco-churn")),
        customer: Some(customer("c")),
        changes: [("tenure".to_owned(), number(60.0))].into(),
        ..WhatIfRequest::default()
    });
    let told = told.await.unwrap();
    assert!(told.difference.unwrap().probability < 0.0);
    assert_eq!(client.reload().await.unwrap().changes, []);

    let moved = client.set_alias(SetAliasRequest {
        name: "telco-churn".to_owned(),
        alias: "champion".to_owned(),
        target: Some(Target::Version(1)),
        actor: "tests".to_owned(),
        ..SetAliasRequest::default()
    });
    assert_eq!(moved.await.unwrap().change.unwrap().to_version, Some(1));
    let nothing_before = client.rollback(RollbackModelRequest {
        name: "telco-churn".to_owned(),
        actor: "tests".to_owned(),
        ..RollbackModelRequest::default()
    });
    let refused = failure(nothing_before.await.unwrap_err());
    assert_eq!(refused.code, Code::FailedPrecondition);
}
