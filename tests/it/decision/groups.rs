//! Groups at serving are those of training.

use std::collections::BTreeMap;

use holdfast::grpc::proto::{
    Customer, GetModelRequest, LifecycleStage, ScoreCustomersRequest, ValueTier,
    customer_outcome::Outcome, model_service_client::ModelServiceClient,
};

use super::{buyers, models};
use crate::support::{Server, selector};

#[tokio::test]
async fn the_example_of_a_segmentation_is_scored() {
    let server = Server::start(models()).await;
    let request = GetModelRequest {
        model: Some(selector("groups")),
    };
    let mut client = ModelServiceClient::new(server.channel.clone());
    let answer = client.get_model(request).await.unwrap().into_inner();
    let score = server.score_customer(answer.example.unwrap()).await;
    assert!(score.unwrap().rfm.is_some());
}

#[tokio::test]
async fn a_history_gets_the_groups_of_its_row_of_the_table() {
    let table = models().join("groups.csv");
    let mut table = csv::Reader::from_path(table).unwrap();
    let rows: Result<Vec<BTreeMap<String, String>>, _> = table.deserialize().collect();
    let rows: Vec<BTreeMap<String, String>> = rows.unwrap().into_iter().step_by(3).collect();
    let mut buyers = buyers();
    let customers: Vec<Customer> = rows
        .iter()
        .map(|row| buyers.remove(&row["customer"]).unwrap())
        .collect();
    let server = Server::start(models()).await;
    let request = ScoreCustomersRequest {
        value_model: Some(selector("cdnow-value")),
        segmentation_model: Some(selector("groups")),
        customers,
        ..ScoreCustomersRequest::default()
    };
    let outcomes = server.score_customers(request).await.unwrap();
    assert_eq!(outcomes.len(), rows.len());
    for (row, outcome) in rows.iter().zip(outcomes) {
        let Some(Outcome::Score(score)) = outcome.outcome else {
            panic!("{outcome:?}");
        };
        let stage = match score.lifecycle_stage() {
            LifecycleStage::Unspecified => "",
            LifecycleStage::Prospect => "prospect",
            LifecycleStage::FirstTime => "first-time",
            LifecycleStage::Repeat => "repeat",
            LifecycleStage::AtRisk => "at-risk",
            LifecycleStage::Churned => "churned",
            LifecycleStage::WonBack => "won-back",
        };
        let tier = score.tier.unwrap();
        let rfm = score.rfm.as_ref().unwrap();
        let value = score.value.as_ref().unwrap();
        let potential = value.potential.as_ref().unwrap().amount;
        let told = [
            ("recency_score", rfm.recency.to_string()),
            ("frequency_score", rfm.frequency.to_string()),
            ("monetary_score", rfm.monetary.to_string()),
            ("segment", rfm.segment.clone()),
            ("cluster", score.cluster.unwrap().number.to_string()),
            ("current_tier", name(tier.current()).to_owned()),
            ("potential_tier", name(tier.potential()).to_owned()),
            ("tier", name(tier.overall()).to_owned()),
            ("stage", stage.to_owned()),
            ("p_no_purchase", value.p_no_purchase.to_string()),
            ("potential_value", potential.to_string()),
        ];
        for (column, told) in told {
            assert_eq!(row[column], told, "{column} of {}", score.customer_id);
        }
    }
}

fn name(tier: ValueTier) -> &'static str {
    match tier {
        ValueTier::Unspecified => "",
        ValueTier::Low => "low",
        ValueTier::Medium => "medium",
        ValueTier::High => "high",
    }
}
