//! `ScoringService`.

mod columns;
mod rows;
mod stream;

use std::sync::Arc;

use tokio::sync::watch;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use stream::{Exchange, Limits};

use super::{
    convert::{self, Selected},
    proto, services,
    status::Refusal,
    wire::{self, SentCustomer},
};
use crate::{
    registry::{Catalogue, Registry, Selector},
    scoring::{self, DEFAULT_REASONS, Scorer},
};

pub(super) struct Scoring {
    pub(super) registry: Arc<Registry>,
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

    async fn stream_scores(
        &self,
        request: Request<Streaming<wire::StreamScoresRequest>>,
    ) -> Result<Response<Self::StreamScoresStream>, Status> {
        let exchange = Exchange {
            catalogue: self.registry.current(),
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
            max_reasons,
            ..
        } = request;
        let bytes = request.customer();
        let customer = bytes.as_deref().map(SentCustomer::read).transpose()?;
        let selected = convert::selectors(churn_model.as_ref(), value_model.as_ref());
        let Some(customer) = &customer else {
            let mut violations = selected.err().unwrap_or_default();
            violations.push("customer", "is required");
            return Err(violations.into());
        };
        let selected = selected.map_err(|mut violations| {
            violations.extend(customer.violations().within("customer"));
            violations
        })?;
        let catalogue = self.registry.current();
        let scorer = scorer(&catalogue, &selected, *max_reasons)?;
        let score = customer.score(&scorer);
        Ok(score.map_err(|violations| violations.within("customer"))?)
    }

    async fn score_batch(
        &self,
        request: &wire::ScoreCustomersRequest,
    ) -> Result<Vec<proto::CustomerOutcome>, Refusal> {
        let wire::ScoreCustomersRequest {
            churn_model,
            value_model,
            max_reasons,
            customers,
        } = request;
        let selected = convert::selectors(churn_model.as_ref(), value_model.as_ref());
        let mut violations = selected.as_ref().err().cloned().unwrap_or_default();
        violations.extend(rows::check(customers.len(), self.max_batch_rows));
        let selected = violations.into_result(()).and(selected)?;
        let customers = SentCustomer::read_all(customers)?;
        // One catalogue for all rows, whatever is reloaded meanwhile.
        let catalogue = self.registry.current();
        let scorer = scorer(&catalogue, &selected, *max_reasons)?;

        Ok(rows::score(&scorer, &customers).await)
    }
}

/// A scorer by the models that a request wants.
fn scorer<'c>(
    catalogue: &'c Catalogue,
    selected: &Selected,
    max_reasons: Option<u32>,
) -> Result<Scorer<'c>, Refusal> {
    let Selected { churn, value } = selected;
    let select = |selector: &Option<Selector>| {
        let selector = selector.as_ref();
        selector.map(|selector| catalogue.select(selector))
    };
    let models = scoring::Models {
        churn: select(churn).transpose()?,
        value: select(value).transpose()?,
    };
    Ok(Scorer::new(models, reasons(max_reasons))?)
}

fn reasons(max_reasons: Option<u32>) -> usize {
    max_reasons.map_or(DEFAULT_REASONS, |max| {
        usize::try_from(max).unwrap_or(usize::MAX)
    })
}
