//! What nobody should send, and what it gets: every field at fault by name,
//! never `INTERNAL`, never the data.

mod messages;
mod rows;

use holdfast::grpc::{
    Options,
    proto::{
        Customer, FeatureNoteKind, FeatureValue, GetModelRequest, ModelSelector,
        ScoreCustomerRequest, ScoreCustomersRequest, customer_outcome::Outcome,
        model_selector::Choice,
    },
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::support::{
    Server, customer, flag, null, number, score_batch, score_one, selector, status_of,
    telco_models, text, violated_fields,
};

const SECRET: &str = "jane.doe@example.com";

fn with(id: &str, feature: &str, value: FeatureValue) -> Customer {
    let mut customer = customer(id);
    customer.features.insert(feature.to_owned(), value);
    customer
}

fn without(feature: &str) -> Customer {
    let mut customer = customer("1");
    customer.features.remove(feature);
    customer
}

async fn refusal(request: ScoreCustomerRequest) -> Status {
    let server = Server::start(telco_models()).await;
    server.score_customer(request).await.unwrap_err()
}

/// Sends one customer and compares the fields that the answer blames.
async fn check(customer: Customer, fields: &[&str]) {
    let status = refusal(score_one(customer)).await;
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert_eq!(violated_fields(&status), fields);
    assert_eq!(reason(&status), "INVALID_REQUEST");
    assert!(!format!("{status:?}").contains(SECRET));
    assert!(status.message().len() <= 1024);
}

fn reason(status: &Status) -> String {
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.domain, "holdfast");
    info.reason
}

#[tokio::test]
async fn a_feature_at_fault_is_named() {
    check(without("tenure"), &["customer.features.tenure"]).await;
    for value in [
        null(),
        number(f64::NAN),
        number(f64::INFINITY),
        number(f64::NEG_INFINITY),
        text(SECRET),
        flag(true),
        FeatureValue { kind: None },
    ] {
        check(with("1", "tenure", value), &["customer.features.tenure"]).await;
    }
    for value in [number(1.0), text("Yes")] {
        check(with("1", "Partner", value), &["customer.features.Partner"]).await;
    }
    let contract = &["customer.features.Contract"];
    check(with("1", "Contract", flag(true)), contract).await;
    let huge = text(&SECRET.repeat(60_000));
    check(with("1", "Contract", huge), contract).await;
    check(
        with("1", "shoe_size", number(43.0)),
        &["customer.features.shoe_size"],
    )
    .await;
}

#[tokio::test]
async fn everything_at_fault_is_named_at_once() {
    let mut customer = with("", "tenure", number(f64::NAN));
    customer.features.insert("Contract".to_owned(), flag(true));
    customer
        .features
        .insert("shoe_size".to_owned(), number(43.0));
    customer.features.remove("gender");
    check(
        customer,
        &[
            "customer.id",
            "customer.features.tenure",
            "customer.features.shoe_size",
            "customer.features.gender",
            "customer.features.Contract",
        ],
    )
    .await;
}

#[tokio::test]
async fn selector_and_customer_are_blamed_together() {
    let request = ScoreCustomerRequest {
        churn_model: Some(selector("../telco-churn")),
        ..score_one(with("", "tenure", number(f64::NAN)))
    };
    assert_eq!(
        violated_fields(&refusal(request).await),
        [
            "churn_model.name",
            "customer.id",
            "customer.features.tenure"
        ]
    );
    let empty = ScoreCustomerRequest::default();
    assert_eq!(
        violated_fields(&refusal(empty).await),
        ["churn_model", "customer"]
    );
}

/// Twenty of the longest names a caller can think of still fit the headers that
/// clients accept by default.
#[tokio::test]
async fn hostile_feature_names_cannot_fill_the_answer() {
    let mut customer = customer("1");
    for (index, filler) in ["\u{202e}", "\"", "\n", "任", "x"]
        .into_iter()
        .cycle()
        .take(25)
        .enumerate()
    {
        let name = format!("{index}{SECRET}{}", filler.repeat(10_000));
        customer.features.insert(name, number(1.0));
    }
    let status = refusal(score_one(customer)).await;
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert!(status.message().len() <= 1024);
    assert!(status.details().len() < 5000);
    let fields = violated_fields(&status);
    assert_eq!(fields.len(), 20);
    assert!(
        fields
            .iter()
            .all(|field| field.len() < 100 && !field.contains('\n'))
    );
}

#[tokio::test]
async fn many_faults_are_capped_and_counted() {
    let mut customer = customer("1");
    for feature in 0..500 {
        customer
            .features
            .insert(format!("unknown_{feature}"), number(1.0));
    }
    let status = refusal(score_one(customer)).await;
    assert_eq!(violated_fields(&status).len(), 20);
    assert!(status.message().ends_with("(and 499 more)"));
}

#[tokio::test]
async fn ids_and_the_number_of_features_are_bounded() {
    check(customer(&"x".repeat(257)), &["customer.id"]).await;
    let mut none = customer("1");
    none.features.clear();
    let status = refusal(score_one(none)).await;
    assert_eq!(violated_fields(&status)[0], "customer.features");
    let mut many = customer("1");
    for feature in 0..2000 {
        many.features.insert(feature.to_string(), null());
    }
    let status = refusal(score_one(many)).await;
    assert_eq!(violated_fields(&status)[0], "customer.features");
    assert!(!status.message().contains("is required"));
    assert!(status.message().ends_with("(and 2000 more)")); // each unknown, none missing
}

#[tokio::test]
async fn unknown_models_and_versions_are_not_found() {
    let ask = |name: &str, choice| {
        refusal(ScoreCustomerRequest {
            churn_model: Some(ModelSelector {
                name: name.to_owned(),
                choice,
            }),
            ..score_one(customer("1"))
        })
    };
    let status = ask("no-such-model", None).await;
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(reason(&status), "MODEL_NOT_FOUND");
    let status = ask("telco-churn", Some(Choice::Version(2))).await;
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(reason(&status), "VERSION_NOT_FOUND");
    let status = ask("telco-churn", Some(Choice::Alias("No Alias".to_owned()))).await;
    assert_eq!(violated_fields(&status), ["churn_model.alias"]);
    let status = ask("telco-churn", Some(Choice::Version(0))).await;
    assert_eq!(violated_fields(&status), ["churn_model.version"]);
    for name in ["", ".", "..", "a/b", "TELCO", "a\0b", "%2e%2e", "тelco"] {
        let status = ask(name, None).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{name:?}");
        assert_eq!(violated_fields(&status), ["churn_model.name"]);
    }
}

#[tokio::test]
async fn unusual_values_are_scored_and_noted() {
    let mut customer = with("1", "tenure", number(1e300));
    customer
        .features
        .insert("Contract".to_owned(), text("Lifelong"));
    customer.features.remove("TotalCharges");
    let server = Server::start(telco_models()).await;
    let response = server.score_customer(score_one(customer)).await;
    let score = response.unwrap();
    let churn = score.churn.unwrap();
    let notes: Vec<_> = churn
        .notes
        .iter()
        .map(|note| (note.feature.as_str(), note.kind(), note.scored_as))
        .collect();
    assert_eq!(
        notes,
        [
            ("tenure", FeatureNoteKind::OutOfTrainedRange, Some(72.0)),
            ("Contract", FeatureNoteKind::UnknownCategory, None),
            ("TotalCharges", FeatureNoteKind::Missing, None),
        ]
    );
    assert!((0.0..=1.0).contains(&churn.probability));
}
