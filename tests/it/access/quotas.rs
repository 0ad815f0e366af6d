//! Quotas: who spends theirs waits, and nobody else does.

use std::time::{Duration, Instant};

use holdfast::grpc::proto::{
    CustomerRows, ScoreCustomersRequest, StreamScoresRequest, StreamSettings,
    customer_outcome::Outcome, scoring_service_client::ScoringServiceClient,
    stream_scores_request::Customers, stream_scores_response::Result as Answer,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{access, ask, by, principal, reason, server};
use crate::support::{score_batch, score_one, selector, telco_customers};

const LIST: &str = "ModelService/ListModels";

/// How long to wait, as `RetryInfo` and the metadata for clients of gRPC say.
fn wait(status: &Status) -> Duration {
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    let wait = status
        .get_details_retry_info()
        .unwrap()
        .retry_delay
        .unwrap();
    let pushback = status.metadata().get("grpc-retry-pushback-ms").unwrap();
    let pushback: u64 = pushback.to_str().unwrap().parse().unwrap();
    assert!(
        Duration::from_millis(pushback) >= wait,
        "{pushback} {wait:?}"
    );
    assert!(wait <= Duration::from_secs(1), "{wait:?}");
    wait
}

#[tokio::test]
async fn who_asks_too_often_waits_and_nobody_else_does() {
    let few = "scopes = ['read-models']\nquota = { calls_per_second = 2, calls_burst = 5 }";
    let many = "scopes = ['read-models']";
    let server = server(access(&(principal("few", few) + &principal("many", many)))).await;
    let began = Instant::now();
    let mut refused = None;
    let mut answered = 0;
    for _ in 0..100 {
        let status = ask(&server.channel, LIST, &["Bearer few"]).await;
        if status.code() == Code::Ok {
            answered += 1;
        } else {
            assert_eq!(reason(&status), "QUOTA_OF_CALLS_SPENT");
            refused = Some(status);
        }
        let other = ask(&server.channel, LIST, &["Bearer many"]).await;
        assert_eq!(other.code(), Code::Ok);
    }
    let most = 5.0 + 2.0 * began.elapsed().as_secs_f64();
    assert!(
        answered >= 5 && f64::from(answered) <= most + 1.0,
        "{answered}"
    );
    tokio::time::sleep(wait(&refused.unwrap())).await;
    assert_eq!(
        ask(&server.channel, LIST, &["Bearer few"]).await.code(),
        Code::Ok
    );
    // Who may not ask at all spends nothing.
    for _ in 0..10 {
        let denied = ask(
            &server.channel,
            "ModelService/ReloadModels",
            &["Bearer few"],
        )
        .await;
        assert_eq!(denied.code(), Code::PermissionDenied);
    }
}

#[tokio::test]
async fn customers_are_counted_in_every_shape() {
    let quota = "scopes = ['score']\nquota = { rows_per_second = 1, rows_burst = 6 }";
    let names = ["one", "batch", "stream"].map(|name| principal(name, quota));
    let server = server(access(&names.concat())).await;
    let customers = telco_customers()[..7].to_vec();
    let mut scoring = ScoringServiceClient::new(server.channel.clone());
    let mut refused = 0;
    for _ in 0..12 {
        let one = scoring
            .score_customer(by("one", score_one(customers[0].clone())))
            .await;
        if let Err(status) = one {
            assert_eq!(reason(&status), "QUOTA_OF_ROWS_SPENT");
            wait(&status);
            refused += 1;
        }
    }
    assert!(refused > 0);

    let batch = |rows: usize| by("batch", score_batch(customers[..rows].to_vec()));
    let scored = scoring
        .score_customers(batch(5))
        .await
        .unwrap()
        .into_inner();
    assert!(
        scored
            .outcomes
            .iter()
            .all(|row| matches!(row.outcome, Some(Outcome::Score(_))))
    );
    let status = scoring.score_customers(batch(5)).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    let status = scoring.score_customers(batch(7)).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
    assert_eq!(reason(&status), "MORE_ROWS_THAN_QUOTA");
    // A request at fault costs nothing, whatever is left.
    let none = ScoreCustomersRequest::default();
    let status = scoring
        .score_customers(by("batch", none))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);

    let settings = StreamSettings {
        churn_model: Some(selector("telco-churn")),
        ..StreamSettings::default()
    };
    let message = |sequence: u64, rows: usize| StreamScoresRequest {
        sequence,
        settings: (sequence == 1).then(|| settings.clone()),
        customers: Some(Customers::Rows(CustomerRows {
            customers: customers[..rows].to_vec(),
        })),
    };
    let messages = [message(1, 5), message(2, 5), message(3, 1)];
    let answers = scoring
        .stream_scores(by("stream", tokio_stream::iter(messages)))
        .await;
    let mut answers = answers.unwrap().into_inner();
    let mut codes = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        codes.push(match answer.result.unwrap() {
            Answer::Error(status) => status.code,
            Answer::Rows(_) | Answer::Columns(_) => 0,
        });
    }
    // The stream goes on.
    assert_eq!(codes, [0, Code::ResourceExhausted as i32, 0]);
}
