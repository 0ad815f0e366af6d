//! What would be.

use std::collections::BTreeMap;

use holdfast::grpc::proto::{
    Customer, RiskBand, WhatIfGoal, WhatIfOutcome, WhatIfRequest, WhatIfResponse,
    feature_value::Kind, scoring_service_client::ScoringServiceClient, what_if_goal::Target,
};
use tonic::Status;

use super::{ask_all, models, subscriber_and_buyer};
use crate::support::{Server, number, score_one, selector, telco_customers, text, violated_fields};

async fn what_if(server: &Server, request: WhatIfRequest) -> Result<WhatIfResponse, Status> {
    let mut client = ScoringServiceClient::new(server.channel.clone());
    Ok(client.what_if(request).await?.into_inner())
}

fn ask(customer: Customer, goal: impl Into<Option<WhatIfGoal>>) -> WhatIfRequest {
    WhatIfRequest {
        churn_model: Some(selector("telco-churn")),
        customer: Some(customer),
        goal: goal.into(),
        ..WhatIfRequest::default()
    }
}

fn below(probability: f64, actionable: &[&str]) -> WhatIfGoal {
    WhatIfGoal {
        target: Some(Target::ProbabilityBelow(probability)),
        actionable: actionable.iter().map(|&name| name.to_owned()).collect(),
    }
}

#[tokio::test]
async fn no_change_makes_no_difference() {
    let server = Server::start(models()).await;
    let score = ask_all(subscriber_and_buyer(0, "0042"));
    let request = WhatIfRequest {
        churn_model: score.churn_model.clone(),
        value_model: score.value_model.clone(),
        segmentation_model: score.segmentation_model.clone(),
        customer: score.customer.clone(),
        ..WhatIfRequest::default()
    };
    let told = what_if(&server, request).await.unwrap();
    let scored = server.score_customer(score).await.unwrap();
    assert_eq!(told.before.as_ref(), Some(&scored));
    assert_eq!(told.after, Some(scored));
    let difference = told.difference.unwrap();
    assert_eq!(
        (
            difference.probability.to_bits(),
            difference.log_odds.to_bits()
        ),
        (0, 0)
    );
    assert!(difference.contributions.is_empty());
    assert_eq!(told.search, None);
}

#[tokio::test]
async fn a_change_is_told_effect_by_effect() {
    let server = Server::start(models()).await;
    let customer = telco_customers().swap_remove(0);
    let mut moved = customer.clone();
    let changes = BTreeMap::from([
        ("Contract".to_owned(), text("Two year")),
        ("MonthlyCharges".to_owned(), number(20.0)),
    ]);
    moved.features.extend(changes.clone());
    let request = WhatIfRequest {
        changes,
        ..ask(customer, None)
    };
    let told = what_if(&server, request).await.unwrap();
    let after = server.score_customer(score_one(moved)).await.unwrap();
    assert_eq!(told.after.as_ref(), Some(&after));
    let difference = told.difference.unwrap();
    let before = told.before.unwrap().churn.unwrap();
    let after = after.churn.unwrap();
    assert_eq!(difference.log_odds, after.log_odds - before.log_odds);
    assert_eq!(
        difference.probability,
        after.probability - before.probability
    );
    let sum: f64 = difference
        .contributions
        .iter()
        .map(|reason| reason.contribution)
        .sum();
    assert_eq!(sum.to_bits(), difference.log_odds.to_bits());
    for reason in &difference.contributions {
        let moved = |name: &String| ["Contract", "MonthlyCharges"].contains(&name.as_str());
        assert!(reason.features.iter().any(moved), "{reason:?}");
    }
}

