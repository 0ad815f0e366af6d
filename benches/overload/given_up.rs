//! Calls that are reset, or run out of time: what is left of them.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use h2::Reason;
use holdfast::grpc::proto::{
    CustomerColumns, NumberEncoding, Numbers, PurchaseSummaryColumns, ScoreColumnsRequest,
};
use prost::bytes::Bytes;
use tokio::time::sleep;
use tonic::codegen::http::Request;

use super::{
    calls::{Caller, FEW_ROWS, connect, framed, selector},
    server::Server,
};

const CALLS: usize = 10_000;
/// At once on each of as many connections.
const AT_ONCE: usize = 50;
const ROWS: usize = 1_000_000;
const COLUMNS: &str = "http://server/holdfast.v1.ScoringService/ScoreColumns";
const LARGE: &str = "holdfast_large_calls_in_flight";
/// Within which work has to stop.
const SOON: Duration = Duration::from_millis(10);

pub(crate) async fn show() -> anyhow::Result<()> {
    reset().await?;
    long().await
}

/// Many calls, whole, and reset as they are sent.
async fn reset() -> anyhow::Result<()> {
    let server = Server::start(&[])?;
    let caller = Caller::of(server.address, None, FEW_ROWS).await?;
    let before = (server.memory()?, server.threads()?);
    let start = Instant::now();
    for _ in 0..CALLS / AT_ONCE {
        // A connection of its own: one that resets for ever is closed.
        let mut calls = connect(server.address).await?;
        let mut begun = Vec::new();
        for _ in 0..AT_ONCE {
            calls = calls.ready().await?;
            let (answer, mut body) = calls.send_request(caller.request()?, false)?;
            body.send_data(caller.message(), true)?;
            begun.push((answer, body));
        }
        // So that they are on their way.
        tokio::task::yield_now().await;
        for (_, body) in &mut begun {
            body.send_reset(Reason::CANCEL);
        }
    }
    let sent = start.elapsed();
    let gone = Instant::now();
    while server.metric("holdfast_calls_in_flight")? > 0.0 {
        sleep(Duration::from_millis(1)).await;
    }
    let gone = gone.elapsed();
    sleep(Duration::from_secs(3)).await;
    let rest = server.cpu()?;
    sleep(Duration::from_secs(1)).await;
    let rest = server.cpu()?.saturating_sub(rest);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\ngiven-up: {CALLS} calls reset within {sent:.0?}; none in flight {gone:.1?} later"
    )?;
    writeln!(
        out,
        "  memory {:.0} -> {:.0} MiB, threads {} -> {}, CPU of the second after: {rest:.1?}",
        before.0,
        server.memory()?,
        before.1,
        server.threads()?,
    )?;
    Ok(())
}

/// A million customers by column: the time is over, or the caller goes away, in the
/// middle of them.
async fn long() -> anyhow::Result<()> {
    let rows = ROWS.to_string();
    let server = Server::start(&[
        "--max-column-rows",
        &rows,
        "--max-message-bytes",
        "268435456",
    ])?;
    let message = columns();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "  {ROWS} customers by column, {} MiB",
        message.len() >> 20
    )?;
    let expired = worked_after(&server, &message, Some("1m")).await?;
    writeln!(
        out,
        "  with a deadline of 1 ms: CPU from {SOON:?} to 110 ms after it: {expired:.1?}"
    )?;
    for _ in 0..3 {
        let reset = worked_after(&server, &message, None).await?;
        writeln!(
            out,
            "  reset while it is scored: CPU from {SOON:?} to 110 ms after it: {reset:.1?}"
        )?;
    }
    sleep(Duration::from_secs(1)).await;
    writeln!(
        out,
        "  memory at the end {:.0} MiB; large calls in flight {}, calls in flight {}",
        server.memory()?,
        server.metric(LARGE)?,
        server.metric("holdfast_calls_in_flight")?,
    )?;
    Ok(())
}

/// What the server still does of a call that is over.
async fn worked_after(
    server: &Server,
    message: &Bytes,
    deadline: Option<&str>,
) -> anyhow::Result<Duration> {
    let mut calls = connect(server.address).await?.ready().await?;
    let mut request = Request::post(COLUMNS)
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    if let Some(deadline) = deadline {
        request = request.header("grpc-timeout", deadline);
    }
    let (answer, mut body) = calls.send_request(request.body(())?, false)?;
    body.send_data(message.clone(), true)?;
    if deadline.is_some() {
        let answer = answer.await?;
        anyhow::ensure!(
            answer.headers().contains_key("grpc-status"),
            "it was done in time"
        );
    } else {
        // Until it is scored; there is more to do than that takes.
        while server.metric(LARGE)? == 0.0 {
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_millis(30)).await;
        body.send_reset(Reason::CANCEL);
    }
    sleep(SOON).await;
    let before = server.cpu()?;
    sleep(Duration::from_millis(100)).await;
    Ok(server.cpu()?.saturating_sub(before))
}

fn columns() -> Bytes {
    let numbers = |number: f64| {
        Some(Numbers {
            little_endian: number.to_le_bytes().repeat(ROWS).into(),
            ..Numbers::default()
        })
    };
    framed(&ScoreColumnsRequest {
        value_model: Some(selector()),
        number_encoding: NumberEncoding::LittleEndian.into(),
        columns: Some(CustomerColumns {
            ids: (0..ROWS).map(|row| row.to_string()).collect(),
            summary: Some(PurchaseSummaryColumns {
                frequency: numbers(20.0),
                recency_days: numbers(213.0),
                observation_days: numbers(272.0),
                mean_repeat_spend: numbers(35.5),
                currency: "USD".to_owned(),
            }),
            ..CustomerColumns::default()
        }),
        ..ScoreColumnsRequest::default()
    })
}
