//! Why there is no model.

use std::io;

use super::{
    assess::DataError,
    report::{ReportError, named},
    settings::{MAX_REPEATS, MAX_REPLICATES},
    table::{Place, TableError},
};
use crate::{
    artifact::{LoadError, PublishError, Version, WrongKind},
    customer::{MAX_FEATURE_NAME_BYTES, MAX_FEATURES, Violations},
    features::{MAX_PAIRS, SchemaError, purchases::PurchaseRulesError},
    model::{CalibrationError, ModelError},
};

/// Why a training run ended without a model.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The data cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The settings are out of bounds.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The new model is not better than it must be.
    #[error(transparent)]
    NotBetter(#[from] NotBetter),
    /// The version to beat cannot be loaded.
    #[error("the version to beat cannot be loaded: {0}; publish without --publish-if-better")]
    Incumbent(#[from] LoadError),
    /// The version to beat is of another kind.
    #[error("{0}; publish under another --name")]
    IncumbentOfOtherKind(#[from] WrongKind),
    /// The version to beat cannot score the data.
    #[error(
        "version {version}, the one to beat, cannot score these data: {reason}; publish without --publish-if-better"
    )]
    IncumbentRefuses {
        /// The version.
        version: Version,
        /// Why not.
        reason: DataError,
    },
    /// Whether there is a version to beat cannot be found out.
    #[error("the versions to beat cannot be listed: {0}")]
    IncumbentUnknown(io::Error),
    /// The report cannot be drawn.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The data are of no use for what is asked.
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
    #[error(
        "there is no column `{column}` (asked for by {asked_by}); the header has: {header}{hint}", column = named(.column))]
    ColumnNotFound {
        /// The name.
        column: String,
        /// The option or file that names it.
        asked_by: &'static str,
        /// The first column names of the file.
        header: String,
        /// What the header tells of the separator, if anything.
        hint: &'static str,
    },
    /// The outcome takes one value, or more than two.
    #[error(
        "the target `{target}` must have exactly two values, but has {found}; choose another --target, or prepare a column with two values", target = named(.target))]
    NotTwoClasses {
        /// The target column.
        target: String,
        /// How many values it has, missing ones not counted.
        found: usize,
    },
    /// The positive value does not occur.
    #[error(
        "no row has the --positive value `{positive}` in the target `{target}`; spell it as in the file", target = named(.target), positive = named(.positive))]
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
    #[error("the schema file says that `{column}` {claim}, but {fact}", column = named(.column))]
    Contradicted {
        /// The column.
        column: String,
        /// What the file says.
        claim: &'static str,
        /// What the data say.
        fact: String,
    },
    /// The schema file describes a column that is something else.
    #[error(
        "the schema file describes `{column}`, but that is the {option} column; remove its entry", column = named(.column))]
    NoFeature {
        /// The column.
        column: String,
        /// The option that names it.
        option: &'static str,
    },
    /// A name that no request could carry.
    #[error(
        "the name of column {column} has {bytes} bytes, but at most {MAX_FEATURE_NAME_BYTES} are possible; shorten it in the header"
    )]
    NameTooLong {
        /// The column's position, from 1.
        column: usize,
        /// The length of its name.
        bytes: usize,
    },
    /// Columns that were not built as the user says.
    #[error(
        "--purchases: {0}; give the file that `holdfast-train snapshots` wrote beside this table, or rename the column"
    )]
    Purchases(#[from] PurchaseRulesError),
    /// More columns than a request may carry.
    #[error(
        "{found} columns would be features, but at most {MAX_FEATURES} are possible; leave some out of the file, or ignore them by --schema"
    )]
    TooManyFeatures {
        /// How many there are.
        found: usize,
    },
    /// A fold would lack an outcome.
    #[error(
        "--folds {folds} is too many: only {rows} of the rows {outcome}, and each fold needs one of them; use at most {rows}"
    )]
    TooManyFolds {
        /// The folds asked for.
        folds: u32,
        /// The rarer outcome.
        outcome: &'static str,
        /// How many rows have it.
        rows: usize,
    },
    /// One part of the split would lack an outcome.
    #[error(
        "--held-out-share {share} is too {size}: of the {rows} rows that {outcome}, at least one must be fitted on and one held out"
    )]
    EmptyPart {
        /// The share asked for.
        share: f64,
        /// `small` or `large`.
        size: &'static str,
        /// The rarer outcome.
        outcome: &'static str,
        /// How many rows have it.
        rows: usize,
    },
    /// A column has two parts to play.
    #[error("`{column}` is named by both {first} and {second}; name another column", column = named(.column))]
    RoleTwice {
        /// The column.
        column: String,
        /// The first option that names it.
        first: &'static str,
        /// The second.
        second: &'static str,
    },
    /// Groups that last and an order in time contradict each other.
    #[error(
        "--group and --time cannot both decide the split: a customer's rows lie on both sides of any moment; leave one out"
    )]
    GroupAndTime,
    /// Days that nothing can be counted by.
    #[error("--embargo-days needs --time with a column of dates")]
    EmbargoWithoutDates,
    /// A row whose weight is none.
    #[error(
        "{place}: the --weight in `{column}` {fault}; weights are finite numbers of at least 0", column = named(.column))]
    Weight {
        /// The column.
        column: String,
        /// The first such row.
        place: Place,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Rows of one outcome that do not count.
    #[error("every row that {outcome} has the --weight 0 in `{column}`; some must count", column = named(.column))]
    NoWeight {
        /// The column.
        column: String,
        /// The outcome.
        outcome: &'static str,
    },
    /// A row whose time is none.
    #[error("{place}: the --time in `{column}` {fault}", column = named(.column))]
    Time {
        /// The column.
        column: String,
        /// The first such row.
        place: Place,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Rows that are all of one time.
    #[error("all rows have the same --time in `{column}`; leave the option out", column = named(.column))]
    OneTime {
        /// The column.
        column: String,
    },
    /// A part of a split that keeps groups or time lacks an outcome.
    #[error("{part} has no row that {outcome}; {advice}")]
    PartLacksOutcome {
        /// Which part.
        part: String,
        /// The outcome that it lacks.
        outcome: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A split left one outcome out of a part.
    #[error("a part of the split has only one outcome; use fewer --folds or more rows")]
    OneClassInPart,
}

/// Settings that are out of bounds, whatever the data.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// Not a share.
    #[error("--held-out-share must be above 0 and below 1, not {0}")]
    HeldOutShare(f64),
    /// No folds at all.
    #[error("--repeats must be at least 1")]
    NoRepeats,
    /// More draws of the folds than would ever end.
    #[error("--repeats must be at most {MAX_REPEATS}, not {0}")]
    TooManyRepeats(u32),
    /// More replicates than would ever end.
    #[error("--bootstrap must be at most {MAX_REPLICATES}, not {0}")]
    TooManyReplicates(u32),
    /// One fold leaves nothing to fit on.
    #[error("--folds 1 leaves nothing to fit on: use at least 2 folds, or 0 for none")]
    OneFold,
    /// Not a penalty.
    #[error("--ridge-penalty must be above 0 and finite, not {0}")]
    RidgePenalty(f64),
    /// A penalty that nothing would use.
    #[error(
        "--ridge-penalty is for --shapes lines only: curves and pairs have penalties of their own, chosen by the data"
    )]
    PenaltyOfCurves,
    /// A plain fit keeps no effect from turning.
    #[error("--ridge-penalty fits no monotone effects: leave it out, or remove monotone")]
    MonotoneWithPenalty,
    /// Too few to bend, or more than a curve can have.
    #[error("--knots must be from 3 to 200, not {0}")]
    Knots(usize),
    /// More than a model can have.
    #[error("--max-pairs must be at most {MAX_PAIRS}, not {0}")]
    Pairs(usize),
}

