//! Purchases that nobody should send, and what they get: the field at fault, or
//! finite numbers.

use holdfast::grpc::proto::{
    Customer, GetModelRequest, ModelSelector, Purchase, PurchaseHistory, ScoreCustomerRequest,
    ValueScore, customer::Purchases, customer_outcome::Outcome,
};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::support::{
    Server, bought, customer, history, score_batch, score_value, selector, summary, value_models,
    value_of, violated_fields,
};

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

fn numbers(score: &ValueScore) -> Vec<f64> {
    let potential = score.potential.as_ref().unwrap();
    let interval = potential.interval.as_ref().unwrap();
    let seen = score.seen.as_ref().unwrap();
    let mut numbers = vec![
        score.p_alive,
        score.expected_purchases,
        score.p_no_purchase,
        score.expected_spend.unwrap(),
        potential.amount,
        interval.low,
        interval.high,
        seen.frequency,
        seen.recency_days,
        seen.observation_days,
    ];
    numbers.extend(&potential.per_period);
    numbers.extend(score.current.as_ref().map(|current| current.amount));
    numbers
}

#[tokio::test]
async fn purchases_at_fault_are_named() {
    let server = Server::start(value_models()).await;
    let check = async |customer: Customer, fields: &[&str]| {
        let status = value_of(&server, customer).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert_eq!(reason(&status), "INVALID_REQUEST");
        assert_eq!(violated_fields(&status), fields, "{status:?}");
    };
    check(history(vec![]), &["customer.history.purchases"]).await;
    let future = vec![bought("1997-01-01", 10.0), bought("1997-10-01", 10.0)];
    check(history(future), &["customer.history.purchases[1].day"]).await;
    for amount in [f64::NAN, f64::INFINITY, -1e13] {
        let purchases = vec![bought("1997-01-01", amount)];
        check(
            history(purchases),
            &["customer.history.purchases[0].amount"],
        )
        .await;
    }
    let no_amount = Purchase {
        amount: None,
        ..bought("1997-01-01", 0.0)
    };
    check(
        history(vec![no_amount]),
        &["customer.history.purchases[0].amount"],
    )
    .await;
    let returned = vec![bought("1997-01-01", 10.0), bought("1997-01-01", -10.0)];
    check(history(returned), &["customer.history.purchases"]).await;
    let many = vec![bought("1997-01-01", 1.0); 10_001];
    check(history(many), &["customer.history.purchases"]).await;

    let euros = Customer {
        purchases: Some(Purchases::History(PurchaseHistory {
            currency: "EUR".to_owned(),
            purchases: vec![bought("1997-01-01", 1.0)],
        })),
        ..history(vec![])
    };
    check(euros, &["customer.history.currency"]).await;
    let dateless = Customer {
        as_of: String::new(),
        ..history(vec![bought("1997-01-01", 1.0)])
    };
    check(dateless, &["customer.as_of"]).await;
    let nothing = Customer {
        id: "v".to_owned(),
        ..Customer::default()
    };
    check(nothing, &["customer.history"]).await;

    check(summary(1.5, 1.0, 2.0), &["customer.summary.frequency"]).await;
    check(summary(-1.0, 1.0, 2.0), &["customer.summary.frequency"]).await;
    check(summary(1.0, 3.0, 2.0), &["customer.summary.recency_days"]).await;
    check(
        summary(f64::NAN, f64::NAN, f64::NAN),
        &[
            "customer.summary.frequency",
            "customer.summary.observation_days",
            "customer.summary.recency_days",
        ],
    )
    .await;
}

/// Features and purchases are blamed together, whatever the model.
#[tokio::test]
async fn both_models_blame_at_once() {
    let server = Server::start(value_models()).await;
    let request = ScoreCustomerRequest {
        churn_model: Some(selector("telco-churn")),
        ..score_value(Customer {
            features: {
                let mut features = customer("1").features;
                features.remove("tenure");
                features
            },
            ..history(vec![bought("1998-01-01", f64::NAN)])
        })
    };
    let status = server.score_customer(request).await.unwrap_err();
    assert_eq!(
        violated_fields(&status),
        [
            "customer.history.purchases[0].day",
            "customer.history.purchases[0].amount",
            "customer.features.tenure",
        ]
    );
}

