//! What was asked for, and what was found in the data.

use crate::model::DataFile;

/// What was asked for, and of which data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Name of the model.
    pub model: String,
    /// Its version, where it is known before publishing.
    pub version: Option<String>,
    /// What churn means, in words.
    pub definition: String,
    /// Days after a snapshot within which churn counts, where stated.
    pub horizon_days: Option<u32>,
    /// The column that holds the outcome.
    pub target: String,
    /// The value of that column that means churn.
    pub positive: String,
    /// How the model builds features from a customer's purchases, in words, where
    /// it does.
    pub purchase_features: Option<String>,
    /// The files that were read.
    pub files: Vec<DataFile>,
    /// Rows used, after rows without an outcome were set aside.
    pub rows: u64,
    /// Rows that the coefficients were fitted on.
    pub fitted_rows: u64,
    /// Rows held out for evaluation.
    pub held_out_rows: u64,
    /// How rows were split, in words, such as `stratified, 20 % held out`.
    pub split: String,
    /// The seed of everything random.
    pub seed: u64,
    /// The release of the trainer.
    pub trainer_version: String,
    /// The command line, where there was one. Without secrets.
    pub command: Option<String>,
    /// The resolved configuration, as TOML.
    pub config_toml: String,
}

/// What was found in the data.
#[derive(Debug, Clone, PartialEq)]
pub struct DataQuality {
    /// Rows read.
    pub rows: u64,
    /// Rows without an outcome; they were set aside.
    pub rows_without_outcome: u64,
    /// Rows that repeat an earlier one in every column.
    pub duplicate_rows: u64,
    /// Rows that repeat an earlier one's id.
    pub duplicate_ids: u64,
    /// Every column of the data, in its order.
    pub columns: Vec<ColumnFacts>,
    /// Columns that are no features.
    pub left_out: Vec<LeftOut>,
    /// Features that may know the outcome.
    pub suspicions: Vec<SuspiciousColumn>,
    /// Features that say nearly the same.
    pub collinear: Vec<CollinearPair>,
    /// Repairs and other remarks, each a sentence.
    pub remarks: Vec<String>,
}

/// What was found in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// What it was taken for, such as `number`, `category`, `id`, `target`.
    pub kind: String,
    /// Rows without a value.
    pub missing: u64,
    /// Distinct values.
    pub distinct: u64,
    /// Rows whose value is not of the column's kind; treated as missing.
    pub unparsable: u64,
    /// Where the first of these stands, such as `line 17`.
    pub first_unparsable: Option<String>,
}

/// A column that is no feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub column: String,
    /// Why.
    pub reason: String,
}

/// A feature that may know the outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspiciousColumn {
    /// Its name.
    pub column: String,
    /// What speaks against it, in words.
    pub evidence: String,
}

/// Two features that say nearly the same.
#[derive(Debug, Clone, PartialEq)]
pub struct CollinearPair {
    /// One.
    pub first: String,
    /// The other.
    pub second: String,
    /// Their correlation, in [-1, 1].
    pub correlation: f64,
}
