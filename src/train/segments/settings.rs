//! What a segmentation is asked for.

use std::{path::PathBuf, sync::Arc};

use crate::{
    artifact::{ModelName, SigningKey},
    customer::Day,
    policy::GroupRules,
    train::{assess::PublishedModel, report::CardNotes, transactions::LogOptions},
};

/// How many clusters there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterCount {
    /// As many, of 2 to 10, as the mean silhouette is largest for.
    Auto,
    /// So many.
    Exactly(usize),
}

/// What is asked for: a segmentation of the customers of a log.
#[derive(Debug, Clone)]
pub struct SegmentsTraining {
    /// The log, and how it reads.
    pub log: LogOptions,
    /// Everything is as of the end of this day; the log's last when not stated.
    pub as_of: Option<Day>,
    /// The features that clusters are told apart by; the RFM measures if empty.
    pub features: Vec<String>,
    /// How many clusters.
    pub clusters: ClusterCount,
    /// Current value is the money of this many days; as many as the value model
    /// looks ahead when not stated, a year without one.
    pub value_days: Option<u32>,
    /// Tells the potential value, and the probability of no purchase.
    pub value_model: Option<PublishedModel>,
    /// Who does not buy within this many days has not come back.
    pub horizon_days: u32,
    /// The business rules.
    pub policy: GroupRules,
    /// Seed of the centroids' first places, and of samples.
    pub seed: u64,
    /// What only people can say of the segmentation, for its card.
    pub card: CardNotes,
    /// Under which name to publish.
    pub name: ModelName,
    /// The directory of models.
    pub models: PathBuf,
    /// Who signs what is published.
    pub sign_key: Option<Arc<SigningKey>>,
    /// Where a table of the customers goes.
    pub output: Option<PathBuf>,
    /// All of this as a configuration file would say it; stored with the model.
    pub configuration: String,
}

impl SegmentsTraining {
    /// Days of current value without a value model.
    pub const USUAL_VALUE_DAYS: u32 = 365;

    /// The features that clusters are told apart by unless others are named:
    /// recency, frequency and monetary value.
    pub const USUAL_FEATURES: [&'static str; 3] =
        ["days_since_last_purchase", "purchases", "mean_spend"];
}