#[tokio::test]
async fn odd_customers_get_finite_numbers() {
    let server = Server::start(value_models()).await;
    let mut customers = vec![
        history(vec![bought("1997-09-30", 10.0)]),
        history(vec![bought("1997-01-01", 0.0), bought("1997-02-01", 0.0)]),
        history(vec![bought("0000-01-01", 1e12), bought("1997-02-01", 1e12)]),
        history(vec![
            bought("1997-01-01", 10.0),
            bought("1997-02-01", 10.0),
            bought("1997-03-01", -1e6),
        ]),
        history(vec![bought("1997-01-01", 1.0); 10_000]),
        summary(0.0, 0.0, 0.0),
        summary(0.0, 0.0, 1e9),
        summary(1e4, 270.0, 270.0),
        summary(1e9, 1e9, 1e9),
        summary(5.0, 0.0, 0.0),
        summary(1e9, 0.0, 1e9),
    ];
    for (index, customer) in customers.iter_mut().enumerate() {
        customer.id = index.to_string();
    }
    for customer in customers {
        let id = customer.id.clone();
        let score = value_of(&server, customer).await.unwrap();
        let numbers = numbers(&score);
        assert!(numbers.iter().all(|n| n.is_finite()), "{id}: {numbers:?}");
        for probability in [score.p_alive, score.p_no_purchase] {
            assert!((0.0..=1.0).contains(&probability), "{id}: {score:?}");
        }
    }
}

#[tokio::test]
async fn models_of_another_kind_are_refused() {
    let server = Server::start(value_models()).await;
    let wrong = [
        ScoreCustomerRequest {
            churn_model: Some(selector("cdnow")),
            value_model: None,
            ..score_value(customer("1"))
        },
        ScoreCustomerRequest {
            value_model: Some(selector("telco-churn")),
            ..score_value(summary(0.0, 0.0, 1.0))
        },
    ];
    for request in wrong {
        let status = server.score_customer(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(reason(&status), "WRONG_MODEL_KIND");
    }
    let neither = ScoreCustomerRequest {
        value_model: None,
        ..score_value(summary(0.0, 0.0, 1.0))
    };
    let status = server.score_customer(neither).await.unwrap_err();
    assert_eq!(violated_fields(&status), ["churn_model"]);
    let unknown = GetModelRequest {
        model: Some(ModelSelector::default()),
    };
    let status = server.get_model(unknown).await.unwrap_err();
    assert_eq!(violated_fields(&status), ["model.name"]);
}

#[tokio::test]
async fn a_row_at_fault_does_not_keep_the_others() {
    let server = Server::start(value_models()).await;
    let mut rows = vec![
        summary(1.0, 7.0, 14.0),
        history(vec![bought("1997-13-01", 1.0)]),
        customer("churn only"),
    ];
    for (index, row) in rows.iter_mut().enumerate() {
        row.id = index.to_string();
    }
    let mut request = score_batch(rows);
    request.churn_model = None;
    request.value_model = Some(selector("cdnow"));
    let outcomes = server.score_customers(request).await.unwrap();
    let error = |at: usize| match outcomes[at].outcome.as_ref().unwrap() {
        Outcome::Score(_) => panic!("{at} has a score"),
        Outcome::Error(status) => status.message.clone(),
    };
    assert!(matches!(outcomes[0].outcome, Some(Outcome::Score(_))));
    assert!(error(1).starts_with("customers[1].history.purchases[0].day"));
    assert!(error(2).starts_with("customers[2].history"));
}

/// Neither days nor amounts nor products of a customer are in what the server
/// says of a request, refused or scored.
#[tokio::test]
async fn purchases_are_not_in_errors() {
    let server = Server::start(value_models()).await;
    let product = "canary-product".to_owned();
    let secret = |day: &str, amount| Purchase {
        products: vec![product.clone()],
        ..bought(day, amount)
    };
    let mut euros = history(vec![secret("1997-04-11", 47.114_711)]);
    if let Some(Purchases::History(history)) = &mut euros.purchases {
        history.currency = "EUR".to_owned();
    }
    for customer in [
        history(vec![secret("1997-11-04", 47.114_711)]),
        history(vec![secret("1997-04-11", -47.114_711)]),
        history(vec![secret("1997-04-11", 47.114_711e12)]),
        history(vec![secret("canary day", 47.114_711)]),
        history(vec![Purchase {
            products: vec!["canary".repeat(50)],
            ..secret("1997-04-11", 47.114_711)
        }]),
        euros,
    ] {
        let status = value_of(&server, customer).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        let said = format!(
            "{} {}",
            status.message(),
            String::from_utf8_lossy(status.details())
        );
        for canary in ["canary", "4711", "47.11", "1997-04-11", "1997-11-04"] {
            assert!(!said.contains(canary), "{canary} in {said}");
        }
    }
}
