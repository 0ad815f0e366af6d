//! Why there is no spend model.

use crate::{
    artifact::PublishError,
    train::{FitError, Place, PlanError, SettingsError, TableError, report::named},
};

/// Why a run for a spend model ended without one.
#[derive(Debug, thiserror::Error)]
pub enum SpendError {
    /// The settings are out of bounds.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The data cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The columns are of no use for what is asked.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// What was spent cannot be learnt from.
    #[error(transparent)]
    Data(#[from] SpendDataError),
    /// There is no sound model of the data.
    #[error("{}", told(.0))]
    Fit(#[from] FitError),
    /// The model cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// Spends that cannot be learnt from.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpendDataError {
    /// A cell that is no amount.
    #[error(
        "the target `{target}` at {place} {fault}; correct it, or leave the cell blank to set the row aside", target = named(.target))]
    Cell {
        /// The column.
        target: String,
        /// Where.
        place: Place,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Refunds beyond spend.
    #[error(
        "the target `{target}` is negative in {rows} rows, the first at {place}: expected spend cannot be; count them as nothing spent by --negative clamp, or leave their cells blank", target = named(.target))]
    Negative {
        /// The column.
        target: String,
        /// How many rows.
        rows: usize,
        /// The first of them.
        place: Place,
    },
    /// Nobody spent anything.
    #[error("the target `{target}` is zero in all {rows} rows: there is no spend to learn from", target = named(.target))]
    NothingSpent {
        /// The column.
        target: String,
        /// How many rows have one.
        rows: usize,
    },
    /// Everybody spent the same.
    #[error("the target `{target}` is the same in all {rows} rows: there is nothing to predict", target = named(.target))]
    Constant {
        /// The column.
        target: String,
        /// How many rows have one.
        rows: usize,
    },
    /// Too few rows on one side.
    #[error(
        "only {found} of {rows} rows spent {what}; at least {needed} are needed to fit and evaluate a model of spend"
    )]
    TooFew {
        /// What few rows did.
        what: &'static str,
        /// How many did.
        found: usize,
        /// Of how many.
        rows: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A split left one side out of a part.
    #[error(
        "{part} have none that spent {what}; choose another --held-out-share, or smaller groups"
    )]
    PartLacks {
        /// Which part.
        part: String,
        /// What none of its rows did.
        what: &'static str,
    },
}

/// A fit's failure with advice that this command has the options for.
fn told(error: &FitError) -> String {
    match error {
        FitError::NotConverged {
            measure,
            found,
            limit,
        } => format!(
            "the fit did not converge: the {measure} is still {found:.1e} a row (limit {limit:.0e}); look for extreme values in the target and the features, or fit --shapes lines"
        ),
        FitError::NotPositiveDefinite => "the fit has no single optimum; look for extreme values in the target, leave out columns that say the same by the schema file, or fit --shapes lines".to_owned(),
        FitError::Solver(_)
        | FitError::Schema(_)
        | FitError::Calibration(_)
        | FitError::Row(_)
        | FitError::Model(_) => error.to_string(),
    }
}
