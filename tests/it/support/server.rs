//! A server in this process, on a port of its own.

use std::{future::poll_fn, path::Path, sync::Arc};

use holdfast::{
    config::policy_file,
    grpc::{
        self, Options,
        proto::{
            CustomerOutcome, CustomerScore, GetModelRequest, ListModelsRequest, Model,
            ModelSummary, ScoreColumnsRequest, ScoreCustomerRequest, ScoreCustomersRequest,
            ScoredColumns, model_service_client::ModelServiceClient,
            scoring_service_client::ScoringServiceClient,
        },
    },
    registry::{LivePolicies, Registry},
};
use http_body_util::{BodyExt, Full};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tonic::{Status, body::Body, client::GrpcService, codegen::http::Request, transport::Channel};

/// Serves until it is dropped.
pub(crate) struct Server {
    /// Such as `http://127.0.0.1:50051`.
    pub(crate) address: String,
    pub(crate) channel: Channel,
    pub(crate) registry: Arc<Registry>,
    _stop: oneshot::Sender<()>,
    _serving: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(models: &Path) -> Self {
        Self::with_options(models, Options::default()).await
    }

    /// With the built-in policy, unless the options name one.
    pub(crate) async fn with_options(models: &Path, mut options: Options) -> Self {
        options.policies.get_or_insert_with(|| {
            let built_in = policy_file::built_in().unwrap();
            Arc::new(LivePolicies::new(built_in))
        });
        let registry = Arc::new(Registry::open(models).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&registry);
        let serving = tokio::spawn(async move {
            let shutdown = async {
                let _: Result<(), _> = stopped.await;
            };
            grpc::serve(listener, served, options, shutdown)
                .await
                .unwrap();
        });
        let address = format!("http://{address}");
        let channel = Channel::from_shared(address.clone())
            .unwrap()
            .connect()
            .await
            .unwrap();
        Self {
            address,
            channel,
            registry,
            _stop: stop,
            _serving: serving,
        }
    }

    pub(crate) async fn score_customer(
        &self,
        request: ScoreCustomerRequest,
    ) -> Result<CustomerScore, Status> {
        let mut client = ScoringServiceClient::new(self.channel.clone());
        let response = client.score_customer(request).await?;
        Ok(response.into_inner().score.unwrap())
    }

    pub(crate) async fn score_customers(
        &self,
        request: ScoreCustomersRequest,
    ) -> Result<Vec<CustomerOutcome>, Status> {
        let client = ScoringServiceClient::new(self.channel.clone());
        let mut client = client.max_decoding_message_size(usize::MAX);
        let response = client.score_customers(request).await?;
        Ok(response.into_inner().outcomes)
    }

    pub(crate) async fn score_columns(
        &self,
        request: ScoreColumnsRequest,
    ) -> Result<ScoredColumns, Status> {
        let client = ScoringServiceClient::new(self.channel.clone());
        let mut client = client.max_decoding_message_size(usize::MAX);
        let response = client.score_columns(request).await?;
        Ok(response.into_inner().columns.unwrap())
    }

    pub(crate) async fn get_model(&self, request: GetModelRequest) -> Result<Model, Status> {
        let mut client = ModelServiceClient::new(self.channel.clone());
        let response = client.get_model(request).await?;
        Ok(response.into_inner().model.unwrap())
    }

    pub(crate) async fn list_models(&self) -> Result<Vec<ModelSummary>, Status> {
        let mut client = ModelServiceClient::new(self.channel.clone());
        let response = client.list_models(ListModelsRequest {}).await?;
        Ok(response.into_inner().models)
    }

    /// Sends bytes as the message of a method of the contract.
    pub(crate) async fn send_raw(&self, method: &str, bytes: &[u8]) -> Status {
        // A gRPC frame: not compressed, length, message.
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        self.send_frame(method, [&[0], &length[..], bytes].concat())
            .await
    }

    /// Sends bytes that should be a frame, and nothing after them.
    pub(crate) async fn send_frame(&self, method: &str, frame: Vec<u8>) -> Status {
        let request = Request::post(format!("http://server/holdfast.v1.{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Body::new(Full::from(frame)))
            .unwrap();
        let mut channel = self.channel.clone();
        poll_fn(|context| channel.poll_ready(context))
            .await
            .unwrap();
        let response = channel.call(request).await.unwrap();
        if let Some(status) = Status::from_header_map(response.headers()) {
            return status;
        }
        let body = response.into_body().collect().await.unwrap();
        Status::from_header_map(body.trailers().unwrap()).unwrap()
    }
}
