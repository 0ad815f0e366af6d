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
mod security;

use std::time::Duration;

use tokio_stream::Stream;
use tonic::{
    Request, Response, Status, Streaming,
    service::interceptor::InterceptedService,
    transport::{Channel, ClientTlsConfig, Endpoint},
};

pub use error::{ClientError, Failure, FieldFault};
pub use retry::Retries;
use security::Bearer;
pub use security::{ClientTls, InvalidToken, Token};

use super::proto::{
    self, customer_outcome::Outcome, model_service_client::ModelServiceClient,
    scoring_service_client::ScoringServiceClient,
};

/// How much later than the client the server gives a call up.
const GRACE: Duration = Duration::from_millis(100);

/// How to call.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientOptions {
    /// The time of a call with all its attempts.
    pub timeout: Duration,
    /// The time of one attempt to connect.
    pub connect_timeout: Duration,
    /// How a call is tried again.
    pub retries: Retries,
    /// Who calls, by an API key or a signed token.
    pub token: Option<Token>,
    /// How the connection is encrypted; what an `https` address needs in any case
    /// is taken from the system.
    pub tls: Option<ClientTls>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            retries: Retries::default(),
            token: None,
            tls: None,
        }
    }
}

/// A channel, and who calls through it.
type Connection = InterceptedService<Channel, Bearer>;

/// A connection to a server; clones share it.
#[derive(Debug, Clone)]
pub struct Client {
    scoring: ScoringServiceClient<Connection>,
    models: ModelServiceClient<Connection>,
    options: ClientOptions,
}

impl Client {
    /// A client of the server at `address`, such as `http://127.0.0.1:50051`. It
    /// connects at the first call, and again where a connection is lost.
    ///
    /// # Errors
    ///
    /// [`ClientError::Address`] when `address` is none, [`ClientError::Tls`] when a
    /// certificate or key cannot be used.
    pub fn new(address: &str, options: ClientOptions) -> Result<Self, ClientError> {
        let mut endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(|_| ClientError::Address(address.to_owned()))?
            .connect_timeout(options.connect_timeout);
        let https = endpoint.uri().scheme_str() == Some("https");
        let tls = options.tls.clone().or(https.then(ClientTls::default));
        if let Some(tls) = tls {
            if !https {
                // It would be passed over.
                let text = "the address must begin with https://";
                return Err(ClientError::Tls(text.to_owned()));
            }
            let config = endpoint.tls_config(ClientTlsConfig::from(&tls));
            endpoint = config.map_err(|error| ClientError::Tls(error.to_string()))?;
        }
        let channel = endpoint.connect_lazy();
        let bearer = Bearer(options.token.clone());
        // Answers may be larger than the 4 MiB that are the library's default.
        Ok(Self {
            scoring: ScoringServiceClient::with_interceptor(channel.clone(), bearer.clone())
                .max_decoding_message_size(usize::MAX),
            models: ModelServiceClient::with_interceptor(channel, bearer)
                .max_decoding_message_size(usize::MAX),
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
        let attempt = |left| {
            let (mut service, request) = (self.scoring.clone(), timed(request.clone(), left));
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
        let attempt = |left| {
            let (mut service, request) = (self.scoring.clone(), timed(request.clone(), left));
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
        let attempt = |left| {
            let (mut service, request) = (self.scoring.clone(), timed(request.clone(), left));
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
        let attempt = |left| {
            let mut service = self.models.clone();
            let request = timed(proto::ListModelsRequest {}, left);
            async move { service.list_models(request).await }
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
        let attempt = |left| {
            let model = Some(model.clone());
            let request = timed(proto::GetModelRequest { model }, left);
            let mut service = self.models.clone();
            async move { service.get_model(request).await }
        };
        self.call(attempt).await
    }

    /// Scores a customer as it is and as it might be, and looks for the smallest
    /// change that reaches a goal.
    ///
    /// # Errors
    ///
    /// As [`Client::score`].
    pub async fn what_if(
        &self,
        request: proto::WhatIfRequest,
    ) -> Result<proto::WhatIfResponse, ClientError> {
        let attempt = |left| {
            let (mut service, request) = (self.scoring.clone(), timed(request.clone(), left));
            async move { service.what_if(request).await }
        };
        self.call(attempt).await
    }

    /// Lets the server look for new versions, moved aliases and changed policies
    /// now; what changed.
    ///
    /// # Errors
    ///
    /// As [`Client::score`].
    pub async fn reload(&self) -> Result<proto::ReloadModelsResponse, ClientError> {
        let attempt = |left| {
            let mut service = self.models.clone();
            let request = timed(proto::ReloadModelsRequest {}, left);
            async move { service.reload_models(request).await }
        };
        self.call(attempt).await
    }

    /// Lets an alias stand for another version, if it still stands for the one
    /// that the request expects. Tried once: after a lost answer, the alias may
    /// have been moved.
    ///
    /// # Errors
    ///
    /// As [`Client::score`].
    pub async fn set_alias(
        &self,
        request: proto::SetAliasRequest,
    ) -> Result<proto::SetAliasResponse, ClientError> {
        let attempt = |left| {
            let (mut service, request) = (self.models.clone(), timed(request.clone(), left));
            async move { service.set_alias(request).await }
        };
        self.call_once(attempt).await
    }

    /// Brings back the champion before. Tried once: a second rollback would go one
    /// champion further.
    ///
    /// # Errors
    ///
    /// As [`Client::score`].
    pub async fn rollback(
        &self,
        request: proto::RollbackModelRequest,
    ) -> Result<proto::RollbackModelResponse, ClientError> {
        let attempt = |left| {
            let (mut service, request) = (self.models.clone(), timed(request.clone(), left));
            async move { service.rollback_model(request).await }
        };
        self.call_once(attempt).await
    }

    /// Calls once, within the client's time.
    async fn call_once<T, Attempt>(
        &self,
        attempt: impl Fn(Duration) -> Attempt,
    ) -> Result<T, ClientError>
    where
        Attempt: Future<Output = Result<Response<T>, Status>>,
    {
        let once = Retries {
            attempts: 1,
            ..self.options.retries.clone()
        };
        Ok(retry::call(attempt, &once, self.options.timeout).await?)
    }

    /// Calls until it succeeds, may not be tried again or has no time left.
    async fn call<T, Attempt>(
        &self,
        attempt: impl Fn(Duration) -> Attempt,
    ) -> Result<T, ClientError>
    where
        Attempt: Future<Output = Result<Response<T>, Status>>,
    {
        let ClientOptions {
            timeout, retries, ..
        } = &self.options;
        Ok(retry::call(attempt, retries, *timeout).await?)
    }
}

/// A message that tells the server how long its answer is waited for.
fn timed<T>(message: T, left: Duration) -> Request<T> {
    let mut request = Request::new(message);
    // A little longer than the client waits, so that its own clock ends the call.
    request.set_timeout(left + GRACE);
    request
}
