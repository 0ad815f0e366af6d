//! What the server says of its models, and of its health.

use std::fs;

use holdfast::grpc::proto::{
    GetModelRequest, Model, ModelKind, ScoreCustomerRequest, feature_spec::Kind,
    model::Kind as Predicts,
};
use tonic::{Code, Status};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_types::StatusExt;

use crate::support::{
    Server, copy, customer, own_telco_models, score_one, selector, telco_models, violated_fields,
};

async fn health(server: &Server, service: &str) -> Result<&'static str, Code> {
    let request = HealthCheckRequest {
        service: service.to_owned(),
    };
    let answer = HealthClient::new(server.channel.clone())
        .check(request)
        .await;
    answer
        .map(|answer| answer.into_inner().status().as_str_name())
        .map_err(|status| status.code())
}

async fn get_model(server: &Server, name: &str) -> Result<Model, Status> {
    let model = Some(selector(name));
    server.get_model(GetModelRequest { model }).await
}

#[tokio::test]
async fn a_model_describes_itself() {
    let server = Server::start(telco_models()).await;
    let model = get_model(&server, "telco-churn").await.unwrap();

    let manifest = fs::read(telco_models().join("telco-churn/1/manifest.json")).unwrap();
    let version = model.identity.unwrap();
    let Some(Predicts::Churn(churn)) = model.kind else {
        panic!("it predicts churn");
    };
    assert_eq!((version.name.as_str(), version.version), ("telco-churn", 1));
    assert_eq!(
        version.digest,
        holdfast::artifact::Digest::of(&manifest).as_str()
    );

    let definition = churn.definition.unwrap();
    assert_eq!(
        (definition.target.as_str(), definition.positive.as_str()),
        ("Churn", "Yes")
    );
    assert_eq!(definition.horizon_days, Some(30));

    let find = |name: &str| {
        let feature = churn.features.iter().find(|f| f.name == name).unwrap();
        (feature.required, feature.kind.clone().unwrap())
    };
    let (required, Kind::Number(tenure)) = find("tenure") else {
        panic!("tenure is a number");
    };
    assert!(required);
    assert_eq!((tenure.minimum, tenure.maximum), (0.0, 72.0));
    let (_, Kind::Text(contract)) = find("Contract") else {
        panic!("Contract is a text");
    };
    assert_eq!(
        contract.categories,
        ["Month-to-month", "One year", "Two year"]
    );
    let (_, Kind::Flag(senior)) = find("SeniorCitizen") else {
        panic!("SeniorCitizen is a flag");
    };
    assert_eq!(senior.true_label, "1");
    assert!(!find("TotalCharges").0);
    assert_eq!(churn.features.len(), 19);

    let held_out = churn.evaluation.unwrap().held_out.unwrap();
    assert!(held_out.area_under_curve > 0.8 && held_out.rows == 1409);
    let training = model.training.unwrap();
    assert_eq!(training.rows, 7043);
    assert_eq!(training.excluded_columns[0].name, "customerID");
}

#[tokio::test]
async fn asking_for_no_model_is_refused() {
    let server = Server::start(telco_models()).await;
    let status = server
        .get_model(GetModelRequest { model: None })
        .await
        .unwrap_err();
    assert_eq!(violated_fields(&status), ["model"]);
    let status = get_model(&server, "nothing-here").await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn health_answers_for_the_server_each_service_and_each_model() {
    let server = Server::start(telco_models()).await;
    for service in [
        "",
        "holdfast.v1.ScoringService",
        "holdfast.v1.ModelService",
        "telco-churn",
    ] {
        assert_eq!(health(&server, service).await, Ok("SERVING"), "{service}");
    }
    assert_eq!(health(&server, "nobody").await, Err(Code::NotFound));
}

#[tokio::test]
async fn a_bad_model_is_refused_while_the_others_serve() {
    let models = own_telco_models();
    let bad = models.path().join("bad");
    copy(&models.path().join("telco-churn"), &bad); // its manifest names another model
    fs::create_dir(models.path().join("empty")).unwrap();
    fs::create_dir(models.path().join(".hidden")).unwrap();
    fs::write(models.path().join("notes.txt"), "not a model").unwrap();

    let server = Server::start(models.path()).await;
    assert_eq!(health(&server, "").await, Ok("SERVING"));
    assert_eq!(health(&server, "telco-churn").await, Ok("SERVING"));
    assert_eq!(health(&server, "bad").await, Ok("NOT_SERVING"));
    assert_eq!(health(&server, "empty").await, Ok("NOT_SERVING"));

    let listed = server.list_models().await.unwrap();
    let names: Vec<&str> = listed.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["bad", "empty", "telco-churn"]);
    assert!(listed[0].served.is_none());
    assert_eq!(listed[0].refused[0].version, 1);
    assert!(listed[0].refused[0].reason.contains("names another model"));
    assert!(listed[2].served.is_some() && listed[2].refused.is_empty());
    assert_eq!(listed[2].kind(), ModelKind::Churn);
    assert_eq!(listed[0].kind(), ModelKind::Unspecified);

    let request = ScoreCustomerRequest {
        churn_model: Some(selector("bad")),
        ..score_one(customer("1"))
    };
    let status = server.score_customer(request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let reason = status.get_details_error_info().unwrap().reason;
    assert_eq!(reason, "MODEL_UNAVAILABLE");
}

#[tokio::test]
async fn the_newest_valid_version_serves() {
    let models = own_telco_models();
    let model = models.path().join("telco-churn");
    copy(&model.join("1"), &model.join("2")); // its manifest says version 1
    let server = Server::start(models.path()).await;
    let listed = server.list_models().await.unwrap().remove(0);
    assert_eq!(listed.served.unwrap().version, 1);
    assert_eq!(listed.refused[0].version, 2);
    assert_eq!(health(&server, "telco-churn").await, Ok("SERVING"));
}

#[tokio::test]
async fn a_server_without_models_is_not_serving() {
    let models = tempfile::TempDir::new().unwrap();
    let server = Server::start(models.path()).await;
    assert_eq!(health(&server, "").await, Ok("NOT_SERVING"));
    assert_eq!(
        health(&server, "holdfast.v1.ScoringService").await,
        Ok("NOT_SERVING")
    );
}

mod reflection {
    use tonic_reflection::pb;

    use crate::support::{Server, telco_models};

    /// Asks one version of the reflection service for all services.
    macro_rules! listed_services {
        ($version:ident, $server:expr) => {{
            use pb::$version::{
                ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
                server_reflection_request::MessageRequest,
                server_reflection_response::MessageResponse,
            };
            let request = ServerReflectionRequest {
                host: String::new(),
                message_request: Some(MessageRequest::ListServices(String::new())),
            };
            let mut answers = ServerReflectionClient::new($server.channel.clone())
                .server_reflection_info(tokio_stream::once(request))
                .await
                .unwrap()
                .into_inner();
            match answers.message().await.unwrap().unwrap().message_response {
                Some(MessageResponse::ListServicesResponse(list)) => {
                    list.service.into_iter().map(|s| s.name).collect::<Vec<_>>()
                }
                other => panic!("no list: {other:?}"),
            }
        }};
    }

    #[tokio::test]
    async fn both_versions_list_the_contract() {
        let server = Server::start(telco_models()).await;
        for services in [
            listed_services!(v1, server),
            listed_services!(v1alpha, server),
        ] {
            for wanted in [
                "holdfast.v1.ScoringService",
                "holdfast.v1.ModelService",
                "grpc.health.v1.Health",
            ] {
                assert!(services.iter().any(|s| s == wanted), "{services:?}");
            }
        }
    }
}
