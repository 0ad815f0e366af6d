//! `ModelService`.

use std::{sync::Arc, time::SystemTime};

use tonic::{Request, Response, Status};

use super::{
    convert::{self, RollBack, SetAlias},
    lifecycle::{Lifecycle, Reloaded},
    proto, services,
    status::{Refusal, alias_status, reload_status},
};
use crate::artifact::Alias;

pub(super) struct Models {
    pub(super) lifecycle: Arc<Lifecycle>,
}

#[tonic::async_trait]
impl services::model_service_server::ModelService for Models {
    async fn list_models(
        &self,
        _: Request<proto::ListModelsRequest>,
    ) -> Result<Response<proto::ListModelsResponse>, Status> {
        let catalogue = self.lifecycle.current();
        let models = catalogue
            .models()
            .map(|(name, entry)| convert::model_summary(name.as_str(), entry))
            .collect();
        Ok(Response::new(proto::ListModelsResponse { models }))
    }

    async fn get_model(
        &self,
        request: Request<proto::GetModelRequest>,
    ) -> Result<Response<proto::GetModelResponse>, Status> {
        let proto::GetModelRequest { model } = request.into_inner();
        let selector =
            convert::required_selector(model.as_ref(), "model").map_err(Refusal::from)?;
        let catalogue = self.lifecycle.current();
        let artifact = catalogue.select(&selector).map_err(Refusal::from)?;
        Ok(Response::new(proto::GetModelResponse {
            model: Some(artifact.into()),
            example: model.and_then(|model| convert::example(artifact, &model)),
        }))
    }

    async fn reload_models(
        &self,
        _: Request<proto::ReloadModelsRequest>,
    ) -> Result<Response<proto::ReloadModelsResponse>, Status> {
        let reloaded = self.lifecycle.reload().await?;
        let Reloaded { models, policies } = reloaded.map_err(|error| reload_status(&error))?;
        Ok(Response::new(proto::ReloadModelsResponse {
            changes: models.changes.into_iter().map(Into::into).collect(),
            policy_changes: policies.into_iter().map(Into::into).collect(),
        }))
    }

    async fn set_alias(
        &self,
        request: Request<proto::SetAliasRequest>,
    ) -> Result<Response<proto::SetAliasResponse>, Status> {
        let SetAlias {
            name,
            change,
            callers,
            author,
        } = convert::set_alias(request.get_ref(), SystemTime::now()).map_err(Refusal::from)?;
        let moved = self.lifecycle.work(move |registry| {
            let moved = registry.set_alias(&name, &change, callers, &author);
            moved
                .map(|moved| (change.alias, moved))
                .map_err(|error| alias_status(error, &name))
        });
        let (alias, moved) = moved.await??;
        Ok(Response::new(proto::SetAliasResponse {
            change: Some(convert::alias_change(&alias, &moved)),
            alias_generation: moved.generation,
        }))
    }

    async fn rollback_model(
        &self,
        request: Request<proto::RollbackModelRequest>,
    ) -> Result<Response<proto::RollbackModelResponse>, Status> {
        let RollBack {
            name,
            expected,
            author,
        } = convert::roll_back(request.get_ref(), SystemTime::now()).map_err(Refusal::from)?;
        let moved = self.lifecycle.work(move |registry| {
            let moved = registry.roll_back(&name, expected, &author);
            let moved = moved.map_err(|error| alias_status(error, &name))?;
            let catalogue = registry.current();
            let served = catalogue.model(&name).and_then(|entry| entry.served());
            Ok::<_, Status>((moved, served.map(|served| (&served.identity).into())))
        });
        let (moved, served) = moved.await??;
        Ok(Response::new(proto::RollbackModelResponse {
            change: Some(convert::alias_change(&Alias::champion(), &moved)),
            alias_generation: moved.generation,
            served,
        }))
    }
}
