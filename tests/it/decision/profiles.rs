//! Models by the name of a profile.

use std::{collections::BTreeMap, sync::Arc};

use holdfast::{
    grpc::{
        Options,
        proto::{
            CustomerColumns, ListModelsRequest, NumberEncoding, PurchaseSummaryColumns,
            ScoreColumnsRequest, ScoreCustomerRequest, model_service_client::ModelServiceClient,
        },
    },
    registry::{Choice, Selector},
    scoring::{Chosen, Profiles},
};
use tonic::Code;
use tonic_types::StatusExt;

use super::{models, subscriber_and_buyer};
use crate::support::{Server, columns_of, name, selector, telco_customers, violated_fields};

fn served(model: &str) -> Selector {
    Selector {
        name: name(model),
        choice: Choice::Served,
    }
}

async fn server(default: Option<&str>) -> Server {
    let retail = Chosen {
        value: Some(served("cdnow-value")),
        segmentation: Some(served("groups")),
        ..Chosen::default()
    };
    let all = Chosen {
        churn: Some(served("telco-churn")),
        ..retail.clone()
    };
    let lost = Chosen {
        churn: Some(served("nothing")),
        ..Chosen::default()
    };
    let named = [("retail", retail), ("all", all), ("lost", lost)];
    let named = named.map(|(name, chosen)| (name.to_owned(), chosen));
    let profiles = Profiles::new(BTreeMap::from(named), default.map(str::to_owned)).unwrap();
    let options = Options {
        profiles: Arc::new(profiles),
        ..Options::default()
    };
    Server::with_options(models(), options).await
}

fn ask(profile: &str) -> ScoreCustomerRequest {
    ScoreCustomerRequest {
        profile: profile.to_owned(),
        customer: Some(subscriber_and_buyer(0, "0042")),
        ..ScoreCustomerRequest::default()
    }
}

#[tokio::test]
async fn a_profile_names_the_models_and_selectors_go_before_it() {
    let server = server(Some("retail")).await;
    let all = server.score_customer(ask("all")).await.unwrap();
    assert!(all.churn.is_some() && all.value.is_some() && all.tier.is_some());
    let retail = server.score_customer(ask("retail")).await.unwrap();
    assert!(retail.churn.is_none() && retail.value.is_some());
    // The default, where nothing is asked for; not where a model is.
    assert_eq!(server.score_customer(ask("")).await.unwrap(), retail);
    let mut explicit = ask("");
    explicit.churn_model = Some(selector("telco-churn"));
    let churn = server.score_customer(explicit.clone()).await.unwrap();
    assert!(churn.churn.is_some() && churn.value.is_none());
    explicit.profile = "retail".to_owned();
    assert_eq!(server.score_customer(explicit).await.unwrap(), all);
    let mut client = ModelServiceClient::new(server.channel.clone());
    let listed = client
        .list_models(ListModelsRequest {})
        .await
        .unwrap()
        .into_inner();
    let names = listed.profiles.iter().map(|profile| profile.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["all", "lost", "retail"]);
    assert_eq!(listed.default_profile, "retail");
    assert_eq!(
        listed.profiles[0].churn_model,
        Some(selector("telco-churn"))
    );
    assert_eq!(listed.profiles[2].churn_model, None);
    let by_column = ScoreColumnsRequest {
        profile: "all".to_owned(),
        columns: Some(CustomerColumns {
            summary: Some(PurchaseSummaryColumns::default()),
            ..columns_of(&telco_customers()[..3], NumberEncoding::Doubles)
        }),
        ..ScoreColumnsRequest::default()
    };
    let refused = server.score_columns(by_column).await.unwrap_err();
    assert!(violated_fields(&refused).contains(&"columns.summary.frequency".to_owned()));
    let mut instead = ask("lost");
    instead.churn_model = Some(selector("telco-churn"));
    assert!(server.score_customer(instead).await.is_ok());
}

#[tokio::test]
async fn profiles_and_models_that_do_not_exist_are_told_apart() {
    let server = server(None).await;
    for (profile, reason) in [("all ", "PROFILE_NOT_FOUND"), ("lost", "MODEL_NOT_FOUND")] {
        let status = server.score_customer(ask(profile)).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound);
        assert_eq!(status.get_details_error_info().unwrap().reason, reason);
    }
    let status = server.score_customer(ask("")).await.unwrap_err();
    assert_eq!(violated_fields(&status), ["churn_model"]);
}
