//! Every field of a full score.

use holdfast::{
    config::policy_file,
    grpc::proto::{
        CauseGroup, Customer, CustomerScore, RiskBand, RiskSource, ScoreCustomerRequest,
        ScoreCustomersRequest, customer_outcome::Outcome,
    },
};

use super::{ask_all, buyers, models, subscriber_and_buyer};
use crate::support::{
    Server, customer, score_one, selector, summary, telco_customers, violated_fields,
};

/// Of the sample: bought often, and much.
const GOOD_BUYER: &str = "0042";

#[tokio::test]
async fn every_part_is_told_and_fits_the_others() {
    let server = Server::start(models()).await;
    let score = server
        .score_customer(ask_all(subscriber_and_buyer(0, GOOD_BUYER)))
        .await;
    let score = score.unwrap();
    let churn = score.churn.as_ref().unwrap();
    let value = score.value.as_ref().unwrap();
    let potential = value.potential.as_ref().unwrap();

    let band = match churn.probability {
        p if p < 0.2 => RiskBand::Low,
        p if p < 0.5 => RiskBand::Medium,
        p if p < 0.8 => RiskBand::High,
        _ => RiskBand::Critical,
    };
    assert_eq!(score.risk_band(), band);
    assert_eq!(score.risk_source(), RiskSource::Churn);

    let at_risk = score.value_at_risk.as_ref().unwrap();
    assert_eq!(at_risk.amount, churn.probability * potential.amount);
    assert_eq!(at_risk.currency, "USD");
    assert_eq!(at_risk.horizon_days, potential.horizon_days);

    let all: f64 = score.causes.iter().map(|cause| cause.contribution).sum();
    assert_eq!(
        (churn.base_log_odds + all).to_bits(),
        churn.log_odds.to_bits()
    );
    let falling = |pair: &[_]| {
        let [first, second]: &[holdfast::grpc::proto::CauseContribution; 2] =
            pair.try_into().unwrap();
        first.contribution >= second.contribution
    };
    assert!(score.causes.windows(2).all(falling), "{:?}", score.causes);
    for reason in &churn.reasons {
        assert!(!reason.cause_groups.is_empty());
        assert!(reason.cause_groups.len() <= reason.features.len());
    }

    for tier in [
        score.tier.as_ref().unwrap().current,
        score.tier.as_ref().unwrap().potential,
    ] {
        assert_ne!(tier, 0);
    }
    assert_ne!(score.lifecycle_stage, 0);
    assert!(score.rfm.is_some() && score.cluster.is_some());
    assert_eq!(score.segmentation_model.as_ref().unwrap().name, "groups");

    let action = score.action.as_ref().unwrap();
    let profit = action.success * at_risk.amount - action.cost;
    assert_eq!(action.expected_profit, Some(profit));
    assert_eq!(action.language, "en");
    let built_in = policy_file::built_in().unwrap();
    let rule = &built_in.playbook.rules()[action.rule_index as usize];
    assert_eq!(
        (&*rule.name, rule.action.code()),
        (&*action.rule, &*action.code)
    );
    let policy = score.policy.as_ref().unwrap();
    assert_eq!(policy.digest, built_in.identity.digest);
    assert_eq!(policy.name, "holdfast-default");
}

#[tokio::test]
async fn what_the_models_do_not_tell_is_absent() {
    let server = Server::start(models()).await;
    // Churn alone: no money, no groups.
    let score = server
        .score_customer(score_one(customer("1")))
        .await
        .unwrap();
    assert_ne!(score.risk_band(), RiskBand::Unspecified);
    assert_eq!(score.value_at_risk, None);
    assert_eq!((score.tier, score.rfm, score.cluster), (None, None, None));
    assert_eq!(score.lifecycle_stage, 0);
    assert_eq!(score.action.unwrap().expected_profit, None);

    // Value alone: the probability of no purchase stands for churn.
    let value_of = |customer: Customer| ScoreCustomerRequest {
        value_model: Some(selector("cdnow-value")),
        segmentation_model: Some(selector("groups")),
        customer: Some(customer),
        ..ScoreCustomerRequest::default()
    };
    let score = server
        .score_customer(value_of(summary(2.0, 200.0, 300.0)))
        .await
        .unwrap();
    let value = score.value.unwrap();
    let at_risk = score.value_at_risk.unwrap();
    assert_eq!(score.risk_source, i32::from(RiskSource::NoPurchase));
    assert_eq!(
        at_risk.amount,
        value.p_no_purchase * value.potential.unwrap().amount
    );
    assert!(score.causes.is_empty());
    // A summary does not tell groups.
    assert_eq!((score.tier, score.segmentation_model), (None, None));

    // Groups alone.
    let mut request = value_of(buyers().remove(GOOD_BUYER).unwrap());
    request.value_model = None;
    let score = server.score_customer(request).await.unwrap();
    assert_eq!(score.risk_band(), RiskBand::Unspecified);
    assert_eq!(score.risk_source(), RiskSource::Unspecified);
    assert_eq!(score.tier.unwrap().potential, 0);
    assert!(score.action.is_some());
}

