//! Messages of every method, with something personal in each of their fields.

use holdfast::grpc::proto::{
    Customer, CustomerRows, GetModelRequest, ModelSelector, NumberEncoding, PurchaseHistory,
    PurchaseSummary, RollbackModelRequest, ScoreColumnsRequest, ScoreCustomerRequest,
    ScoreCustomersRequest, SetAliasRequest, StreamScoresRequest, StreamSettings, WhatIfGoal,
    WhatIfRequest, customer::Purchases, model_selector::Choice, stream_scores_request::Customers,
    what_if_goal::Target,
};
use prost::Message;
use prost_types::FieldMask;
use tonic_health::pb::HealthCheckRequest;
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_request::MessageRequest,
};

use super::{AMOUNT, CANARY, SECRET, calls::Call};
use crate::support::{
    bought, columns_of, customer, flag, history, null, number, score_one, selector, text,
};

/// A call that is answered with a score.
pub(super) fn good() -> Call {
    let request = score_one(customer(&format!("{CANARY}-id")));
    Call::new("good", SCORE, request.encode_to_vec())
}

pub(super) fn all() -> Vec<Call> {
    let mut calls = vec![good()];
    for (name, request) in asked() {
        let one = |path: &str, message| Call::new(name, path, message);
        let customers = request.customer.clone().into_iter().collect::<Vec<_>>();
        calls.push(one(SCORE, request.encode_to_vec()));
        calls.push(one(BATCH, batch(&request, customers.clone())));
        calls.push(one(COLUMNS, columns(&request, &customers)));
        calls.push(one(WHAT_IF, what_if(&request)));
        calls.push(one(STREAM, stream(&request, customers)));
    }
    calls.extend(about_models());
    calls
}

const SCORE: &str = "holdfast.v1.ScoringService/ScoreCustomer";
const BATCH: &str = "holdfast.v1.ScoringService/ScoreCustomers";
const COLUMNS: &str = "holdfast.v1.ScoringService/ScoreColumns";
const WHAT_IF: &str = "holdfast.v1.ScoringService/WhatIf";
const STREAM: &str = "holdfast.v1.ScoringService/StreamScores";

/// Requests for one score, most of them with one fault.
fn asked() -> Vec<(&'static str, ScoreCustomerRequest)> {
    let someone = || customer(&format!("{CANARY}-id"));
    let mut asked = Vec::new();
    for (name, customer) in customers() {
        asked.push((name, score_one(customer.clone())));
        let value = ScoreCustomerRequest {
            churn_model: None,
            value_model: Some(selector("cdnow")),
            ..score_one(customer)
        };
        asked.push((name, value));
    }
    let select = |name: &str, choice| {
        Some(ModelSelector {
            name: name.to_owned(),
            choice,
        })
    };
    let alias = Some(Choice::Alias(CANARY.to_owned()));
    let models = [
        select(CANARY, None),
        select(&format!("../{SECRET}"), None),
        select("telco-churn", alias),
        select("telco-churn", Some(Choice::Alias(format!("{SECRET} !")))),
        select("cdnow", None),
    ];
    for churn_model in models {
        let request = ScoreCustomerRequest {
            churn_model,
            ..score_one(someone())
        };
        asked.push(("model", request));
    }
    let mut profile = score_one(someone());
    profile.churn_model = None;
    CANARY.clone_into(&mut profile.profile);
    asked.push(("profile", profile));
    let mut language = score_one(someone());
    SECRET.clone_into(&mut language.language);
    asked.push(("language", language));
    let mut mask = score_one(someone());
    mask.score_mask = Some(FieldMask {
        paths: vec![CANARY.to_owned(), format!("churn.{CANARY}")],
    });
    asked.push(("mask", mask));
    asked
}

/// Customers with one fault each.
fn customers() -> Vec<(&'static str, Customer)> {
    let with = |name: &str, value| {
        let mut customer = customer(&format!("{CANARY}-id"));
        customer.features.insert(name.to_owned(), value);
        customer
    };
    let purchases = |change: fn(&mut PurchaseHistory)| {
        let mut bought = bought("1997-04-11", AMOUNT);
        bought.products = vec![SECRET.to_owned()];
        let mut customer = history(vec![bought]);
        if let Some(Purchases::History(history)) = &mut customer.purchases {
            change(history);
        }
        customer.id = format!("{CANARY}-id");
        customer
    };
    let mut as_of = purchases(|_| {});
    SECRET.clone_into(&mut as_of.as_of);
    let mut summary = customer(CANARY);
    summary.purchases = Some(Purchases::Summary(PurchaseSummary {
        frequency: AMOUNT,
        recency_days: -AMOUNT,
        observation_days: AMOUNT,
        mean_repeat_spend: Some(AMOUNT),
        currency: SECRET.to_owned(),
    }));
    vec![
        ("unknown feature", with(&format!("{CANARY}-name"), null())),
        ("text for a number", with("tenure", text(SECRET))),
        ("number for a flag", with("Partner", number(AMOUNT))),
        ("flag for a text", with("Contract", flag(true))),
        ("unknown category", with("Contract", text(SECRET))),
        (
            "text too long",
            with("Contract", text(&SECRET.repeat(5000))),
        ),
        ("not a number", with("tenure", number(f64::NAN))),
        ("out of range", with("tenure", number(AMOUNT))),
        ("long id", customer(&CANARY.repeat(100))),
        ("no id", customer("")),
        ("history", purchases(|_| {})),
        ("as of", as_of),
        ("summary", summary),
        (
            "day",
            purchases(|of| SECRET.clone_into(&mut of.purchases[0].day)),
        ),
        (
            "late",
            purchases(|of| "1999-01-01".clone_into(&mut of.purchases[0].day)),
        ),
        (
            "amount",
            purchases(|of| of.purchases[0].amount = Some(-AMOUNT)),
        ),
        (
            "currency",
            purchases(|of| SECRET.clone_into(&mut of.currency)),
        ),
        (
            "product",
            purchases(|of| of.purchases[0].products = vec![SECRET.repeat(1000), String::new()]),
        ),
    ]
}

