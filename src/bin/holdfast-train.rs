//! Fits models on historical data and publishes them; works on published ones.

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use holdfast::config::train::{Cli, Failure, Surroundings};

fn main() -> ExitCode {
    let surroundings = Surroundings {
        environment: &|name| env::var(name).ok(),
        temporary: env::temp_dir(),
    };
    let answer = Cli::parse().command.run(&surroundings);
    match answer.and_then(|answer| answer.write(io::stdout(), io::stderr())) {
        Ok(code) => ExitCode::from(code),
        Err(Failure { message, code }) => {
            // Nothing is left to do when even standard error is closed.
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::from(code)
        }
    }
}
