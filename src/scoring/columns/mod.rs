//! Scores of many customers by column: the same numbers as one by one.
//!
//! Columns are matched to the models once. What is wrong with a row is only
//! detected here; the row is then refused in the words of the path for one
//! customer.

mod arms;
mod churn;
mod decision;
mod value;

use std::ops::Range;

use arms::Armed;
pub use arms::ChallengerRows;
use churn::ChurnPlan;
pub use churn::{ChurnChallenger, ChurnColumns, ReasonColumns};
use decision::DecisionPlan;
pub use decision::{CauseTotals, ContractColumns, ContractRow, DecisionColumns};
use value::ValuePlan;
pub use value::{PotentialColumns, ValueColumns};

use super::{Arms, Part, Scorer, SplitScorer};
use crate::customer::{ColumnValues, CustomerColumns, FirstUses, NumberColumn, Violations};

/// The most reasons of all rows together.
pub const MAX_REASONS: usize = 1_000_000;

/// Scores of many customers. Every array of numbers has one for each row.
#[derive(Debug, Clone)]
pub struct ColumnScores<'m> {
    /// How many customers.
    pub rows: usize,
    /// Rows without scores, in order, and what is wrong with each, by paths
    /// such as `features.tenure`. Their numbers are 0.
    pub refused: Vec<(usize, Violations)>,
    /// The churn scores, where there is a model for them.
    pub churn: Option<ChurnColumns<'m>>,
    /// The value scores, where there is a model for them.
    pub value: Option<ValueColumns<'m>>,
    /// What follows from them, where a policy decides.
    pub decision: Option<DecisionColumns<'m>>,
}

/// Columns that fit the models that are to score them, and the scores so far.
#[derive(Debug)]
pub struct ColumnPlan<'m, 'c> {
    scorer: SplitScorer<'m>,
    columns: &'c CustomerColumns<'c>,
    churn: Option<Armed<ChurnPlan<'m, 'c>>>,
    value: Option<Armed<ValuePlan<'m, 'c>>>,
    decision: Option<DecisionPlan<'m, 'c>>,
    /// Of the rows in hand; empty where nothing is split.
    arms: Vec<Arms>,
    /// Numbers that no model looks at; a row is refused for them all the same.
    idle: Vec<NumberColumn<'c>>,
    first_uses: FirstUses<'c>,
    next: usize,
    refused: Vec<(usize, Violations)>,
    /// Which of the rows in hand are at fault.
    at_fault: Vec<bool>,
}

impl<'m> Scorer<'m> {
    /// Matches columns to the models.
    ///
    /// # Errors
    ///
    /// As [`SplitScorer::plan`].
    pub fn plan<'c>(
        &self,
        columns: &'c CustomerColumns<'c>,
    ) -> Result<ColumnPlan<'m, 'c>, Violations> {
        SplitScorer::from(self.clone()).plan(columns)
    }
}

impl<'m> SplitScorer<'m> {
    /// Matches columns to the models.
    ///
    /// # Errors
    ///
    /// What refuses all rows alike: columns that are unknown, of the wrong type
    /// or not there, another currency, too many reasons; by paths such as
    /// `features[3].name`.
    pub fn plan<'c>(
        &self,
        columns: &'c CustomerColumns<'c>,
    ) -> Result<ColumnPlan<'m, 'c>, Violations> {
        let effects = self.most_effects();
        let churn = Armed::new(self, Part::Churn, |scorer| {
            let scorer = scorer.churn.clone()?;
            let per_row = scorer.max_reasons.min(effects);
            Some(ChurnPlan::new(scorer, columns, per_row))
        });
        let value = Armed::new(self, Part::Value, |scorer| {
            Some(ValuePlan::new(scorer.value?, columns))
        });
        let (churn, value) = match (churn, value) {
            (Ok(churn), Ok(value)) => (churn, value),
            (churn, value) => {
                let mut violations = churn.err().unwrap_or_default();
                violations.extend(value.err().unwrap_or_default());
                return Err(violations);
            }
        };
        let numbers = columns.features().iter().filter_map(|column| {
            let ColumnValues::Numbers(numbers) = column.values else {
                return None;
            };
            Some(numbers)
        });
        let idle = if churn.is_some() {
            Vec::new()
        } else {
            numbers.collect()
        };
        Ok(ColumnPlan {
            scorer: self.clone(),
            columns,
            churn,
            value,
            decision: DecisionPlan::new(self.champions(), columns),
            idle,
            arms: Vec::new(),
            first_uses: FirstUses::with_capacity(columns.rows()),
            next: 0,
            refused: Vec::new(),
            at_fault: Vec::new(),
        })
    }

    /// Whether a row takes long: a value model computes for microseconds.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.champions().value.is_some()
    }

    /// Of the churn models of both arms, the most that one looks at: rows of both
    /// have as many places for reasons.
    fn most_effects(&self) -> usize {
        let challenger = self.challenging(Part::Churn).map(|(_, scorer)| scorer);
        let both = [Some(self.champions()), challenger].into_iter().flatten();
        let churn = both.filter_map(|scorer| scorer.churn.as_ref());
        let effects = churn.map(|churn| churn.content.model.schema().effects());
        effects.max().unwrap_or_default()
    }
}

