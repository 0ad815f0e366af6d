//! Requests.

use std::collections::BTreeMap;

use holdfast::grpc::proto::{
    Customer, CustomerColumns, CustomerRows, FeatureColumn, FeatureValue, Flags, GetModelRequest,
    ModelSelector, Null, Numbers, Purchase, PurchaseHistory, PurchaseSummary,
    PurchaseSummaryColumns, RollbackModelRequest, ScoreColumnsRequest, ScoreCustomerRequest,
    ScoreCustomersRequest, SetAliasRequest, StreamScoresRequest, StreamSettings, Texts, WhatIfGoal,
    WhatIfRequest, customer::Purchases, feature_column::Values, feature_value::Kind,
    model_selector::Choice, set_alias_request, stream_scores_request::Customers,
    what_if_goal::Target,
};
use prost::Message;

/// By target and name.
pub(crate) fn all() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let mut all = vec![
        ("customers", "subscriber", subscriber().encode_to_vec()),
        ("customers", "buyer", buyer().encode_to_vec()),
        ("customers", "summarised", summarised().encode_to_vec()),
        ("columns", "all", columns().encode_to_vec()),
        ("requests", "list", vec![6]),
        ("manage", "moves", moves()),
    ];
    all.extend(requests());
    all
}

fn requests() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let (churn_model, value_model) = (model("telco-churn", None), model("cdnow-value", None));
    let single = |customer: Customer| ScoreCustomerRequest {
        churn_model: Some(churn_model.clone()).filter(|_| !customer.features.is_empty()),
        value_model: Some(value_model.clone()).filter(|_| customer.purchases.is_some()),
        max_reasons: Some(2),
        customer: Some(customer),
        ..ScoreCustomerRequest::default()
    };
    let batch = ScoreCustomersRequest {
        churn_model: Some(model("telco-churn", Some(Choice::Version(2)))),
        customers: vec![subscriber(), Customer::default(), subscriber()],
        ..ScoreCustomersRequest::default()
    };
    let by_column = ScoreColumnsRequest {
        churn_model: Some(churn_model.clone()),
        value_model: Some(value_model.clone()),
        columns: Some(columns()),
        ..ScoreColumnsRequest::default()
    };
    let what_if = WhatIfRequest {
        churn_model: Some(churn_model.clone()),
        customer: Some(subscriber()),
        changes: BTreeMap::from([("Contract".to_owned(), value(Kind::Text("Two year".into())))]),
        goal: Some(WhatIfGoal {
            target: Some(Target::ProbabilityBelow(0.2)),
            actionable: vec!["Contract".to_owned(), "MonthlyCharges".to_owned()],
        }),
        ..WhatIfRequest::default()
    };
    let stream = |customers| StreamScoresRequest {
        sequence: 7,
        settings: Some(StreamSettings {
            churn_model: Some(churn_model.clone()),
            ..StreamSettings::default()
        }),
        customers: Some(customers),
    };
    let rows = CustomerRows {
        customers: vec![subscriber()],
    };
    let get = GetModelRequest {
        model: Some(model("telco-churn", Some(Choice::Version(1)))),
    };
    let of = |method: u8, message: Vec<u8>| [vec![method], message].concat();
    vec![
        (
            "requests",
            "churn",
            of(0, single(subscriber()).encode_to_vec()),
        ),
        ("requests", "value", of(0, single(buyer()).encode_to_vec())),
        (
            "requests",
            "summary",
            of(0, single(summarised()).encode_to_vec()),
        ),
        ("requests", "batch", of(1, batch.encode_to_vec())),
        ("requests", "columns", of(2, by_column.encode_to_vec())),
        ("requests", "what-if", of(3, what_if.encode_to_vec())),
        (
            "requests",
            "stream",
            of(4, stream(Customers::Rows(rows)).encode_to_vec()),
        ),
        (
            "requests",
            "stream-columns",
            of(4, stream(Customers::Columns(columns())).encode_to_vec()),
        ),
        ("requests", "get", of(5, get.encode_to_vec())),
    ]
}

/// Sets, rolls back and reads, each with its length.
fn moves() -> Vec<u8> {
    let set = |version| SetAliasRequest {
        name: "telco-churn".to_owned(),
        alias: "champion".to_owned(),
        target: Some(set_alias_request::Target::Version(version)),
        actor: "a".to_owned(),
        ..SetAliasRequest::default()
    };
    let back = RollbackModelRequest {
        name: "telco-churn".to_owned(),
        actor: "a".to_owned(),
        ..RollbackModelRequest::default()
    };
    let get = GetModelRequest {
        model: Some(model(
            "telco-churn",
            Some(Choice::Alias("champion".to_owned())),
        )),
    };
    let calls = [
        (0, set(1).encode_to_vec()),
        (0, set(2).encode_to_vec()),
        (1, back.encode_to_vec()),
        (2, Vec::new()),
        (3, get.encode_to_vec()),
    ];
    let call = |(method, message): (u8, Vec<u8>)| {
        let length = u8::try_from(message.len()).unwrap();
        [vec![method, length], message].concat()
    };
    calls.into_iter().flat_map(call).collect()
}

