//! What a contract is worth, where no value model tells.

use std::{path::Path, sync::Arc};

use holdfast::{
    config::policy_file,
    grpc::{
        Options,
        proto::{
            ContractValueNote, CustomerScore, ScoreCustomerRequest, ValueSource, ValueTier,
            customer_outcome::Outcome,
        },
    },
    registry::LivePolicies,
};
use prost_types::FieldMask;

use super::{ROOT, ask_all, models, subscriber_and_buyer};
use crate::support::{
    Server, customer, null, number, score_batch, score_one, telco_customers, text,
};

async fn server(change: &[(&str, &str)]) -> Server {
    let path = Path::new(ROOT).join("policies/subscription.toml");
    let mut text = std::fs::read_to_string(path).unwrap();
    for (from, to) in change {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let options = Options {
        policies: Some(Arc::new(LivePolicies::new(
            policy_file::parse(&text).unwrap(),
        ))),
        ..Options::default()
    };
    Server::with_options(models(), options).await
}

fn close(told: f64, by_hand: f64) {
    assert!((told - by_hand).abs() <= 1e-9 * by_hand, "{told} {by_hand}");
}

#[tokio::test]
async fn a_churn_model_and_a_price_tell_what_a_customer_is_worth() {
    let server = server(&[]).await;
    let score = server.score_customer(score_one(customer("1"))).await;
    let score = score.unwrap();
    let churn = score.churn.as_ref().unwrap().probability;
    let value = score.contract_value.as_ref().unwrap();
    let charge = 29.85;
    let potential = value.potential.as_ref().unwrap();
    // The model's horizon is 30 days, and a month is longer.
    let stays = (1.0 - churn).powf(30.4375 / 30.0);
    let months = (1..=12).map(|month| charge * 0.6 * (stays / 1.01).powi(month));
    close(potential.amount, months.clone().sum());
    for (told, by_hand) in potential.per_period.iter().zip(months) {
        close(*told, by_hand);
    }
    assert_eq!(potential.per_period.len(), 12);
    assert_eq!(potential.horizon_days, 365.25);
    assert_eq!((value.payment, value.note), (Some(charge), 0));
    close(value.renewal_probability.unwrap(), stays);
    close(value.current_amount.unwrap(), 12.0 * charge);

    let at_risk = score.value_at_risk.as_ref().unwrap();
    assert_eq!(at_risk.source(), ValueSource::Contract);
    assert_eq!(at_risk.amount, churn * potential.amount);
    assert_eq!(at_risk.currency, "USD");
    let action = score.action.as_ref().unwrap();
    let profit = at_risk.amount * action.success - action.cost;
    assert_eq!(action.expected_profit, Some(profit));
    let tier = score.tier.unwrap();
    // 12 × 29.85 × 0.6 is 214.92.
    assert_eq!(tier.current(), ValueTier::Medium);
    assert_eq!(tier.potential(), ValueTier::Low);
    assert_eq!(tier.overall(), ValueTier::Medium);
}

#[tokio::test]
async fn one_and_many_and_masks_agree() {
    let server = server(&[]).await;
    let customers: Vec<_> = telco_customers().into_iter().step_by(300).collect();
    let outcomes = server.score_customers(score_batch(customers.clone())).await;
    for (customer, outcome) in customers.into_iter().zip(outcomes.unwrap()) {
        let Some(Outcome::Score(of_batch)) = outcome.outcome else {
            panic!("{outcome:?}");
        };
        let one = server.score_customer(score_one(customer.clone())).await;
        let one = one.unwrap();
        assert_eq!(of_batch, one);
        let masked = ScoreCustomerRequest {
            score_mask: Some(FieldMask {
                paths: vec!["contract_value".to_owned()],
            }),
            ..score_one(customer)
        };
        let only = CustomerScore {
            customer_id: one.customer_id,
            contract_value: one.contract_value,
            ..CustomerScore::default()
        };
        assert_eq!(server.score_customer(masked).await.unwrap(), only);
    }
}

#[tokio::test]
async fn a_value_model_goes_before_the_contract() {
    let server = server(&[]).await;
    let mut request = ask_all(subscriber_and_buyer(0, "0042"));
    let score = server.score_customer(request.clone()).await.unwrap();
    assert_eq!(score.contract_value, None);
    let at_risk = score.value_at_risk.unwrap();
    assert_eq!(at_risk.source(), ValueSource::Model);
    // Groups stay the segmentation's.
    request.value_model = None;
    let without = server.score_customer(request).await.unwrap();
    assert!(without.contract_value.is_some());
    assert_eq!(without.tier.unwrap().current, score.tier.unwrap().current);
}

#[tokio::test]
async fn a_contract_without_a_value_says_why() {
    let server_of = async |from: &str, to: &str| server(&[(from, to)]).await;
    let told = async |server: &Server, charges| {
        let mut customer = customer("1");
        customer
            .features
            .insert("MonthlyCharges".to_owned(), charges);
        server.score_customer(score_one(customer)).await
    };
    let without = |score: CustomerScore, note: ContractValueNote| {
        let value = score.contract_value.unwrap();
        assert_eq!(value.note(), note);
        assert_eq!((value.payment, value.potential), (None, None));
        assert_eq!((score.value_at_risk, score.tier), (None, None));
        assert_eq!(score.action.unwrap().expected_profit, None);
    };
    let shipped = server(&[]).await;
    let negative = told(&shipped, number(-5.0)).await.unwrap();
    without(negative, ContractValueNote::PaymentOutOfRange);
    let boundless = told(&shipped, number(1e300)).await.unwrap();
    without(boundless, ContractValueNote::PaymentOutOfRange);
    assert!(told(&shipped, number(f64::NAN)).await.is_err());
    assert!(told(&shipped, text("much")).await.is_err());
    let of_text = server_of("\"MonthlyCharges\"", "\"Contract\"").await;
    without(
        told(&of_text, number(5.0)).await.unwrap(),
        ContractValueNote::NoFeature,
    );
    // The shipped model requires all its numbers but one.
    let missing = server_of("\"MonthlyCharges\"", "\"TotalCharges\"").await;
    let mut new = customer("1");
    new.features.insert("TotalCharges".to_owned(), null());
    without(
        missing.score_customer(score_one(new)).await.unwrap(),
        ContractValueNote::PaymentMissing,
    );
}
