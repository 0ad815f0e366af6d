//! Why there is no model.

use super::table::TableError;
use crate::{
    artifact::PublishError, customer::Violations, features::SchemaError, model::ModelError,
};

/// Why a training run ended without a model.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The data cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The data or the settings are of no use for what is asked.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// There is no sound model of the data.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The model cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// Why data cannot be trained on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// No column of that name.
    #[error("there is no column `{column}` (asked for by {asked_by}); the header has: {header}")]
    ColumnNotFound {
        /// The name.
        column: String,
        /// The option or file that names it.
        asked_by: &'static str,
        /// The first column names of the file.
        header: String,
    },
    /// The outcome takes one value, or more than two.
    #[error(
        "the target `{target}` must have exactly two values, but has {found}; choose another --target, or prepare a column with two values"
    )]
    NotTwoClasses {
        /// The target column.
        target: String,
        /// How many values it has, missing ones not counted.
        found: usize,
    },
    /// The positive value does not occur.
    #[error(
        "no row has the --positive value `{positive}` in the target `{target}`; spell it as in the file"
    )]
    PositiveNotFound {
        /// The target column.
        target: String,
        /// The value asked for.
        positive: String,
    },
    /// Too few of one outcome to learn from.
    #[error(
        "only {found} of the rows {outcome}; at least {} are needed to fit and evaluate a model",
        super::plan::MIN_CLASS_ROWS
    )]
    TooFewRows {
        /// Which outcome is rare.
        outcome: &'static str,
        /// How many rows have it.
        found: usize,
    },
    /// Every column was left out.
    #[error("no column is left to predict from; left out: {excluded}")]
    NoFeatures {
        /// The columns that were left out.
        excluded: String,
    },
    /// A column cannot be what the schema file says.
    #[error("the schema file says that `{column}` {claim}, but {fact}")]
    Contradicted {
        /// The column.
        column: String,
        /// What the file says.
        claim: &'static str,
        /// What the data say.
        fact: String,
    },
    /// A split left one outcome out of a part.
    #[error("a part of the split has only one outcome; use fewer folds or more rows")]
    OneClassInPart,
    /// Not a share.
    #[error("the held-out share must be above 0 and below 1, not {0}")]
    HeldOutShare(f64),
    /// One fold leaves nothing to fit on.
    #[error("cross-validation needs at least 2 folds; 0 switches it off")]
    OneFold,
    /// Not a penalty.
    #[error("the ridge penalty must be above 0, not {0}")]
    RidgePenalty(f64),
}

/// Why a fit gives no model.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The solver stopped before the optimum.
    #[error(
        "the fit did not converge: the gradient is still {gradient:.1e} a row (limit {limit:.0e}); check the quality report for extreme values, or raise --ridge-penalty"
    )]
    NotConverged {
        /// Largest component of the mean gradient.
        gradient: f64,
        /// What would have been accepted.
        limit: f64,
    },
    /// The solver refused the data.
    #[error("the solver failed: {0}")]
    Solver(#[from] linfa_logistic::error::Error),
    /// The columns are no schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A row does not fit the schema that was made for it.
    #[error("a row does not fit its own schema: {0}")]
    Row(#[from] Violations),
    /// The coefficients are no model.
    #[error(transparent)]
    Model(#[from] ModelError),
}
