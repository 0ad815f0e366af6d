//! What was spent, and the two sides that it parts the rows in.

use super::{Negatives, SpendDataError, SpendTraining};
use crate::{
    model::value::MAX_EXPECTED_SPEND,
    train::{
        PlanError,
        plan::{MIN_CLASS_ROWS, find},
        table::Table,
    },
};

/// What was spent by the rows that tell it.
#[derive(Debug)]
pub(super) struct Target {
    /// Their positions in the table.
    pub(super) rows: Vec<usize>,
    /// At least 0.
    pub(super) spend: Vec<f64>,
    /// How many were below 0.
    pub(super) clamped: usize,
    /// The side of each row, for splits: those that spent more than `threshold`.
    pub(super) spent_more: Vec<bool>,
    /// Nothing, or the median where nearly all rows spent something.
    threshold: f64,
}

impl Target {
    pub(super) fn read(
        table: &Table,
        training: &SpendTraining,
    ) -> Result<Result<Self, SpendDataError>, PlanError> {
        let column = find(table, &training.target, "--target")?;
        Ok(read(table, column, training))
    }

    /// The sides in words: of those that spent more, and of the others.
    pub(super) fn sides(&self) -> [&'static str; 2] {
        if self.threshold > 0.0 {
            ["more than the median", "the median or less"]
        } else {
            ["anything", "nothing"]
        }
    }
}

/// Whether a column is an outcome by its name: those that `holdfast-train
/// snapshots` writes beside the target. Refunds keep such a column from being
/// told as a leak by its ranking.
pub(super) fn tells_of_horizon(column: &str) -> bool {
    let prefixes = ["purchases_next_", "spend_next_", "holdout_"];
    column == "churned" || prefixes.iter().any(|prefix| column.starts_with(prefix))
}

fn read(
    table: &Table,
    position: usize,
    training: &SpendTraining,
) -> Result<Target, SpendDataError> {
    let column = &table.columns[position];
    let target = || training.target.clone();
    let rows: Vec<usize> = (0..table.rows())
        .filter(|&row| !column.is_missing(row))
        .collect();
    let number = |&row: &usize| {
        let fault = match column.number(row) {
            Some(number) if number.abs() <= MAX_EXPECTED_SPEND => return Ok(number),
            Some(_) => "is beyond 10^15",
            None => "is no finite number",
        };
        Err(SpendDataError::Cell {
            target: target(),
            place: table.place(row),
            fault,
        })
    };
    let mut spend: Vec<f64> = rows.iter().map(number).collect::<Result<_, _>>()?;
    let negative = |spend: &&f64| **spend < 0.0;
    let clamped = spend.iter().filter(negative).count();
    if let Some(first) = spend.iter().position(|&spend| spend < 0.0)
        && training.negatives == Negatives::Refuse
    {
        return Err(SpendDataError::Negative {
            target: target(),
            rows: clamped,
            place: table.place(rows[first]),
        });
    }
    for spend in &mut spend {
        *spend = spend.max(0.0);
    }
    let count = rows.len();
    if spend.iter().all(|&spend| spend == 0.0) {
        return Err(SpendDataError::NothingSpent {
            target: target(),
            rows: count,
        });
    }
    if spend.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err(SpendDataError::Constant {
            target: target(),
            rows: count,
        });
    }
    sided(rows, spend, clamped)
}

/// Parts the rows by whether they spent anything; by the median where too few
/// spent nothing for that.
fn sided(rows: Vec<usize>, spend: Vec<f64>, clamped: usize) -> Result<Target, SpendDataError> {
    let nothing = spend.iter().filter(|&&spend| spend == 0.0).count();
    let threshold = if nothing >= MIN_CLASS_ROWS {
        0.0
    } else {
        let mut sorted = spend.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        // Of equal values around the middle all are on one side.
        sorted[(sorted.len() - 1) / 2]
    };
    let target = Target {
        spent_more: spend.iter().map(|&spend| spend > threshold).collect(),
        rows,
        spend,
        clamped,
        threshold,
    };
    let more = target.spent_more.iter().filter(|&&more| more).count();
    let counts = [more, target.rows.len() - more];
    for (what, found) in target.sides().into_iter().zip(counts) {
        if found < MIN_CLASS_ROWS {
            return Err(SpendDataError::TooFew {
                what,
                found,
                rows: target.rows.len(),
                needed: MIN_CLASS_ROWS,
            });
        }
    }
    Ok(target)
}
