//! Connections: how many, what each may do, and how they end. Each is a default of
//! the transport's library that would do harm here.

use holdfast::grpc::{Connections, Options};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinHandle,
};

use super::*;
use crate::support::{Server, process::Process, telco_models};

const ACCEPTED: &str = "holdfast_connections_total{result=\"accepted\"}";
const REFUSED: &str = "holdfast_connections_total{result=\"refused\"}";

/// A connection, and its end.
async fn connect(address: SocketAddr) -> (SendRequest<Bytes>, JoinHandle<Result<(), h2::Error>>) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (calls, connection) = h2::client::handshake(stream).await.unwrap();
    (calls, tokio::spawn(connection))
}

async fn list(calls: &SendRequest<Bytes>) -> Code {
    let list = Asked {
        method: LIST,
        message: Vec::new(),
        goes_on: false,
    };
    Caller(calls.clone()).ask(&list, "60S").await.code()
}

/// The connection is told to end, and does.
async fn ends(ended: JoinHandle<Result<(), h2::Error>>) {
    let ended = timeout(Duration::from_secs(30), ended).await;
    ended.unwrap().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_are_open_and_more_are_closed() {
    let options = ["--admin-listen", "127.0.0.1:0", "--max-connections", "2"];
    let server = Process::start(telco_models(), &options);
    let (first, first_ended) = connect(server.address).await;
    let (second, _) = connect(server.address).await;
    assert_eq!([list(&first).await, list(&second).await], [Code::Ok; 2]);
    let mut third = TcpStream::connect(server.address).await.unwrap();
    // Its end or its reset.
    assert_eq!(third.read(&mut [0]).await.unwrap_or(0), 0);
    let metrics = server.metrics();
    assert_eq!([metrics[ACCEPTED], metrics[REFUSED]], [2.0, 1.0]);
    assert_eq!([list(&first).await, list(&second).await], [Code::Ok; 2]);
    drop(first);
    ends(first_ended).await;
    let mut taken = false;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let stream = TcpStream::connect(server.address).await.unwrap();
        if let Ok((calls, connection)) = h2::client::handshake(stream).await {
            let serving = tokio::spawn(connection);
            if timeout(Duration::from_millis(200), calls.clone().ready())
                .await
                .is_ok()
                && !serving.is_finished()
            {
                taken = list(&calls).await == Code::Ok;
                break;
            }
        }
    }
    assert!(taken, "no place came back");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_has_so_many_calls_at_once() {
    let options = ["--max-streams-per-connection", "7"];
    let server = Process::start(telco_models(), &options);
    let (calls, _) = connect(server.address).await;
    assert_eq!(list(&calls).await, Code::Ok);
    assert_eq!(calls.current_max_send_streams(), 7);
}

/// Who has nothing to ask is told to go; who waits for an answer is not.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed() {
    let options = ["--admin-listen", "127.0.0.1:0", "--max-idle-seconds", "1"];
    let server = Process::start(telco_models(), &options);
    let (idle, idle_ended) = connect(server.address).await;
    assert_eq!(list(&idle).await, Code::Ok);
    let (waits, waits_ended) = connect(server.address).await;
    let begun = Caller(waits).begin(STREAM, &[]).await;
    ends(idle_ended).await;
    assert!(!waits_ended.is_finished());
    let retired = "holdfast_connections_retired_total{reason=\"idle\"}";
    assert_eq!(server.metrics()[retired], 1.0);
    drop(begun);
}

/// GOAWAY first: what is going on is finished, within the grace.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_connection_finishes_its_calls() {
    let options = [
        "--admin-listen",
        "127.0.0.1:0",
        "--max-connection-age-seconds",
        "1",
        "--drain-seconds",
        "4",
    ];
    let server = Process::start(telco_models(), &options);
    let (finishes, finishes_ended) = connect(server.address).await;
    let (stays, stays_ended) = connect(server.address).await;
    let mut finishing = Caller(finishes.clone()).begin(LIST, &[]).await;
    let staying = Caller(stays).begin(STREAM, &[]).await;
    let retired = "holdfast_connections_retired_total{reason=\"age\"}";
    while server.metrics()[retired] < 2.0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    finishing.body.send_data(framed(&[]), true).unwrap();
    assert_eq!(finishing.status().await.code(), Code::Ok);
    assert!(!stays_ended.is_finished());
    ends(finishes_ended).await;
    assert!(finishes.ready().await.is_err());
    // Not for ever.
    let ended = timeout(Duration::from_secs(30), stays_ended).await;
    let _ = ended.unwrap().unwrap();
    drop(staying);
}

/// A peer that is gone without a word is found out by pings.
#[tokio::test(flavor = "multi_thread")]
async fn who_answers_no_ping_is_gone() {
    let defaults = Options::default();
    let keepalive = Duration::from_millis(300);
    let options = Options {
        connections: Connections {
            keepalive,
            ..defaults.connections
        },
        ..defaults
    };
    let server = Server::with_options(telco_models(), options).await;
    let address = server.address.strip_prefix("http://").unwrap();
    let mut peer = greet(address.parse().unwrap()).await;
    let mut heard = Vec::new();
    let end = timeout(Duration::from_secs(30), peer.read_to_end(&mut heard));
    // Its end or its reset.
    let _ = end.await.unwrap();
    // An empty frame header of type PING: 8 bytes follow, no flags, no stream.
    let ping = [0, 0, 8, 6, 0, 0, 0, 0, 0];
    assert!(heard.windows(9).any(|bytes| bytes == ping), "{heard:?}");
}

/// Calls that are begun and reset, over and over, end the connection.
#[tokio::test(flavor = "multi_thread")]
async fn rapid_resets_end_the_connection() {
    let server = Process::start(telco_models(), &[]);
    let (calls, ended) = connect(server.address).await;
    for _ in 0..100_000 {
        let request = Request::post(format!("http://server/{LIST}")).body(());
        let Ok(mut calls) = calls.clone().ready().await else {
            break;
        };
        let Ok((_, mut body)) = calls.send_request(request.unwrap(), false) else {
            break;
        };
        body.send_reset(h2::Reason::CANCEL);
    }
    drop(calls);
    let error = timeout(Duration::from_secs(30), ended).await.unwrap();
    let error = error.unwrap().unwrap_err();
    assert_eq!(error.reason(), Some(h2::Reason::ENHANCE_YOUR_CALM));
    // Nobody else is the worse for it.
    let (calls, _) = connect(server.address).await;
    assert_eq!(list(&calls).await, Code::Ok);
}

/// Who asks for nothing, and that often, is read more slowly, and hung up on when it
/// goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_pings_is_slowed_and_then_ended() {
    let server = Process::start(telco_models(), &["--admin-listen", "127.0.0.1:0"]);
    let (mut answers, mut peer) = greet(server.address).await.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut answers, &mut tokio::io::sink()).await });
    let mut ping = [0; 17];
    (ping[2], ping[3]) = (8, 6);
    let pings = ping.repeat(1000);
    let flood = async { while peer.write_all(&pings).await.is_ok() {} };
    timeout(Duration::from_secs(60), flood).await.unwrap();
    let metrics = server.metrics();
    assert!(metrics["holdfast_connections_slowed_total"] >= 2.0);
    let retired = "holdfast_connections_retired_total{reason=\"flood\"}";
    assert_eq!(metrics[retired], 1.0);
    let (calls, _) = connect(server.address).await;
    assert_eq!(list(&calls).await, Code::Ok);
}
