//! Fits models on historical data and publishes them; works on published ones.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use holdfast::config::train::{Answer, Cli, Failure};

fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(Answer { text, code }) => {
            // What was asked for is done whether or not anybody reads this.
            let _ = writeln!(io::stdout(), "{text}");
            ExitCode::from(code)
        }
        Err(Failure { message, code }) => {
            // Nothing is left to do when even standard error is closed.
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::from(code)
        }
    }
}
