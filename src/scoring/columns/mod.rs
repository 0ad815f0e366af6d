//! Scores of many customers by column: the same numbers as one by one.
//!
//! Columns are matched to the models once. What is wrong with a row is only
//! detected here; the row is then refused in the words of the path for one
//! customer.

mod churn;
mod value;

use std::ops::Range;

use churn::ChurnPlan;
pub use churn::{ChurnColumns, ReasonColumns};
use value::ValuePlan;
pub use value::{PotentialColumns, ValueColumns};

use super::Scorer;
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
}

/// Columns that fit the models that are to score them, and the scores so far.
#[derive(Debug)]
pub struct ColumnPlan<'m, 'c> {
    scorer: Scorer<'m>,
    columns: &'c CustomerColumns<'c>,
    churn: Option<ChurnPlan<'m, 'c>>,
    value: Option<ValuePlan<'m, 'c>>,
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
    /// What refuses all rows alike: columns that are unknown, of the wrong type
    /// or not there, another currency, too many reasons; by paths such as
    /// `features[3].name`.
    pub fn plan<'c>(
        &self,
        columns: &'c CustomerColumns<'c>,
    ) -> Result<ColumnPlan<'m, 'c>, Violations> {
        let churn = self.churn.map(|scorer| ChurnPlan::new(scorer, columns));
        let value = self.value.map(|scorer| ValuePlan::new(scorer, columns));
        let (churn, value) = match (churn.transpose(), value.transpose()) {
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
            idle,
            first_uses: FirstUses::with_capacity(columns.rows()),
            next: 0,
            refused: Vec::new(),
            at_fault: Vec::new(),
        })
    }

    /// Whether a row takes long: a value model computes for microseconds.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.value.is_some()
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
        if let Some(churn) = &mut self.churn {
            churn.score(&rows, &mut self.at_fault);
        }
        // The last, so that it scores no row that is at fault.
        if let Some(value) = &mut self.value {
            value.score(&rows, &mut self.at_fault);
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
            churn: self.churn.map(ChurnPlan::into_scores),
            value: self.value.map(ValuePlan::into_scores),
        }
    }

    /// Marks the rows whose id is none, or an earlier row's.
    fn check_ids(&mut self, rows: &Range<usize>) {
        for (at, row) in rows.clone().enumerate() {
            let earlier = self.first_uses.earlier(&self.columns.ids()[row], row);
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
            churn.clear(rows, &self.at_fault);
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
        let refused = match self.columns.snapshot(row) {
            Ok(snapshot) => self.scorer.score(&snapshot).err(),
            Err(invalid) => Some(self.scorer.refuse(&invalid)),
        };
        refused.unwrap_or_default()
    }
}
