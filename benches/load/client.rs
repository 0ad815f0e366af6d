//! The load generator. It sends and receives bytes, so that it does the same
//! work for either server.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use prost::bytes::{Buf, BufMut, Bytes};
use tokio::{
    task::JoinSet,
    time::{sleep_until, timeout},
};
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    transport::{Channel, Endpoint},
};

use super::workload::Workload;

/// How long calls may go on after the end of a round.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections over which requests are sent to one method.
pub(crate) struct Client {
    path: PathAndQuery,
    channels: Vec<Channel>,
    requests: Arc<[Bytes]>,
    in_flight: usize,
}

/// What was seen of one round.
pub(crate) struct Round {
    /// From the first request to the last response.
    pub(crate) elapsed: Duration,
    /// One for each call, the shortest first.
    pub(crate) latencies: Vec<Duration>,
}

impl Client {
    pub(crate) async fn connect(
        workload: &Workload,
        requests: &[Bytes],
        address: SocketAddr,
        path: &str,
    ) -> anyhow::Result<Self> {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?.tcp_nodelay(true);
        let mut channels = Vec::with_capacity(workload.connections);
        for _ in 0..workload.connections {
            channels.push(endpoint.connect().await?);
        }
        Ok(Self {
            path: path.parse()?,
            channels,
            requests: requests.into(),
            in_flight: workload.in_flight,
        })
    }

    /// Sends every request once and returns the responses.
    pub(crate) async fn responses(&self) -> anyhow::Result<Vec<Bytes>> {
        let mut caller = self.caller(0);
        let mut responses = Vec::with_capacity(self.requests.len());
        for request in self.requests.iter() {
            responses.push(caller.call(request).await?);
        }
        Ok(responses)
    }

    /// Keeps as many calls in flight as the workload wants, for `length`.
    pub(crate) async fn round(&self, length: Duration) -> anyhow::Result<Round> {
        self.calls(length, None).await
    }

    /// Begins `rate` calls a second, whether those before have ended or not, for
    /// `length`. A call that waits for its turn has begun.
    pub(crate) async fn paced_round(&self, length: Duration, rate: f64) -> anyhow::Result<Round> {
        let pause = Duration::from_secs_f64(self.in_flight as f64 / rate);
        self.calls(length, Some(pause)).await
    }

    /// Each caller's calls begin one `pause` after the other, or as soon as the one
    /// before has ended.
    async fn calls(&self, length: Duration, pause: Option<Duration>) -> anyhow::Result<Round> {
        let start = Instant::now();
        let mut callers = JoinSet::new();
        for index in 0..self.in_flight {
            let begins = pause.map(|pause| Pace {
                next: start + pause.mul_f64(index as f64 / self.in_flight as f64),
                pause,
            });
            callers.spawn(self.caller(index).call_until(start + length, begins));
        }
        let all = timeout(length + PATIENCE, callers.join_all())
            .await
            .context("the server does not answer")?;
        let elapsed = start.elapsed();
        let all = all.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        let mut latencies = all.concat();
        latencies.sort_unstable();
        Ok(Round { elapsed, latencies })
    }

    fn caller(&self, index: usize) -> Caller {
        Caller {
            grpc: Grpc::new(self.channels[index % self.channels.len()].clone()),
            path: self.path.clone(),
            requests: Arc::clone(&self.requests),
            first: index,
        }
    }
}

/// When calls begin.
struct Pace {
    next: Instant,
    pause: Duration,
}

impl Pace {
    async fn wait(&mut self) -> Instant {
        let begin = self.next;
        self.next += self.pause;
        if begin > Instant::now() {
            sleep_until(begin.into()).await;
            // The timer's own delay is none of the server's.
            return Instant::now();
        }
        begin
    }
}

/// Sends one request after the other.
struct Caller {
    grpc: Grpc<Channel>,
    path: PathAndQuery,
    requests: Arc<[Bytes]>,
    first: usize,
}

impl Caller {
    async fn call_until(
        mut self,
        end: Instant,
        mut pace: Option<Pace>,
    ) -> anyhow::Result<Vec<Duration>> {
        let requests = Arc::clone(&self.requests);
        let mut latencies = Vec::new();
        for request in requests.iter().cycle().skip(self.first) {
            let start = match &mut pace {
                Some(pace) => pace.wait().await,
                None => Instant::now(),
            };
            if start >= end {
                break;
            }
            self.call(request).await?;
            latencies.push(start.elapsed());
        }
        Ok(latencies)
    }

    async fn call(&mut self, request: &Bytes) -> anyhow::Result<Bytes> {
        self.grpc.ready().await?;
        let request = Request::new(request.clone());
        let response = self.grpc.unary(request, self.path.clone(), AsBytes).await?;
        Ok(response.into_inner())
    }
}

/// Messages as they are on the wire.
struct AsBytes;

impl Codec for AsBytes {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
