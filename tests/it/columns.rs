//! Customers by column: the scores of `ScoreCustomers`, and what nobody should
//! send.

use holdfast::grpc::{
    Options,
    proto::{
        Customer, CustomerColumns, FeatureColumn, Flags, ModelSelector, NumberEncoding, Numbers,
        PurchaseSummaryColumns, ScoreColumnsRequest, ScoreCustomersRequest, Texts,
        customer::Purchases, feature_column::Values,
    },
};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::support::{
    Server, assert_columns_alike, columns_of, customer, flag, null, number, numbers, score_batch,
    selector, status_of, summary, telco_customers, telco_models, text, value_models,
    violated_fields,
};

mod faults;

const SECRET: &str = "jane.doe@example.com";

fn by_column(customers: &[Customer], encoding: NumberEncoding) -> ScoreColumnsRequest {
    ScoreColumnsRequest {
        churn_model: Some(selector("telco-churn")),
        max_reasons: Some(5),
        columns: Some(columns_of(customers, encoding)),
        number_encoding: encoding.into(),
        ..ScoreColumnsRequest::default()
    }
}

/// Scores customers as rows and as columns, and compares everything that
/// columns hold, faults and all.
async fn assert_alike(server: &Server, rows: ScoreCustomersRequest) {
    let in_rows = server.score_customers(rows.clone()).await.unwrap();
    for encoding in [NumberEncoding::Doubles, NumberEncoding::LittleEndian] {
        let request = ScoreColumnsRequest {
            churn_model: rows.churn_model.clone(),
            value_model: rows.value_model.clone(),
            max_reasons: Some(rows.max_reasons.unwrap_or(5)),
            columns: Some(columns_of(&rows.customers, encoding)),
            number_encoding: encoding.into(),
            ..ScoreColumnsRequest::default()
        };
        let in_columns = server.score_columns(request).await.unwrap();
        assert_columns_alike(&in_rows, &in_columns);
    }
}

#[tokio::test]
async fn columns_score_as_rows_do() {
    let server = Server::start(telco_models()).await;
    for max_reasons in [None, Some(1), Some(1000)] {
        let rows = ScoreCustomersRequest {
            max_reasons,
            ..score_batch(telco_customers())
        };
        assert_alike(&server, rows).await;
    }
}

/// Without reasons, the probabilities have the same bits.
#[tokio::test]
async fn reasons_are_told_only_when_they_are_asked_for() {
    let server = Server::start(telco_models()).await;
    let request = by_column(&telco_customers(), NumberEncoding::Doubles);
    let explained = server.score_columns(request.clone()).await.unwrap();
    let plain = ScoreColumnsRequest {
        max_reasons: None,
        ..request
    };
    let plain = server.score_columns(plain).await.unwrap();
    let (explained, plain) = (explained.churn.unwrap(), plain.churn.unwrap());
    assert_eq!(plain.reasons, None);
    assert_eq!(explained.reasons.unwrap().per_row, 5);
    assert_eq!(plain.probability, explained.probability);
    assert_eq!(plain.log_odds, explained.log_odds);
}

fn unusual_customers() -> Vec<Customer> {
    let with = |id: &str, feature: &str, value| {
        let mut customer = customer(id);
        customer.features.insert(feature.to_owned(), value);
        customer
    };
    vec![
        customer("a"),
        with("b", "tenure", number(f64::NAN)),
        customer(""),
        customer("a"),
        with(&"x".repeat(300), "tenure", number(f64::INFINITY)),
        with("a", "tenure", null()),
        with("c", "tenure", number(1e300)),
        with("d", "Contract", text("Lifelong")),
        with("e", "TotalCharges", null()),
        with("f", "Partner", flag(true)),
        with("g", "Partner", null()),
        with("h", "tenure", number(-0.0)),
        customer(""),
    ]
}

#[tokio::test]
async fn rows_at_fault_fail_alone_and_as_in_a_batch() {
    let server = Server::start(telco_models()).await;
    assert_alike(&server, score_batch(unusual_customers())).await;
    let request = by_column(&unusual_customers(), NumberEncoding::Doubles);
    let scored = server.score_columns(request).await.unwrap();
    let refused: Vec<u32> = scored.errors.iter().map(|error| error.row).collect();
    assert_eq!(refused, [1, 2, 3, 4, 5, 10, 12]);
    let status = status_of(scored.errors[1].error.as_ref().unwrap());
    assert_eq!(violated_fields(&status), ["rows[2].id"]);
    assert_eq!(status.code(), Code::InvalidArgument);
    let status = status_of(scored.errors[2].error.as_ref().unwrap());
    assert_eq!(status.message(), "rows[3].id: repeats the id of rows[0]");
}

fn buyers() -> Vec<Customer> {
    let buyer = |id: usize, (frequency, recency, observation), spend: Option<f64>| {
        let mut buyer = summary(frequency, recency, observation);
        buyer.id = format!("v-{id}");
        if let Some(Purchases::Summary(summary)) = &mut buyer.purchases {
            summary.mean_repeat_spend = spend;
            if spend.is_some() {
                "USD".clone_into(&mut summary.currency);
            }
        }
        buyer
    };
    let mut buyers = vec![
        buyer(0, (2.0, 213.0, 272.0), Some(22.345)),
        buyer(1, (0.0, 0.0, 272.0), None),
        buyer(2, (1.5, 213.0, 272.0), Some(22.345)),
        buyer(3, (2.0, 300.0, 272.0), None),
        buyer(4, (2.0, 20.0, 272.0), Some(-3.0)),
        buyer(5, (2.0, 20.0, f64::NAN), Some(f64::NAN)),
        buyer(6, (40.0, 270.0, 272.0), Some(1e12)),
        buyer(7, (0.0, 0.0, 272.0), Some(5.0)),
    ];
    buyers.push(Customer {
        id: "nothing-known".to_owned(),
        ..Customer::default()
    });
    buyers
}

#[tokio::test]
async fn values_are_scored_by_column() {
    let server = Server::start(value_models()).await;
    let rows = ScoreCustomersRequest {
        value_model: Some(selector("cdnow")),
        customers: buyers(),
        ..ScoreCustomersRequest::default()
    };
    assert_alike(&server, rows.clone()).await;
    let mut both = rows;
    both.churn_model = Some(selector("telco-churn"));
    for buyer in &mut both.customers {
        buyer.features = customer("1").features;
    }
    both.customers[0]
        .features
        .insert("tenure".to_owned(), number(f64::NAN));
    assert_alike(&server, both).await;
}

/// A value model looks at no feature; one that no customer may have is refused
/// all the same.
#[tokio::test]
async fn idle_features_are_checked() {
    let server = Server::start(value_models()).await;
    let mut customers = buyers();
    for (row, buyer) in customers.iter_mut().enumerate() {
        let value = if row == 1 { f64::NAN } else { 1.0 };
        buyer.features.insert("idle".to_owned(), number(value));
    }
    let rows = ScoreCustomersRequest {
        value_model: Some(selector("cdnow")),
        customers,
        ..ScoreCustomersRequest::default()
    };
    assert_alike(&server, rows).await;
}
