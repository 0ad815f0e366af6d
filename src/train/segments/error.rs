//! Why there is no segmentation.

use std::{io, path::PathBuf};

use crate::{
    artifact::{PublishError, WrongKind},
    customer::{Day, Violations},
    model::segments::{ClusterError, MAX_CLUSTER_FEATURES},
    policy::SegmentationError,
    train::{assess::NoModel, report::ReportError, report::named, transactions::LogError},
};

/// Why there is no segmentation.
#[derive(Debug, thiserror::Error)]
pub enum SegmentsError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] Box<LogError>),
    /// No feature of that name.
    #[error("--features: there is no feature `{}`; there are: {known}", named(.feature))]
    UnknownFeature {
        /// The name.
        feature: String,
        /// All names.
        known: String,
    },
    /// A feature named twice would count double.
    #[error("--features: `{}` is named twice", named(.0))]
    FeatureTwice(String),
    /// More than make sense.
    #[error("--features: at most {MAX_CLUSTER_FEATURES} can be named, not {0}")]
    TooManyFeatures(usize),
    /// The cut-off is not within the log.
    #[error("--as-of {as_of} lies outside the log, which tells of {first_day} to {last_day}")]
    OutsideLog {
        /// The cut-off.
        as_of: Day,
        /// The first day of the log.
        first_day: Day,
        /// Its last day.
        last_day: Day,
    },
    /// Nobody to fit to.
    #[error("nobody has made a purchase by {as_of}; choose a later --as-of")]
    NoCustomers {
        /// The cut-off.
        as_of: Day,
    },
    /// A customer whose money is beyond all bounds.
    #[error("customer `{}`: {violations}; correct the amounts in the log", named(.customer))]
    Customer {
        /// The customer's id.
        customer: String,
        /// What is wrong.
        violations: Violations,
    },
    /// More clusters than there are different customers.
    #[error(
        "--clusters {wanted}: only {distinct} customers differ in the features; ask for fewer, or name other --features"
    )]
    TooManyClusters {
        /// What was asked for.
        wanted: usize,
        /// How many different customers there are.
        distinct: usize,
    },
    /// The value model cannot be loaded.
    #[error("--value-model: {0}")]
    NoValueModel(#[from] Box<NoModel>),
    /// It is of another kind.
    #[error("--value-model: {0}")]
    NotOfValue(#[from] WrongKind),
    /// It does not go with the log.
    #[error("--value-model `{model}`: {reason}")]
    ValueModel {
        /// The model.
        model: String,
        /// Why not.
        reason: String,
    },
    /// The centroids cannot be found.
    #[error("the clusters cannot be fitted: {0}")]
    Fit(#[from] linfa_clustering::KMeansError),
    /// The centroids are none.
    #[error("the clusters cannot be fitted: {0}")]
    Clusters(#[from] ClusterError),
    /// The whole is none.
    #[error(transparent)]
    Segmentation(#[from] SegmentationError),
    /// The report cannot be drawn.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The model cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The table of the customers cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
