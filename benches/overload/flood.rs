//! Ten times as many calls as the server can do.

use std::{
    io::{self, Write},
    time::Duration,
};

use super::{
    calls::{Caller, Ended, p99},
    server::Server,
};

/// Of what it can do, when it is not congested.
const QUIET: f64 = 0.5;
/// In flight while its peak is sought.
const AT_ONCE: usize = 16;
/// What is looked at at a time, after the flood.
const WINDOW: Duration = Duration::from_millis(100);

pub(crate) async fn show(length: Duration, times: f64) -> anyhow::Result<()> {
    let server = Server::start(&[])?;
    let caller = Caller::of(server.address, None).await?;
    caller.peak(AT_ONCE, length / 10).await?;
    let peak = caller
        .peak(AT_ONCE, length.min(Duration::from_secs(10)))
        .await?;
    let quiet = caller
        .offer(peak * QUIET, length.min(Duration::from_secs(20)))
        .await?;
    let before = server.memory()?;
    let flood = caller.offer(peak * times, length).await?;
    let after = caller
        .offer(peak * QUIET, Duration::from_secs(5).min(length))
        .await?;

    let offered = flood.0.len() as f64 / length.as_secs_f64();
    let goodput = flood.count(Ended::Answered) as f64 / length.as_secs_f64();
    let quiet_p99 = quiet.p99(Ended::Answered);
    let calm = |window: u32| {
        let from = WINDOW * window;
        let of = after
            .0
            .iter()
            .filter(|seen| (from..from + WINDOW).contains(&seen.due));
        let answered = of.clone().all(|seen| seen.ended == Ended::Answered);
        answered && p99(of.map(|seen| seen.latency)) <= 2.0 * quiet_p99
    };
    let recovered = (0..50).find(|&window| calm(window) && calm(window + 1));
    let mut out = io::stdout().lock();
    writeln!(out, "\nflood: peak {peak:.0} calls/s")?;
    writeln!(
        out,
        "  at {QUIET} of it: {} calls, {} refused, {} failed, p99 {quiet_p99:.2} ms",
        quiet.0.len(),
        quiet.count(Ended::Refused),
        quiet.count(Ended::Failed)
    )?;
    let admitted = flood.p99(Ended::Answered);
    writeln!(
        out,
        "  offered {offered:.0}/s ({:.1} x): goodput {goodput:.0}/s ({:.0} % of peak)",
        offered / peak,
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
    match recovered {
        Some(window) => writeln!(
            out,
            "  calm again after {} ms",
            (WINDOW * window).as_millis()
        )?,
        None => writeln!(out, "  not calm again within 5 s")?,
    }
    writeln!(
        out,
        "  memory {before:.0} -> {:.0} MiB; still in flight: {}",
        server.memory()?,
        server.metric("holdfast_calls_in_flight")?
    )?;
    Ok(())
}
