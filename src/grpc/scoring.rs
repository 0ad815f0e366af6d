//! `ScoringService`.

mod columns;
mod pinned;
mod rows;
mod stream;
mod what_if;

use std::sync::Arc;

use tokio::{sync::watch, task::spawn_blocking};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use pinned::{Pinned, RowScorer};
use stream::{Exchange, Limits};

use super::{
    convert::Asked,
    proto, services,
    status::{Refusal, server_draining},
    wire::{self, SentCustomer},
};
use crate::{
    registry::{LivePolicy, Registry},
    scoring::{Profiles, Splits},
};

#[derive(Clone)]
pub(super) struct Scoring {
    pub(super) registry: Arc<Registry>,
    pub(super) policy: Option<Arc<LivePolicy>>,
    pub(super) profiles: Arc<Profiles>,
    pub(super) splits: Arc<Splits>,
    pub(super) max_batch_rows: usize,
    pub(super) max_column_rows: usize,
    /// Turns true when the server is told to stop: streams end then.
    pub(super) draining: watch::Receiver<bool>,
}

#[tonic::async_trait]
impl services::scoring_service_server::ScoringService for Scoring {
    type StreamScoresStream = ReceiverStream<Result<proto::StreamScoresResponse, Status>>;

    async fn score_customer(
        &self,
        request: Request<wire::ScoreCustomerRequest>,
    ) -> Result<Response<proto::ScoreCustomerResponse>, Status> {
        let score = self.score_one(request.get_ref())?;
        Ok(Response::new(proto::ScoreCustomerResponse {
            score: Some(score),
        }))
    }

    async fn score_customers(
        &self,
        request: Request<wire::ScoreCustomersRequest>,
    ) -> Result<Response<proto::ScoreCustomersResponse>, Status> {
        let outcomes = self.score_batch(request.get_ref()).await?;
        Ok(Response::new(proto::ScoreCustomersResponse { outcomes }))
    }

    async fn score_columns(
        &self,
        request: Request<proto::ScoreColumnsRequest>,
    ) -> Result<Response<proto::ScoreColumnsResponse>, Status> {
        let columns = self.score_request_of_columns(request.get_ref()).await?;
        Ok(Response::new(proto::ScoreColumnsResponse {
            columns: Some(columns),
        }))
    }

    async fn what_if(
        &self,
        request: Request<proto::WhatIfRequest>,
    ) -> Result<Response<proto::WhatIfResponse>, Status> {
        let scoring = self.clone();
        // A search may take long enough to keep other calls waiting.
        let told = spawn_blocking(move || scoring.what_if_of(request.get_ref()));
        // Only a server that stops gives it up.
        let told = told.await.map_err(|_| server_draining())?;
        Ok(Response::new(told?))
    }

    async fn stream_scores(
        &self,
        request: Request<Streaming<wire::StreamScoresRequest>>,
    ) -> Result<Response<Self::StreamScoresStream>, Status> {
        let exchange = Exchange {
            pinned: self.pin(),
            profiles: Arc::clone(&self.profiles),
            limits: Limits {
                rows: self.max_batch_rows,
                column_rows: self.max_column_rows,
            },
            messages: request.into_inner(),
            draining: self.draining.clone(),
        };
        Ok(Response::new(ReceiverStream::new(exchange.start())))
    }
}

impl Scoring {
    fn score_one(
        &self,
        request: &wire::ScoreCustomerRequest,
    ) -> Result<proto::CustomerScore, Refusal> {
        let wire::ScoreCustomerRequest {
            churn_model,
            value_model,
            segmentation_model,
            profile,
            score_mask,
            language,
            max_reasons,
            ..
        } = request;
        let asked = Asked {
            churn_model: churn_model.as_ref(),
            value_model: value_model.as_ref(),
            segmentation_model: segmentation_model.as_ref(),
            profile,
            score_mask: score_mask.as_ref(),
            language,
        };
        let wanted = asked.read(&self.profiles);
        let bytes = request.customer();
        let customer = bytes.as_deref().map(SentCustomer::read).transpose()?;
        let Some(customer) = &customer else {
            let mut violations = wanted.err().unwrap_or_default();
            violations.push("customer", "is required");
            return Err(violations.into());
        };
        let wanted = wanted.map_err(|mut violations| {
            violations.extend(customer.violations().within("customer"));
            violations
        })?;
        let pinned = self.pin();
        let scorer = pinned.rows(&wanted, *max_reasons)?;
        let score = scorer.score(customer);
        Ok(score.map_err(|violations| violations.within("customer"))?)
    }

    async fn score_batch(
        &self,
        request: &wire::ScoreCustomersRequest,
    ) -> Result<Vec<proto::CustomerOutcome>, Refusal> {
        let wire::ScoreCustomersRequest {
            churn_model,
            value_model,
            segmentation_model,
            profile,
            score_mask,
            language,
            max_reasons,
            customers,
        } = request;
        let asked = Asked {
            churn_model: churn_model.as_ref(),
            value_model: value_model.as_ref(),
            segmentation_model: segmentation_model.as_ref(),
            profile,
            score_mask: score_mask.as_ref(),
            language,
        };
        let wanted = asked.read(&self.profiles);
        let mut violations = wanted.as_ref().err().cloned().unwrap_or_default();
        violations.extend(rows::check(customers.len(), self.max_batch_rows));
        let wanted = violations.into_result(()).and(wanted)?;
        let customers = SentCustomer::read_all(customers)?;
        // The same for all rows, whatever is reloaded meanwhile.
        let pinned = self.pin();
        let scorer = pinned.rows(&wanted, *max_reasons)?;
        Ok(rows::score(&scorer, &customers).await)
    }
}
