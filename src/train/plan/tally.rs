//! The cells of a column that count: those of the rows with an outcome.

use std::borrow::Cow;

use super::spelling::{Convention, Spelling};
use crate::train::table::{Cells, Column, Numbers, Texts, number};

/// A column is numeric when at least this share of its values are numbers;
/// the others are then treated as missing.
const NUMERIC_SHARE: f64 = 0.95;
/// A column of numbers with more distinct ones than this is no flag.
pub(super) const MAX_LABELS: usize = 16;

/// A column's cells as they are judged: numbers, when all of them are.
pub(super) enum View<'t> {
    Numbers(&'t Numbers),
    Texts(Cow<'t, Texts>),
}

/// A spelling, and how many rows with an outcome have it.
pub(super) type Label<'v> = (Cow<'v, str>, usize);

/// The cells of the rows with an outcome.
pub(super) struct Tally<'v> {
    pub(super) present: usize,
    pub(super) missing: usize,
    /// Each spelling; `None` when they are numbers, and more than [`MAX_LABELS`].
    pub(super) labels: Option<Vec<Label<'v>>>,
}

impl<'t> View<'t> {
    pub(super) fn of(column: &'t Column) -> Self {
        match column.cells() {
            Cells::Numbers(numbers)
                if numbers
                    .odd()
                    .all(|(row, _)| !numbers.values()[row].is_nan()) =>
            {
                Self::Numbers(numbers)
            }
            Cells::Numbers(_) | Cells::Texts(_) => Self::Texts(column.texts()),
        }
    }

    pub(super) fn tally<'v>(&'v self, column: &'v Column, rows: &[usize]) -> Tally<'v> {
        let (present, labels) = match self {
            Self::Numbers(numbers) => {
                let values = numbers.values();
                let present = rows.iter().filter(|&&row| !values[row].is_nan()).count();
                (present, few_labels(numbers, column, rows))
            }
            Self::Texts(texts) => {
                let counts = texts.counts(rows);
                let present = counts.iter().sum();
                let found = counts.into_iter().enumerate();
                let found = found.filter(|(_, count)| *count > 0);
                let labels = found.map(|(code, count)| (Cow::Borrowed(texts.text(code)), count));
                (present, Some(labels.collect()))
            }
        };
        Tally {
            present,
            missing: rows.len() - present,
            labels,
        }
    }
}

/// The spellings of a column of numbers, unless there are many.
fn few_labels<'v>(numbers: &Numbers, column: &'v Column, rows: &[usize]) -> Option<Vec<Label<'v>>> {
    let values = numbers.values();
    let mut found: Vec<(u64, usize, usize)> = Vec::new();
    for &row in rows.iter().filter(|&&row| !values[row].is_nan()) {
        let bits = values[row].to_bits();
        match found.iter().position(|(known, ..)| *known == bits) {
            Some(at) => found[at].2 += 1,
            None if found.len() == MAX_LABELS => return None,
            None => found.push((bits, row, 1)),
        }
    }
    let labels = found.into_iter();
    labels
        .map(|(_, row, count)| Some((column.cell(row)?, count)))
        .collect()
}

impl Tally<'_> {
    pub(super) fn has_number(&self) -> bool {
        let Some(labels) = &self.labels else {
            return true;
        };
        labels.iter().any(|(label, _)| number(label).is_some()) || self.convention().is_some()
    }

    /// Whether all rows have the same value.
    pub(super) fn is_constant(&self) -> bool {
        self.missing == 0 && self.labels.as_ref().is_some_and(|labels| labels.len() == 1)
    }

    pub(super) fn spelling(&self) -> Spelling {
        match &self.labels {
            Some(labels) if labels.iter().any(|(label, _)| number(label).is_none()) => {
                Spelling::of(&labels.iter().map(|(label, _)| &**label))
            }
            _ => Spelling::Words,
        }
    }

    /// How the column's numbers are spelled, when it is not the plain way.
    pub(super) fn convention(&self) -> Option<Convention> {
        match self.spelling() {
            Spelling::Numbers(convention) => Some(convention),
            Spelling::Words | Spelling::Ambiguous => None,
        }
    }

    /// Whether so many rows have such a value that it is the rule.
    pub(super) fn mostly(&self, is_such: impl Fn(&str) -> bool) -> bool {
        let labels = self.labels.iter().flatten();
        let such = labels.filter(|(label, _)| is_such(label));
        let rows: usize = such.map(|(_, count)| count).sum();
        rows as f64 >= NUMERIC_SHARE * self.present as f64
    }
}

/// The spellings of the target with how many rows have each.
pub(super) fn labels(column: &Column, rows: &[usize]) -> Vec<(String, usize)> {
    let texts = View::Texts(column.texts());
    let tally = texts.tally(column, rows);
    let labels = tally.labels.unwrap_or_default().into_iter();
    labels
        .map(|(label, count)| (label.into_owned(), count))
        .collect()
}
