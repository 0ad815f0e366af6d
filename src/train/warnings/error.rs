//! Why there is no back-test.

use crate::{
    customer::Day,
    features::purchases::InvalidWindows,
    train::{TrainError, report::ReportError, table::TableFault, transactions::LogError},
};

/// Why there is no back-test.
#[derive(Debug, thiserror::Error)]
pub enum WarningsError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(Box<LogError>),
    /// Windows that no features can be built with.
    #[error("--windows-days: {0}")]
    Windows(#[from] InvalidWindows),
    /// The log cannot be complete to then.
    #[error("--complete-through {stated}: the log has purchases up to {last_day}")]
    NotComplete {
        /// What was stated.
        stated: Day,
        /// The log's last day.
        last_day: Day,
    },
    /// There is no time to learn in, and to see what came.
    #[error(
        "the log goes from {first_day} to {through}, {days} days; a back-test needs {needed}: {warm_up_days} to begin with (--warm-up-days), twice the horizon of {horizon_days} (--horizon-days), to learn and to see what came, and {weeks} weeks of scorings; choose a shorter horizon, or add a longer log"
    )]
    TooShort {
        /// Its first day.
        first_day: Day,
        /// To when it is complete.
        through: Day,
        /// How long it is.
        days: i64,
        /// How long it must be.
        needed: i64,
        /// Days that nothing is learnt from.
        warm_up_days: u32,
        /// The horizon.
        horizon_days: u32,
        /// The fewest scorings.
        weeks: usize,
    },
    /// Nobody to learn from in time.
    #[error(
        "by {by}, the last day that leaves {weeks} weeks of scorings, a model can learn from {churned} rows of customers who left and {stayed} who stayed; it needs {needed} of each: add a longer log, or change --horizon-days, --active-days or the policy's fewest_purchases"
    )]
    TooFewRows {
        /// The last day that a first scoring could be of.
        by: Day,
        /// The fewest scorings.
        weeks: usize,
        /// Rows of customers who left.
        churned: usize,
        /// Rows of those who stayed.
        stayed: usize,
        /// How many of each it takes.
        needed: usize,
    },
    /// A first day that leaves too few weeks.
    #[error(
        "--first-as-of {first_as_of}: scorings are possible from {earliest} to {latest}, and {weeks} weeks of them are needed"
    )]
    FirstAsOf {
        /// What was asked for.
        first_as_of: Day,
        /// The earliest scoring.
        earliest: Day,
        /// The latest.
        latest: Day,
        /// The fewest scorings.
        weeks: usize,
    },
    /// A table of features that cannot be held.
    #[error("the features of {as_of} cannot be learnt from: {fault}")]
    Table {
        /// The day of the training.
        as_of: Day,
        /// What is wrong.
        fault: TableFault,
    },
    /// A model of the past cannot be fitted.
    #[error("the model of {as_of} cannot be fitted: {source}; --first-as-of begins later")]
    Training {
        /// The day of the training.
        as_of: Day,
        /// Why not.
        source: Box<TrainError>,
    },
    /// The page cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
}

impl From<LogError> for WarningsError {
    fn from(error: LogError) -> Self {
        Self::Log(Box::new(error))
    }
}
