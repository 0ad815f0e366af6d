//! What is asked for by a field mask.

use holdfast::grpc::proto::{CustomerScore, ScoreCustomerRequest};
use prost_types::FieldMask;
use tonic::Status;

use super::{ask_all, models, subscriber_and_buyer};
use crate::support::{EVERYTHING, Server, violated_fields};

async fn score(server: &Server, paths: &[&str]) -> Result<CustomerScore, Status> {
    let request = ScoreCustomerRequest {
        score_mask: Some(FieldMask {
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
        }),
        ..ask_all(subscriber_and_buyer(3, "0042"))
    };
    server.score_customer(request).await
}

#[tokio::test]
async fn a_mask_leaves_fields_out_and_changes_no_other() {
    let server = Server::start(models()).await;
    let whole = score(&server, &[]).await.unwrap();
    assert_eq!(score(&server, &EVERYTHING).await.unwrap(), whole);

    let one = score(&server, &["churn.probability"]).await.unwrap();
    let churn = one.churn.as_ref().unwrap();
    assert_eq!(churn.probability, whole.churn.as_ref().unwrap().probability);
    assert!(churn.reasons.is_empty() && churn.model.is_none());
    assert_eq!((one.value, one.action, one.policy), (None, None, None));
    assert_eq!(one.customer_id, whole.customer_id);

    // What is decided does not depend on what else is returned.
    let decided = score(
        &server,
        &["action.code", "action.expected_profit", "tier", "causes"],
    );
    let decided = decided.await.unwrap();
    let (action, other) = (decided.action.unwrap(), whole.action.unwrap());
    assert_eq!(action.code, other.code);
    assert_eq!(action.expected_profit, other.expected_profit);
    assert_eq!(action.text, "");
    assert_eq!((decided.tier, decided.causes), (whole.tier, whole.causes));

    let value = score(&server, &["value.p_alive", "churn.reasons"])
        .await
        .unwrap();
    assert_eq!(value.value.as_ref().unwrap().potential, None);
    assert_eq!(value.churn.unwrap().reasons, whole.churn.unwrap().reasons);
}

#[tokio::test]
async fn unknown_fields_are_refused_by_name() {
    let server = Server::start(models()).await;
    let paths = ["churn", "chrun", "value.worth", "churn.reasons.features"];
    let status = score(&server, &paths).await.unwrap_err();
    let fields = [
        "score_mask.paths[1]",
        "score_mask.paths[2]",
        "score_mask.paths[3]",
    ];
    assert_eq!(violated_fields(&status), fields);
    assert!(status.message().contains("`chrun`"), "{}", status.message());
    let status = score(&server, &["churn"; 101]).await.unwrap_err();
    assert_eq!(violated_fields(&status), ["score_mask.paths"]);
}

#[tokio::test]
async fn a_language_must_be_one() {
    let server = Server::start(models()).await;
    let request = ScoreCustomerRequest {
        language: "english, please".to_owned(),
        ..ask_all(subscriber_and_buyer(0, "0042"))
    };
    let status = server.score_customer(request).await.unwrap_err();
    assert_eq!(violated_fields(&status), ["language"]);
}
