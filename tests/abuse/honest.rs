//! Those who call as they should, at a steady pace: what they get, and how soon.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use holdfast::grpc::proto::{
    GetModelRequest, ModelSelector, ScoreCustomerRequest, model_service_client::ModelServiceClient,
    scoring_service_client::ScoringServiceClient,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use tonic::{
    Code, Status,
    transport::{Channel, Endpoint},
};

/// Callers that keep their connection.
const CALLERS: usize = 4;
/// Between two calls of a caller.
const PAUSE: Duration = Duration::from_millis(5);
/// Between two calls of one who connects for each.
const RECONNECT: Duration = Duration::from_millis(100);
/// No honest caller waits longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What honest callers saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// Of every call that was answered.
    times: Vec<Duration>,
    /// Calls that were told to come back, because the server had too much to do.
    pub(crate) refused: usize,
    pub(crate) errors: Vec<String>,
}

/// What came of a call that did not fail.
enum Ended {
    Answered(Duration),
    Refused,
}

impl Seen {
    pub(crate) fn calls(&self) -> usize {
        self.times.len()
    }

    /// The time within which so much of all calls was answered, in milliseconds.
    pub(crate) fn percentile(&mut self, percent: usize) -> f64 {
        self.times.sort_unstable();
        let last = self.times.len().saturating_sub(1);
        let time = self.times.get(last * percent / 100);
        time.map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    }

    fn note(&mut self, answer: Result<Ended, String>) {
        match answer {
            Ok(Ended::Answered(time)) => self.times.push(time),
            Ok(Ended::Refused) => self.refused += 1,
            Err(error) => self.errors.push(error),
        }
    }

    fn join(&mut self, other: Self) {
        let Self {
            times,
            refused,
            errors,
        } = other;
        self.times.extend(times);
        self.refused += refused;
        self.errors.extend(errors);
    }
}

/// What the model itself gives as an example of a call.
pub(crate) async fn example(address: SocketAddr) -> ScoreCustomerRequest {
    let mut models = ModelServiceClient::new(connect(address).await.unwrap());
    let model = ModelSelector {
        name: "telco-churn".to_owned(),
        choice: None,
    };
    let request = GetModelRequest { model: Some(model) };
    let answer = models.get_model(request).await.unwrap();
    answer.into_inner().example.unwrap()
}

/// For so long.
pub(crate) async fn call_for(
    time: Duration,
    address: SocketAddr,
    example: &ScoreCustomerRequest,
) -> Seen {
    let (stop, stopped) = watch::channel(false);
    let calls = call(address, example, stopped);
    let (seen, ()) = tokio::join!(calls, async {
        sleep(time).await;
        stop.send_replace(true);
    });
    seen
}

/// Calls until told to stop, on connections of old and on new ones.
pub(crate) async fn call(
    address: SocketAddr,
    example: &ScoreCustomerRequest,
    stopped: watch::Receiver<bool>,
) -> Seen {
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        callers.spawn(stay(address, example.clone(), stopped.clone()));
    }
    callers.spawn(come_and_go(address, example.clone(), stopped));
    let mut all = Seen::default();
    for seen in callers.join_all().await {
        all.join(seen);
    }
    all
}

async fn stay(
    address: SocketAddr,
    example: ScoreCustomerRequest,
    stopped: watch::Receiver<bool>,
) -> Seen {
    let mut seen = Seen::default();
    let channel = connect(address).await.unwrap();
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while goes_on(&stopped) {
        ticks.tick().await;
        seen.note(score(channel.clone(), &example).await);
    }
    seen
}

async fn come_and_go(
    address: SocketAddr,
    example: ScoreCustomerRequest,
    stopped: watch::Receiver<bool>,
) -> Seen {
    let mut seen = Seen::default();
    let mut ticks = interval(RECONNECT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while goes_on(&stopped) {
        ticks.tick().await;
        match connect(address).await {
            Ok(channel) => seen.note(score(channel, &example).await),
            Err(error) => seen.errors.push(format!("cannot connect: {error:?}")),
        }
    }
    seen
}

/// Until told, or until nobody is left to tell.
fn goes_on(stopped: &watch::Receiver<bool>) -> bool {
    !*stopped.borrow() && stopped.has_changed().is_ok()
}

async fn score(channel: Channel, example: &ScoreCustomerRequest) -> Result<Ended, String> {
    let mut client = ScoringServiceClient::new(channel);
    let begin = Instant::now();
    match timeout(PATIENCE, client.score_customer(example.clone())).await {
        Ok(Ok(_)) => Ok(Ended::Answered(begin.elapsed())),
        Ok(Err(status)) if is_pushed_back(&status) => Ok(Ended::Refused),
        Ok(Err(status)) => Err(format!("{status:?}")),
        Err(_) => Err(format!("no answer within {PATIENCE:?}")),
    }
}

/// Whether it is told when to try again.
fn is_pushed_back(status: &Status) -> bool {
    status.code() == Code::ResourceExhausted
        && status.metadata().contains_key("grpc-retry-pushback-ms")
}

async fn connect(address: SocketAddr) -> Result<Channel, tonic::transport::Error> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    endpoint.connect_timeout(PATIENCE).connect().await
}
