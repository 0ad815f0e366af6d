//! A client of the service, for programs in Rust.
//!
//! What is sent and what comes back are the messages of the contract,
//! [`proto`]. A call that ends with `UNAVAILABLE` or `RESOURCE_EXHAUSTED` is tried
//! again within its time, as [`Retries`] says.
//!
//! ```no_run
//! use holdfast::{client::{Client, ClientError, ClientOptions}, grpc::proto};
//!
//! # async fn example() -> Result<(), ClientError> {
//! let client = Client::new("http://127.0.0.1:50051", ClientOptions::default())?;
//! let model = client.model(proto::ModelSelector {
//!     name: "telco-churn".to_owned(),
//!     choice: None,
//! });
//! // A complete request that the model scores as it stands.
//! let request = model.await?.example.unwrap_or_default();
//! let churn = client.score(request).await?.churn.unwrap_or_default();
//! println!("churn probability {:.3}", churn.probability);
//! # Ok(())
//! # }
//! ```

mod error;
mod retry;

use std::time::Duration;

use tokio_stream::Stream;
use tonic::{
    Response, Status, Streaming,
    transport::{Channel, Endpoint},
};

pub use error::{ClientError, Failure, FieldFault};
pub use retry::Retries;

use super::proto::{
    self, customer_outcome::Outcome, model_service_client::ModelServiceClient,
    scoring_service_client::ScoringServiceClient,
};

/// How to call.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientOptions {
    /// The time of a call with all its attempts.
    pub timeout: Duration,
    /// The time of one attempt to connect.
    pub connect_timeout: Duration,
    /// How a call is tried again.
    pub retries: Retries,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            retries: Retries::default(),
        }
    }
}

/// A connection to a server; clones share it.
#[derive(Debug, Clone)]
pub struct Client {
    scoring: ScoringServiceClient<Channel>,
    models: ModelServiceClient<Channel>,
    options: ClientOptions,
}

impl Client {
    /// A client of the server at `address`, such as `http://127.0.0.1:50051`. It
    /// connects at the first call, and again where a connection is lost.
    ///
    /// # Errors
    ///
    /// [`ClientError::Address`] when `address` is none.
    pub fn new(address: &str, options: ClientOptions) -> Result<Self, ClientError> {
        let endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(|_| ClientError::Address(address.to_owned()))?
            .connect_timeout(options.connect_timeout);
        let channel = endpoint.connect_lazy();
        // Answers may be larger than the 4 MiB that are the library's default.
        Ok(Self {
            scoring: ScoringServiceClient::new(channel.clone())
                .max_decoding_message_size(usize::MAX),
            models: ModelServiceClient::new(channel).max_decoding_message_size(usize::MAX),
            options,
        })
    }

    /// Scores one customer.
    ///
    /// # Errors
    ///
    /// What the server refuses, or the last attempt ended with; so in all methods.
    pub async fn score(
        &self,
        request: proto::ScoreCustomerRequest,
    ) -> Result<proto::CustomerScore, ClientError> {
        let attempt = || {
            let (mut service, request) = (self.scoring.clone(), request.clone());
            async move { service.score_customer(request).await }
        };
        Ok(self.call(attempt).await?.score.unwrap_or_default())
    }

    /// Scores a batch: in its order, the score of each customer, or what calling
    /// for it alone would have ended with.
    ///
    /// # Errors
    ///
    /// As [`Client::score`], for faults of the whole.
    pub async fn score_many(
        &self,
        request: proto::ScoreCustomersRequest,
    ) -> Result<Vec<Result<proto::CustomerScore, Failure>>, ClientError> {
        let attempt = || {
            let (mut service, request) = (self.scoring.clone(), request.clone());
            async move { service.score_customers(request).await }
        };
        let outcomes = self.call(attempt).await?.outcomes.into_iter();
        Ok(outcomes
            .map(|outcome| match outcome.outcome {
                Some(Outcome::Score(score)) => Ok(score),
                Some(Outcome::Error(status)) => Err(Failure::of_row(&status)),
                None => Err(Status::internal("the server left a customer out").into()),
            })
            .collect())
    }

    /// Scores a batch by column.
    ///
    /// # Errors
    ///
    /// As [`Client::score`]; rows at fault are in the answer's `errors`.
    pub async fn score_columns(
        &self,
        request: proto::ScoreColumnsRequest,
    ) -> Result<proto::ScoredColumns, ClientError> {
        let attempt = || {
            let (mut service, request) = (self.scoring.clone(), request.clone());
            async move { service.score_columns(request).await }
        };
        Ok(self.call(attempt).await?.columns.unwrap_or_default())
    }

    /// Scores batches without end; the first has the settings. Answers are to be
    /// read while batches are sent.
    ///
    /// A stream has no deadline and is not tried again: of one that breaks,
    /// [`Failure::may_pass`] says whether what has no answer can be sent on
    /// another.
    ///
    /// # Errors
    ///
    /// As [`Client::score`].
    pub async fn stream(
        &self,
        batches: impl Stream<Item = proto::StreamScoresRequest> + Send + 'static,
    ) -> Result<Streaming<proto::StreamScoresResponse>, ClientError> {
        let answers = self.scoring.clone().stream_scores(batches).await;
        Ok(answers.map_err(Failure::from)?.into_inner())
    }

    /// Every model of the server, by name.
    ///
    /// # Errors
    ///
    /// As [`Client::score`].
    pub async fn models(&self) -> Result<Vec<proto::ModelSummary>, ClientError> {
        let attempt = || {
            let mut service = self.models.clone();
            async move { service.list_models(proto::ListModelsRequest {}).await }
        };
        Ok(self.call(attempt).await?.models)
    }

    /// One model in full, with an example of a request.
    ///
    /// # Errors
    ///
    /// As [`Client::score`].
    pub async fn model(
        &self,
        model: proto::ModelSelector,
    ) -> Result<proto::GetModelResponse, ClientError> {
        let attempt = || {
            let (mut service, model) = (self.models.clone(), Some(model.clone()));
            async move { service.get_model(proto::GetModelRequest { model }).await }
        };
        self.call(attempt).await
    }

    /// Calls until it succeeds, may not be tried again or has no time left.
    async fn call<T, Attempt>(&self, attempt: impl Fn() -> Attempt) -> Result<T, ClientError>
    where
        Attempt: Future<Output = Result<Response<T>, Status>>,
    {
        let ClientOptions {
            timeout, retries, ..
        } = &self.options;
        Ok(retry::call(attempt, retries, *timeout).await?)
    }
}
