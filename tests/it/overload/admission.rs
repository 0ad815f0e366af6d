//! More calls than can be done: some are done, the rest are told so, and nobody takes
//! the places of all others.

use std::{fs, time::Instant};

use holdfast::artifact::Digest;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use super::*;
use crate::support::{process::Process, score_one, telco_models, value_models};

const SCORE: &str = "holdfast.v1.ScoringService/ScoreCustomer";
const LIST: &str = "holdfast.v1.ModelService/ListModels";
const IN_FLIGHT: &str = "holdfast_calls_in_flight";
const TOO_MANY: &str = "holdfast_calls_shed_total{reason=\"too_many_calls\"}";
const OVERLOADED: &str = "holdfast_calls_shed_total{reason=\"overloaded\"}";

fn one(method: &'static str) -> Asked {
    let message = match method {
        SCORE => score_one(customer("1")).encode_to_vec(),
        _ => Vec::new(),
    };
    Asked {
        method,
        message,
        goes_on: false,
    }
}

/// A refusal says when to try again, to people and to programs.
fn says_when(status: &Status, why: &str) {
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert_eq!(reason(status), why);
    let wait = status.get_details_retry_info().unwrap().retry_delay;
    assert_eq!(wait, Some(Duration::from_millis(100)));
    let pushback = status.metadata().get("grpc-retry-pushback-ms").unwrap();
    assert_eq!(pushback, "101");
}

async fn are_in_flight(server: &Process, calls: f64) {
    let start = Instant::now();
    while server.metrics()[IN_FLIGHT] != calls {
        assert!(start.elapsed() < Duration::from_secs(30), "never {calls}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_taken_to_the_end_of_the_answer_and_comes_back() {
    let options = ["--admin-listen", "127.0.0.1:0", "--max-calls", "1"];
    let server = Process::start(telco_models(), &options);
    let mut caller = Caller::of(server.address).await;
    for closes in [false, true] {
        let mut other = Caller::of(server.address).await;
        let mut begun = other.begin(STREAM, &[]).await;
        are_in_flight(&server, 1.0).await;
        for method in [SCORE, STREAM] {
            says_when(&caller.ask(&one(method), "60S").await, "TOO_MANY_CALLS");
        }
        // Who looks after the server gets in.
        assert_eq!(caller.ask(&one(LIST), "60S").await.code(), Code::Ok);
        let mut health = HealthClient::new(server.channel().await);
        health.check(HealthCheckRequest::default()).await.unwrap();
        if closes {
            drop((begun, other));
        } else {
            begun.body.send_reset(h2::Reason::CANCEL);
        }
        are_in_flight(&server, 0.0).await;
        assert_eq!(caller.ask(&one(SCORE), "60S").await.code(), Code::Ok);
    }
    let metrics = server.metrics();
    assert_eq!(metrics[TOO_MANY], 4.0);
    let refused = "{method=\"StreamScores\",code=\"RESOURCE_EXHAUSTED\"}";
    assert_eq!(metrics[&format!("holdfast_requests_total{refused}")], 2.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_all_places_leaves_others_theirs() {
    let principals = ["greedy", "modest"].map(|name| {
        let key = Digest::of(name.as_bytes());
        format!("[[principals]]\nname = '{name}'\nscopes = ['score']\nkeys = ['sha256:{key}']\n")
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("access.toml");
    fs::write(&path, principals.concat()).unwrap();
    let path = path.to_str().unwrap();
    let options = [
        "--admin-listen",
        "127.0.0.1:0",
        "--max-calls",
        "4",
        "--access",
        path,
    ];
    let server = Process::start(telco_models(), &options);
    let mut caller = Caller::of(server.address).await;
    let mut taken = Vec::new();
    for (name, places) in [("greedy", 4), ("modest", 2)] {
        let bearer = format!("Bearer {name}");
        let bearer = [("authorization", bearer.as_str())];
        for _ in 0..places {
            taken.push(caller.begin(STREAM, &bearer).await);
        }
        are_in_flight(&server, taken.len() as f64).await;
        let refused = caller.begin(STREAM, &bearer).await;
        says_when(&refused.status().await, "TOO_MANY_CALLS");
    }
    drop(taken);
    are_in_flight(&server, 0.0).await;
}

/// A thread that is always busy refuses what has waited long, and nothing any more
/// once it has caught up.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_too_long_is_refused_and_then_all_is_well() {
    let options = [
        "--admin-listen",
        "127.0.0.1:0",
        "--workers",
        "1",
        "--max-wait-ms",
        "1",
    ];
    let server = Process::start(value_models(), &options);
    let batch = ScoreCustomersRequest {
        value_model: Some(selector("cdnow")),
        customers: buyers(16),
        ..ScoreCustomersRequest::default()
    };
    let batch = framed(&batch.encode_to_vec());
    let mut callers = Vec::new();
    for _ in 0..4 {
        callers.push(Caller::of(server.address).await);
    }
    let (mut done, mut refused) = (0, 0);
    let start = Instant::now();
    while refused < 100 {
        assert!(start.elapsed() < Duration::from_secs(60), "{done} done");
        let mut begun = Vec::new();
        for caller in &mut callers {
            for _ in 0..90 {
                let mut one = caller.begin(BATCH, &[]).await;
                one.body.send_data(batch.clone(), true).unwrap();
                begun.push(one);
            }
        }
        for one in begun {
            let status = one.status().await;
            if status.code() == Code::Ok {
                done += 1;
            } else {
                says_when(&status, "OVERLOADED");
                refused += 1;
            }
        }
    }
    assert!(done > 0);
    let mut health = HealthClient::new(server.channel().await);
    health.check(HealthCheckRequest::default()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    for _ in 0..20 {
        let status = callers[0].ask(&one(LIST), "60S").await;
        assert_eq!(status.code(), Code::Ok);
        let mut one = callers[0].begin(BATCH, &[]).await;
        one.body.send_data(batch.clone(), true).unwrap();
        assert_eq!(one.status().await.code(), Code::Ok);
    }
    let metrics = server.metrics();
    assert_eq!(metrics[OVERLOADED], f64::from(refused));
    assert_eq!(metrics[IN_FLIGHT], 0.0);
    assert!(metrics["holdfast_call_wait_seconds_count"] >= f64::from(done + refused));
}
