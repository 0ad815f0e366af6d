//! Command line of `holdfast-train`.

mod churn;
mod options;

pub use churn::{Churn, ChurnConfigError};

use clap::{Parser, Subcommand};

use crate::train::TrainError;

/// Fits models on historical data and publishes them.
#[derive(Debug, Parser)]
#[command(name = "holdfast-train", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the trainer can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fit a churn model and publish it.
    Churn(Churn),
}

/// The process's exit code for a run that failed.
#[must_use]
pub fn exit_code(error: &TrainError) -> u8 {
    match error {
        TrainError::Settings(_) => USAGE,
        TrainError::Table(_) | TrainError::Plan(_) => 3,
        TrainError::Fit(_) => 4,
        TrainError::Publish(_) | TrainError::Report(_) => 5,
        TrainError::Incumbent(_) | TrainError::IncumbentRefuses { .. } => 6,
        TrainError::NotBetter(_) => 7,
    }
}

/// The exit code for a wrong command line, as clap has it.
pub const USAGE: u8 = 2;
