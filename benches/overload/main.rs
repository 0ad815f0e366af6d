//! How calm the server stays when more is asked for than it can do:
//! `cargo bench --bench overload`.
//!
//! `holdfast-server` itself, on a core of its own, is asked by a load generator on
//! another, which begins calls by the clock whether or not those before have ended
//! and counts their time from when they were due. Calls score 16 customers by a value
//! model, which is done where their connection lives. Four scenes:
//!
//! - `flood`: ten times as many calls as it can do, after half as many and before half
//!   as many again; then the same with batches of 1,000, which all cores do;
//! - `quota`: one caller at twenty times its quota beside another at a part of what the
//!   server can do;
//! - `given-up`: calls that are reset or run out of time, and what is left of them;
//! - `soak`: most of what the server can do for a long time, and what grows meanwhile.
//!
//! `-- --seconds 60` is for the record (an hour for `soak`), `--only flood` leaves the others out. `--times 4`
//! floods with less, where the load generator is the slower of the two.

mod calls;
mod flood;
mod given_up;
mod quota;
mod server;
mod soak;

use std::{
    env,
    io::{self, Write},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use tokio::{runtime, task::LocalSet};

const SECONDS: f64 = 10.0;
const TIMES: f64 = 10.0;
const MAX_SECONDS: f64 = 7200.0;
/// Without cargo's `--bench`, as in `cargo test --benches`: only whether it works.
const TEST_SECONDS: f64 = 0.2;

/// What the command line asks for.
struct Asked {
    length: Duration,
    /// Of what the server can do, in the flood.
    times: f64,
    only: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let Asked {
        length,
        times,
        only,
    } = asked(env::args().skip(1))?;
    let wants = |scene: &str| only.as_deref().is_none_or(|only| only == scene);
    let placement = server::pin();
    writeln!(
        io::stdout(),
        "{placement}; {} s for a scene",
        length.as_secs_f64()
    )?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let scenes = async {
        if wants("flood") {
            flood::show(length, times).await?;
        }
        if wants("quota") {
            quota::show(length).await?;
        }
        if wants("given-up") {
            given_up::show().await?;
        }
        if wants("soak") {
            soak::show(length).await?;
        }
        anyhow::Ok(())
    };
    LocalSet::new().block_on(&runtime, scenes)
}

fn asked(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Asked> {
    let (mut seconds, mut stated, mut only) = (TEST_SECONDS, None, None);
    let mut times = TIMES;
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
                    "--seconds must be above 0, at most {MAX_SECONDS}"
                );
                stated = Some(value);
            }
            "--times" => times = arguments.next().context("--times lacks a value")?.parse()?,
            "--only" => only = Some(arguments.next().context("--only lacks a scene")?),
            other => {
                bail!("unknown argument `{other}`; the options are --seconds, --times and --only")
            }
        }
    }
    Ok(Asked {
        length: Duration::from_secs_f64(stated.unwrap_or(seconds)),
        times,
        only,
    })
}
