//! Models in an object store, against a real S3 server: moto's.
//!
//! `cargo test --test store`; needs Python with `moto[s3,server]`, and is no part
//! of `cargo test`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod outages;
#[path = "../it/support/process.rs"]
#[expect(dead_code, reason = "other tests have other needs")]
mod process;
mod s3;
mod signatures;

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use holdfast::artifact::{self, Documents, Version};
use holdfast::grpc::proto::{
    GetModelRequest, ListModelsRequest, ModelSelector, ModelSummary, RollbackModelRequest,
    ScoreCustomerResponse, SetAliasRequest, SetAliasResponse,
    model_service_client::ModelServiceClient, scoring_service_client::ScoringServiceClient,
    set_alias_request::Target,
};
use tempfile::TempDir;
use tokio::time::sleep;
use tonic::{Code, Status, transport::Channel};
use tonic_types::StatusExt;

use process::Process;
use s3::{MODEL, Store, shipped};

const PATIENCE: Duration = Duration::from_secs(60);
const POLL: [&str; 2] = ["--reload-seconds", "1"];

struct Client(Channel);

impl Client {
    async fn of(server: &Process) -> Self {
        Self(server.channel().await)
    }

    fn models(&self) -> ModelServiceClient<Channel> {
        ModelServiceClient::new(self.0.clone())
    }

    async fn summary(&self) -> ModelSummary {
        let answer = self.models().list_models(ListModelsRequest {}).await;
        answer.unwrap().into_inner().models.remove(0)
    }

    /// 0 where none serves.
    async fn served(&self) -> u32 {
        let served = self.summary().await.served;
        served.map_or(0, |served| served.version)
    }

