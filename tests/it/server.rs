//! `holdfast-server` as a process: start, log, probe, drain.

use std::{
    io::{BufReader, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use holdfast::grpc::proto::{
    ScoreCustomersRequest, ScoreCustomersResponse, scoring_service_client::ScoringServiceClient,
};
use tokio::sync::oneshot;
use tokio_stream::StreamExt;
use tonic::{Request, codegen::http::uri::PathAndQuery, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::support::{
    bought, customer, history, number,
    process::{Process, command, next_event},
    score_batch, score_one, telco_customers, telco_models,
};

/// Runs a server that ends by itself; its exit code and its log.
fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(arguments).output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), log)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_drains_and_exits_on_both_signals() {
    for signal in ["-TERM", "-INT"] {
        let server = Process::start(telco_models(), &[]);
        let mut client = server.client().await;
        client
            .score_customer(score_one(customer("1")))
            .await
            .unwrap();
        server.signal(signal);
        let (code, log) = server.wait();
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("\"drained\""), "{log}");
    }
}

/// A call whose headers came before the order to stop is answered to the last
/// byte, even though its message comes later and its answer is large.
#[tokio::test(flavor = "multi_thread")]
async fn no_answer_in_flight_is_lost() {
    for _ in 0..5 {
        let mut server = Process::start(telco_models(), &[]);
        let channel = server.channel().await;
        let (begun, has_begun) = oneshot::channel();
        let (go, may_go) = oneshot::channel();
        let message = async move {
            begun.send(()).unwrap();
            may_go.await.unwrap();
            score_batch(telco_customers())
        };
        let call = tokio::spawn(score_when_told(channel.clone(), message));
        has_begun.await.unwrap();
        // An answer on the same connection: what was sent before it has arrived.
        let mut client = ScoringServiceClient::new(channel);
        client
            .score_customer(score_one(customer("1")))
            .await
            .unwrap();
        server.signal("-TERM");
        while next_event(&mut server.log)["message"] != "draining" {}
        go.send(()).unwrap();
        assert_eq!(call.await.unwrap().outcomes.len(), 7043);
        let (code, log) = server.wait();
        assert_eq!(code, Some(0), "{log}");
    }
}

/// Opens a call at once and sends its message when that is ready.
async fn score_when_told(
    channel: Channel,
    message: impl Future<Output = ScoreCustomersRequest> + Send + 'static,
) -> ScoreCustomersResponse {
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let mut message = Some(message);
    let body = tokio_stream::once(()).then(move |()| message.take().unwrap());
    let path = PathAndQuery::from_static("/holdfast.v1.ScoringService/ScoreCustomers");
    let codec = tonic_prost::ProstCodec::default();
    let answer = client
        .client_streaming(Request::new(body), path, codec)
        .await;
    answer.unwrap().into_inner()
}

/// Clients watch health all the time; that must not hold the drain.
#[tokio::test(flavor = "multi_thread")]
async fn a_health_watch_ends_with_the_drain() {
    let server = Process::start(telco_models(), &[]);
    let mut health = HealthClient::new(server.channel().await);
    let request = HealthCheckRequest::default();
    let mut watch = health.watch(request).await.unwrap().into_inner();
    let mut seen = Vec::new();
    let first = watch.message().await.unwrap().unwrap();
    seen.push(first.status());
    let begin = Instant::now();
    server.signal("-TERM");
    while let Ok(Some(answer)) = watch.message().await {
        seen.push(answer.status());
    }
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{log}");
    assert!(log.contains("\"drained\""), "{log}");
    assert_eq!(seen, [ServingStatus::Serving, ServingStatus::NotServing]);
}

/// A connection without a word is closed, and one that breaks off its greeting, so
/// that many of them cannot use up the server's file descriptors for long.
#[test]
fn a_silent_connection_is_closed() {
    let server = Process::start(telco_models(), &[]);
    let connections = ["", "PRI * HTTP/2.0\r\n\r\nSM\r\n"].map(|words| {
        let mut connection = TcpStream::connect(server.address).unwrap();
        connection.write_all(words.as_bytes()).unwrap();
        connection
    });
    for mut connection in connections {
        let patience = Some(Duration::from_secs(60));
        connection.set_read_timeout(patience).unwrap();
        let mut received = Vec::new();
        // The end of the stream, or its reset.
        let _ = connection.read_to_end(&mut received);
        assert!(connection.peek(&mut [0]).map_or(true, |length| length == 0));
    }
    server.signal("-TERM");
    assert_eq!(server.wait().0, Some(0));
}

