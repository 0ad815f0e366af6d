//! Why work on a published model came to nothing.

use std::{io, path::PathBuf};

use super::published::NoModel;
use crate::{
    artifact::{BaselineError, Kind, PublishError, WrongKind},
    customer::Violations,
    model::{CalibrationError, ProfitError},
    train::{
        PlanError, TrainError,
        table::{Place, TableError},
    },
};

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    /// The options contradict each other or make no sense.
    #[error(transparent)]
    Profit(#[from] ProfitError),
    /// The model cannot be loaded.
    #[error(transparent)]
    Model(#[from] NoModel),
    /// The model is of a kind that this is not made for.
    #[error("{}{}", .0, instead(.0))]
    Kind(#[from] WrongKind),
    /// The data cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The data are of no use for what is asked.
    #[error(transparent)]
    Data(#[from] DataError),
    /// There is no calibration of the data.
    #[error("no calibration can be fitted: {0}")]
    Calibration(#[from] CalibrationError),
    /// The baseline of the published version cannot be read.
    #[error("the baseline.json of the published version cannot be read: {0}")]
    Baseline(#[from] BaselineError),
    /// A recipe cannot be tried.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The new version cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// A file that was asked for cannot be written.
    #[error("cannot write {}: {source}{}", path.display(), kept(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What there is for a model of this kind.
fn instead(kind: &WrongKind) -> &'static str {
    match kind.found {
        Kind::Churn => "",
        Kind::Value => {
            "; a value model is measured by `holdfast-train evaluate-value`, and brought up to date by training it again (`holdfast-train value`)"
        }
        Kind::Segmentation => {
            "; a segmentation is brought up to date by making it again (`holdfast-train segments`)"
        }
        Kind::Spend => {
            "; a spend model is brought up to date by training it again (`holdfast-train spend`)"
        }
    }
}

fn kept(source: &io::Error) -> &'static str {
    if source.kind() == io::ErrorKind::AlreadyExists {
        "; nothing that is there is overwritten"
    } else {
        ""
    }
}

/// Why data do not fit a published model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DataError {
    /// As in training.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A feature that the model requires has no column.
    #[error("there is no column `{column}`, which the model requires; the header has: {header}")]
    NoColumn {
        /// The feature.
        column: String,
        /// The first column names of the file.
        header: String,
    },
    /// A value of another kind, where the model requires one.
    #[error("{place}, column `{column}`: is not {kind}, which the model requires")]
    WrongKind {
        /// The first such row.
        place: Place,
        /// The column.
        column: String,
        /// What it must be.
        kind: String,
    },
    /// No value, where the model requires one.
    #[error(
        "{place}, column `{column}`: has no value, which the model requires; complete the row, or leave it out"
    )]
    NoValue {
        /// The first such row.
        place: Place,
        /// The column.
        column: String,
    },
    /// Slices that would tell of single customers.
    #[error(
        "`{column}` is the --id column, and each of its slices would tell of one customer; choose another --slice"
    )]
    SliceIsId {
        /// The column.
        column: String,
    },
    /// A row that the model refuses for another reason.
    #[error("{place}: {violations}")]
    Refused {
        /// The first such row.
        place: Place,
        /// What is wrong with it.
        violations: Violations,
    },
    /// Nothing to measure against.
    #[error(
        "all {rows} rows with an outcome in `{target}` {outcome}; measuring needs rows of both outcomes (what means churn is `{positive}`; see --positive)"
    )]
    OneOutcome {
        /// The target column.
        target: String,
        /// What means churn.
        positive: String,
        /// How many rows there are.
        rows: usize,
        /// What became of them.
        outcome: &'static str,
    },
    /// No row has an outcome.
    #[error("no row has an outcome in `{target}`")]
    NoOutcome {
        /// The target column.
        target: String,
    },
}

impl From<PlanError> for AssessError {
    fn from(error: PlanError) -> Self {
        Self::Data(error.into())
    }
}
