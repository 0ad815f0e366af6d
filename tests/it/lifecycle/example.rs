//! The example of a model is scored as it stands.

use std::path::Path;

use holdfast::{
    grpc::proto::{
        CustomerScore, GetModelRequest, ModelSelector, model_service_client::ModelServiceClient,
        scoring_service_client::ScoringServiceClient,
    },
    model::value::PurchaseModelKind,
};
use tempfile::TempDir;

use super::version;
use crate::support::{Server, publish_value, selector, value_content};

async fn scored(server: &Server, model: ModelSelector) -> CustomerScore {
    let request = GetModelRequest { model: Some(model) };
    let mut models = ModelServiceClient::new(server.channel.clone());
    let answer = models.get_model(request).await.unwrap().into_inner();
    let mut scoring = ScoringServiceClient::new(server.channel.clone());
    let answer = scoring.score_customer(answer.example.unwrap()).await;
    answer.unwrap().into_inner().score.unwrap()
}

#[tokio::test]
async fn the_examples_of_the_shipped_models_are_scored() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let server = Server::start(&models).await;
    for number in [1, 2] {
        let choice = version(number);
        let score = scored(
            &server,
            ModelSelector {
                choice,
                ..selector("telco-churn")
            },
        )
        .await;
        let churn = score.churn.unwrap();
        assert_eq!(churn.model.unwrap().version, number);
        assert!(churn.notes.is_empty(), "{:?}", churn.notes);
    }
    let value = scored(&server, selector("cdnow-value"))
        .await
        .value
        .unwrap();
    assert!(value.expected_purchases > 0.0 && value.notes.is_empty());
}

#[tokio::test]
async fn every_purchase_model_has_an_example() {
    for (kind, parameters) in [
        (PurchaseModelKind::BgNbd, [0.243, 4.414, 0.793, 2.426]),
        (PurchaseModelKind::MbgNbd, [0.525, 6.183, 0.891, 1.614]),
        (PurchaseModelKind::ParetoNbd, [0.553, 10.578, 0.606, 11.669]),
        (PurchaseModelKind::BgBb, [1.204, 0.75, 0.657, 2.783]),
    ] {
        let models = TempDir::new().unwrap();
        publish_value(models.path(), value_content(kind, parameters));
        let server = Server::start(models.path()).await;
        assert!(scored(&server, selector("cdnow")).await.value.is_some());
    }
}
