//! Why there are no snapshots.

use std::{io, path::PathBuf};

use crate::{customer::Day, features::purchases::InvalidWindows, train::transactions::LogError};

/// Why there are no snapshots.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(Box<LogError>),
    /// Windows that no features can be built with.
    #[error("--windows-days: {0}")]
    Windows(#[from] InvalidWindows),
    /// One day named twice.
    #[error("--as-of {as_of} is given twice; each of its rows would count double")]
    CutOffTwice {
        /// The day.
        as_of: Day,
    },
    /// More cut-offs than are sensible.
    #[error("{found} cut-offs; at most {most} are possible: choose a longer --every")]
    TooManyCutOffs {
        /// How many.
        found: i64,
        /// How many at most.
        most: i64,
    },
    /// No day between the first and the last.
    #[error("there is no cut-off from {first} to {last}; choose an earlier --first-as-of")]
    NoCutOff {
        /// The first day asked for.
        first: Day,
        /// The last.
        last: Day,
    },
    /// No log to look at.
    #[error("the log has no customer")]
    Empty,
    /// The log cannot be complete to then.
    #[error("--complete-through {stated}: the log has purchases up to {last_day}")]
    NotComplete {
        /// What was stated.
        stated: Day,
        /// The log's last day.
        last_day: Day,
    },
    /// Nothing is known by then.
    #[error(
        "cut-off {as_of} lies before the log's first day, {first_day}: nobody has bought by then"
    )]
    BeforeLog {
        /// The cut-off.
        as_of: Day,
        /// The log's first day.
        first_day: Day,
    },
    /// Not everything is known by then.
    #[error(
        "cut-off {as_of} lies after {through}, where the log ends; if it holds every purchase to a later day, state that by --complete-through"
    )]
    AfterLog {
        /// The cut-off.
        as_of: Day,
        /// The day to which the log is complete.
        through: Day,
    },
    /// The outcome is not known yet.
    #[error(
        "the {horizon_days} days after cut-off {as_of} end after {through}, where the log ends: who buys later would count as churned; choose a cut-off no later than {latest}, or state by --complete-through to when the log holds every purchase"
    )]
    HorizonAfterLog {
        /// The cut-off.
        as_of: Day,
        /// The horizon.
        horizon_days: u32,
        /// The day to which the log is complete.
        through: Day,
        /// The last cut-off that is possible.
        latest: String,
    },
    /// A table without rows.
    #[error(
        "no customer has a row at cut-off {as_of}: {customers} had bought by then, none recently enough; see --active-days"
    )]
    NobodyThere {
        /// The cut-off.
        as_of: Day,
        /// Customers with a purchase.
        customers: u64,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<LogError> for SnapshotError {
    fn from(error: LogError) -> Self {
        Self::Log(Box::new(error))
    }
}
