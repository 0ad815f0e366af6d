//! Churn scores of many customers.

use std::ops::Range;

use super::{
    MAX_REASONS,
    arms::{ArmedScores, ChallengerRows, PartPlan, take, take_notes},
};
use crate::{
    artifact::{ChurnContent, Identity},
    customer::{CustomerColumns, Violations},
    features::{EffectNames, Note, Schema},
    model::{ColumnSums, Sums},
    policy::{CauseSum, EffectCause},
    scoring::{
        causes::Causes,
        churn::{ChurnScorer, NO_FEATURES},
        rank::rank,
    },
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
    /// The theme of each effect, where a policy names them.
    pub causes: Option<Causes>,
    /// Why, where some are wanted.
    pub reasons: Option<ReasonColumns>,
    /// What was unusual, by row and then in the schema's order.
    pub notes: Vec<(usize, Note)>,
    /// What is a challenger's, where a split took part.
    pub challenger: Option<ChurnChallenger<'m>>,
}

/// What differs in the rows that a challenger scored.
#[derive(Debug, Clone, PartialEq)]
pub struct ChurnChallenger<'m> {
    /// Which rows, and by which version.
    pub rows: ChallengerRows<'m>,
    /// Whether its probabilities have passed through a calibration.
    pub calibrated: bool,
    /// Its log-odds of a customer at the training mean.
    pub base_log_odds: f64,
    /// Its effects that are none of the schema. Reasons refer to them by places
    /// behind the schema's. Each with its theme.
    pub effects: Vec<(EffectNames<'m>, Option<EffectCause>)>,
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
    /// With places for so many reasons of each row.
    pub(super) fn new(
        scorer: ChurnScorer<'m>,
        columns: &'c CustomerColumns<'c>,
        per_row: usize,
    ) -> Result<Self, Violations> {
        let model = &scorer.content.model;
        let schema = model.schema();
        let rows = columns.rows();
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
            sums: Sums::new(per_row > 0 || scorer.causes.is_some()),
            scores: ChurnColumns {
                model: scorer.identity,
                schema,
                calibrated: model.calibration().is_some(),
                base_log_odds: model.base_log_odds(),
                probabilities: Vec::with_capacity(rows),
                log_odds: Vec::with_capacity(rows),
                causes: scorer.causes.clone(),
                reasons,
                notes: Vec::new(),
                challenger: None,
            },
            largest: Vec::new(),
            scorer,
        })
    }

    /// What scores.
    pub(super) fn content(&self) -> &'m ChurnContent {
        self.scorer.content
    }

    /// The probability of a row that was scored.
    pub(super) fn probability(&self, row: usize) -> f64 {
        self.scores.probabilities[row]
    }

    /// The contributions by theme of the row at this place among the last scored.
    pub(super) fn causes(&self, at: usize) -> Vec<CauseSum> {
        let effects = self.scores.schema.effects();
        let contributions = self.sums.contributions.as_ref();
        let row = contributions.and_then(|all| all.chunks_exact(effects).nth(at));
        self.scorer.cause_sums(row.unwrap_or_default())
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
}

impl<'m> PartPlan for ChurnPlan<'m, '_> {
    type Scores = ChurnColumns<'m>;

    /// Scores these rows, and marks those that are at fault.
    fn score(&mut self, rows: &Range<usize>, at_fault: &mut [bool]) {
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

    fn into_scores(self) -> ChurnColumns<'m> {
        self.scores
    }
}

impl<'m> From<ArmedScores<ChurnColumns<'m>>> for ChurnColumns<'m> {
    fn from(arms: ArmedScores<Self>) -> Self {
        let mut scores = arms.champion;
        if let Some((other, rows)) = arms.challenger {
            scores.take(other, rows);
        }
        scores
    }
}

impl ChurnColumns<'_> {
    /// Puts these rows of another's scores in place of their own.
    fn take(&mut self, other: Self, rows: Vec<bool>) {
        let Self {
            model,
            schema,
            calibrated,
            base_log_odds,
            probabilities,
            log_odds,
            causes,
            reasons,
            notes,
            challenger: _,
        } = other;
        take(&mut self.probabilities, &probabilities, &rows);
        take(&mut self.log_odds, &log_odds, &rows);
        let (places, effects) = places(self.schema, schema, causes.as_deref());
        if let (Some(mine), Some(other)) = (&mut self.reasons, reasons) {
            mine.take(&other, &places, &rows);
        }
        // In the order of the other's schema, as one by one.
        let notes = notes.into_iter().map(|(row, mut note)| {
            // Features are alike, or the other were no challenger.
            let name = &schema.features()[note.feature].name;
            note.feature = self.schema.position(name).unwrap_or(note.feature);
            (row, note)
        });
        take_notes(&mut self.notes, notes, &rows);
        self.challenger = Some(ChurnChallenger {
            rows: ChallengerRows { model, rows },
            calibrated,
            base_log_odds,
            effects,
        });
    }
}

/// For each effect of `other`, its place among those of `schema` and, behind
/// them, those that `schema` lacks; and these, with their themes.
fn places<'m>(
    schema: &Schema,
    other: &'m Schema,
    causes: Option<&[EffectCause]>,
) -> (Vec<u32>, Vec<(EffectNames<'m>, Option<EffectCause>)>) {
    let known: Vec<_> = (0..schema.effects())
        .map(|effect| schema.effect_names(effect))
        .collect();
    let mut more = Vec::new();
    let places = (0..other.effects()).map(|effect| {
        let names = other.effect_names(effect);
        let place = known.iter().position(|other| *other == names);
        let place = place.unwrap_or_else(|| {
            more.push((names, causes.map(|causes| causes[effect])));
            known.len() + more.len() - 1
        });
        // A schema has a few thousand effects at most.
        u32::try_from(place).unwrap_or_default()
    });
    let places = places.collect();
    (places, more)
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

    /// Puts these rows of another's reasons in place of their own, its effects at
    /// other places.
    fn take(&mut self, other: &Self, places: &[u32], rows: &[bool]) {
        let per_row = self.per_row;
        for (row, _) in rows.iter().enumerate().filter(|(_, taken)| **taken) {
            for at in row * per_row..(row + 1) * per_row {
                let contribution = other.contributions[at];
                self.contributions[at] = contribution;
                // Places behind the last reason are empty.
                self.effects[at] = match usize::try_from(other.effects[at]) {
                    Ok(effect) if contribution != 0.0 => places[effect],
                    _ => 0,
                };
            }
        }
        take(&mut self.remaining, &other.remaining, rows);
    }

    fn clear(&mut self, row: usize) {
        let places = row * self.per_row..(row + 1) * self.per_row;
        self.effects[places.clone()].fill(0);
        self.contributions[places].fill(0.0);
        self.remaining[row] = 0.0;
    }
}
