//! Kills of the trainer at any moment, while a server serves what it publishes: the
//! server answers after each, and every version that is there is whole.
//!
//! `HOLDFAST_CRASH_KILLS=1000` says how many; 20 by default.

use std::{
    env, io,
    io::Write as _,
    thread,
    time::{Duration, Instant},
};

use holdfast::grpc::proto::{
    GetModelRequest, ModelSelector, ScoreCustomerResponse,
    model_service_client::ModelServiceClient, scoring_service_client::ScoringServiceClient,
};
use tonic::transport::Channel;

use super::{
    process::Process,
    published_since,
    trainer::{Start, Trainer},
};

#[tokio::test(flavor = "multi_thread")]
async fn random_kills_leave_whole_versions_and_the_server_serving() {
    let kills = env::var("HOLDFAST_CRASH_KILLS").map_or(20, |kills| kills.parse().unwrap());
    let trainer = Trainer::new(Start::VersionAndLeftovers);
    let begin = Instant::now();
    trainer.run_undisturbed();
    let whole = begin.elapsed();

    let Process {
        child: _server,
        mut log,
        address,
        ..
    } = Process::start(&trainer.models(), &["--reload-seconds", "1"]);
    // A log that nobody reads would block the server once its pipe is full.
    thread::spawn(move || io::copy(&mut log, &mut io::sink()));
    let endpoint = Channel::from_shared(format!("http://{address}")).unwrap();
    let channel = endpoint.connect().await.unwrap();

    let mut random = 1_u64;
    let mut published = 0;
    for kill in 0..kills {
        // Publishing is what a run ends with: most kills hit its second half.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let share = 0.5 + (random % 1000) as f64 / 1600.0;
        let before = trainer.loaded().unwrap();
        trainer.killed_after(whole.mul_f64(share));
        let after = trainer.loaded().unwrap();
        published += published_since(&before, &after, &format!("kill {kill}"));
        let score = score(&channel).await.score.unwrap();
        assert!(score.churn.is_some());
    }
    // What the last run left behind, the server has seen by now.
    tokio::time::sleep(Duration::from_secs(2)).await;
    score(&channel).await;
    writeln!(
        io::stderr(),
        "{kills} random kills: {published} versions were whole before, the server answered after each"
    )
    .unwrap();
}

/// What the model's own example gets.
async fn score(channel: &Channel) -> ScoreCustomerResponse {
    let model = ModelSelector {
        name: "crash".to_owned(),
        choice: None,
    };
    let request = GetModelRequest { model: Some(model) };
    let mut models = ModelServiceClient::new(channel.clone());
    let model = models.get_model(request).await.unwrap();
    let example = model.into_inner().example.unwrap();
    let mut scoring = ScoringServiceClient::new(channel.clone());
    scoring.score_customer(example).await.unwrap().into_inner()
}
