//! Callers behind a network with a fault: those that get an answer get the right
//! one, and nobody else notices.

use std::{
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use holdfast::grpc::proto::{
    ScoreCustomerRequest, ScoreCustomerResponse, scoring_service_client::ScoringServiceClient,
};
use tokio::{
    runtime::Handle,
    task::JoinSet,
    time::{sleep, timeout},
};
use tonic::{Status, transport::Endpoint};

use super::{
    honest::example,
    proxy::{Fault, Proxy},
    trial::trial,
};

/// The same number for each fault.
const CALLERS: usize = 20;

/// Between two calls of a caller: of a silent network, the server takes its time to
/// learn that a connection has no other end.
const PAUSE: Duration = Duration::from_millis(400);

/// What callers behind the fault got.
#[derive(Default)]
struct Got {
    answers: usize,
    errors: usize,
}

impl fmt::Display for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answers, errors } = self;
        write!(f, "{answers} right answers and {errors} errors through it")
    }
}

/// What must come of the calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Answers,
    Whatever,
}

impl Expect {
    /// After which a caller gives up.
    fn patience(self) -> Duration {
        match self {
            Self::Answers => Duration::from_secs(10),
            Self::Whatever => Duration::from_secs(1),
        }
    }
}

async fn check(name: &'static str, faults: Vec<Fault>, expect: Expect) {
    trial(name, move |address, until| {
        let got =
            Handle::current().block_on(call_through(&faults, expect.patience(), address, until));
        if expect == Expect::Answers {
            assert!(got.answers > 0 && got.errors == 0, "{name}: {got}");
        }
        got
    })
    .await;
}

async fn call_through(
    faults: &[Fault],
    patience: Duration,
    address: SocketAddr,
    until: Instant,
) -> Got {
    let example = example(address).await;
    let right = score(address, &example).await.unwrap();
    let mut proxies = Vec::new();
    for fault in faults {
        proxies.push(Proxy::before(address, *fault).await);
    }
    let mut callers = JoinSet::new();
    for proxy in proxies.iter().cycle().take(CALLERS) {
        let (example, right, address) = (example.clone(), right.clone(), proxy.address);
        callers.spawn(async move {
            let mut got = Got::default();
            while Instant::now() < until {
                if let Ok(Ok(answer)) = timeout(patience, score(address, &example)).await {
                    assert_eq!(answer, right, "another answer");
                    got.answers += 1;
                } else {
                    got.errors += 1;
                }
                sleep(PAUSE).await;
            }
            got
        });
    }
    let all = callers.join_all().await;
    all.into_iter().fold(Got::default(), |all, one| Got {
        answers: all.answers + one.answers,
        errors: all.errors + one.errors,
    })
}

/// By a connection of its own.
async fn score(
    address: SocketAddr,
    example: &ScoreCustomerRequest,
) -> Result<ScoreCustomerResponse, Status> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    let channel = endpoint.connect().await;
    let channel = channel.map_err(|error| Status::unavailable(error.to_string()))?;
    let mut client = ScoringServiceClient::new(channel);
    let answer = client.score_customer(example.clone()).await?;
    Ok(answer.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_slow() {
    let delay = Fault::Delay(Duration::from_millis(20));
    check("delay of 20 ms", vec![delay], Expect::Answers).await;
    let trickle = Fault::Trickle(64, Duration::from_millis(2));
    check("64 bytes every 2 ms", vec![trickle], Expect::Answers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_breaks_off() {
    // In the greeting, the headers, the message, and after all of them.
    const AFTER: [usize; 5] = [10, 60, 200, 500, 1000];
    let resets = AFTER.map(Fault::ResetAfter).to_vec();
    check("resets", resets, Expect::Whatever).await;
    let half_closed = AFTER.map(Fault::HalfCloseAfter).to_vec();
    check("half-closed", half_closed, Expect::Whatever).await;
    let silent = AFTER.map(Fault::SilentAfter).to_vec();
    check("silence", silent, Expect::Whatever).await;
}
