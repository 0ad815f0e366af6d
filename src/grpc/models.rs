//! `ModelService`.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::{convert, proto, status::Refusal};
use crate::registry::Registry;

pub(super) struct Models {
    pub(super) registry: Arc<Registry>,
}

#[tonic::async_trait]
impl proto::model_service_server::ModelService for Models {
    async fn list_models(
        &self,
        _: Request<proto::ListModelsRequest>,
    ) -> Result<Response<proto::ListModelsResponse>, Status> {
        let models = self
            .registry
            .current()
            .models()
            .map(|(name, entry)| convert::model_summary(name.as_str(), entry))
            .collect();
        Ok(Response::new(proto::ListModelsResponse { models }))
    }

    async fn get_model(
        &self,
        request: Request<proto::GetModelRequest>,
    ) -> Result<Response<proto::GetModelResponse>, Status> {
        let selector = convert::required_selector(request.get_ref().model.as_ref(), "model")
            .map_err(Refusal::from)?;
        let catalogue = self.registry.current();
        let artifact = catalogue.select(&selector).map_err(Refusal::from)?;
        Ok(Response::new(proto::GetModelResponse {
            model: Some(artifact.into()),
        }))
    }
}
