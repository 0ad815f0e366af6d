//! Collectors that are dead, silent or busy: calls are answered as ever, what cannot be
//! sent is counted, and the server ends in time.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use super::{Collector, customer, of_server, parent, score_one, server, telco_models, traced};
use crate::support::process::{Process, next_event};

/// What is not answered soon is not answered.
const SOON: &[&str] = &["--otlp-timeout-seconds", "0.2"];

/// A server that traces every call, and sends to this address.
fn sends_to(url: &str, protocol: &str, more: &[&str]) -> Process {
    let arguments = [
        "--otlp-endpoint",
        url,
        "--otlp-protocol",
        protocol,
        "--trace-ratio",
        "1",
        "--admin-listen",
        "127.0.0.1:0",
    ];
    Process::start(telco_models(), &[&arguments[..], more].concat())
}

fn dropped(server: &Process, signal: &str) -> f64 {
    server.metrics()[&format!("holdfast_otlp_dropped_total{{signal=\"{signal}\"}}")]
}

/// Calls, until more spans were made than may wait.
async fn call_until_spans_are_dropped(server: &Process) {
    let begin = Instant::now();
    let mut client = server.client().await;
    let (mut calls, one) = (0, score_one(customer("1")));
    while dropped(server, "traces") == 0.0 {
        assert!(begin.elapsed() < Duration::from_secs(120), "after {calls}");
        for _ in 0..500 {
            client.score_customer(one.clone()).await.unwrap();
            calls += 1;
        }
    }
    assert!(calls > 2_000, "{calls}");
}

/// Ends within so long after SIGTERM; the log.
fn ends_in_time(server: Process) -> String {
    let begin = Instant::now();
    server.signal("-TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    // Two seconds for the collector, and a slow machine's time.
    assert!(begin.elapsed() < Duration::from_secs(10), "{log}");
    log
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_collector_costs_no_call() {
    // Nobody listens there once it is dropped.
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", nowhere.local_addr().unwrap());
    drop(nowhere);
    for protocol in ["grpc", "http"] {
        let server = sends_to(&url, protocol, SOON);
        call_until_spans_are_dropped(&server).await;
        let log = ends_in_time(server);
        let told = log.lines().filter(|line| line.contains("does not take"));
        let of_traces = told.filter(|line| line.contains("traces")).count();
        assert_eq!(of_traces, 1, "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_collector_costs_no_call() {
    // Connections are taken by the system, and nobody ever reads from them.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    for protocol in ["grpc", "http"] {
        let server = sends_to(&url, protocol, SOON);
        call_until_spans_are_dropped(&server).await;
        let log = ends_in_time(server);
        assert!(log.contains("no answer within"), "{log}");
    }
    // A collector that takes its time is not waited for at the end.
    let server = sends_to(&url, "grpc", &["--otlp-timeout-seconds", "60"]);
    ends_in_time(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_collector_puts_off_is_sent_later() {
    for protocol in ["grpc", "http"] {
        let collector = Collector::start().await;
        collector.received().refuses = true;
        let mut server = server(&collector, protocol, &["--admin-listen", "127.0.0.1:0"]);
        let mut client = server.client().await;
        let call = traced(score_one(customer("1")), &parent("01"));
        client.score_customer(call).await.unwrap();
        let told = |event: &serde_json::Value, text: &str| {
            let message = event["message"].as_str().unwrap();
            event["signal"] == "traces" && message.contains(text)
        };
        while !told(&next_event(&mut server.log), "does not take") {}
        collector.received().refuses = false;
        while !told(&next_event(&mut server.log), "again") {}
        assert_eq!(dropped(&server, "traces"), 0.0);
        ends_in_time(server);
        assert_eq!(of_server(&collector.received()).len(), 1);
    }
}