impl<'m> ColumnPlan<'m, '_> {
    /// Scores the next rows, so many at most; `false` once all are scored.
    pub fn score_next(&mut self, most: usize) -> bool {
        let rows = self.next..self.columns.rows().min(self.next + most.max(1));
        self.next = rows.end;
        self.at_fault.clear();
        self.at_fault.resize(rows.len(), false);
        self.check_ids(&rows);
        for numbers in &self.idle {
            let at_fault = &mut self.at_fault;
            numbers.of_rows(rows.clone(), |at, number| {
                at_fault[at] |= number.is_some_and(|number| !number.is_finite());
            });
        }
        self.arms.clear();
        if !self.scorer.challengers().is_empty() {
            let ids = self.columns.ids()[rows.clone()].iter();
            self.arms.extend(ids.map(|id| self.scorer.arms(id)));
        }
        if let Some(churn) = &mut self.churn {
            churn.score(&rows, &self.arms, &mut self.at_fault);
        }
        // The last, so that it scores no row that is at fault.
        if let Some(value) = &mut self.value {
            value.score(&rows, &self.arms, &mut self.at_fault);
        }
        if let Some(decision) = &mut self.decision {
            let (churn, value) = (self.churn.as_ref(), self.value.as_ref());
            decision.decide(&rows, churn, value, &self.at_fault);
        }
        if self.at_fault.contains(&true) {
            self.refuse(&rows);
        }
        self.next < self.columns.rows()
    }

    /// The scores of all rows that were scored.
    #[must_use]
    pub fn into_scores(self) -> ColumnScores<'m> {
        ColumnScores {
            rows: self.next,
            refused: self.refused,
            churn: self.churn.map(|churn| churn.into_scores().into()),
            value: self.value.map(|value| value.into_scores().into()),
            decision: self.decision.map(DecisionPlan::into_decisions),
        }
    }

    /// Marks the rows whose id is none, or an earlier row's.
    fn check_ids(&mut self, rows: &Range<usize>) {
        for (at, row) in rows.clone().enumerate() {
            let earlier = self.first_uses.earlier(self.columns.ids()[row], row);
            self.at_fault[at] |= !self.columns.has_sound_id(row);
            if let Some(earlier) = earlier.filter(|_| !self.columns.ids()[row].is_empty()) {
                self.at_fault[at] = true;
                let repeats = format!("repeats the id of rows[{earlier}]");
                self.refused.push((row, Violations::of("id", repeats)));
            }
        }
    }

    /// Takes back the scores of the rows at fault, and says what is wrong.
    fn refuse(&mut self, rows: &Range<usize>) {
        if let Some(churn) = &mut self.churn {
            for plan in churn.plans() {
                plan.clear(rows, &self.at_fault);
            }
        }
        // Of these rows, those with an id that repeats stand at the end.
        let scored_before = self.refused.partition_point(|(row, _)| *row < rows.start);
        let mut repeats = self.refused.split_off(scored_before).into_iter().peekable();
        let at_fault = rows.clone().zip(&self.at_fault);
        for (row, _) in at_fault.filter(|(_, at_fault)| **at_fault) {
            let repeat = repeats.next_if(|(repeating, _)| *repeating == row);
            let mut violations = repeat.map(|(_, violations)| violations).unwrap_or_default();
            violations.extend(self.violations(row));
            self.refused.push((row, violations));
        }
    }

    /// What is wrong with a row by itself.
    fn violations(&self, row: usize) -> Violations {
        let arms = self.scorer.arms(self.columns.ids()[row]);
        let scorer = self.scorer.of(arms);
        let refused = match self.columns.snapshot(row) {
            Ok(snapshot) => scorer.score(&snapshot).err(),
            Err(invalid) => Some(scorer.refuse(&invalid)),
        };
        refused.unwrap_or_default()
    }
}