    async fn until_served(&self, version: u32) {
        let begin = Instant::now();
        while self.served().await != version {
            assert!(begin.elapsed() < PATIENCE, "{:?}", self.summary().await);
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// What the model's own example gets.
    async fn score(&self) -> ScoreCustomerResponse {
        let model = ModelSelector {
            name: MODEL.to_owned(),
            choice: None,
        };
        let request = GetModelRequest { model: Some(model) };
        let model = self.models().get_model(request).await.unwrap();
        let example = model.into_inner().example.unwrap();
        let mut scoring = ScoringServiceClient::new(self.0.clone());
        scoring.score_customer(example).await.unwrap().into_inner()
    }

    async fn set(
        &self,
        alias: &str,
        expected: Option<u32>,
        to: u32,
    ) -> Result<SetAliasResponse, Status> {
        let request = SetAliasRequest {
            name: MODEL.to_owned(),
            alias: alias.to_owned(),
            target: Some(Target::Version(to)),
            expected_version: expected,
            actor: "ann".to_owned(),
            reason: "a test".to_owned(),
            despite_callers: false,
        };
        Ok(self.models().set_alias(request).await?.into_inner())
    }

    async fn roll_back(&self) -> Result<(), Status> {
        let request = RollbackModelRequest {
            name: MODEL.to_owned(),
            expected_version: None,
            actor: "bob".to_owned(),
            reason: String::new(),
        };
        self.models().rollback_model(request).await.map(|_| ())
    }
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// Stops a server; its log.
fn log_of(server: Process) -> String {
    server.signal("-TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    log
}

fn lines<'l>(log: &'l str, of: &str) -> Vec<&'l str> {
    log.lines().filter(|line| line.contains(of)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_served_soon_after_it_was_pushed() {
    let store = Store::start();
    assert_eq!(store.push(1), 1);
    let server = Process::spawn(store.server(&POLL));
    let client = Client::of(&server).await;
    assert_eq!(client.served().await, 1);
    let first = client.score().await;
    assert_eq!(store.push(2), 2);
    client.until_served(2).await;
    assert_ne!(client.score().await, first);
    // What is there already is not there twice.
    assert_eq!(store.push(2), 2);

    let copies = TempDir::new().unwrap();
    let models = copies.path().to_str().unwrap();
    let pull = [
        "pull",
        "--from",
        &Store::url(),
        "--name",
        MODEL,
        "--models",
        models,
    ];
    for _ in 0..2 {
        let done = store.trainer(&pull);
        assert!(done.status.success(), "{done:?}");
    }
    for file in fs::read_dir(shipped().join(MODEL).join("2")).unwrap() {
        let file = file.unwrap();
        let copy = copies.path().join(MODEL).join("2").join(file.file_name());
        assert_eq!(fs::read(copy).unwrap(), fs::read(file.path()).unwrap());
    }
    let log = log_of(server);
    assert_eq!(lines(&log, "model loaded").len(), 1, "{log}");
}

/// A version keeps its signatures where it keeps its number, and is admitted by them.
#[tokio::test(flavor = "multi_thread")]
async fn two_who_publish_at_once_get_two_numbers() {
    let store = Store::start();
    let mut numbers = thread::scope(|scope| {
        let pushes = [1, 2].map(|version| {
            let store = &store;
            scope.spawn(move || store.push(version))
        });
        pushes.map(|push| push.join().unwrap())
    });
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);
    let server = Process::spawn(store.server(&[]));
    let summary = Client::of(&server).await.summary().await;
    assert_eq!(summary.resident.len(), 2, "{summary:?}");
    assert_eq!(summary.refused, []);
    log_of(server);
}

#[test]
fn the_trainer_publishes_into_a_bucket() {
    let store = Store::start();
    let data = shipped().join("../data/telco/Telco-Customer-Churn.csv");
    let (data, url) = (data.to_str().unwrap(), Store::url());
    let train = |name: &str, models: &str, more: &[&str]| {
        let mut arguments = vec!["churn", "--data", data, "--target", "Churn"];
        arguments.extend(["--positive", "Yes", "--id", "customerID", "--name", name]);
        arguments.extend([
            "--models", models, "--json", "--folds", "0", "--shapes", "lines",
        ]);
        arguments.extend(["--ridge-penalty", "1", "--calibration", "none"]);
        arguments.extend(["--bootstrap", "0"]);
        store.trainer(&[&arguments, more].concat())
    };
    for version in [1, 2] {
        let done = train("mine", &url, &[]);
        assert!(done.status.success(), "{done:?}");
        let answer: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(answer["published"]["version"], version, "{answer}");
        let manifest = format!("mine/{version}/manifest.json");
        assert!(store.get(&manifest).is_some());
    }
    // What reads models reads those of the bucket.
    for (version, first) in [("mine@1", 1), ("mine", 2)] {
        let done = store.trainer(&["inspect", "--model", &format!("{url}/{version}"), "--json"]);
        assert!(done.status.success(), "{done:?}");
        let answer: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(answer["model"]["version"], first, "{answer}");
    }
    let done = store.trainer(&["diff", "mine@1", "mine@2", "--models", &url]);
    assert!(done.status.success(), "{done:?}");
    let mut arguments = vec![
        "evaluate", "--name", "mine", "--models", &url, "--data", data,
    ];
    arguments.extend(["--id", "customerID", "--replicates", "20"]);
    let done = store.trainer(&arguments);
    assert!(done.status.success(), "{done:?}");
    let done = store.trainer(&["inspect", "--model", &format!("{url}/mine@9")]);
    assert_eq!(done.status.code(), Some(6), "{done:?}");
    // The newest one is that of the bucket.
    let done = train("mine", &url, &["--publish-if-better", "auc"]);
    assert_eq!(done.status.code(), Some(7), "{done:?}");
    let done = train("mine", "gs://elsewhere", &[]);
    assert_eq!(done.status.code(), Some(2), "{done:?}");
    // A name stands for one kind of model.
    let directory = TempDir::new().unwrap();
    let (value, mine) = ("cdnow-value".parse().unwrap(), "mine".parse().unwrap());
    let value = artifact::load(&shipped(), &value, Version::FIRST).unwrap();
    artifact::publish(directory.path(), &mine, &value.content, &Documents::new()).unwrap();
    let model = directory.path().join("mine");
    let done = store.trainer(&["push", "--model", model.to_str().unwrap(), "--to", &url]);
    assert_eq!(done.status.code(), Some(5), "{done:?}");
    let error = String::from_utf8(done.stderr).unwrap();
    assert!(error.contains("churn model"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_that_move_one_alias_one_wins() {
    let store = Store::start();
    for version in [1, 2, 1] {
        store.push(version);
    }
    let servers = [(); 2].map(|()| Process::spawn(store.server(&POLL)));
    let clients = [Client::of(&servers[0]).await, Client::of(&servers[1]).await];
    let mut now = None;
    for round in 1..=10 {
        // Three versions, so that both always ask for a change.
        let mut targets = (1..=3).filter(|to| Some(*to) != now);
        let (one, other) = (targets.next().unwrap(), targets.next().unwrap());
        let (a, b) = tokio::join!(
            clients[0].set("champion", now, one),
            clients[1].set("champion", now, other),
        );
        let (winner, loser) = match (a, b) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            both => panic!("round {round}: {both:?}"),
        };
        assert_eq!(loser.code(), Code::Aborted, "{loser:?}");
        assert_eq!(winner.alias_generation, round);
        now = winner.change.unwrap().to_version;
        let state = loser.get_details_error_info().unwrap().metadata;
        assert_eq!(state["current_version"], now.unwrap().to_string());
    }
    // Different aliases do not get into each other's way.
    let (a, b) = tokio::join!(clients[0].set("a", None, 1), clients[1].set("b", None, 2));
    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");

    clients[0].roll_back().await.unwrap();
    let back = clients[0].served().await;
    assert_ne!(Some(back), now);
    clients[1].until_served(back).await;
    let mut audit = store.keys();
    audit.retain(|key| key.starts_with("telco-churn/audit/"));
    let generations = audit.iter().map(|key| {
        let line: serde_json::Value = serde_json::from_slice(&store.get(key).unwrap()).unwrap();
        assert!(line["time"].as_str().unwrap().ends_with('Z'));
        line["generation"].as_u64().unwrap()
    });
    assert!(generations.eq(1..=13), "{audit:?}");
    let last = store.get("telco-churn/audit/0000000013.json").unwrap();
    let last = String::from_utf8(last).unwrap();
    assert!(
        last.contains("\"bob\"") && last.contains("rollback"),
        "{last}"
    );
    for server in servers {
        log_of(server);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_or_half_uploaded_does_not_serve() {
    let store = Store::start();
    store.push(1);
    let server = Process::spawn(store.server(&POLL));
    let client = Client::of(&server).await;
    let shipped = |file: &str| fs::read(shipped().join(MODEL).join("2").join(file)).unwrap();

    // As a publisher that dies leaves it: without a manifest.
    store.put("telco-churn/3/model.json", b"{}");
    for file in fs::read_dir(s3::shipped().join(MODEL).join("2")).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        if file != "manifest.json" && file != "model.json" {
            store.put(&format!("telco-churn/2/{file}"), &shipped(&file));
        }
    }
    let mut model = shipped("model.json");
    let last = model.len() - 2;
    model[last] ^= 1;
    store.put("telco-churn/2/model.json", &model);
    sleep(Duration::from_millis(2500)).await;
    assert!(client.summary().await.refused.is_empty());
    // With it, the version is there, and refused.
    store.put("telco-churn/2/manifest.json", &shipped("manifest.json"));
    let begin = Instant::now();
    while client.summary().await.refused.is_empty() {
        assert!(begin.elapsed() < PATIENCE);
        sleep(Duration::from_millis(50)).await;
    }
    sleep(Duration::from_millis(2500)).await;
    assert_eq!(client.served().await, 1);
    // Mended.
    store.put("telco-churn/2/model.json", &shipped("model.json"));
    client.until_served(2).await;
    // The number that somebody began with is not used again.
    assert_eq!(store.push(1), 4);
    client.until_served(4).await;

    // Aliases that cannot be read change nothing.
    client.set("champion", None, 2).await.unwrap();
    let whole = store.get("telco-churn/aliases.json").unwrap();
    store.put("telco-churn/aliases.json", &whole[..whole.len() / 2]);
    sleep(Duration::from_millis(2500)).await;
    assert_eq!(client.served().await, 2);
    let status = client.set("champion", Some(2), 4).await.unwrap_err();
    assert_eq!(reason(&status), "ALIASES_UNREADABLE");
    store.delete("telco-churn/aliases.json");
    client.until_served(4).await;
    let log = log_of(server);
    let refused = lines(&log, "model version refused");
    assert_eq!(refused.len(), 1, "{refused:?}");
    let place = "s3://a-bucket/some/models/telco-churn/2/model.json: is damaged";
    assert!(refused[0].contains(place), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_is_used_and_not_trusted() {
    let store = Store::start();
    store.push(1);
    let cache = TempDir::new().unwrap();
    let arguments = ["--models-cache", cache.path().to_str().unwrap()];
    let server = Process::spawn(store.server(&arguments));
    let before = Client::of(&server).await.score().await;
    log_of(server);

    // What the manifest vouches for is in the cache.
    let golden = store.get("telco-churn/1/golden.json").unwrap();
    store.delete("telco-churn/1/golden.json");
    let server = Process::spawn(store.server(&arguments));
    assert_eq!(Client::of(&server).await.score().await, before);
    log_of(server);
    store.put("telco-churn/1/golden.json", &golden);

    let model = cache.path().join(MODEL).join("1/model.json");
    let whole = fs::read(&model).unwrap();
    fs::write(&model, &whole[..100]).unwrap();
    let server = Process::spawn(store.server(&arguments));
    assert_eq!(Client::of(&server).await.score().await, before);
    log_of(server);
    assert_eq!(fs::read(&model).unwrap(), whole);
}