#[tokio::test]
async fn a_customer_of_which_groups_cannot_be_told_is_refused() {
    let server = Server::start(models()).await;
    let refused = async |customer: Customer| {
        let request = ScoreCustomerRequest {
            segmentation_model: Some(selector("groups")),
            customer: Some(customer),
            ..ScoreCustomerRequest::default()
        };
        violated_fields(&server.score_customer(request).await.unwrap_err())
    };
    assert_eq!(refused(customer("1")).await, ["customer.history"]);
    let mut buyer = buyers().remove(GOOD_BUYER).unwrap();
    let Some(holdfast::grpc::proto::customer::Purchases::History(history)) = &mut buyer.purchases
    else {
        panic!("no history");
    };
    history.currency = "EUR".to_owned();
    assert_eq!(refused(buyer.clone()).await, ["customer.history.currency"]);
    buyer.id = String::new();
    assert_eq!(
        refused(buyer).await,
        ["customer.id", "customer.history.currency"]
    );
}

#[tokio::test]
async fn one_and_many_get_the_same_decision() {
    let server = Server::start(models()).await;
    let customers: Vec<Customer> = buyers()
        .into_values()
        .step_by(200)
        .zip(telco_customers())
        .map(|(buyer, subscriber)| Customer {
            features: subscriber.features,
            ..buyer
        })
        .collect();
    let ScoreCustomerRequest {
        churn_model,
        value_model,
        segmentation_model,
        ..
    } = ask_all(Customer::default());
    let request = ScoreCustomersRequest {
        churn_model,
        value_model,
        segmentation_model,
        language: "zh-CN".to_owned(),
        customers: customers.clone(),
        ..ScoreCustomersRequest::default()
    };
    let outcomes = server.score_customers(request).await.unwrap();
    assert!(outcomes.len() > 10);
    for (customer, outcome) in customers.into_iter().zip(outcomes) {
        let Some(Outcome::Score(of_batch)) = outcome.outcome else {
            panic!("{outcome:?}");
        };
        let request = ScoreCustomerRequest {
            language: "zh".to_owned(),
            ..ask_all(customer)
        };
        assert_eq!(of_batch, server.score_customer(request).await.unwrap());
        let action = of_batch.action.unwrap();
        assert_eq!(action.language, "zh");
        assert!(!action.text.is_ascii());
    }
}

#[tokio::test]
async fn customers_rank_by_profit_and_not_by_risk() {
    let server = Server::start(models()).await;
    let mut scores: Vec<CustomerScore> = Vec::new();
    for (row, (_, buyer)) in buyers().into_iter().step_by(150).enumerate() {
        let subscriber = telco_customers().swap_remove(row * 7);
        let customer = Customer {
            features: subscriber.features,
            ..buyer
        };
        scores.push(server.score_customer(ask_all(customer)).await.unwrap());
    }
    let profit = |score: &CustomerScore| score.action.as_ref().unwrap().expected_profit.unwrap();
    let risk = |score: &CustomerScore| score.churn.as_ref().unwrap().probability;
    let order = |by: &dyn Fn(&CustomerScore) -> f64| {
        let mut ids: Vec<(f64, &str)> = scores.iter().map(|s| (by(s), &*s.customer_id)).collect();
        ids.sort_by(|a, b| b.0.total_cmp(&a.0));
        ids.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    assert_ne!(order(&profit), order(&risk));
    for score in &scores {
        let action = score.action.as_ref().unwrap();
        let at_risk = score.value_at_risk.as_ref().unwrap().amount;
        assert_eq!(profit(score), at_risk * action.success - action.cost);
    }
    let groups = scores.iter().flat_map(|score| &score.causes);
    assert!(
        groups
            .clone()
            .any(|cause| cause.group() == CauseGroup::Contract)
    );
    assert!(
        groups
            .clone()
            .all(|cause| cause.group() != CauseGroup::Other)
    );
}
