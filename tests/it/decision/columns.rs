//! Decisions by column: only what is named, the same as row by row.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use holdfast::{
    config::policy_file,
    grpc::{
        Options,
        proto::{
            ContractValueNote, NumberEncoding, RiskBand, ScoreColumnsRequest,
            customer_outcome::Outcome,
        },
    },
    registry::LivePolicies,
};
use prost_types::FieldMask;

use super::{ROOT, models};
use crate::support::{
    Server, assert_columns_alike, columns_of, everything, null, score_batch, selector,
    telco_customers, violated_fields,
};

async fn server() -> Server {
    let text = std::fs::read_to_string(Path::new(ROOT).join("policies/subscription.toml"));
    let policy = policy_file::parse(&text.unwrap()).unwrap();
    let options = Options {
        policies: Some(Arc::new(LivePolicies::new(policy))),
        ..Options::default()
    };
    Server::with_options(models(), options).await
}

fn request(paths: &[&str]) -> ScoreColumnsRequest {
    let mut customers = telco_customers().split_off(6900);
    customers[7]
        .features
        .insert("TotalCharges".to_owned(), null());
    ScoreColumnsRequest {
        churn_model: Some(selector("telco-churn")),
        columns: Some(columns_of(&customers, NumberEncoding::Doubles)),
        score_mask: Some(FieldMask {
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
        }),
        ..ScoreColumnsRequest::default()
    }
}

#[tokio::test]
async fn decisions_are_those_of_rows() {
    let server = server().await;
    let customers = telco_customers().split_off(6900);
    let in_rows = server
        .score_customers(score_batch(customers.clone()))
        .await
        .unwrap();
    let mut request = ScoreColumnsRequest {
        score_mask: everything(),
        max_reasons: Some(5),
        language: "zh".to_owned(),
        columns: Some(columns_of(&customers, NumberEncoding::LittleEndian)),
        ..request(&[])
    };
    let mut in_columns = server.score_columns(request.clone()).await.unwrap();
    let action = in_columns
        .decision
        .as_mut()
        .unwrap()
        .action
        .as_mut()
        .unwrap();
    assert!(action.actions.len() > 1);
    assert!(action.actions.iter().all(|action| action.language == "zh"));
    request.language = "en".to_owned();
    let in_columns = server.score_columns(request).await.unwrap();
    assert_columns_alike(&in_rows, &in_columns);
    let decision = in_columns.decision.unwrap();
    assert!(decision.contract_value.is_some() && decision.tier.is_some());
    let codes = decision.action.unwrap().actions.into_iter();
    let mut codes: Vec<u32> = codes.map(|action| action.rule_index).collect();
    let all = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), all);
    assert!(codes.is_sorted());
}

#[tokio::test]
async fn only_what_a_mask_names_is_told() {
    let server = server().await;
    let plain = server.score_columns(request(&[])).await.unwrap();
    assert!(plain.decision.is_none() && plain.churn.is_some());
    let paths = ["churn.probability", "risk_band", "action.code"];
    let named = server.score_columns(request(&paths)).await.unwrap();
    let (churn, whole) = (named.churn.unwrap(), plain.churn.unwrap());
    assert_eq!(churn.probability, whole.probability);
    assert!(churn.log_odds.is_none() && churn.model.is_none() && churn.notes.is_none());
    let decision = named.decision.unwrap();
    assert_eq!(decision.risk_band.len(), plain.rows as usize);
    assert!(!decision.risk_band.contains(&RiskBand::Unspecified.into()));
    assert!(decision.policy.is_none() && decision.contract_value.is_none());
    assert!(decision.causes.is_empty() && decision.value_at_risk.is_none());
    let action = decision.action.unwrap();
    assert!(action.expected_profit.is_none());
    assert!(
        action
            .actions
            .iter()
            .all(|action| !action.code.is_empty() && action.text.is_empty())
    );
    let unknown = server.score_columns(request(&["action.codes"])).await;
    assert_eq!(
        violated_fields(&unknown.unwrap_err()),
        ["score_mask.paths[0]"]
    );
}

#[tokio::test]
async fn a_row_without_a_payment_says_so() {
    let server = server().await;
    let mut customers = telco_customers().split_off(7000);
    customers[3].features.insert("tenure".to_owned(), null());
    let request = ScoreColumnsRequest {
        columns: Some(columns_of(&customers, NumberEncoding::Doubles)),
        ..request(&["contract_value", "causes", "action"])
    };
    let scored = server.score_columns(request).await.unwrap();
    assert_eq!(scored.errors.len(), 1, "tenure is required");
    assert!(scored.churn.is_none());
    let decision = scored.decision.unwrap();
    let action = decision.action.unwrap();
    let used: BTreeSet<u32> = (0..action.action.len())
        .filter(|row| *row != 3)
        .map(|row| action.action[row])
        .collect();
    assert_eq!(used.len(), action.actions.len());
    let contracts = decision.contract_value.unwrap();
    let payment = contracts.payment.unwrap();
    assert_eq!(payment.validity[0], 0b1111_0111);
    assert_eq!(payment.values[3], 0.0);
    assert_eq!(contracts.note, Vec::<i32>::new());
    assert!(decision.causes.len() > 2);
    let mut batch = score_batch(customers);
    batch.max_reasons = Some(0);
    let in_rows = server.score_customers(batch).await.unwrap();
    for (row, outcome) in in_rows.iter().enumerate() {
        let Some(Outcome::Score(score)) = &outcome.outcome else {
            continue;
        };
        let contract = score.contract_value.as_ref().unwrap();
        assert_eq!(contract.note(), ContractValueNote::Unspecified);
        assert_eq!(contract.payment, Some(payment.values[row]));
    }
}