/// A new model that does not beat the newest version.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "not published: on the rows held out its {figure} is {ours:.5}, version {version} has {theirs:.5}; publish without --publish-if-better to replace it all the same"
)]
pub struct NotBetter {
    /// The figure of the criterion.
    pub figure: &'static str,
    /// The newest version.
    pub version: Version,
    /// The new model's figure.
    pub ours: f64,
    /// The newest version's.
    pub theirs: f64,
}

/// Why a fit gives no model.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The solver stopped before the optimum.
    #[error(
        "the fit did not converge: the {measure} is still {found:.1e} a row (limit {limit:.0e}); check the quality report for extreme values, or fit --shapes lines with a larger --ridge-penalty"
    )]
    NotConverged {
        /// By what convergence is judged.
        measure: &'static str,
        /// Its value for the mean loss.
        found: f64,
        /// What would have been accepted.
        limit: f64,
    },
    /// Columns that no penalty tells apart.
    #[error(
        "the fit has no single optimum: its second derivatives are not positive definite; leave out columns that say the same, or fit --shapes lines with a --ridge-penalty"
    )]
    NotPositiveDefinite,
    /// The solver refused the data.
    #[error("the solver failed: {0}")]
    Solver(#[from] linfa_logistic::error::Error),
    /// The columns are no schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// No calibration can be judged.
    #[error("the calibration cannot be judged: {0}")]
    Calibration(#[from] CalibrationError),
    /// A row does not fit the schema that was made for it.
    #[error("a row does not fit its own schema: {0}")]
    Row(#[from] Violations),
    /// The coefficients are no model.
    #[error(transparent)]
    Model(#[from] ModelError),
}
