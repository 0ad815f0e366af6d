//! One caller at many times its quota beside another.

use std::{
    fs,
    io::{self, Write},
    time::Duration,
};

use holdfast::artifact::Digest;

use super::{
    calls::{Caller, Ended, FEW_ROWS, MANY_ROWS},
    server::Server,
};

const TIMES: f64 = 20.0;
/// Of what the server can do: the quota, and what the other asks for.
const QUOTA: f64 = 0.05;
const OTHER: f64 = 0.4;
const AT_ONCE: usize = 16;

pub(crate) async fn show(length: Duration) -> anyhow::Result<()> {
    for rows in [FEW_ROWS, MANY_ROWS] {
        show_calls_of(rows, length).await?;
    }
    Ok(())
}

async fn show_calls_of(rows: usize, length: Duration) -> anyhow::Result<()> {
    let peak = {
        let server = Server::start(&[])?;
        let caller = Caller::of(server.address, None, rows).await?;
        caller
            .peak(AT_ONCE, length.min(Duration::from_secs(5)))
            .await?
    };
    let quota = (peak * QUOTA).ceil();
    let key = |name: &str| Digest::of(name.as_bytes());
    let access = format!(
        "[[principals]]\nname = 'greedy'\nscopes = ['score']\nkeys = ['sha256:{}']\n\
         quota = {{ calls_per_second = {quota} }}\n\
         [[principals]]\nname = 'other'\nscopes = ['score']\nkeys = ['sha256:{}']\n",
        key("greedy"),
        key("other")
    );
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("access.toml");
    fs::write(&path, access)?;
    let server = Server::start(&["--access", &path.to_string_lossy()])?;
    let greedy = Caller::of(server.address, Some("greedy"), rows).await?;
    let other = Caller::of(server.address, Some("other"), rows).await?;
    other.offer(peak * OTHER, length / 10).await?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\nquota, calls of {rows} customers: peak {peak:.0} calls/s, quota {quota} calls/s"
    )?;
    let mut before = None;
    for times in [0.9, TIMES] {
        let (greedy, other) = tokio::join!(
            greedy.offer(quota * times, length),
            other.offer(peak * OTHER, length)
        );
        let (greedy, other) = (greedy?, other?);
        let p99 = other.p99(Ended::Answered);
        let before = *before.get_or_insert(p99);
        writeln!(
            out,
            "  greedy at {times} x its quota: {} answered, {} refused, {} failed",
            greedy.count(Ended::Answered),
            greedy.count(Ended::Refused),
            greedy.count(Ended::Failed)
        )?;
        writeln!(
            out,
            "    the other: {} calls, {} refused, {} failed, p99 {p99:.2} ms ({:.2} x)",
            other.0.len(),
            other.count(Ended::Refused),
            other.count(Ended::Failed),
            p99 / before
        )?;
    }
    Ok(())
}
