//! The verdict in words, for a manager: sentences from figures, by stated cut-offs.

mod doubts;
#[cfg(test)]
mod tests;
mod words;

pub(super) use doubts::{SliceConcern, slice_concerns};

use super::data::ReportData;

/// How a statement is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tone {
    /// As one would wish.
    Good,
    /// To be kept in mind.
    Caution,
    /// Speaks against using the model.
    Bad,
}

/// One thing said about the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// What it is about.
    pub(super) topic: &'static str,
    /// How it is meant.
    pub(super) tone: Tone,
    /// One or two sentences.
    pub(super) text: String,
}

/// What to think of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// In a few words.
    pub(super) headline: &'static str,
    /// The gravest tone of the statements.
    pub(super) tone: Tone,
    /// In detail.
    pub(super) statements: Vec<Statement>,
}

impl Verdict {
    /// What follows from the statements.
    pub(super) fn of(statements: Vec<Statement>) -> Self {
        let tone = statements
            .iter()
            .map(|statement| statement.tone)
            .max()
            .unwrap_or(Tone::Caution);
        Self {
            headline: match tone {
                Tone::Good => "Ready to be used",
                Tone::Caution => "Usable, with care",
                Tone::Bad => "Not ready: read the points below first",
            },
            tone,
            statements,
        }
    }
}

/// From AUC 0.9, 0.8 and 0.7 discrimination is outstanding, excellent and
/// acceptable (Hosmer, Lemeshow and Sturdivant 2013, section 5.2.4).
pub(super) const OUTSTANDING_AUC: f64 = 0.9;
/// See [`OUTSTANDING_AUC`].
pub(super) const EXCELLENT_AUC: f64 = 0.8;
/// See [`OUTSTANDING_AUC`].
pub(super) const ACCEPTABLE_AUC: f64 = 0.7;
/// Below this a ranking is hardly better than chance.
pub(super) const USELESS_AUC: f64 = 0.6;
/// Churn is rarely this predictable: above it a leak is more likely.
pub(super) const TOO_GOOD_AUC: f64 = 0.97;
/// Up to this calibration error a probability can be taken at its word.
pub(super) const TRUSTED_CALIBRATION_ERROR: f64 = 0.025;
/// Up to this it is roughly right.
pub(super) const ROUGH_CALIBRATION_ERROR: f64 = 0.05;
/// Lift of the top decile, as a share of the highest possible one.
pub(super) const HIGH_LIFT_SHARE: f64 = 0.5;
/// Below this the top decile is hardly richer than any other.
pub(super) const LOW_LIFT: f64 = 1.5;
/// A smaller difference in log loss is none in practice.
pub(super) const NOTABLE_LOG_LOSS: f64 = 0.002;
/// The features named as the few that matter make up this share of all importance.
pub(super) const LEADING_SHARE: f64 = 0.5;
/// And are no more than these.
pub(super) const MOST_LEADING: usize = 5;
/// With fewer churners held out every figure is uncertain.
pub(super) const FEW_CHURNERS: f64 = 100.0;
/// Held-out and cross-validated AUC that differ more hint at an odd split.
pub(super) const ODD_SPLIT_AUC: f64 = 0.03;
/// A slice whose probabilities are off by more is named.
pub(super) const SLICE_CALIBRATION_GAP: f64 = 0.05;

/// What to think of the model, from its figures alone.
pub(super) fn verdict(data: &ReportData) -> Verdict {
    let statements: Vec<Statement> = [
        Some(words::ranking(data)),
        Some(words::top_decile(data)),
        Some(words::probabilities(data)),
        words::against_plain(data),
        words::drivers(data),
        words::profit(data),
        Some(doubts::doubts(data)),
    ]
    .into_iter()
    .flatten()
    .collect();
    Verdict::of(statements)
}
