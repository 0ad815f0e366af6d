//! Churn scores of many customers.

use std::ops::Range;

use super::MAX_REASONS;
use crate::{
    artifact::Identity,
    customer::{CustomerColumns, Violations},
    features::{Note, Schema},
    model::{ColumnSums, Sums},
    scoring::churn::{ChurnScorer, NO_FEATURES, rank},
};

/// Churn scores; see [`ChurnScore`](crate::scoring::ChurnScore).
#[derive(Debug, Clone)]
pub struct ChurnColumns<'m> {
    /// The model version that scored.
    pub model: &'m Identity,
    /// The features and effects that reasons and notes refer to.
    pub schema: &'m Schema,
    /// Whether the probabilities have passed through a calibration.
    pub calibrated: bool,
    /// Log-odds of a customer at the training mean.
    pub base_log_odds: f64,
    /// In [0, 1].
    pub probabilities: Vec<f64>,
    /// Before any calibration.
    pub log_odds: Vec<f64>,
    /// Why, where some are wanted.
    pub reasons: Option<ReasonColumns>,
    /// What was unusual, by row and then in the schema's order.
    pub notes: Vec<(usize, Note)>,
}

/// The largest contributions of every row, a row after the other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReasonColumns {
    /// How many places each row has. The last may be empty: contributions of 0.
    pub per_row: usize,
    /// The effects, by their place in the schema.
    pub effects: Vec<u32>,
    /// What each adds, the largest of a row first.
    pub contributions: Vec<f64>,
    /// For each row, the sum of all others.
    pub remaining: Vec<f64>,
}

#[derive(Debug)]
pub(super) struct ChurnPlan<'m, 'c> {
    log_odds: ColumnSums<'m, 'c>,
    scorer: ChurnScorer<'m>,
    scores: ChurnColumns<'m>,
    /// Of the rows in hand.
    sums: Sums,
    /// Room for the reasons of one row.
    largest: Vec<(usize, f64)>,
}

impl<'m, 'c> ChurnPlan<'m, 'c> {
    pub(super) fn new(
        scorer: ChurnScorer<'m>,
        columns: &CustomerColumns<'c>,
    ) -> Result<Self, Violations> {
        let model = &scorer.content.model;
        let schema = model.schema();
        let rows = columns.rows();
        let per_row = scorer.max_reasons.min(schema.effects());
        let mut violations = Violations::default();
        if rows.saturating_mul(per_row) > MAX_REASONS {
            let most = MAX_REASONS / per_row;
            let text = format!("must be at most {most} with {per_row} reasons for each");
            violations.push("ids", text);
        }
        if columns.features().is_empty() {
            violations.push("features", NO_FEATURES);
        }
        let arranged = match schema.arrange_columns(columns) {
            Ok(arranged) => arranged,
            Err(found) => {
                violations.extend(found);
                return Err(violations);
            }
        };
        let reasons = (per_row > 0).then(|| ReasonColumns {
            per_row,
            effects: Vec::with_capacity(rows * per_row),
            contributions: Vec::with_capacity(rows * per_row),
            remaining: Vec::with_capacity(rows),
        });
        violations.into_result(Self {
            log_odds: model.log_odds_of_columns(arranged),
            scorer,
            sums: Sums::new(per_row > 0),
            scores: ChurnColumns {
                model: scorer.identity,
                schema,
                calibrated: model.calibration().is_some(),
                base_log_odds: model.base_log_odds(),
                probabilities: Vec::with_capacity(rows),
                log_odds: Vec::with_capacity(rows),
                reasons,
                notes: Vec::new(),
            },
            largest: Vec::new(),
        })
    }

    /// Scores these rows, and marks those that are at fault.
    pub(super) fn score(&mut self, rows: &Range<usize>, at_fault: &mut [bool]) {
        let Self {
            log_odds,
            scorer,
            scores,
            sums,
            largest,
        } = self;
        log_odds.sum(rows, sums);
        for (marked, found) in at_fault.iter_mut().zip(&sums.at_fault) {
            *marked |= found;
        }
        let model = &scorer.content.model;
        scores.log_odds.extend(&sums.totals);
        let probabilities = sums.totals.iter().map(|&total| model.probability(total));
        scores.probabilities.extend(probabilities);
        sums.notes.sort_by_key(|(at, note)| (*at, note.feature));
        let notes = sums.notes.iter();
        let notes = notes.map(|(at, note)| (rows.start + at, *note));
        scores.notes.extend(notes);
        if let (Some(reasons), Some(contributions)) = (&mut scores.reasons, &sums.contributions) {
            for row in contributions.chunks_exact(scores.schema.effects()) {
                reasons.push(row, largest);
            }
        }
    }

    /// Takes back the scores of the rows that are at fault, the last scored.
    pub(super) fn clear(&mut self, rows: &Range<usize>, at_fault: &[bool]) {
        let scores = &mut self.scores;
        for (row, _) in rows.clone().zip(at_fault).filter(|(_, fault)| **fault) {
            scores.probabilities[row] = 0.0;
            scores.log_odds[row] = 0.0;
            if let Some(reasons) = &mut scores.reasons {
                reasons.clear(row);
            }
        }
        scores.notes.retain(|(row, _)| {
            let at = row.checked_sub(rows.start);
            at.is_none_or(|at| !at_fault[at])
        });
    }

    pub(super) fn into_scores(self) -> ChurnColumns<'m> {
        self.scores
    }
}

impl ReasonColumns {
    fn push(&mut self, contributions: &[f64], largest: &mut Vec<(usize, f64)>) {
        let remaining = rank(contributions, self.per_row, largest);
        largest.resize(self.per_row, (0, 0.0));
        // A schema has a few thousand effects at most.
        let effects = largest.iter().map(|(effect, _)| u32::try_from(*effect));
        self.effects.extend(effects.map(Result::unwrap_or_default));
        let contributions = largest.iter().map(|(_, contribution)| contribution);
        self.contributions.extend(contributions);
        self.remaining.push(remaining);
    }

    fn clear(&mut self, row: usize) {
        let places = row * self.per_row..(row + 1) * self.per_row;
        self.effects[places.clone()].fill(0);
        self.contributions[places].fill(0.0);
        self.remaining[row] = 0.0;
    }
}
