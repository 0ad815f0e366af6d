//! Ten times as many calls as the server can do.

use std::{
    io::{self, Write},
    time::Duration,
};

use super::{
    calls::{Caller, Ended, FEW_ROWS, MANY_ROWS, Tally},
    server::Server,
};

/// Of what it can do, when it is not congested.
const QUIET: f64 = 0.5;
/// In flight while its peak is sought.
const AT_ONCE: [usize; 3] = [4, 16, 64];
/// What is looked at at a time, after the flood.
const WINDOW: Duration = Duration::from_millis(100);
/// How long it may take to be calm again.
const AFTERWARDS: Duration = Duration::from_secs(5);

pub(crate) async fn show(length: Duration, times: f64) -> anyhow::Result<()> {
    for rows in [FEW_ROWS, MANY_ROWS] {
        show_calls_of(rows, length, times).await?;
    }
    Ok(())
}

async fn show_calls_of(rows: usize, length: Duration, times: f64) -> anyhow::Result<()> {
    let server = Server::start(&[])?;
    let caller = Caller::of(server.address, None, rows).await?;
    let short = length.min(Duration::from_secs(20));
    caller.peak(AT_ONCE[0], short / 5).await?;
    let mut peak: f64 = 0.0;
    for at_once in AT_ONCE {
        peak = peak.max(caller.peak(at_once, short / 5).await?);
    }
    let before = server.memory()?;
    let (quiet, flood) = (peak * QUIET, peak * times);
    let rates = [(quiet, short), (flood, length), (quiet, AFTERWARDS)];
    let seen = caller.offer_in_turn(&rates).await?;
    let (begin, end) = (short, short + length);
    let calm = seen.between(Duration::ZERO, begin);
    let flood = seen.between(begin, end);
    let after = seen.between(end, end + AFTERWARDS);

    let offered = flood.0.len() as f64 / length.as_secs_f64();
    let goodput = flood.count(Ended::Answered) as f64 / length.as_secs_f64();
    let (quiet_p99, admitted) = (calm.p99(Ended::Answered), flood.p99(Ended::Answered));
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\nflood of calls of {rows} customers: peak {peak:.0} calls/s"
    )?;
    writeln!(
        out,
        "  at {QUIET} of it: {} calls, {} refused, {} failed, p99 {quiet_p99:.2} ms",
        calm.0.len(),
        calm.count(Ended::Refused),
        calm.count(Ended::Failed)
    )?;
    writeln!(
        out,
        "  offered {offered:.0}/s ({:.1} x), began p99 {:.2} ms late: goodput {goodput:.0}/s ({:.0} % of peak)",
        offered / peak,
        flood.p99_late(),
        100.0 * goodput / peak
    )?;
    writeln!(
        out,
        "  answered: p99 {admitted:.2} ms ({:.2} x)",
        admitted / quiet_p99
    )?;
    writeln!(
        out,
        "  refused with RetryInfo: {}, p99 {:.2} ms; failed: {}",
        flood.count(Ended::Refused),
        flood.p99(Ended::Refused),
        flood.count(Ended::Failed)
    )?;
    match calm_after(&after, end, 2.0 * quiet_p99) {
        Some(passed) => writeln!(out, "  calm again after {} ms", passed.as_millis())?,
        None => writeln!(out, "  not calm again within {} s", AFTERWARDS.as_secs())?,
    }
    writeln!(
        out,
        "  memory {before:.0} -> {:.0} MiB; still in flight: {}",
        server.memory()?,
        server.metric("holdfast_calls_in_flight")?
    )?;
    Ok(())
}

/// How long after `end` all calls of two windows were answered, with a p99 of at most so
/// many milliseconds.
fn calm_after(after: &Tally, end: Duration, p99: f64) -> Option<Duration> {
    let calm = |window: u32| {
        let from = end + WINDOW * window;
        let seen = after.between(from, from + WINDOW);
        seen.count(Ended::Answered) == seen.0.len() && seen.p99(Ended::Answered) <= p99
    };
    (0..50)
        .find(|&window| calm(window) && calm(window + 1))
        .map(|window| WINDOW * window)
}