/// A peer that stops in the middle of a word cannot hold the process.
#[test]
fn the_drain_deadline_holds_against_a_silent_peer() {
    let server = Process::start(telco_models(), &["--drain-seconds", "1"]);
    let mut silent = TcpStream::connect(server.address).unwrap();
    silent.write_all(b"PRI").unwrap();
    let begin = Instant::now();
    server.signal("-TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{log}");
}

#[tokio::test]
async fn the_log_holds_no_customer_data() {
    let server = Process::start(telco_models(), &["--log-filter", "trace"]);
    let log = {
        // A log that nobody reads would block the server once its pipe is full.
        let Process {
            child,
            log,
            address,
            admin: _,
        } = server;
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            let mut log = log;
            log.read_to_string(&mut text).unwrap();
            text
        });
        let mut client = ScoringServiceClient::connect(format!("http://{address}"))
            .await
            .unwrap();
        let mut secret = customer("canary-id-4711");
        secret
            .features
            .insert("tenure".to_owned(), number(47.114_711));
        client
            .score_customer(score_one(secret.clone()))
            .await
            .unwrap();
        secret
            .features
            .insert("canary-name".to_owned(), number(f64::NAN));
        client.score_customer(score_one(secret)).await.unwrap_err();
        // A churn score does not look at these; a refusal does.
        let mut buyer = customer("canary-id-4711");
        buyer.as_of = "1997-09-30".to_owned();
        buyer.purchases = history(vec![bought("1997-04-11", 47.114_711)]).purchases;
        client
            .score_customer(score_one(buyer.clone()))
            .await
            .unwrap();
        let mut late = bought("1997-11-04", 47.114_711);
        late.products = vec!["canary-product".to_owned()];
        buyer.purchases = history(vec![late]).purchases;
        client.score_customer(score_one(buyer)).await.unwrap_err();
        let mut child = child;
        child.0.kill().unwrap();
        child.0.wait().unwrap();
        reader.join().unwrap()
    };
    assert!(!log.is_empty());
    for canary in ["canary", "id-4711", "47.114", "1997-04-11", "1997-11-04"] {
        assert!(!log.contains(canary), "{canary} in the log");
    }
}

#[test]
fn a_refused_model_is_logged_with_its_reason() {
    let models = crate::support::own_telco_models();
    std::fs::write(models.path().join("telco-churn/1/golden.json"), "{}").unwrap();
    let mut child = command(&["--listen", "127.0.0.1:0", "--log-format", "json"])
        .arg("--models")
        .arg(models.path())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let event = next_event(&mut log);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(event["message"], "model version refused");
    assert_eq!(event["level"], "ERROR");
    assert_eq!(event["model.name"], "telco-churn");
    let error = event["error"].as_str().unwrap();
    assert!(
        error.contains("golden.json") && error.contains("damaged"),
        "{error}"
    );
}

#[test]
fn a_probe_tells_whether_a_server_serves() {
    let serving = Process::start(telco_models(), &[]);
    let address = serving.address.to_string();
    assert_eq!(run(&["--probe", "--listen", &address]).0, Some(0));
    serving.signal("-TERM");
    serving.wait();
    let (code, log) = run(&["--probe", "--listen", &address]);
    assert_eq!(code, Some(1));
    assert!(log.contains("cannot connect"), "{log}");

    let empty = tempfile::TempDir::new().unwrap();
    let idle = Process::start(empty.path(), &[]);
    let (code, log) = run(&["--probe", "--listen", &idle.address.to_string()]);
    assert_eq!(code, Some(1));
    assert!(log.contains("is not serving"), "{log}");
    idle.signal("-TERM");
    idle.wait();
}

#[test]
fn a_start_that_cannot_succeed_says_why() {
    let (code, log) = run(&["--models", "/nowhere/models"]);
    assert_eq!(code, Some(1));
    assert!(log.contains("/nowhere/models"), "{log}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let models = telco_models().to_str().unwrap();
    let (code, log) = run(&["--models", models, "--listen", &address]);
    assert_eq!(code, Some(1));
    assert!(log.contains(&address), "{log}");

    let (code, log) = run(&["--max-batch-rows", "0", "--log-filter", "=="]);
    assert_eq!(code, Some(1));
    assert!(log.contains("max_batch_rows must be at least 1"), "{log}");
    assert_eq!(run(&["--listen", "everywhere"]).0, Some(2));
}
