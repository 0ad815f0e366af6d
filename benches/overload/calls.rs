//! Calls by the clock, and what became of them.

use std::{
    cell::RefCell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use h2::client::SendRequest;
use holdfast::grpc::proto::{
    Customer, ModelSelector, PurchaseSummary, ScoreCustomersRequest, customer::Purchases,
};
use prost::{Message, bytes::Bytes};
use tokio::{
    net::TcpStream,
    task::{JoinSet, spawn_local, yield_now},
    time::{sleep, timeout},
};
use tonic::{
    Code, Status,
    codegen::http::{HeaderMap, Request},
};
use tonic_types::StatusExt as _;

const SCORE_CUSTOMERS: &str = "http://server/holdfast.v1.ScoringService/ScoreCustomers";
/// The most that is done where a connection lives.
pub(crate) const FEW_ROWS: usize = 16;
/// A batch for all cores.
pub(crate) const MANY_ROWS: usize = 1000;
/// More calls at once than any scene keeps in flight.
const CONNECTIONS: usize = 16;
/// Calls that are begun before the others get on.
const AT_A_TIME: usize = 16;
/// More are not begun before some have ended: a load generator that is the slower of the
/// two would only measure itself.
const IN_FLIGHT: usize = 2000;
/// How long the last calls may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// One caller, over some connections.
pub(crate) struct Caller {
    connections: Vec<SendRequest<Bytes>>,
    message: Bytes,
    token: Option<String>,
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Answered,
    /// With the time after which to try again.
    Refused,
    /// In any other way.
    Failed,
}

/// What was seen of one call.
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    /// When it was due, from the beginning on.
    pub(crate) due: Duration,
    /// How much later it was begun: the load generator's own delay.
    pub(crate) late: Duration,
    pub(crate) latency: Duration,
    pub(crate) ended: Ended,
}

/// What was seen of all calls.
#[derive(Default)]
pub(crate) struct Tally(pub(crate) Vec<Seen>);

impl Caller {
    /// Whose calls score so many customers each.
    pub(crate) async fn of(
        address: SocketAddr,
        token: Option<&str>,
        rows: usize,
    ) -> anyhow::Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(connect(address).await?);
        }
        Ok(Self {
            connections,
            message: framed(&batch(rows)),
            token: token.map(|token| format!("Bearer {token}")),
        })
    }

    /// Keeps so many calls in flight; how many are done a second.
    pub(crate) async fn peak(&self, at_once: usize, length: Duration) -> anyhow::Result<f64> {
        let start = Instant::now();
        let mut calls = JoinSet::new();
        let (mut begun, mut done) = (0_usize, 0_usize);
        for number in 0..at_once {
            calls.spawn_local(self.call(number)?);
        }
        while let Some(ended) = calls.join_next().await {
            let ended = ended?;
            ensure!(ended != Ended::Failed, "a call failed at peak");
            begun += 1;
            done += usize::from(ended == Ended::Answered);
            if start.elapsed() < length {
                calls.spawn_local(self.call(begun)?);
            }
        }
        Ok(done as f64 / start.elapsed().as_secs_f64())
    }

    /// Begins `rate` calls a second, whatever becomes of them.
    pub(crate) async fn offer(&self, rate: f64, length: Duration) -> anyhow::Result<Tally> {
        self.offer_in_turn(&[(rate, length)]).await
    }

    /// Begins so many calls a second for so long, and then so many, without a pause.
    /// What the load generator could not begin while it was its turn is left out.
    pub(crate) async fn offer_in_turn(&self, rates: &[(f64, Duration)]) -> anyhow::Result<Tally> {
        let tally = Rc::new(RefCell::new(Tally::default()));
        let start = Instant::now();
        let mut begun = 0_usize;
        for (due, end) in times(rates) {
            if start.elapsed() >= end {
                continue;
            }
            while start.elapsed() < due || begun - tally.borrow().0.len() >= IN_FLIGHT {
                yield_now().await;
            }
            let (call, tally) = (self.call(begun)?, Rc::clone(&tally));
            spawn_local(async move {
                let late = start.elapsed().saturating_sub(due);
                let ended = call.await;
                let latency = start.elapsed().saturating_sub(due);
                tally.borrow_mut().0.push(Seen {
                    due,
                    late,
                    latency,
                    ended,
                });
            });
            begun += 1;
            // What is late is begun at once, but not all of it before any is answered.
            if begun.is_multiple_of(AT_A_TIME) {
                yield_now().await;
            }
        }
        let all_ended = async {
            while tally.borrow().0.len() < begun {
                sleep(Duration::from_millis(1)).await;
            }
        };
        let ended = timeout(PATIENCE, all_ended).await;
        ended.context("the server does not answer")?;
        Ok(tally.take())
    }

    fn call(&self, number: usize) -> anyhow::Result<impl Future<Output = Ended> + use<>> {
        let connection = &self.connections[number % self.connections.len()];
        let connection = connection.clone();
        let request = self.request()?;
        let message = self.message.clone();
        Ok(async move {
            ask(connection, request, message)
                .await
                .unwrap_or(Ended::Failed)
        })
    }

    pub(crate) fn message(&self) -> Bytes {
        self.message.clone()
    }

    pub(crate) fn request(&self) -> anyhow::Result<Request<()>> {
        let mut request = Request::post(SCORE_CUSTOMERS)
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        if let Some(token) = &self.token {
            request = request.header("authorization", token);
        }
        Ok(request.body(())?)
    }
}

