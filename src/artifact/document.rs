//! Files of a version that are for people and tools, not for scoring.

use std::collections::BTreeMap;

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
        let named = |name: &str| {
            Self::ALL
                .into_iter()
                .find(|document| document.file_name() == name)
        };
        let documents: Vec<Self> = names.map(named).collect::<Option<_>>()?;
        documents.is_sorted_by(|a, b| a < b).then_some(documents)
    }
}