fn model(name: &str, choice: Option<Choice>) -> ModelSelector {
    ModelSelector {
        name: name.to_owned(),
        choice,
    }
}

fn value(kind: Kind) -> FeatureValue {
    FeatureValue { kind: Some(kind) }
}

fn subscriber() -> Customer {
    let features = [
        ("tenure", Kind::Number(5.0)),
        ("MonthlyCharges", Kind::Number(70.35)),
        ("TotalCharges", Kind::Null(Null {})),
        ("SeniorCitizen", Kind::Flag(false)),
        ("Partner", Kind::Flag(true)),
        ("Dependents", Kind::Flag(false)),
        ("PhoneService", Kind::Flag(true)),
        ("PaperlessBilling", Kind::Flag(true)),
        ("gender", Kind::Text("Female".to_owned())),
        ("MultipleLines", Kind::Text("No".to_owned())),
        ("InternetService", Kind::Text("Fiber optic".to_owned())),
        ("OnlineSecurity", Kind::Text("No".to_owned())),
        ("OnlineBackup", Kind::Text("Yes".to_owned())),
        ("DeviceProtection", Kind::Text("No".to_owned())),
        ("TechSupport", Kind::Text("No".to_owned())),
        ("StreamingTV", Kind::Text("Yes".to_owned())),
        ("StreamingMovies", Kind::Text("another".to_owned())),
        ("Contract", Kind::Text("Month-to-month".to_owned())),
        ("PaymentMethod", Kind::Text("Mailed check".to_owned())),
    ];
    let features = features.map(|(name, kind)| (name.to_owned(), value(kind)));
    Customer {
        id: "c1".to_owned(),
        features: features.into(),
        ..Customer::default()
    }
}

fn buyer() -> Customer {
    let purchase = |day: &str, amount| Purchase {
        day: day.to_owned(),
        amount: Some(amount),
        ..Purchase::default()
    };
    let history = PurchaseHistory {
        currency: "USD".to_owned(),
        purchases: vec![
            purchase("1997-01-03", 29.33),
            purchase("1997-03-30", -5.0),
            purchase("1997-09-28", 14.96),
        ],
    };
    Customer {
        id: "c2".to_owned(),
        as_of: "1997-09-30".to_owned(),
        purchases: Some(Purchases::History(history)),
        ..Customer::default()
    }
}

fn summarised() -> Customer {
    let summary = PurchaseSummary {
        frequency: 2.0,
        recency_days: 213.0,
        observation_days: 272.0,
        mean_repeat_spend: Some(22.35),
        currency: "USD".to_owned(),
    };
    Customer {
        id: "c3".to_owned(),
        purchases: Some(Purchases::Summary(summary)),
        ..Customer::default()
    }
}

/// Three customers with a column of each kind.
fn columns() -> CustomerColumns {
    let numbers = |values: [f64; 3]| Numbers {
        values: values.to_vec(),
        ..Numbers::default()
    };
    let column = |name: &str, values| FeatureColumn {
        name: name.to_owned(),
        values: Some(values),
    };
    let little_endian = [70.35_f64, 20.0, 99.9].map(f64::to_le_bytes).concat();
    let texts = Texts {
        dictionary: vec!["One year".to_owned(), "Month-to-month".to_owned()],
        indices: vec![1, 0, 300],
        validity: vec![0b011],
    };
    CustomerColumns {
        ids: ["a", "b", "c"].map(str::to_owned).to_vec(),
        features: vec![
            column("tenure", Values::Numbers(numbers([1.0, 12.0, f64::NAN]))),
            column(
                "MonthlyCharges",
                Values::Numbers(Numbers {
                    little_endian: little_endian.into(),
                    validity: vec![0b101],
                    ..Numbers::default()
                }),
            ),
            column("Contract", Values::Texts(texts)),
            column(
                "Partner",
                Values::Flags(Flags {
                    values: vec![0b010],
                    validity: Vec::new(),
                }),
            ),
        ],
        summary: Some(PurchaseSummaryColumns {
            frequency: Some(numbers([0.0, 2.0, 7.0])),
            recency_days: Some(numbers([0.0, 100.0, 200.0])),
            observation_days: Some(numbers([30.0, 200.0, 250.0])),
            mean_repeat_spend: None,
            currency: "USD".to_owned(),
        }),
    }
}
