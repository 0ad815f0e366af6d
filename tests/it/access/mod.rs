//! Who may ask: credentials, scopes and models, over real connections.

mod addresses;
mod certificates;
mod file;
mod quotas;
mod revoked;
mod tls;
mod tokens;

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use holdfast::{
    access::{LiveAccess, Rule, Scope, rule},
    artifact::Digest,
    config::access_file,
    grpc::{
        Options,
        proto::{
            self, GetModelRequest, ListModelsRequest, ScoreCustomersRequest, StreamScoresRequest,
            StreamSettings, model_service_client::ModelServiceClient,
            scoring_service_client::ScoringServiceClient,
        },
    },
};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::{
    Code, Request, Status, body::Body, client::GrpcService, codegen::http, metadata::MetadataValue,
    transport::Channel,
};
use tonic_types::StatusExt as _;

use crate::support::{Server, score_one, selector, telco_customers, telco_models};

/// Seconds since 1970.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

/// As an access file states a key.
fn digest(key: &str) -> String {
    format!("sha256:{}", Digest::of(key.as_bytes()))
}

/// A principal of a key that is its name.
fn principal(name: &str, more: &str) -> String {
    let key = digest(name);
    format!("[[principals]]\nname = '{name}'\nkeys = ['{key}']\n{more}\n")
}

fn access(text: &str) -> Arc<LiveAccess> {
    let file = access_file::parse(text).unwrap();
    Arc::new(LiveAccess::new(file.stated))
}

async fn server(access: Arc<LiveAccess>) -> Server {
    let options = Options {
        access: Some(access),
        ..Options::default()
    };
    Server::with_options(telco_models(), options).await
}

