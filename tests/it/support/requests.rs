//! Requests in few words.

use std::{collections::BTreeMap, fs::File};

use holdfast::grpc::proto::{
    Customer, FeatureValue, ModelSelector, Null, ScoreCustomerRequest, ScoreCustomersRequest,
    feature_value::Kind,
};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::telco_csv;

pub(crate) fn number(number: f64) -> FeatureValue {
    value(Kind::Number(number))
}

pub(crate) fn text(text: &str) -> FeatureValue {
    value(Kind::Text(text.to_owned()))
}

pub(crate) fn flag(flag: bool) -> FeatureValue {
    value(Kind::Flag(flag))
}

pub(crate) fn null() -> FeatureValue {
    value(Kind::Null(Null {}))
}

fn value(kind: Kind) -> FeatureValue {
    FeatureValue { kind: Some(kind) }
}

pub(crate) fn selector(name: &str) -> ModelSelector {
    ModelSelector {
        name: name.to_owned(),
        choice: None,
    }
}

pub(crate) fn score_one(customer: Customer) -> ScoreCustomerRequest {
    ScoreCustomerRequest {
        churn_model: Some(selector("telco-churn")),
        value_model: None,
        max_reasons: None,
        customer: Some(customer),
        ..ScoreCustomerRequest::default()
    }
}

pub(crate) fn score_batch(customers: Vec<Customer>) -> ScoreCustomersRequest {
    ScoreCustomersRequest {
        churn_model: Some(selector("telco-churn")),
        value_model: None,
        max_reasons: None,
        customers,
        ..ScoreCustomersRequest::default()
    }
}

/// The first customer of the shipped data, under another id.
pub(crate) fn customer(id: &str) -> Customer {
    Customer {
        id: id.to_owned(),
        ..telco_customers().swap_remove(0)
    }
}

/// Every customer of the shipped data, as a caller would send it.
pub(crate) fn telco_customers() -> Vec<Customer> {
    const NUMBERS: [&str; 3] = ["tenure", "MonthlyCharges", "TotalCharges"];
    const FLAGS: [&str; 5] = [
        "SeniorCitizen",
        "Partner",
        "Dependents",
        "PhoneService",
        "PaperlessBilling",
    ];
    let mut reader = csv::Reader::from_reader(File::open(telco_csv()).unwrap());
    let header = reader.headers().unwrap().clone();
    let customer = |record: csv::StringRecord| {
        let mut features = BTreeMap::new();
        for (name, cell) in header.iter().zip(&record) {
            let value = match name {
                "customerID" | "Churn" => continue,
                _ if cell.trim().is_empty() => null(),
                _ if NUMBERS.contains(&name) => number(cell.parse().unwrap()),
                _ if FLAGS.contains(&name) => flag(["Yes", "1"].contains(&cell)),
                _ => text(cell),
            };
            features.insert(name.to_owned(), value);
        }
        Customer {
            id: record[0].to_owned(),
            features,
            ..Customer::default()
        }
    };
    reader
        .records()
        .map(|record| customer(record.unwrap()))
        .collect()
}

/// The fields that a status blames, in its order.
pub(crate) fn violated_fields(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request();
    details
        .map(|bad_request| bad_request.field_violations)
        .unwrap_or_default()
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}

/// The status of a row, as that of a call.
pub(crate) fn status_of(row: &tonic_types::Status) -> Status {
    let encoded = prost::Message::encode_to_vec(row);
    Status::with_details(Code::from(row.code), row.message.clone(), encoded.into())
}