impl Tally {
    /// What was due from then until then.
    pub(crate) fn between(&self, from: Duration, until: Duration) -> Self {
        let due = self
            .0
            .iter()
            .filter(|seen| (from..until).contains(&seen.due));
        Self(due.copied().collect())
    }

    pub(crate) fn of(&self, ended: Ended) -> impl Iterator<Item = &Seen> {
        self.0.iter().filter(move |seen| seen.ended == ended)
    }

    pub(crate) fn count(&self, ended: Ended) -> usize {
        self.of(ended).count()
    }

    /// The 99th percentile of how late calls were begun, in milliseconds.
    pub(crate) fn p99_late(&self) -> f64 {
        p99(self.0.iter().map(|seen| seen.late))
    }

    /// The 99th percentile of those that ended so, in milliseconds.
    pub(crate) fn p99(&self, ended: Ended) -> f64 {
        p99(self.of(ended).map(|seen| seen.latency))
    }
}

/// The 99th percentile, in milliseconds; 0 of none.
pub(crate) fn p99(latencies: impl Iterator<Item = Duration>) -> f64 {
    let mut latencies: Vec<_> = latencies.collect();
    latencies.sort_unstable();
    let place = (latencies.len() * 99).div_ceil(100).saturating_sub(1);
    latencies
        .get(place)
        .map_or(0.0, |p99| p99.as_secs_f64() * 1e3)
}

pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<SendRequest<Bytes>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut client = h2::client::Builder::new();
    client
        .initial_window_size(1 << 24)
        .initial_connection_window_size(1 << 26);
    let (calls, connection) = client.handshake(stream).await?;
    spawn_local(connection);
    Ok(calls)
}

async fn ask(
    connection: SendRequest<Bytes>,
    request: Request<()>,
    message: Bytes,
) -> anyhow::Result<Ended> {
    let (answer, mut body) = connection.ready().await?.send_request(request, false)?;
    body.send_data(message, true)?;
    let answer = answer.await?;
    if answer.headers().contains_key("grpc-status") {
        return Ok(refusal(answer.headers()));
    }
    let mut body = answer.into_body();
    while let Some(data) = body.data().await {
        let taken = data?.len();
        body.flow_control().release_capacity(taken)?;
    }
    let trailers = body.trailers().await?.context("no status")?;
    let status = Status::from_header_map(&trailers).context("no status")?;
    Ok(if status.code() == Code::Ok {
        Ended::Answered
    } else {
        Ended::Failed
    })
}

/// A refusal counts as one when it says when to try again.
fn refusal(headers: &HeaderMap) -> Ended {
    let told = Status::from_header_map(headers).is_some_and(|status| {
        status.code() == Code::ResourceExhausted && status.get_details_retry_info().is_some()
    });
    if told && headers.contains_key("grpc-retry-pushback-ms") {
        Ended::Refused
    } else {
        Ended::Failed
    }
}

pub(crate) fn framed(message: &impl Message) -> Bytes {
    let message = message.encode_to_vec();
    let length = u32::try_from(message.len())
        .unwrap_or(u32::MAX)
        .to_be_bytes();
    [&[0], &length[..], &message].concat().into()
}

/// When calls are due, from the beginning on, and when their turn ends.
fn times(rates: &[(f64, Duration)]) -> impl Iterator<Item = (Duration, Duration)> {
    let mut begin = 0.0;
    rates.iter().flat_map(move |&(rate, length)| {
        let (from, seconds) = (begin, length.as_secs_f64());
        begin += seconds;
        let end = Duration::from_secs_f64(begin);
        (0_u32..)
            .map(move |call| from + f64::from(call) / rate)
            .take_while(move |due| *due < from + seconds)
            .map(move |due| (Duration::from_secs_f64(due), end))
    })
}

fn batch(rows: usize) -> ScoreCustomersRequest {
    ScoreCustomersRequest {
        value_model: Some(selector()),
        customers: (0..rows).map(buyer).collect(),
        ..ScoreCustomersRequest::default()
    }
}

pub(crate) fn selector() -> ModelSelector {
    ModelSelector {
        name: "cdnow-value".to_owned(),
        choice: None,
    }
}

pub(crate) fn buyer(row: usize) -> Customer {
    Customer {
        id: row.to_string(),
        purchases: Some(Purchases::Summary(PurchaseSummary {
            frequency: 20.0,
            recency_days: 213.0,
            observation_days: 272.0,
            mean_repeat_spend: Some(35.5),
            currency: "USD".to_owned(),
        })),
        ..Customer::default()
    }
}
