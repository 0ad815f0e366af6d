//! Fits models on historical data and publishes them; works on published ones.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use holdfast::{
    config::train::{Answer, Churn, Cli, Command, Failure, USAGE, exit_code},
    train::{self, Console},
};

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Churn(options) => churn(options),
        Command::Work(work) => match work.run() {
            Ok(Answer { text, code }) => answer(&text, code),
            Err(Failure { message, code }) => fail(&message, code),
        },
    }
}

fn churn(options: Churn) -> ExitCode {
    let training = match options.into_training() {
        Ok(training) => training,
        Err(error) => return fail(&error, USAGE),
    };
    let console = Console::new();
    let trained = train::churn(&training, &console);
    drop(console); // clears its line before anything else is written
    match trained {
        Ok(trained) => answer(&trained, 0),
        Err(error) => fail(&error, exit_code(&error)),
    }
}

/// What was asked for is done whether or not anybody reads this.
fn answer(answer: &dyn Display, code: u8) -> ExitCode {
    let _ = writeln!(io::stdout(), "{answer}");
    ExitCode::from(code)
}

fn fail(error: &dyn Display, code: u8) -> ExitCode {
    // Nothing is left to do when even standard error is closed.
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::from(code)
}
