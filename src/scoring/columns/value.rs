//! Value scores of many customers.

use std::ops::Range;

use super::arms::{ArmedScores, ChallengerRows, PartPlan, take, take_notes};
use crate::{
    artifact::Identity,
    customer::{CustomerColumns, Summaries, Violations},
    model::value::{Clv, ClvInterval, ClvTerms, CustomerValue, INTERVAL_LEVEL},
    scoring::{ValueNote, ValueScore, decision::KnownValue, value::ValueScorer},
};

/// Value scores; see [`ValueScore`].
#[derive(Debug, Clone, PartialEq)]
pub struct ValueColumns<'m> {
    /// The model version that scored.
    pub model: &'m Identity,
    /// The horizon of purchases, in days.
    pub horizon_days: f64,
    /// Probabilities that the customer has not left.
    pub p_alive: Vec<f64>,
    /// Expected purchases within the horizon.
    pub expected_purchases: Vec<f64>,
    /// Probabilities of no purchase within the horizon.
    pub p_no_purchase: Vec<f64>,
    /// Expected money of a purchase and lifetime values, where the model knows
    /// spend.
    pub potential: Option<PotentialColumns>,
    /// What was unusual about purchases, by row.
    pub notes: Vec<(usize, ValueNote)>,
    /// The rows that are a challenger's, where a split took part. All but its
    /// version is as above.
    pub challenger: Option<ChallengerRows<'m>>,
}

/// Lifetime values; see [`Clv`].
#[derive(Debug, Clone, PartialEq)]
pub struct PotentialColumns {
    /// What they are stated in.
    pub terms: ClvTerms,
    /// The confidence level of the intervals.
    pub level: f64,
    /// Expected money of a purchase.
    pub expected_spend: Vec<f64>,
    /// The values.
    pub amount: Vec<f64>,
    /// The lower ends of their intervals.
    pub low: Vec<f64>,
    /// The upper ends of their intervals.
    pub high: Vec<f64>,
}

#[derive(Debug)]
pub(super) struct ValuePlan<'m, 'c> {
    scorer: ValueScorer<'m>,
    summaries: Summaries<'c>,
    scores: ValueColumns<'m>,
    /// The amounts of the potential values, where the model knows spend.
    potentials: Vec<Option<f64>>,
}

impl<'m, 'c> ValuePlan<'m, 'c> {
    pub(super) fn new(
        scorer: ValueScorer<'m>,
        columns: &CustomerColumns<'c>,
    ) -> Result<Self, Violations> {
        let Some(summaries) = columns.summaries() else {
            return Err(Violations::of("summary", "is required by the value model"));
        };
        if let Some(currency) = summaries.currency() {
            scorer.check_currency(currency, "summary.currency")?;
        }
        let parts = scorer.content.model.parts();
        let room = || Vec::with_capacity(columns.rows());
        let potential = parts.spend.is_some().then(|| PotentialColumns {
            terms: parts.terms,
            level: INTERVAL_LEVEL,
            expected_spend: room(),
            amount: room(),
            low: room(),
            high: room(),
        });
        Ok(Self {
            summaries: *summaries,
            scores: ValueColumns {
                model: scorer.identity,
                horizon_days: scorer.content.horizon_days,
                p_alive: room(),
                expected_purchases: room(),
                p_no_purchase: room(),
                potential,
                notes: Vec::new(),
                challenger: None,
            },
            potentials: Vec::with_capacity(columns.rows()),
            scorer,
        })
    }

    /// What decisions go by of a row that was scored.
    pub(super) fn known(&self, row: usize) -> KnownValue {
        KnownValue {
            p_no_purchase: self.scores.p_no_purchase[row],
            potential: self.potentials[row],
            terms: self.scorer.content.model.parts().terms,
        }
    }

    fn score_row(&self, row: usize) -> Option<ValueScore<'m>> {
        let summary = self.summaries.of_row(row).ok()??;
        self.scorer.score_summary(&summary).ok()
    }
}

impl<'m> PartPlan for ValuePlan<'m, '_> {
    type Scores = ValueColumns<'m>;

    /// Scores these rows but those that are at fault, and marks the others that
    /// are.
    fn score(&mut self, rows: &Range<usize>, at_fault: &mut [bool]) {
        for (row, at_fault) in rows.clone().zip(at_fault) {
            let score = if *at_fault { None } else { self.score_row(row) };
            *at_fault = score.is_none();
            self.scores.push(row, score.as_ref());
            let potential = score.and_then(|score| score.potential_amount);
            self.potentials.push(potential);
        }
    }

    fn into_scores(self) -> ValueColumns<'m> {
        self.scores
    }
}

impl<'m> From<ArmedScores<ValueColumns<'m>>> for ValueColumns<'m> {
    fn from(arms: ArmedScores<Self>) -> Self {
        let mut scores = arms.champion;
        if let Some((other, rows)) = arms.challenger {
            let model = other.model;
            scores.take(other, &rows);
            scores.challenger = Some(ChallengerRows { model, rows });
        }
        scores
    }
}

impl ValueColumns<'_> {
    /// Puts these rows of another's scores in place of their own.
    fn take(&mut self, other: Self, rows: &[bool]) {
        let Self {
            model: _,
            horizon_days: _, // alike, or the other were no challenger
            p_alive,
            expected_purchases,
            p_no_purchase,
            potential,
            notes,
            challenger: _,
        } = other;
        take(&mut self.p_alive, &p_alive, rows);
        take(&mut self.expected_purchases, &expected_purchases, rows);
        take(&mut self.p_no_purchase, &p_no_purchase, rows);
        if let (Some(mine), Some(other)) = (&mut self.potential, potential) {
            take(&mut mine.expected_spend, &other.expected_spend, rows);
            take(&mut mine.amount, &other.amount, rows);
            take(&mut mine.low, &other.low, rows);
            take(&mut mine.high, &other.high, rows);
        }
        take_notes(&mut self.notes, notes.into_iter(), rows);
    }

    fn push(&mut self, row: usize, score: Option<&ValueScore<'_>>) {
        let value = score.map(|score| &score.value);
        let number = |read: fn(&CustomerValue) -> f64| value.map_or(0.0, read);
        self.p_alive.push(number(|value| value.p_alive));
        self.expected_purchases
            .push(number(|value| value.expected_purchases));
        self.p_no_purchase.push(number(|value| value.p_no_purchase));
        if let Some(potential) = &mut self.potential {
            let spend = value.and_then(|value| value.expected_spend);
            potential.expected_spend.push(spend.unwrap_or_default());
            potential.push(value.and_then(|value| value.clv.as_ref()));
        }
        let notes = score.into_iter().flat_map(|score| &score.notes);
        self.notes.extend(notes.map(|note| (row, *note)));
    }
}

impl PotentialColumns {
    fn push(&mut self, clv: Option<&Clv>) {
        let amount = clv.map_or(0.0, |clv| clv.amount);
        let end = |read: fn(&ClvInterval) -> f64| clv.map_or(0.0, |clv| read(&clv.interval));
        self.amount.push(amount);
        self.low.push(end(|interval| interval.low));
        self.high.push(end(|interval| interval.high));
    }
}
