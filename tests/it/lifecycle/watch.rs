//! The server notices by itself.

use std::{io::Read, time::Duration};

use tokio::time::{sleep, timeout};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use super::{Client, MODEL, corrupt, models, publish};
use crate::support::{Server, process::Process};

const PATIENCE: Duration = Duration::from_secs(60);

async fn until_serves(client: &Client, version: u32) {
    let waiting = async {
        while client.served().await != version {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_served_without_being_told() {
    let models = models(1);
    let servers = [(); 2].map(|()| Process::start(models.path(), &["--reload-seconds", "1"]));
    let clients = [
        Client(servers[0].channel().await),
        Client(servers[1].channel().await),
    ];
    publish(models.path());
    for client in &clients {
        until_serves(client, 2).await;
    }
    // What one process is told, the other finds.
    clients[0].roll_back(None).await.unwrap();
    assert_eq!(clients[0].served().await, 1);
    until_serves(&clients[1], 1).await;
    for server in servers {
        server.signal("-TERM");
        server.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_refused_is_logged_once() {
    let models = models(1);
    let mut server = Process::start(
        models.path(),
        &[
            "--reload-seconds",
            "1",
            "--admin-listen",
            "127.0.0.1:0",
            // Nobody reads the log until the end, and every reload would be told.
            "--log-filter",
            "info,audit=off",
        ],
    );
    let client = Client(server.channel().await);
    for version in 2..=101 {
        corrupt(models.path(), version);
        client.reload().await;
        assert_eq!(client.served().await, 1);
    }
    client.reload().await;
    sleep(Duration::from_millis(1500)).await; // a poll
    let metrics = server.metrics();
    let refused = "holdfast_versions_refused_total{model=\"telco-churn\"}";
    assert_eq!(metrics[refused], 100.0);
    let failed = |series: &&String| {
        let call = series.starts_with("holdfast_requests_total{method=\"ScoreCustomer\"");
        call && !series.contains("\"OK\"")
    };
    assert_eq!(metrics.keys().find(failed), None);
    server.signal("-TERM");
    let mut log = String::new();
    server.log.read_to_string(&mut log).unwrap();
    for version in 2..=101 {
        let of_it = format!("\"model.version\":\"{version}\"");
        let lines = log.lines().filter(|line| line.contains(&of_it));
        let lines: Vec<&str> = lines.collect();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("model version refused"));
    }
    server.wait();
}

#[tokio::test]
async fn health_follows() {
    let models = tempfile::TempDir::new().unwrap();
    let server = Server::start(models.path()).await;
    let mut health = HealthClient::new(server.channel.clone());
    let request = HealthCheckRequest::default();
    let mut watch = health.watch(request).await.unwrap().into_inner();
    let first = watch.message().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::NotServing);
    publish(models.path());
    Client(server.channel.clone()).reload().await;
    let next = timeout(PATIENCE, watch.message()).await.unwrap();
    assert_eq!(next.unwrap().unwrap().status(), ServingStatus::Serving);
    let request = HealthCheckRequest {
        service: MODEL.to_owned(),
    };
    let answer = health.check(request).await.unwrap().into_inner();
    assert_eq!(answer.status(), ServingStatus::Serving);
}
