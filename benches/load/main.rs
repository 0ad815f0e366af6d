//! How much of what the wire can carry is left once customers are scored:
//! `cargo bench --bench load`.
//!
//! A server in a process of its own answers two calls with the same request
//! bytes: one that scores them, and an empty one that skips them. Rounds of the
//! two alternate, so that whatever else the machine does falls on both; only
//! the ratios carry over to another machine. The server's CPU per call is the
//! figure to trust: with many calls in flight, the load generator may be the
//! slower of the two.
//!
//! `cargo bench --bench load -- --seconds 0.2` shortens the rounds, for a smoke
//! test.

mod client;
mod columns;
mod processes;
mod server;
mod table;
#[path = "../telco/mod.rs"]
mod telco;
mod workload;

use std::{
    env,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use prost::bytes::Bytes;

use client::{Client, Round};
use processes::ServerProcess;
use table::{Figures, Section};
use workload::Workload;

/// As the server's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;
const SECONDS: f64 = 2.0;
/// Without cargo's `--bench`, as in `cargo test --benches`: only whether it
/// works.
const TEST_SECONDS: f64 = 0.05;
const MAX_SECONDS: f64 = 60.0;

/// What the command line asks for.
enum Command {
    Measure { round: Duration },
    Serve { models: String },
}

fn main() -> anyhow::Result<()> {
    match command(env::args().skip(1))? {
        Command::Serve { models } => server::run(Path::new(&models)),
        Command::Measure { round } => measure(round),
    }
}

fn command(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Command> {
    let (mut seconds, mut asked) = (TEST_SECONDS, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => seconds = SECONDS,
            "--seconds" => {
                let value: f64 = arguments
                    .next()
                    .context("--seconds lacks a value")?
                    .parse()?;
                ensure!(
                    value > 0.0 && value <= MAX_SECONDS,
                    "--seconds must be above 0 and at most {MAX_SECONDS}"
                );
                asked = Some(value);
            }
            server::ARGUMENT => {
                let models = arguments.next().context("no directory of models")?;
                return Ok(Command::Serve { models });
            }
            other => bail!("unknown argument `{other}`; the only option is --seconds"),
        }
    }
    Ok(Command::Measure {
        round: Duration::from_secs_f64(asked.unwrap_or(seconds)),
    })
}

fn measure(round: Duration) -> anyhow::Result<()> {
    let models = tempfile::tempdir()?;
    let artifact = telco::train(models.path())?;
    let workloads = workload::all(&artifact)?;
    let server = ServerProcess::start(models.path())?;
    let mut out = io::stdout().lock();
    let (placement, seconds) = (server.placement(), round.as_secs_f64());
    writeln!(
        out,
        "{placement}; medians of {ROUNDS} rounds of {seconds} s"
    )?;
    // Made now, so that its threads are where this one is pinned.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            for workload in &workloads {
                let section = compare(workload, &server, round).await?;
                write!(out, "\n{section}")?;
            }
            Ok(())
        })
}

/// Rounds of empty and of scored calls in turn.
async fn compare(
    workload: &Workload,
    server: &ServerProcess,
    round: Duration,
) -> anyhow::Result<Section> {
    let Workload {
        method,
        variant,
        requests,
        rows,
        scores,
        in_flight,
        connections,
    } = workload;
    let path = format!("/holdfast.v1.ScoringService/{method}");
    let scored = Client::connect(workload, server.scoring, &path).await?;
    let empty = Client::connect(workload, server.empty, server::EMPTY_PATH).await?;

    // No round may measure refusals; and both servers are warm from here on.
    let responses = scored.responses().await?;
    for response in &responses {
        ensure!(scores(response.clone())? == *rows, "{method} refuses");
    }
    empty.responses().await?;

    let (mut empty_rounds, mut scored_rounds) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        empty_rounds.push(measured(&empty, server, round).await?);
        scored_rounds.push(measured(&scored, server, round).await?);
    }
    Ok(Section {
        title: format!("{in_flight} in flight, connections: {connections}{variant}"),
        method,
        rows: *rows,
        request_bytes: mean_length(requests),
        response_bytes: mean_length(&responses),
        empty: Figures::of(&empty_rounds),
        scored: Figures::of(&scored_rounds),
    })
}

fn mean_length(messages: &[Bytes]) -> usize {
    messages.iter().map(Bytes::len).sum::<usize>() / messages.len()
}

/// A round, and the CPU time that the server spent on it.
async fn measured(
    client: &Client,
    server: &ServerProcess,
    length: Duration,
) -> anyhow::Result<(Round, Option<Duration>)> {
    let before = server.cpu();
    let round = client.round(length).await?;
    let spent = server
        .cpu()
        .zip(before)
        .and_then(|(after, before)| after.checked_sub(before));
    Ok((round, spent))
}
