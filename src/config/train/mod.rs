//! Command line of `holdfast-train`.

mod answer;
mod benchmark;
mod churn;
mod compare;
mod completions;
mod destination;
mod diff;
mod evaluate;
mod evaluate_value;
mod exchange;
mod inspect;
mod log;
mod log_choices;
mod options;
mod recalibrate;
mod retention;
mod segments;
mod shared;
mod signing;
mod snapshots;
mod source;
mod spend;
mod value;
mod warnings;

pub use answer::{Answer, Failure, REFUSED};
pub use benchmark::Benchmark;
pub use churn::Churn;
pub use compare::Compare;
pub use completions::Completions;
pub use diff::Diff;
pub use evaluate::Evaluate;
pub use evaluate_value::EvaluateValue;
pub use exchange::{Pull, Push};
pub use inspect::Inspect;
pub use recalibrate::Recalibrate;
pub use retention::Retention;
pub use segments::Segments;
pub use signing::{NewKey, Sign, Verify};
pub use snapshots::Snapshots;
pub use spend::Spend;
pub use value::Value;
pub use warnings::Warnings;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::train::{TrainError, retention::RetentionError, value::ValueError};

/// Fits models on historical data and publishes them.
#[derive(Debug, Parser)]
#[command(name = "holdfast-train", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the process finds where it runs.
pub struct Surroundings<'s> {
    /// Variables of the environment.
    pub environment: &'s dyn Fn(&str) -> Option<String>,
    /// Where files may be that nobody keeps.
    pub temporary: PathBuf,
}

/// What the trainer can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fit a churn model and publish it.
    Churn(Box<Churn>),
    /// Fit a value model to a purchase log and publish it.
    Value(Box<Value>),
    /// Fit a model of spend to a table of features and publish it.
    Spend(Box<Spend>),
    /// Tell how long contracts last and what they are worth, by cohorts.
    Retention(Retention),
    /// Measure a published model on new data.
    Evaluate(Evaluate),
    /// Measure a published value model on the days after it was fitted.
    EvaluateValue(Box<EvaluateValue>),
    /// Compare two published models on the same rows.
    Compare(Compare),
    /// Fit the calibration of a published model anew and publish a new version.
    Recalibrate(Recalibrate),
    /// Show what is inside a published model.
    Inspect(Inspect),
    /// Tell two published versions apart.
    Diff(Diff),
    /// Measure what each kind of model reaches on data, publishing none.
    Benchmark(Benchmark),
    /// Copy a published version into an object store, as its next version.
    Push(Push),
    /// Copy a version of an object store into a directory of models.
    Pull(Pull),
    /// Make a key that signs versions.
    NewKey(NewKey),
    /// Sign a published version.
    Sign(Sign),
    /// Tell which versions are sound, and who signed them.
    Verify(Verify),
    /// Turn a purchase log into a table of customers as of chosen days.
    Snapshots(Box<Snapshots>),
    /// Divide the customers of a purchase log into segments, tiers, stages and clusters.
    Segments(Box<Segments>),
    /// Replay a purchase log week by week: which warnings would have come when, and how
    /// many would have been true.
    Warnings(Box<Warnings>),
    /// Print completions for a shell.
    Completions(Completions),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// What went wrong, with the exit code that tells its kind.
    pub fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        match self {
            Self::Churn(options) => options.run(surroundings),
            Self::Value(options) => options.run(surroundings),
            Self::Spend(options) => options.run(surroundings),
            Self::Retention(options) => options.run(),
            Self::Evaluate(options) => options.run(surroundings),
            Self::EvaluateValue(options) => options.run(surroundings),
            Self::Compare(options) => options.run(surroundings),
            Self::Recalibrate(options) => options.run(surroundings),
            Self::Inspect(options) => options.run(surroundings),
            Self::Diff(options) => options.run(surroundings),
            Self::Benchmark(options) => options.run(),
            Self::Push(options) => options.run(surroundings),
            Self::Pull(options) => options.run(surroundings),
            Self::NewKey(options) => options.run(),
            Self::Sign(options) => options.run(surroundings),
            Self::Verify(options) => options.run(surroundings),
            Self::Snapshots(options) => options.run(),
            Self::Segments(options) => options.run(surroundings),
            Self::Warnings(options) => options.run(),
            Self::Completions(options) => options.run(),
        }
    }
}

/// The process's exit code for a run that failed.
fn exit_code(error: &TrainError) -> u8 {
    match error {
        TrainError::Settings(_) => USAGE,
        TrainError::Table(_) | TrainError::Plan(_) => 3,
        TrainError::Fit(_) => 4,
        TrainError::Publish(_) | TrainError::Report(_) => 5,
        TrainError::Incumbent(_)
        | TrainError::IncumbentOfOtherKind(_)
        | TrainError::IncumbentRefuses { .. }
        | TrainError::IncumbentUnknown(_) => 6,
        TrainError::NotBetter(_) => 7,
    }
}

/// The same of a value model.
fn exit_code_of_value(error: &ValueError) -> u8 {
    match error {
        ValueError::Settings(_) => USAGE,
        ValueError::Log(_) | ValueError::Data(_) => 3,
        ValueError::Purchases { .. }
        | ValueError::NoCandidate { .. }
        | ValueError::Spend { .. }
        | ValueError::Model(_) => 4,
        ValueError::Report(_) | ValueError::Publish(_) => 5,
        ValueError::Load(_)
        | ValueError::Kind(_)
        | ValueError::IncumbentDiffers { .. }
        | ValueError::IncumbentUnknown(_) => 6,
        ValueError::NotBetter(_) => 7,
    }
}

/// The same of retention.
fn exit_code_of_retention(error: &RetentionError) -> u8 {
    match error {
        RetentionError::Settings { .. } => USAGE,
        RetentionError::Table(_)
        | RetentionError::Plan(_)
        | RetentionError::Cell { .. }
        | RetentionError::Periods { .. }
        | RetentionError::Cohort { .. } => 3,
        RetentionError::Fit(_) | RetentionError::Terms(_) => 4,
    }
}

/// The exit code for a wrong command line, as clap has it.
const USAGE: u8 = 2;
