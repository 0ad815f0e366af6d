//! What moves of an alias and reloads cost those who call meanwhile.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use anyhow::Context;
use holdfast::grpc::proto::{
    ReloadModelsRequest, SetAliasRequest, model_service_client::ModelServiceClient,
    set_alias_request::Target,
};
use tokio::time;
use tonic::transport::Channel;

use super::{
    client::{Client, Round},
    processes::ServerProcess,
    table::Figures,
    telco,
    workload::{self, Asked},
};

const ROUNDS: usize = 5;
/// In each round that has any: a move of the champion and a reload.
const CHANGES: u32 = 20;
const MODEL: &str = "telco-churn";

/// Compares rounds of calls at half of what the server can do: with and without
/// changes of what it serves.
pub(crate) fn measure(round: Duration) -> anyhow::Result<()> {
    let models = tempfile::tempdir()?;
    copy(telco::MODELS.as_ref(), models.path())?;
    let server = ServerProcess::start(models.path())?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(compare(&server, round))
}

async fn compare(server: &ServerProcess, length: Duration) -> anyhow::Result<()> {
    let workload = workload::together(&telco::churn_model()?)?;
    let label = Asked::Reasons.label();
    let lane = workload.lanes.iter().find(|lane| lane.label == label);
    let requests = &lane.context("no lane of churn scores")?.requests;
    let path = "/holdfast.v1.ScoringService/ScoreCustomer";
    let client = Client::connect(&workload, requests, server.scoring, path).await?;
    let mut models = ModelServiceClient::connect(format!("http://{}", server.scoring)).await?;
    set_champion(&mut models, None, 1).await?;

    let most = client.round(length).await?;
    let rate = most.latencies.len() as f64 / most.elapsed.as_secs_f64() / 2.0;
    let (mut quiet, mut changing) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        quiet.push((client.paced_round(length, rate).await?, None));
        let (round, changed) = tokio::join!(
            client.paced_round(length, rate),
            change(&mut models, length)
        );
        changed?;
        changing.push((round?, None));
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}; medians of {ROUNDS} rounds of {length:?}",
        server.placement()
    )?;
    writeln!(
        out,
        "{rate:.0} calls/s, half of what it can do; no call failed"
    )?;
    let [quiet, changing] = [quiet, changing].map(|rounds| {
        let calls: usize = rounds
            .iter()
            .map(|(round, _): &(Round, _)| round.latencies.len())
            .sum();
        (calls, Figures::of(&rounds))
    });
    for (label, (calls, figures)) in [("quiet", quiet), ("changing", changing)] {
        writeln!(out, "  {label:8} {calls:8} calls, {figures}")?;
    }
    let changes = 2 * CHANGES as usize * ROUNDS;
    let ratio = changing.1.latency_99 / quiet.1.latency_99;
    writeln!(out, "  {changes} changes; ratio of the p99: {ratio:.2}")?;
    Ok(())
}

/// Moves the champion to and fro, and reloads after each move.
async fn change(models: &mut ModelServiceClient<Channel>, length: Duration) -> anyhow::Result<()> {
    let mut pace = time::interval(length / CHANGES);
    for change in 0..CHANGES {
        pace.tick().await;
        let (from, to) = if change % 2 == 0 { (1, 2) } else { (2, 1) };
        set_champion(models, Some(from), to).await?;
        models.reload_models(ReloadModelsRequest {}).await?;
    }
    Ok(())
}

async fn set_champion(
    models: &mut ModelServiceClient<Channel>,
    expected_version: Option<u32>,
    version: u32,
) -> anyhow::Result<()> {
    let request = SetAliasRequest {
        name: MODEL.to_owned(),
        alias: "champion".to_owned(),
        expected_version,
        actor: "bench".to_owned(),
        target: Some(Target::Version(version)),
        ..SetAliasRequest::default()
    };
    models.set_alias(request).await?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
