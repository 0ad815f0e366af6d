//! What it costs calls of one customer that traces, metrics and events are sent.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use anyhow::Context;

use super::{
    ROUNDS,
    client::Client,
    measured,
    processes::ServerProcess,
    table::{Figures, times_as_many},
    telco,
    workload::{self, Asked},
};

/// What servers are told beside where the collector is; the first one has none.
const LANES: [(&str, &[&str]); 3] = [
    ("off", &[]),
    ("as it is by default, metrics each second", &[]),
    ("every call traced", &["--trace-ratio", "1"]),
];

/// Rounds of a server that sends nothing and of others that do, in turn.
pub(crate) fn measure(round: Duration) -> anyhow::Result<()> {
    let endpoint = format!("http://{}", collect()?);
    let often = ["--otlp-metrics-seconds", "1"];
    let sends = [&["--otlp-endpoint", &endpoint][..], &often].concat();
    let mut servers = Vec::new();
    for (at, (_, more)) in LANES.iter().enumerate() {
        let options = if at == 0 {
            Vec::new()
        } else {
            [&sends, *more].concat()
        };
        servers.push(ServerProcess::with_options(
            telco::MODELS.as_ref(),
            &options,
        )?);
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(compare(&servers, round))
}

async fn compare(servers: &[ServerProcess], length: Duration) -> anyhow::Result<()> {
    let workload = workload::together(&telco::churn_model()?)?;
    let label = Asked::Reasons.label();
    let lane = workload.lanes.iter().find(|lane| lane.label == label);
    let requests = &lane.context("no lane of churn scores")?.requests;
    let path = "/holdfast.v1.ScoringService/ScoreCustomer";
    let mut clients = Vec::new();
    for server in servers {
        let client = Client::connect(&workload, requests, server.scoring, path).await?;
        client.responses().await?;
        clients.push((server, client, Vec::new()));
    }
    for _ in 0..ROUNDS {
        for (server, client, rounds) in &mut clients {
            rounds.push(measured(client, server, length).await?);
        }
    }
    let mut out = io::stdout().lock();
    if let Some(server) = servers.first() {
        let placement = server.placement();
        writeln!(
            out,
            "{placement}; medians of {ROUNDS} rounds of {length:?}, {} calls in flight",
            workload.in_flight
        )?;
    }
    let figures: Vec<_> = clients
        .iter()
        .map(|(_, _, rounds)| Figures::of(rounds))
        .collect();
    for ((label, _), figures_on) in LANES.iter().zip(&figures) {
        let [throughput, cpu] = times_as_many((*figures_on, 1), (figures[0], 1));
        writeln!(
            out,
            "  {label}: {figures_on}; {throughput:.3} x the calls/s of off, {cpu:.3} x per CPU time"
        )?;
    }
    Ok(())
}

/// A collector that takes everything, in threads of its own.
fn collect() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whether a connection ends or breaks is all the same here.
            thread::spawn(move || take_all(stream));
        }
    });
    Ok(address)
}

/// Answers each request of a connection, by HTTP/1.1.
fn take_all(mut stream: TcpStream) -> io::Result<()> {
    let mut requests = BufReader::new(stream.try_clone()?);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if requests.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or_default();
            }
            if line.is_empty() {
                break;
            }
        }
        io::copy(&mut requests.by_ref().take(length), &mut io::sink())?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
}