fn batch(request: &ScoreCustomerRequest, customers: Vec<Customer>) -> Vec<u8> {
    let request = request.clone();
    let batch = ScoreCustomersRequest {
        churn_model: request.churn_model,
        value_model: request.value_model,
        profile: request.profile,
        score_mask: request.score_mask,
        language: request.language,
        customers,
        ..ScoreCustomersRequest::default()
    };
    batch.encode_to_vec()
}

/// The same by column, but for histories, which have none.
fn columns(request: &ScoreCustomerRequest, customers: &[Customer]) -> Vec<u8> {
    let request = request.clone();
    let mut customers = customers.to_vec();
    for customer in &mut customers {
        customer.purchases = match customer.purchases.take() {
            Some(Purchases::Summary(summary)) => Some(Purchases::Summary(summary)),
            Some(Purchases::History(_)) | None => None,
        };
    }
    let columns = ScoreColumnsRequest {
        churn_model: request.churn_model,
        value_model: request.value_model,
        profile: request.profile,
        score_mask: request.score_mask,
        language: request.language,
        columns: Some(columns_of(&customers, NumberEncoding::LittleEndian)),
        ..ScoreColumnsRequest::default()
    };
    columns.encode_to_vec()
}

fn what_if(request: &ScoreCustomerRequest) -> Vec<u8> {
    let request = request.clone();
    let goal = WhatIfGoal {
        target: Some(Target::ProbabilityBelow(0.1)),
        actionable: vec![format!("{CANARY}-name"), "tenure".to_owned()],
    };
    let what_if = WhatIfRequest {
        churn_model: request.churn_model,
        value_model: request.value_model,
        profile: request.profile,
        language: request.language,
        customer: request.customer,
        changes: [("Contract".to_owned(), text(SECRET))].into(),
        goal: Some(goal),
        ..WhatIfRequest::default()
    };
    what_if.encode_to_vec()
}

fn stream(request: &ScoreCustomerRequest, customers: Vec<Customer>) -> Vec<u8> {
    let request = request.clone();
    let settings = StreamSettings {
        churn_model: request.churn_model,
        value_model: request.value_model,
        profile: request.profile,
        score_mask: request.score_mask,
        language: request.language,
        ..StreamSettings::default()
    };
    let message = StreamScoresRequest {
        sequence: 1,
        settings: Some(settings),
        customers: Some(Customers::Rows(CustomerRows { customers })),
    };
    message.encode_to_vec()
}

/// What is asked of the other services; changes that are refused before they are
/// anybody's act.
fn about_models() -> Vec<Call> {
    let model = |name: &str| GetModelRequest {
        model: Some(selector(name)),
    };
    let set = SetAliasRequest {
        name: format!("{SECRET} !"),
        alias: format!("{SECRET} !"),
        actor: SECRET.to_owned(),
        reason: SECRET.to_owned(),
        ..SetAliasRequest::default()
    };
    let roll_back = RollbackModelRequest {
        name: format!("{SECRET} !"),
        actor: SECRET.to_owned(),
        reason: SECRET.to_owned(),
        ..RollbackModelRequest::default()
    };
    let health = HealthCheckRequest {
        service: SECRET.to_owned(),
    };
    let reflect = |request| ServerReflectionRequest {
        host: SECRET.to_owned(),
        message_request: Some(request),
    };
    let models = |method: &str, message| {
        Call::new(
            "models",
            &format!("holdfast.v1.ModelService/{method}"),
            message,
        )
    };
    let mut calls = vec![
        models("GetModel", model(CANARY).encode_to_vec()),
        models("GetModel", model(&format!("../{SECRET}")).encode_to_vec()),
        models("SetAlias", set.encode_to_vec()),
        models("RollbackModel", roll_back.encode_to_vec()),
        Call::new(
            "health",
            "grpc.health.v1.Health/Check",
            health.encode_to_vec(),
        ),
    ];
    for request in [
        MessageRequest::FileByFilename(CANARY.to_owned()),
        MessageRequest::FileContainingSymbol(CANARY.to_owned()),
    ] {
        let message = reflect(request).encode_to_vec();
        for version in ["v1", "v1alpha"] {
            let path = format!("grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
            calls.push(Call::new("reflection", &path, message.clone()));
        }
    }
    calls
}
