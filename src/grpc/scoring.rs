//! `ScoringService`.

mod columns;
mod heard;
mod pinned;
mod pool;
mod room;
mod rows;
mod stream;
mod tally;
mod what_if;

use std::sync::Arc;

use tokio::sync::watch;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use pinned::{ColumnScorer, Pinned, RowScorer};
pub(super) use pool::Pool;
pub(super) use room::Room;
use rows::{FEW_ROWS, SCORE_BYTES};
use stream::{Exchange, Limits};

use super::{
    access::caller,
    audit::ScoringAudit,
    deadline::Deadline,
    drift::Drift,
    measured::STREAM,
    proto, services,
    shadow::Shadow,
    status::Refusal,
    wire::{self, Encoded, Expected, SentCustomer},
};
use crate::{
    access::Principal,
    registry::{LivePolicies, Registry},
    scoring::{CauseTables, Profiles, Splits},
    telemetry::{Metrics, metrics::Stage},
};

#[derive(Clone)]
pub(super) struct Scoring {
    pub(super) registry: Arc<Registry>,
    /// For calls that take longer than a moment.
    pub(super) pool: Pool,
    /// For so many of them at once.
    pub(super) room: Room,
    pub(super) policies: Option<Arc<LivePolicies>>,
    pub(super) causes: Arc<CauseTables>,
    pub(super) profiles: Arc<Profiles>,
    pub(super) splits: Arc<Splits>,
    pub(super) max_batch_rows: usize,
    pub(super) max_column_rows: usize,
    /// Turns true when the server is told to stop: streams end then.
    pub(super) draining: watch::Receiver<bool>,
    pub(super) shadow: Arc<Shadow>,
    /// Whether customers are audited.
    pub(super) audit: Option<Arc<ScoringAudit>>,
    pub(super) drift: Arc<Drift>,
    pub(super) metrics: Arc<Metrics>,
}

#[tonic::async_trait]
impl services::scoring_service_server::ScoringService for Scoring {
    type StreamScoresStream = ReceiverStream<Result<wire::StreamScoresResponse, Status>>;

    async fn score_customer(
        &self,
        request: Request<wire::ScoreCustomerRequest>,
    ) -> Result<Response<wire::ScoreCustomerResponse>, Status> {
        let caller = caller(request.extensions())?;
        Ok(Response::new(self.score_one(request.get_ref(), caller)?))
    }

    async fn score_customers(
        &self,
        request: Request<wire::ScoreCustomersRequest>,
    ) -> Result<Response<wire::ScoreCustomersResponse>, Status> {
        let caller = caller(request.extensions())?;
        let request = request.into_inner();
        if request.customers.len() <= FEW_ROWS {
            return Ok(Response::new(self.score_batch(&request, caller).await?));
        }
        let turn = self.room.enter().await?;
        let scoring = self.clone();
        let batch = async move {
            let _turn = turn;
            scoring.score_batch(&request, caller).await
        };
        Ok(Response::new(self.pool.run(batch).await??))
    }

    async fn score_columns(
        &self,
        request: Request<wire::ScoreColumnsRequest>,
    ) -> Result<Response<proto::ScoreColumnsResponse>, Status> {
        let caller = caller(request.extensions())?;
        let (scoring, request) = (self.clone(), request.into_inner());
        let are_few = request.column_bytes() <= columns::FEW_BYTES;
        let columns = async move { scoring.score_request_of_columns(&request, caller).await };
        let columns = if are_few {
            columns.await?
        } else {
            let turn = self.room.enter().await?;
            let columns = async move {
                let _turn = turn;
                columns.await
            };
            self.pool.run(columns).await??
        };
        Ok(Response::new(proto::ScoreColumnsResponse {
            columns: Some(columns),
        }))
    }

    async fn what_if(
        &self,
        request: Request<proto::WhatIfRequest>,
    ) -> Result<Response<proto::WhatIfResponse>, Status> {
        let caller = caller(request.extensions())?;
        let turn = self.room.enter().await?;
        let scoring = self.clone();
        let search = move |goes_on: &dyn Fn() -> bool| {
            let _turn = turn;
            scoring.what_if_of(request.get_ref(), caller, goes_on)
        };
        let told = self.pool.block_on(search).await?;
        Ok(Response::new(told?))
    }

    async fn stream_scores(
        &self,
        request: Request<Streaming<wire::StreamScoresRequest>>,
    ) -> Result<Response<Self::StreamScoresStream>, Status> {
        let exchange = Exchange {
            deadline: Deadline::of(request.extensions()),
            pinned: self.pin(caller(request.extensions())?, "StreamScores"),
            profiles: Arc::clone(&self.profiles),
            limits: Limits {
                rows: self.max_batch_rows,
                column_rows: self.max_column_rows,
            },
            messages: request.into_inner(),
            draining: self.draining.clone(),
            room: self.room.clone(),
            metrics: Arc::clone(&self.metrics),
            call: self.metrics.begin(STREAM),
        };
        Ok(Response::new(ReceiverStream::new(
            exchange.start(&self.pool),
        )))
    }
}

impl Scoring {
    fn score_one(
        &self,
        request: &wire::ScoreCustomerRequest,
        caller: Arc<Principal>,
    ) -> Result<wire::ScoreCustomerResponse, Refusal> {
        let wanted = request.asked().read(&self.profiles);
        let bytes = request.customer();
        let (Ok(wanted), Some(bytes)) = (&wanted, &bytes) else {
            let mut violations = wanted.err().unwrap_or_default();
            match bytes.as_deref() {
                None => violations.push("customer", "is required"),
                Some(bytes) => {
                    let customer = SentCustomer::read(bytes, None)?;
                    violations.extend(customer.violations().within("customer"));
                }
            }
            return Err(violations.into());
        };
        let pinned = self.pin(caller, "ScoreCustomer");
        let scorer = pinned.rows(wanted, request.max_reasons)?;
        pinned.take_rows(1)?;
        let mut watch = scorer.watch();
        let mut expected = scorer.names().map(Expected::once);
        let mut customer = SentCustomer::read(bytes, expected.as_mut())?;
        watch.lap(Stage::Decode);
        let arms = scorer.arms(&customer);
        let answer = scorer.score(&mut customer, arms, watch, |score| {
            Encoded::with_capacity(SCORE_BYTES, |answer| scorer.write(score, arms, 1, answer))
        });
        scorer.count(&customer, arms, answer.is_ok());
        pinned.audited(&answer);
        Ok(answer.map_err(|violations| violations.within("customer"))?)
    }

    async fn score_batch(
        &self,
        request: &wire::ScoreCustomersRequest,
        caller: Arc<Principal>,
    ) -> Result<wire::ScoreCustomersResponse, Refusal> {
        let customers = &request.customers;
        let wanted = request.asked().read(&self.profiles);
        let mut violations = wanted.as_ref().err().cloned().unwrap_or_default();
        violations.extend(rows::check(customers.len(), self.max_batch_rows));
        let wanted = violations.into_result(()).and(wanted)?;
        // The same for all rows, whatever is reloaded meanwhile.
        let pinned = self.pin(caller, "ScoreCustomers");
        let scorer = pinned.rows(&wanted, request.max_reasons)?;
        pinned.take_rows(customers.len())?;
        let outcomes = rows::outcomes(&scorer, customers).await;
        pinned.audited(&outcomes);
        Ok(outcomes?.into())
    }
}