/// Calls a method with an empty message and these `authorization` headers.
async fn ask(channel: &Channel, method: &str, authorization: &[&str]) -> Status {
    let path = if method.starts_with("grpc.") {
        method.to_owned()
    } else {
        format!("holdfast.v1.{method}")
    };
    let mut request = http::Request::post(format!("http://server/{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    for value in authorization {
        request = request.header("authorization", *value);
    }
    let frame = http_body_util::Full::from(vec![0; 5]);
    let request = request.body(Body::new(frame)).unwrap();
    let mut channel = channel.clone();
    std::future::poll_fn(|context| channel.poll_ready(context))
        .await
        .unwrap();
    let response = channel.call(request).await.unwrap();
    // Answers end with `OK`, in trailers.
    let status = Status::from_header_map(response.headers());
    status.unwrap_or_else(|| Status::ok(""))
}

fn reason(status: &Status) -> String {
    let info = status.get_details_error_info();
    info.unwrap_or_else(|| panic!("{status:?}")).reason
}

/// All that a status says.
fn told(status: &Status) -> String {
    format!("{status:?} {}", String::from_utf8_lossy(status.details()))
}

fn by<T>(key: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value: MetadataValue<_> = format!("Bearer {key}").parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}

/// Every method that a server answers.
fn methods() -> Vec<String> {
    let sets = [
        proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
    ];
    let mut methods = Vec::new();
    for set in sets {
        for file in FileDescriptorSet::decode(set).unwrap().file {
            for service in &file.service {
                let (package, service_name) = (file.package(), service.name());
                let names = service
                    .method
                    .iter()
                    .map(prost_types::MethodDescriptorProto::name);
                methods.extend(names.map(|name| format!("{package}.{service_name}/{name}")));
            }
        }
    }
    methods
}

#[test]
fn every_method_has_a_rule() {
    let methods = methods();
    assert!(methods.len() >= 13, "{methods:?}");
    for method in &methods {
        let rule = rule(&format!("/{method}"));
        assert!(rule.is_some(), "{method}");
        // Only probes need nothing.
        assert!(
            rule != Some(Rule::Open) || method.starts_with("grpc.health"),
            "{method}"
        );
    }
    for path in [
        "",
        "/",
        "/holdfast.v1.ScoringService/",
        "//",
        "holdfast.v1.ScoringService/WhatIf",
        "/holdfast.v1.ScoringService/WhatIf/",
        "/holdfast.v1.scoringservice/WhatIf",
    ] {
        assert_eq!(rule(path), None, "{path}");
    }
}

#[tokio::test]
async fn every_method_asks_for_its_scope() {
    let text = [("s", "score"), ("r", "read-models"), ("m", "manage-models")]
        .map(|(name, scope)| principal(name, &format!("scopes = ['{scope}']")));
    let server = server(access(&text.concat())).await;
    for method in methods() {
        let needs = rule(&format!("/{method}")).unwrap();
        let method = method.trim_start_matches("holdfast.v1.");
        if needs == Rule::Open {
            assert_ne!(
                ask(&server.channel, method, &[]).await.code(),
                Code::Unauthenticated
            );
            continue;
        }
        let unknown = ask(&server.channel, method, &[]).await;
        assert_eq!(unknown.code(), Code::Unauthenticated, "{method}");
        assert_eq!(reason(&unknown), "CREDENTIALS_MISSING", "{method}");
        for (key, scope) in [
            ("s", Scope::Score),
            ("r", Scope::ReadModels),
            ("m", Scope::ManageModels),
        ] {
            let status = ask(&server.channel, method, &[&format!("Bearer {key}")]).await;
            let denied = status.code() == Code::PermissionDenied;
            assert_eq!(denied, needs != Rule::Needs(scope), "{method} {key}");
            if denied {
                let info = status.get_details_error_info().unwrap();
                assert_eq!(
                    (info.reason.as_str(), info.domain.as_str()),
                    ("SCOPE_MISSING", "holdfast")
                );
            }
        }
    }
    let unheard_of = ask(&server.channel, "ModelService/DropModels", &["Bearer m"]).await;
    assert_eq!(unheard_of.code(), Code::Unimplemented);
    let unheard_of = ask(&server.channel, "ModelService/DropModels", &[]).await;
    assert_eq!(unheard_of.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn credentials_at_fault_are_refused_and_never_repeated() {
    let server = server(access(&principal("right", "scopes = ['read-models']"))).await;
    let long = format!("Bearer {}", "s3cret".repeat(1366));
    for (headers, wanted) in [
        (&["Bearer s3cret"][..], "TOKEN_UNKNOWN"),
        (&["Bearer s3cret.s3cret.s3cret"], "TOKEN_UNKNOWN"),
        (&["Basic s3cret"], "CREDENTIALS_MALFORMED"),
        (&["s3cret"], "CREDENTIALS_MALFORMED"),
        (&["Bearer"], "CREDENTIALS_MALFORMED"),
        (&["Bearer "], "CREDENTIALS_MALFORMED"),
        (&["Bearer s3cret s3cret"], "CREDENTIALS_MALFORMED"),
        (&["Bearer right", "Bearer s3cret"], "CREDENTIALS_MALFORMED"),
        (&["Bearer right", "Bearer right"], "CREDENTIALS_MALFORMED"),
        (&[&long], "TOKEN_TOO_LARGE"),
        (&["Bearer Right"], "TOKEN_UNKNOWN"),
        (&["Bearer righ"], "TOKEN_UNKNOWN"),
    ] {
        let status = ask(&server.channel, "ModelService/ListModels", headers).await;
        assert_eq!(status.code(), Code::Unauthenticated, "{headers:?}");
        assert_eq!(reason(&status), wanted, "{headers:?}");
        assert!(!told(&status).contains("s3cret"), "{}", told(&status));
    }
    for good in ["Bearer right", "bearer right", "BEARER right"] {
        let status = ask(&server.channel, "ModelService/ListModels", &[good]).await;
        assert_eq!(status.code(), Code::Ok, "{good}");
    }
}

/// The transport refuses what is longer than all headers may be, before anything
/// of it is looked at.
#[tokio::test]
async fn a_token_of_a_mebibyte_harms_nobody() {
    let server = server(access(&principal("right", "scopes = ['read-models']"))).await;
    let token = "s3cret".repeat((1 << 20) / 6);
    let mut client = ModelServiceClient::connect(server.address.clone())
        .await
        .unwrap();
    let status = client
        .list_models(by(&token, ListModelsRequest {}))
        .await
        .unwrap_err();
    assert_ne!(status.code(), Code::Ok);
    assert!(!told(&status).contains("s3cret"));
    let status = ask(
        &server.channel,
        "ModelService/ListModels",
        &["Bearer right"],
    )
    .await;
    assert_eq!(status.code(), Code::Ok);
}

#[tokio::test]
async fn a_principal_asks_for_its_own_models_only() {
    let scopes = "scopes = ['score', 'read-models', 'manage-models']";
    let text = principal("all", scopes)
        + &principal("own", &format!("{scopes}\nmodels = ['telco-churn']"))
        + &principal("other", &format!("{scopes}\nmodels = ['other']"))
        + &principal("none", &format!("{scopes}\nmodels = []"));
    let server = server(access(&text)).await;
    let customers = telco_customers()[..2].to_vec();
    let one = || score_one(customers[0].clone());
    let batch = || ScoreCustomersRequest {
        churn_model: Some(selector("telco-churn")),
        customers: customers.clone(),
        ..Default::default()
    };
    let model = || GetModelRequest {
        model: Some(selector("telco-churn")),
    };
    let stream = || StreamScoresRequest {
        settings: Some(StreamSettings {
            churn_model: Some(selector("telco-churn")),
            ..Default::default()
        }),
        ..Default::default()
    };
    let mut scoring = ScoringServiceClient::new(server.channel.clone());
    let mut models = ModelServiceClient::new(server.channel.clone());
    for key in ["all", "own"] {
        scoring.score_customer(by(key, one())).await.unwrap();
        scoring.score_customers(by(key, batch())).await.unwrap();
        models.get_model(by(key, model())).await.unwrap();
        let listed = models.list_models(by(key, ListModelsRequest {})).await;
        assert_eq!(listed.unwrap().into_inner().models.len(), 1);
    }
    for key in ["other", "none"] {
        let streamed = tokio_stream::iter([stream()]);
        let mut answers = scoring
            .stream_scores(by(key, streamed))
            .await
            .unwrap()
            .into_inner();
        let what_if = proto::WhatIfRequest {
            churn_model: Some(selector("telco-churn")),
            customer: Some(customers[0].clone()),
            ..Default::default()
        };
        let move_alias = proto::SetAliasRequest {
            name: "telco-churn".to_owned(),
            alias: "next".to_owned(),
            actor: "ann".to_owned(),
            target: Some(proto::set_alias_request::Target::Version(1)),
            ..Default::default()
        };
        let roll_back = proto::RollbackModelRequest {
            name: "telco-churn".to_owned(),
            actor: "ann".to_owned(),
            ..Default::default()
        };
        for status in [
            scoring.score_customer(by(key, one())).await.unwrap_err(),
            scoring.score_customers(by(key, batch())).await.unwrap_err(),
            scoring.what_if(by(key, what_if)).await.unwrap_err(),
            answers.message().await.unwrap_err(),
            models.get_model(by(key, model())).await.unwrap_err(),
            models.set_alias(by(key, move_alias)).await.unwrap_err(),
            models.rollback_model(by(key, roll_back)).await.unwrap_err(),
        ] {
            assert_eq!(status.code(), Code::PermissionDenied, "{status:?}");
            let info = status.get_details_error_info().unwrap();
            assert_eq!(info.reason, "MODEL_NOT_ALLOWED");
            assert_eq!(info.metadata["model"], "telco-churn");
        }
        let listed = models.list_models(by(key, ListModelsRequest {})).await;
        assert!(listed.unwrap().into_inner().models.is_empty());
    }
    // Whether there is such a model is not told.
    let mut absent = one();
    absent.churn_model = Some(selector("absent"));
    let status = scoring.score_customer(by("own", absent)).await.unwrap_err();
    assert_eq!(reason(&status), "MODEL_NOT_ALLOWED");
}
