//! What is to be known of a model beside its coefficients.

use super::{Figure, Interval, Metrics};

/// What a model means by churn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChurnDefinition {
    /// In words.
    pub description: String,
    /// The column of the training data that held the outcome.
    pub target: String,
    /// The value of that column that means churn.
    pub positive: String,
    /// The horizon within which churn is predicted, where stated.
    pub horizon_days: Option<u32>,
}

/// How well a model did on data that it was not fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// On the rows held out before fitting, after calibration.
    pub held_out: Metrics,
    /// More of the same, with intervals; `None` in models of release 0.1.
    pub held_out_figures: Option<Figures>,
    /// Mean over the folds of the whole data, refitted for each fold; `None`
    /// when there were no folds.
    pub cross_validated: Option<Metrics>,
    /// How many folds that was.
    pub folds: u32,
}

/// Figures of a set of rows, and what is advised by them.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Each figure that is defined, with its 95 % interval where one was drawn.
    pub figures: Vec<(Figure, f64, Option<Interval>)>,
    /// The probability from which contacting earns most on these rows, under the
    /// profit measure of the run; `None` when no contact pays. Advice: the model
    /// itself has no threshold.
    pub advised_threshold: Option<f64>,
}

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingFacts {
    /// The data file's name, without its directory; of several, the first one's
    /// and how many more.
    pub data_file: String,
    /// SHA-256 of the data file, lower-case hex; of several, of the list of
    /// theirs.
    pub data_sha256: String,
    /// Every data file. Empty in models of release 0.1.
    pub sources: Vec<DataFile>,
    /// Rows used, after rows without an outcome were set aside.
    pub rows: u64,
    /// Rows that the coefficients were fitted on.
    pub fitted_rows: u64,
    /// The seed of the split.
    pub seed: u64,
    /// The one ridge penalty on all coefficients (scikit-learn's 1 / C); `None`
    /// where each group of them has its own, chosen by the data.
    pub ridge_penalty: Option<f64>,
    /// The release of the trainer.
    pub trainer_version: String,
    /// What the search for columns ended with, if there was one.
    pub chosen: Option<Chosen>,
    /// Columns that were left out.
    pub excluded_columns: Vec<ExcludedColumn>,
    /// Where the calibration comes from, when it was fitted anew to a published
    /// version. The evaluation is then that of the new calibration, cross-fitted
    /// on its rows, and all else here is the older version's.
    pub recalibrated: Option<Recalibration>,
}

/// A calibration that was fitted to a published model's scores of recent data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalibration {
    /// The version whose coefficients these are.
    pub from_version: u32,
    /// The data file's name, without its directory; how many more there were.
    pub data_file: String,
    /// SHA-256 of the data file, or of the list of several; lower-case hex.
    pub data_sha256: String,
    /// Rows with an outcome that it was fitted to.
    pub rows: u64,
    /// The column that held the outcome there, when it is another than the churn
    /// definition says.
    pub target: Option<String>,
    /// The value of it that meant churn, when it is another.
    pub positive: Option<String>,
    /// What was fitted: a method's name, or `none` for no calibration.
    pub method: String,
    /// The seed of the folds.
    pub seed: u64,
    /// The release of the trainer.
    pub trainer_version: String,
}

/// A file of training data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Its name, without its directory.
    pub name: String,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// Its rows.
    pub rows: u64,
}

/// What the search for columns ended with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The rung that was taken, in words.
    pub rung: String,
    /// Features whose effect bends.
    pub curves: u32,
    /// Pairs of features with a joint effect.
    pub pairs: u32,
}

/// A column of the training data that is no feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludedColumn {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}
