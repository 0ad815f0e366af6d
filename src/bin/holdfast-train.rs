//! Fits models on historical data and publishes them.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use holdfast::{
    config::train::{Cli, Command, USAGE, exit_code},
    train::{self, Console},
};

fn main() -> ExitCode {
    let Command::Churn(options) = Cli::parse().command;
    let training = match options.into_training() {
        Ok(training) => training,
        Err(error) => return fail(&error, USAGE),
    };
    let console = Console::new();
    let trained = train::churn(&training, &console);
    drop(console); // clears its line before anything else is written
    match trained {
        Ok(trained) => {
            // The model is published whether or not anybody reads this.
            let _ = writeln!(io::stdout(), "{trained}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error, exit_code(&error)),
    }
}

fn fail(error: &dyn std::error::Error, code: u8) -> ExitCode {
    // Nothing is left to do when even standard error is closed.
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::from(code)
}
