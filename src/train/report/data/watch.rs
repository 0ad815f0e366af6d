//! What to watch in production, and what people say of a model.

use super::HistogramBin;

/// What to watch in production.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    /// Share of churners in the training rows.
    pub prevalence: f64,
    /// How the model's own probabilities lie in training.
    pub probabilities: Vec<HistogramBin>,
    /// The features to watch, the most important to watch first.
    pub features: Vec<WatchedFeature>,
}

/// A feature to watch.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedFeature {
    /// The feature.
    pub feature: String,
    /// Share of training rows without a value.
    pub missing_share: f64,
    /// Population stability index between fitted and held-out rows, where it
    /// was computed; tells drift only when the split follows time.
    pub stability_index: Option<f64>,
    /// Its distribution in training, to compare with.
    pub baseline: Baseline,
}

/// The distribution of a feature in training.
#[derive(Debug, Clone, PartialEq)]
pub enum Baseline {
    /// Of a number.
    Histogram(Vec<HistogramBin>),
    /// Of a category or flag.
    Levels(Vec<LevelCount>),
}

/// Rows with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelCount {
    /// The value.
    pub name: String,
    /// Rows.
    pub rows: u64,
}

/// What only people can say of a model; the card asks for what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardNotes {
    /// Whom to ask.
    pub contact: Option<String>,
    /// What the model is meant for.
    pub intended_use: Option<String>,
    /// What it must not be used for.
    pub out_of_scope: Option<String>,
    /// Where the training data comes from.
    pub data_source: Option<String>,
    /// Under which licence.
    pub data_licence: Option<String>,
    /// What was weighed about the people behind the rows.
    pub ethics: Option<String>,
}
