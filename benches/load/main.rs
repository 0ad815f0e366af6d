//! How much of what the wire can carry is left once customers are scored:
//! `cargo bench --bench load`.
//!
//! A server in a process of its own answers calls with the same request bytes:
//! some score them, each more of them than the one before; an empty one skips
//! them, and one has prost decode them and drops what it gets. Rounds of all
//! alternate, so that whatever else the machine does falls on each; only the
//! ratios carry over to another machine. The server's CPU per call is the
//! figure to trust: with many calls in flight, the load generator may be the
//! slower of the two.
//!
//! `cargo bench --bench load -- --seconds 0.2` shortens the rounds, for a smoke
//! test; `--only ScoreCustomers` leaves the other methods out, `--lane reasons` what is
//! scored otherwise. `--reloads` measures something else: calls at half of the server's capacity while what it serves
//! changes, beside the same without changes. `--telemetry` measures what it costs that
//! traces, metrics and events are sent to a collector, beside the same without.

mod client;
mod columns;
mod processes;
mod reloads;
mod server;
mod table;
#[path = "../telco/mod.rs"]
mod telco;
mod telemetry;
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
use table::{Figures, Line, Section};
use workload::{Answered, Lane, Workload};

/// As the server's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;
const SECONDS: f64 = 2.0;
/// Without cargo's `--bench`, as in `cargo test --benches`: only whether it
/// works.
const TEST_SECONDS: f64 = 0.05;
const MAX_SECONDS: f64 = 60.0;

/// What is measured, where not everything is.
#[derive(Default)]
struct Only {
    method: Option<String>,
    /// A part of the labels of what is scored.
    lane: Option<String>,
}

/// What the command line asks for.
enum Command {
    Measure {
        round: Duration,
        only: Only,
    },
    MeasureReloads {
        round: Duration,
    },
    MeasureTelemetry {
        round: Duration,
    },
    Serve {
        models: String,
        options: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match command(env::args().skip(1))? {
        Command::Serve { models, options } => server::run(Path::new(&models), &options),
        Command::MeasureTelemetry { round } => telemetry::measure(round),
        Command::MeasureReloads { round } => reloads::measure(round),
        Command::Measure { round, only } => measure(round, &only),
    }
}

fn command(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Command> {
    let (mut seconds, mut asked, mut only) = (TEST_SECONDS, None, Only::default());
    let (mut reloads, mut telemetry) = (false, false);
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
            "--reloads" => reloads = true,
            "--telemetry" => telemetry = true,
            "--only" => {
                only.method = Some(arguments.next().context("--only lacks a method")?);
            }
            "--lane" => only.lane = Some(arguments.next().context("--lane lacks a label")?),
            server::ARGUMENT => {
                let models = arguments.next().context("no directory of models")?;
                let options = arguments.collect();
                return Ok(Command::Serve { models, options });
            }
            other => {
                bail!(
                    "unknown argument `{other}`; the options are --seconds, --only, --lane, --reloads and --telemetry"
                )
            }
        }
    }
    let round = Duration::from_secs_f64(asked.unwrap_or(seconds));
    if telemetry {
        return Ok(Command::MeasureTelemetry { round });
    }
    if reloads {
        return Ok(Command::MeasureReloads { round });
    }
    Ok(Command::Measure { round, only })
}

fn measure(round: Duration, only: &Only) -> anyhow::Result<()> {
    let mut workloads = workload::all(&telco::churn_model()?)?;
    let Only { method, lane } = only;
    workloads.retain(|workload| method.as_ref().is_none_or(|only| only == workload.method));
    for workload in &mut workloads {
        workload.lanes.retain(
            |Lane {
                 label, answered, ..
             }| match answered {
                Answered::Unscored(_) => true,
                Answered::Scored(_) => lane.as_ref().is_none_or(|only| label.contains(only)),
            },
        );
    }
    let server = ServerProcess::start(telco::MODELS.as_ref())?;
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
            let mut decoded = None;
            for workload in &workloads {
                let section = compare(workload, &server, round).await?;
                write!(out, "\n{section}")?;
                if workload.method == "ScoreCustomers" {
                    decoded = section.lines.get(1).map(|line| line.figures);
                }
                if let (Some(decoded), 2..) = (decoded, workload.rows) {
                    beside_decoding(&section, decoded, &mut out)?;
                }
            }
            Ok(())
        })
}

/// What the rows of a section are beside the rows that prost decodes.
fn beside_decoding(section: &Section, decoded: Figures, out: &mut impl Write) -> io::Result<()> {
    for Line { label, figures, .. } in section.lines.iter().filter(|line| line.scored) {
        let figures = (*figures, section.rows);
        let [throughput, cpu] = table::times_as_many(figures, (decoded, workload::ROWS));
        let (what, _) = label.split_once(',').unwrap_or((label, ""));
        writeln!(
            out,
            "  {what}: {throughput:.1} x the rows/s of maps that prost only decodes, {cpu:.1} x per CPU time"
        )?;
    }
    Ok(())
}

/// Rounds of every lane in turn.
async fn compare(
    workload: &Workload,
    server: &ServerProcess,
    round: Duration,
) -> anyhow::Result<Section> {
    let Workload {
        method,
        lanes,
        rows,
        in_flight,
        connections,
    } = workload;
    let scoring_path = format!("/holdfast.v1.ScoringService/{method}");
    let mut clients = Vec::new();
    let mut labels = Vec::new();
    for lane in lanes {
        let Lane {
            label,
            requests,
            answered,
        } = lane;
        let (address, path) = match answered {
            Answered::Unscored(path) => (server.empty, *path),
            Answered::Scored(_) => (server.scoring, scoring_path.as_str()),
        };
        let client = Client::connect(workload, requests, address, path).await?;
        // No round may measure refusals; and both servers are warm from here on.
        let responses = client.responses().await?;
        if let Answered::Scored(scores) = answered {
            for response in &responses {
                ensure!(scores(response.clone())? == *rows, "{method} refuses");
            }
        }
        let (asked, answered) = (mean_length(requests), mean_length(&responses));
        labels.push(format!("{label}, {asked} -> {answered} bytes"));
        clients.push(client);
    }
    let mut rounds: Vec<Vec<_>> = clients.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (client, rounds) in clients.iter().zip(&mut rounds) {
            rounds.push(measured(client, server, round).await?);
        }
    }
    let figures = rounds.iter().map(|rounds| Figures::of(rounds));
    let lines = labels.into_iter().zip(figures).zip(lanes);
    Ok(Section {
        title: format!("{method}: {in_flight} in flight, connections: {connections}"),
        rows: *rows,
        lines: lines
            .map(|((label, figures), lane)| Line {
                label,
                figures,
                scored: matches!(lane.answered, Answered::Scored(_)),
            })
            .collect(),
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
