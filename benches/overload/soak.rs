//! For a long time, most of what the server can do: what grows meanwhile.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use super::{
    calls::{Caller, Ended, MANY_ROWS},
    server::Server,
};

/// Of what it can do.
const LOAD: f64 = 0.7;
const AT_ONCE: usize = 16;
/// From one look to the next.
const LOOK: Duration = Duration::from_secs(5);
/// Of all looks, those at the beginning that say nothing of the rest, as a divisor:
/// allocators take what they need.
const BEGINNING: usize = 5;

/// What is seen at a look.
struct Look {
    /// Since the beginning, in hours.
    hours: f64,
    memory: f64,
    descriptors: usize,
}

pub(crate) async fn show(length: Duration) -> anyhow::Result<()> {
    let server = Server::start(&[])?;
    let caller = Caller::of(server.address, None, MANY_ROWS).await?;
    let peak = caller.peak(AT_ONCE, LOOK.min(length)).await?;
    let start = Instant::now();
    let (mut looks, mut answered, mut others) = (Vec::new(), 0, 0);
    while start.elapsed() < length {
        let seen = caller.offer(peak * LOAD, LOOK.min(length)).await?;
        answered += seen.count(Ended::Answered);
        others += seen.0.len() - seen.count(Ended::Answered);
        looks.push(Look {
            hours: start.elapsed().as_secs_f64() / 3600.0,
            memory: server.memory()?,
            descriptors: server.descriptors()?,
        });
    }
    let rest = looks.split_off(looks.len() / BEGINNING);
    let descriptors = || rest.iter().map(|look| look.descriptors);
    let memory = |look: Option<&Look>| look.map_or(f64::NAN, |look| look.memory);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\nsoak: {LOAD} of {peak:.0} calls/s for {:.0} s: {answered} answered, {others} otherwise",
        start.elapsed().as_secs_f64()
    )?;
    writeln!(
        out,
        "  memory after a fifth of it {:.1} MiB, at the end {:.1} MiB: {:+.2} MiB an hour",
        memory(rest.first()),
        memory(rest.last()),
        slope(&rest)
    )?;
    writeln!(
        out,
        "  open files: {} to {}",
        descriptors().min().unwrap_or_default(),
        descriptors().max().unwrap_or_default()
    )?;
    Ok(())
}

/// By least squares, in MiB an hour.
fn slope(looks: &[Look]) -> f64 {
    let count = looks.len() as f64;
    let mean = |of: fn(&Look) -> f64| looks.iter().map(of).sum::<f64>() / count;
    let (hours, memory) = (mean(|look| look.hours), mean(|look| look.memory));
    let (mut covariance, mut variance) = (0.0, 0.0);
    for look in looks {
        covariance += (look.hours - hours) * (look.memory - memory);
        variance += (look.hours - hours).powi(2);
    }
    covariance / variance
}
