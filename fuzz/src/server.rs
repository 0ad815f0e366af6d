//! The whole service in this process, called as callers call it.

use std::{future::poll_fn, num::NonZeroUsize, path::Path, sync::Arc, time::Duration};

use holdfast::{
    config::policy_file,
    grpc::{self, Options},
    registry::{LivePolicies, Registry},
};
use http_body_util::{BodyExt, Full};
use tokio::{net::TcpListener, runtime::Runtime, time::timeout};
use tonic::{
    Code, Status, body::Body, client::GrpcService, codegen::http::Request, transport::Channel,
};

/// No call of an input of a fuzzer takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves on a port of its own for as long as this process runs.
pub struct Server {
    runtime: Runtime,
    channel: Channel,
}

/// What a call was told.
pub struct Answer {
    /// How it ended.
    pub status: Status,
    /// The messages before its end.
    pub messages: Vec<Vec<u8>>,
}

impl Server {
    /// Serves the models of a directory by the built-in policy. Nothing is done by the
    /// clock, so that the same calls take the same paths.
    pub fn start(models: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let registry = Arc::new(Registry::open(models).unwrap());
        let policy = policy_file::built_in().unwrap();
        let options = Options {
            workers: NonZeroUsize::MIN,
            reload_interval: None,
            drift_window: None,
            policies: Some(Arc::new(LivePolicies::new(policy))),
            ..Options::default()
        };
        let channel = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = format!("http://{}", listener.local_addr().unwrap());
            tokio::spawn(grpc::serve(
                listener,
                registry,
                options,
                std::future::pending(),
            ));
            let channel = Channel::from_shared(address).unwrap();
            channel.connect().await.unwrap()
        });
        Self { runtime, channel }
    }

    /// Sends bytes as the message of a method of the contract, such as
    /// `ModelService/GetModel`.
    ///
    /// # Panics
    ///
    /// When the answer blames the server for what it was sent, or is none.
    pub fn call(&self, method: &str, message: &[u8]) -> Answer {
        let answer = self.runtime.block_on(async {
            let answer = timeout(PATIENCE, self.answer(method, message));
            answer.await.expect("an answer in time")
        });
        let code = answer.status.code();
        assert!(
            !matches!(code, Code::Internal | Code::Unknown | Code::DataLoss),
            "{method}: {:?}",
            answer.status
        );
        answer
    }

    async fn answer(&self, method: &str, message: &[u8]) -> Answer {
        // A gRPC frame: not compressed, length, message.
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        let frame = [&[0], &length[..], message].concat();
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
            let messages = Vec::new();
            return Answer { status, messages };
        }
        let body = response.into_body().collect().await.unwrap();
        let status = body.trailers().and_then(Status::from_header_map).unwrap();
        let messages = messages(&body.to_bytes());
        Answer { status, messages }
    }
}

fn messages(mut frames: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while let Some((head, rest)) = frames.split_first_chunk::<5>() {
        let [packed, length @ ..] = *head;
        assert_eq!(packed, 0);
        let length = u32::from_be_bytes(length) as usize;
        let (message, rest) = rest.split_at(length);
        messages.push(message.to_vec());
        frames = rest;
    }
    assert!(frames.is_empty());
    messages
}
