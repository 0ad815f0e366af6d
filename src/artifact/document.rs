//! Files of a version that are for people and tools, not for scoring.

use std::collections::BTreeMap;

use super::{baseline::BaselineV1, manifest::to_json};
use crate::model::{Baseline, HistogramError};

/// A kind of document, in the order that a manifest lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    /// How training's rows were distributed.
    Baseline,
    /// The configuration of the run, as TOML.
    Configuration,
    /// What a person reads of the model, as one HTML page.
    Report,
    /// The model card, as Markdown.
    Card,
}

/// The documents of a version, each as it is on disk.
pub type Documents = BTreeMap<Document, Vec<u8>>;

impl Document {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [
        Self::Baseline,
        Self::Configuration,
        Self::Report,
        Self::Card,
    ];

    /// Its file name.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline.json",
            Self::Configuration => "training.toml",
            Self::Report => "report.html",
            Self::Card => "card.md",
        }
    }

    /// The documents with these file names, when each is one and they stand in
    /// order.
    pub(super) fn in_order<'n>(names: impl Iterator<Item = &'n str>) -> Option<Vec<Self>> {
        let of_name = |name: &str| {
            Self::ALL
                .into_iter()
                .find(|document| document.file_name() == name)
        };
        let documents: Vec<Self> = names.map(of_name).collect::<Option<_>>()?;
        documents.is_sorted_by(|a, b| a < b).then_some(documents)
    }
}

/// A baseline as a document.
///
/// # Errors
///
/// None that sound numbers cause.
pub fn write_baseline(baseline: &Baseline) -> Result<Vec<u8>, serde_json::Error> {
    to_json(&BaselineV1::from(baseline))
}

/// A document as the baseline that it holds.
///
/// # Errors
///
/// When it is none.
pub fn read_baseline(document: &[u8]) -> Result<Baseline, BaselineError> {
    let stored: BaselineV1 = serde_json::from_slice(document)?;
    Ok(stored.try_into()?)
}

/// Why a document is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not the JSON of one.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// One of its histograms is none.
    #[error(transparent)]
    Histogram(#[from] HistogramError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Distribution, FeatureBaseline, Histogram};

    #[test]
    fn a_baseline_reads_back_as_it_was() {
        let histogram =
            || Histogram::by_quantiles(vec![0.1, 2.0, 3.5], 2, [0.1, 2.0, 3.5, f64::NAN]);
        let feature = |name: &str, values| FeatureBaseline {
            name: name.to_owned(),
            missing: 1,
            values,
        };
        let baseline = Baseline {
            rows: 4,
            churned: 1,
            features: vec![
                feature("number", Distribution::Numbers(histogram())),
                feature("text", Distribution::Texts(vec![1, 2])),
                feature("flag", Distribution::Flags([3, 0])),
            ],
            log_odds: histogram(),
            probabilities: histogram(),
        };
        let document = write_baseline(&baseline).unwrap();
        assert_eq!(read_baseline(&document).unwrap(), baseline);
        assert!(read_baseline(b"{}").is_err());
    }
}