#[tokio::test]
async fn the_smallest_change_reaches_the_goal_and_not_by_more() {
    let server = Server::start(models()).await;
    let mut outcomes = BTreeMap::new();
    for customer in telco_customers().into_iter().step_by(101) {
        let score = server
            .score_customer(score_one(customer.clone()))
            .await
            .unwrap();
        let probability = score.churn.unwrap().probability;
        let goal = below(probability * 0.9, &["MonthlyCharges", "tenure", "Contract"]);
        let told = what_if(&server, ask(customer.clone(), goal)).await.unwrap();
        let search = told.search.unwrap();
        *outcomes.entry(search.outcome).or_insert(0) += 1;
        if search.outcome() != WhatIfOutcome::Found {
            continue;
        }
        let reached = search.score.unwrap().churn.unwrap().probability;
        assert!(reached < probability * 0.9);
        assert!((1..=2).contains(&search.changes.len()));
        let mut sent = customer.clone();
        sent.features.extend(search.changes.clone());
        let again = server.score_customer(score_one(sent)).await.unwrap();
        assert_eq!(again.churn.unwrap().probability, reached);
        // One number alone: the next double towards the old value does not do.
        let change = search.changes.iter().next().unwrap();
        if let (1, (name, value)) = (search.changes.len(), change)
            && let (Some(Kind::Number(to)), Some(Kind::Number(from))) =
                (&value.kind, &customer.features[name].kind)
        {
            let short = if to < from {
                to.next_up()
            } else {
                to.next_down()
            };
            let mut almost = customer.clone();
            almost.features.insert(name.clone(), number(short));
            let almost = server.score_customer(score_one(almost)).await.unwrap();
            assert!(almost.churn.unwrap().probability >= probability * 0.9);
        }
    }
    let found = outcomes.get(&WhatIfOutcome::Found.into()).copied();
    assert!(found.unwrap_or_default() > 20, "{outcomes:?}");
}

#[tokio::test]
async fn goals_by_band_by_policy_and_beyond_reach() {
    let server = Server::start(models()).await;
    let risky = telco_customers().into_iter().nth(2).unwrap();
    let band = |band: RiskBand| {
        Some(WhatIfGoal {
            target: Some(Target::BandBelow(band.into())),
            actionable: Vec::new(),
        })
    };
    // By what the policy lists as actionable.
    let told = what_if(&server, ask(risky.clone(), band(RiskBand::Medium)))
        .await
        .unwrap();
    let search = told.search.unwrap();
    assert_eq!(search.outcome(), WhatIfOutcome::Found, "{:?}", told.before);
    assert_eq!(search.score.unwrap().risk_band(), RiskBand::Low);
    let outcome = async |goal: WhatIfGoal| {
        let told = what_if(&server, ask(risky.clone(), goal)).await.unwrap();
        told.search.unwrap().outcome()
    };
    assert_eq!(
        outcome(below(1.0, &["tenure"])).await,
        WhatIfOutcome::NotNeeded
    );
    let never = below(1e-9, &["MonthlyCharges", "Contract", "gender"]);
    assert_eq!(outcome(never).await, WhatIfOutcome::NoneFound);
}

#[tokio::test]
async fn every_fault_of_a_goal_is_told() {
    let server = Server::start(models()).await;
    let customer = telco_customers().swap_remove(0);
    let refused = async |request: WhatIfRequest| {
        violated_fields(&what_if(&server, request).await.unwrap_err())
    };
    for target in [0.0, f64::NAN, 1.5] {
        let request = ask(customer.clone(), below(target, &[]));
        assert_eq!(refused(request).await, ["goal.probability_below"]);
    }
    let no_target = ask(customer.clone(), Some(WhatIfGoal::default()));
    assert_eq!(refused(no_target).await, ["goal.target"]);
    let low = WhatIfGoal {
        target: Some(Target::BandBelow(RiskBand::Low.into())),
        actionable: Vec::new(),
    };
    assert_eq!(
        refused(ask(customer.clone(), Some(low))).await,
        ["goal.band_below"]
    );
    let unknown = ask(customer.clone(), below(0.5, &["tenure", "weather"]));
    assert_eq!(refused(unknown).await, ["goal.actionable[1]"]);
    let nothing = WhatIfRequest::default();
    assert_eq!(refused(nothing).await, ["churn_model", "customer"]);
    let changes = BTreeMap::from([("tenure".to_owned(), text("long"))]);
    let wrong = WhatIfRequest {
        changes,
        ..ask(customer, None)
    };
    assert_eq!(refused(wrong).await, ["customer.features.tenure"]);
}
