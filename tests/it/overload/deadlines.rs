//! Deadlines: of every shape of call, of its answer's headers and of its body.

use super::*;
use crate::support::{process::Process, score_one, value_models};

const HEALTH: &str = "grpc.health.v1.Health/Watch";

fn is_over(status: &Status) {
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    assert_eq!(reason(status), "DEADLINE_PASSED");
}

fn server() -> Process {
    Process::start(value_models(), &["--admin-listen", "127.0.0.1:0"])
}

/// Before the work has begun, and in the middle of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_ends_at_its_deadline_and_its_work_too() {
    let server = server();
    let mut caller = Caller::of(server.address).await;
    for asked in slow() {
        is_over(&caller.ask(&asked, "1n").await);
        // A search may be done within a millisecond.
        if asked.method != WHAT_IF {
            is_over(&caller.ask(&asked, "1m").await);
            is_over(&caller.ask(&asked, "20m").await);
        }
        server.rests().await;
    }
    let metrics = server.metrics();
    for (method, times) in [
        ("ScoreCustomers", 3.0),
        ("ScoreColumns", 3.0),
        ("WhatIf", 1.0),
        ("StreamScores", 6.0),
    ] {
        let ended = "holdfast_requests_total";
        let labels = format!("{{method=\"{method}\",code=\"DEADLINE_EXCEEDED\"}}");
        assert_eq!(metrics[&format!("{ended}{labels}")], times, "{method}");
        let going = format!("holdfast_requests_in_flight{{method=\"{method}\"}}");
        assert_eq!(metrics[&going], 0.0, "{method}");
    }
}

/// Who resets a call, or closes its connection, takes the work along.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_given_up_ends_its_work() {
    let server = server();
    for asked in slow() {
        if asked.method == WHAT_IF {
            continue;
        }
        let mut caller = Caller::of(server.address).await;
        for closes in [false, true] {
            let before = server.ticks();
            let mut begun = caller.begin(asked.method, &[]).await;
            let sent = begun.body.send_data(framed(&asked.message), !asked.goes_on);
            sent.unwrap();
            server.is_working(before).await;
            if closes {
                drop((begun, caller));
                break;
            }
            begun.body.send_reset(h2::Reason::CANCEL);
        }
        server.rests().await;
    }
}

/// A stream that waits for its caller ends too, and so does one that has been
/// answered before.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_waits_ends_at_its_deadline() {
    let server = server();
    let mut caller = Caller::of(server.address).await;
    for method in [STREAM, HEALTH] {
        let mut begun = caller.begin(method, &[("grpc-timeout", "100m")]).await;
        if method == HEALTH {
            begun.body.send_data(framed(&[]), true).unwrap();
        }
        is_over(&begun.status().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_is_none_is_refused() {
    let server = server();
    let mut caller = Caller::of(server.address).await;
    let score = "holdfast.v1.ScoringService/ScoreCustomer";
    let get = "holdfast.v1.ModelService/GetModel";
    for method in [score, BATCH, COLUMNS, WHAT_IF, STREAM, get, HEALTH] {
        for time in ["", "1", "S", "1s", "+1S", "1.5S", "123456789S"] {
            let begun = caller.begin(method, &[("grpc-timeout", time)]).await;
            let status = begun.status().await;
            assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
            assert_eq!(reason(&status), "TIMEOUT_MALFORMED");
            assert!(status.message().contains("1 to 8 digits"), "{status:?}");
        }
    }
    // Time enough, and more than a clock can tell.
    for time in ["60S", "99999999H"] {
        let one = Asked {
            method: score,
            message: score_one(customer("1")).encode_to_vec(),
            goes_on: false,
        };
        assert_eq!(caller.ask(&one, time).await.code(), Code::Ok);
    }
}
