//! Versions that come, go and change places while the service answers.

mod aliases;
mod damage;
mod example;
mod ready;
mod reload;
mod replay;
mod shadow;
mod signatures;
mod split;
mod under_load;
mod watch;

use std::{fs, path::Path, sync::OnceLock};

use holdfast::{
    artifact::{self, Content, Documents, ModelName, Version},
    grpc::proto::{
        AliasChange, ChurnScore, Customer, ListModelsRequest, ModelChange, ModelSelector,
        ModelSummary, ReloadModelsRequest, RollbackModelRequest, RollbackModelResponse,
        ScoreCustomerRequest, SetAliasRequest, model_selector::Choice,
        model_service_client::ModelServiceClient, scoring_service_client::ScoringServiceClient,
        set_alias_request::Target,
    },
};
use tempfile::TempDir;
use tonic::{Status, transport::Channel};
use tonic_types::StatusExt;

use crate::support::{customer, name, score_one, selector};

const MODEL: &str = "telco-churn";

fn model() -> ModelName {
    name(MODEL)
}

/// The two shipped versions, which give other probabilities.
fn contents() -> &'static [Content; 2] {
    static CONTENTS: OnceLock<[Content; 2]> = OnceLock::new();
    CONTENTS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        [1, 2].map(|version| {
            let version = Version::new(version).unwrap();
            artifact::load(&root, &model(), version).unwrap().content
        })
    })
}

/// Publishes the next version: an odd one is the shipped 1, an even one the
/// shipped 2.
fn publish(root: &Path) -> u32 {
    let listed = artifact::versions(root, &model()).unwrap_or_default();
    let content = &contents()[listed.len() % 2];
    let published = artifact::publish(root, &model(), content, &Documents::new()).unwrap();
    published.version.get()
}

/// A directory with so many versions.
fn models(versions: u32) -> TempDir {
    let directory = TempDir::new().unwrap();
    for _ in 0..versions {
        publish(directory.path());
    }
    directory
}

/// Puts a copy of version 1, whose manifest says so, in place of another; at once,
/// so that nobody sees a part of it.
fn corrupt(root: &Path, version: u32) {
    let directory = root.join(MODEL);
    let copied = TempDir::new().unwrap();
    crate::support::copy(&directory.join("1"), copied.path());
    fs::rename(copied.path(), directory.join(version.to_string())).unwrap();
}

fn write_aliases(root: &Path, content: &str) {
    fs::write(root.join(MODEL).join("aliases.json"), content).unwrap();
}

/// Calls of one server.
#[derive(Clone)]
struct Client(Channel);

impl Client {
    fn models(&self) -> ModelServiceClient<Channel> {
        ModelServiceClient::new(self.0.clone())
    }

    async fn reload(&self) -> Vec<ModelChange> {
        let answer = self.models().reload_models(ReloadModelsRequest {}).await;
        answer.unwrap().into_inner().changes
    }

    async fn summary(&self) -> ModelSummary {
        let answer = self.models().list_models(ListModelsRequest {}).await;
        let mut models = answer.unwrap().into_inner().models;
        models.retain(|model| model.name == MODEL);
        models.remove(0)
    }

    async fn set(
        &self,
        alias: &str,
        expected: Option<u32>,
        to: Option<u32>,
    ) -> Result<AliasChange, Status> {
        let answer = self.models().set_alias(request(alias, expected, to)).await;
        Ok(answer?.into_inner().change.unwrap())
    }

    async fn roll_back(&self, expected: Option<u32>) -> Result<RollbackModelResponse, Status> {
        let request = RollbackModelRequest {
            name: MODEL.to_owned(),
            expected_version: expected,
            actor: "ann".to_owned(),
            reason: String::new(),
        };
        Ok(self.models().rollback_model(request).await?.into_inner())
    }

    /// The churn score of one customer by a choice of the model.
    async fn score(&self, choice: Option<Choice>) -> Result<ChurnScore, Status> {
        self.score_of(customer("c"), choice).await
    }

    async fn score_of(
        &self,
        customer: Customer,
        choice: Option<Choice>,
    ) -> Result<ChurnScore, Status> {
        let request = ScoreCustomerRequest {
            churn_model: Some(ModelSelector {
                choice,
                ..selector(MODEL)
            }),
            ..score_one(customer)
        };
        let answer = ScoringServiceClient::new(self.0.clone())
            .score_customer(request)
            .await;
        Ok(answer?.into_inner().score.unwrap().churn.unwrap())
    }

    /// Which version answers a choice.
    async fn version(&self, choice: Option<Choice>) -> Result<u32, Status> {
        Ok(self.score(choice).await?.model.unwrap().version)
    }

    /// Which version serves whoever chooses none.
    async fn served(&self) -> u32 {
        self.version(None).await.unwrap()
    }
}

fn request(alias: &str, expected: Option<u32>, to: Option<u32>) -> SetAliasRequest {
    SetAliasRequest {
        name: MODEL.to_owned(),
        alias: alias.to_owned(),
        target: Some(match to {
            Some(version) => Target::Version(version),
            None => Target::Unset(holdfast::grpc::proto::Null {}),
        }),
        expected_version: expected,
        actor: "ann".to_owned(),
        reason: "a test".to_owned(),
        despite_callers: false,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as messages hold it")]
fn alias(alias: &str) -> Option<Choice> {
    Some(Choice::Alias(alias.to_owned()))
}

#[expect(clippy::unnecessary_wraps, reason = "as messages hold it")]
fn version(version: u32) -> Option<Choice> {
    Some(Choice::Version(version))
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}
