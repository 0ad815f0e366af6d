//! `ModelService`.

use std::{sync::Arc, time::SystemTime};

use tonic::{Request, Response, Status};

use super::{
    access::caller,
    audit::{self, Act},
    convert::{self, RollBack, SetAlias},
    lifecycle::{Lifecycle, Reloaded},
    proto, services,
    status::{Refusal, alias_status, reload_status},
};
use crate::{access::Principal, artifact::Alias, scoring::Profiles};

#[derive(Clone)]
pub(super) struct Models {
    pub(super) lifecycle: Arc<Lifecycle>,
    pub(super) profiles: Arc<Profiles>,
}

#[tonic::async_trait]
impl services::model_service_server::ModelService for Models {
    async fn list_models(
        &self,
        request: Request<proto::ListModelsRequest>,
    ) -> Result<Response<proto::ListModelsResponse>, Status> {
        let caller = caller(request.extensions())?;
        let catalogue = self.lifecycle.current();
        let models = catalogue
            .models()
            .filter(|(name, _)| caller.sees(name))
            .map(|(name, entry)| convert::model_summary(name.as_str(), entry))
            .collect();
        let profiles = self.profiles.iter();
        let profiles = profiles
            .filter(|(_, chosen)| chosen.models().all(|model| caller.sees(&model.name)))
            .map(|(name, chosen)| convert::profile(name, chosen));
        let profiles: Vec<_> = profiles.collect();
        let default = self.profiles.default_name();
        let default = default.filter(|name| profiles.iter().any(|seen| seen.name == **name));
        Ok(Response::new(proto::ListModelsResponse {
            models,
            default_profile: default.unwrap_or_default().to_owned(),
            profiles,
        }))
    }

    async fn get_model(
        &self,
        request: Request<proto::GetModelRequest>,
    ) -> Result<Response<proto::GetModelResponse>, Status> {
        let caller = caller(request.extensions())?;
        let proto::GetModelRequest { model } = request.into_inner();
        let selector =
            convert::required_selector(model.as_ref(), "model").map_err(Refusal::from)?;
        caller.may_use(&selector.name).map_err(Refusal::from)?;
        let catalogue = self.lifecycle.current();
        let artifact = catalogue.select(&selector).map_err(Refusal::from)?;
        Ok(Response::new(proto::GetModelResponse {
            model: Some(artifact.into()),
            example: model.and_then(|model| convert::example(artifact, &model)),
        }))
    }

    async fn reload_models(
        &self,
        request: Request<proto::ReloadModelsRequest>,
    ) -> Result<Response<proto::ReloadModelsResponse>, Status> {
        let caller = caller(request.extensions())?;
        let models = self.clone();
        let reload = async move {
            let reloaded = models.reload(&caller).await;
            audit::told(&caller, &Act::Reload, reloaded)
        };
        self.lifecycle.to_the_end(reload).await?
    }

    async fn set_alias(
        &self,
        request: Request<proto::SetAliasRequest>,
    ) -> Result<Response<proto::SetAliasResponse>, Status> {
        let caller = caller(request.extensions())?;
        let asked = convert::set_alias(request.get_ref(), SystemTime::now());
        let mut asked = asked.map_err(Refusal::from)?;
        asked.author = asked.author.vouched(caller.known_name());
        let models = self.clone();
        let set = async move {
            let moved = models.move_alias(&caller, asked.clone()).await;
            audit::told(&caller, &Act::SetAlias(&asked), moved)
        };
        self.lifecycle.to_the_end(set).await?
    }

    async fn rollback_model(
        &self,
        request: Request<proto::RollbackModelRequest>,
    ) -> Result<Response<proto::RollbackModelResponse>, Status> {
        let caller = caller(request.extensions())?;
        let asked = convert::roll_back(request.get_ref(), SystemTime::now());
        let mut asked = asked.map_err(Refusal::from)?;
        asked.author = asked.author.vouched(caller.known_name());
        let models = self.clone();
        let roll_back = async move {
            let moved = models.roll_back(&caller, asked.clone()).await;
            audit::told(&caller, &Act::RollBack(&asked), moved)
        };
        self.lifecycle.to_the_end(roll_back).await?
    }
}

impl Models {
    /// Of models that the caller may not ask for, nothing is told.
    async fn reload(&self, caller: &Principal) -> Result<proto::ReloadModelsResponse, Status> {
        let reloaded = self.lifecycle.reload().await?;
        let Reloaded { models, policies } = reloaded.map_err(|error| reload_status(&error))?;
        let changes = models.changes.into_iter();
        Ok(proto::ReloadModelsResponse {
            changes: changes
                .filter(|change| caller.sees(&change.model))
                .map(Into::into)
                .collect(),
            policy_changes: policies.into_iter().map(Into::into).collect(),
        })
    }

    async fn move_alias(
        &self,
        caller: &Principal,
        asked: SetAlias,
    ) -> Result<proto::SetAliasResponse, Status> {
        let SetAlias {
            name,
            change,
            callers,
            author,
        } = asked;
        caller.may_use(&name).map_err(Refusal::from)?;
        let moved = self.lifecycle.work(move |registry| {
            let moved = registry.set_alias(&name, &change, callers, &author);
            moved
                .map(|moved| (change.alias, moved))
                .map_err(|error| alias_status(error, &name))
        });
        let (alias, moved) = moved.await??;
        Ok(proto::SetAliasResponse {
            change: Some(convert::alias_change(&alias, &moved)),
            alias_generation: moved.generation,
        })
    }

    async fn roll_back(
        &self,
        caller: &Principal,
        asked: RollBack,
    ) -> Result<proto::RollbackModelResponse, Status> {
        let RollBack {
            name,
            expected,
            author,
        } = asked;
        caller.may_use(&name).map_err(Refusal::from)?;
        let moved = self.lifecycle.work(move |registry| {
            let moved = registry.roll_back(&name, expected, &author);
            let moved = moved.map_err(|error| alias_status(error, &name))?;
            let catalogue = registry.current();
            let served = catalogue.model(&name).and_then(|entry| entry.served());
            Ok::<_, Status>((moved, served.map(|served| (&served.identity).into())))
        });
        let (moved, served) = moved.await??;
        Ok(proto::RollbackModelResponse {
            change: Some(convert::alias_change(&Alias::champion(), &moved)),
            alias_generation: moved.generation,
            served,
        })
    }
}
