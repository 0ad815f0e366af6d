//! A column read as a published model wants it, whatever it looks like.

use std::borrow::Cow;

use super::{Values, View, flags, numbers};
use crate::{features::FeatureKind, train::table::Column};

/// The values of a column, by a kind that is given.
#[derive(Debug)]
pub(in crate::train) struct ReadColumn<'t> {
    /// By row of the table.
    pub(in crate::train) values: Values<'t>,
    /// Rows of the table, ascending, whose cell is no value of the kind.
    pub(in crate::train) wrong: Vec<usize>,
}

impl<'t> ReadColumn<'t> {
    /// Numbers may be spelled with separators, as in training, when all of
    /// `rows` have the same convention.
    pub(in crate::train) fn of(column: &'t Column, kind: &FeatureKind, rows: &[usize]) -> Self {
        let (values, wrong) = match kind {
            FeatureKind::Number(_) => {
                let view = View::of(column);
                let tally = view.tally(column, rows);
                let convention = tally.convention();
                drop(tally);
                numbers(view, convention)
            }
            FeatureKind::Text(_) => (Values::Texts(column.texts()), Vec::new()),
            FeatureKind::Flag(labels) => flags(column, labels.clone()),
        };
        Self { values, wrong }
    }

    /// A feature that has no column: every value is missing.
    pub(in crate::train) fn absent(rows: usize) -> Self {
        Self {
            values: Values::Numbers(Cow::Owned(vec![f64::NAN; rows])),
            wrong: Vec::new(),
        }
    }
}
