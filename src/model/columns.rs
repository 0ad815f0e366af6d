//! Sums of many rows at once, a column after the other. Terms add up exactly in
//! any order, so that the sums have the bits that each row has by itself.

use std::ops::Range;

use super::additive::AdditiveModel;
use crate::{
    customer::NumberColumn,
    features::{Cell, CellColumn, Note, Unusual},
};

/// An additive model and the columns that it is to sum up.
#[derive(Debug, Clone)]
pub(crate) struct ColumnSums<'m, 'c> {
    model: &'m AdditiveModel,
    columns: Vec<CellColumn<'c>>,
    /// What each column's cells add, in the schema's order.
    terms: Vec<Terms>,
}

/// What the cells of one column add: computed once for each value that can be
/// listed, for numbers in every row.
#[derive(Debug, Clone)]
struct Terms {
    missing: Term,
    /// Of each entry of a dictionary, or of false and true.
    listed: Vec<Term>,
    /// Their contributions, where none of them is unusual or at fault.
    usual: Option<Box<Contributions>>,
}

/// By the byte that stands for a value.
type Contributions = [f64; 256];

#[derive(Debug, Clone, Copy)]
struct Term {
    contribution: f64,
    unusual: Option<Unusual>,
    /// Whether a row with it cannot be scored.
    at_fault: bool,
}

/// The sums of some neighbouring rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums {
    /// One for each row; of one at fault, of no meaning.
    pub(crate) totals: Vec<f64>,
    /// Rows that lack what is required, or have a number that is not finite.
    pub(crate) at_fault: Vec<bool>,
    /// One for each effect of each row, a row after the other; only if asked
    /// for.
    pub(crate) contributions: Option<Vec<f64>>,
    /// What was unusual, with the row among these, a feature after the other.
    pub(crate) notes: Vec<(usize, Note)>,
}

impl Sums {
    /// Sums with or without the contribution of each effect.
    pub(crate) fn new(contributions: bool) -> Self {
        Self {
            contributions: contributions.then(Vec::new),
            ..Self::default()
        }
    }

    fn reset(&mut self, rows: usize, effects: usize, base: f64) {
        self.totals.clear();
        self.totals.resize(rows, base);
        self.at_fault.clear();
        self.at_fault.resize(rows, false);
        self.notes.clear();
        if let Some(contributions) = &mut self.contributions {
            contributions.clear();
            contributions.resize(rows * effects, 0.0);
        }
    }
}

/// One effect's share of [`Sums`].
struct Adder<'s> {
    sums: &'s mut Sums,
    effect: usize,
    effects: usize,
}

impl Adder<'_> {
    /// Adds what values contribute that are bytes or bits; `false` where they are
    /// not, and nothing was added.
    fn add_usual(
        &mut self,
        column: &CellColumn<'_>,
        of: &Contributions,
        rows: &Range<usize>,
    ) -> bool {
        match column {
            CellColumn::Texts(texts, _) => {
                let Some(bytes) = texts.bytes() else {
                    return false;
                };
                self.add_all(bytes[rows.clone()].iter().map(|&b| of[usize::from(b)]));
            }
            CellColumn::Flags(flags) => {
                let Some(bits) = flags.bits() else {
                    return false;
                };
                let bit = |row: usize| bits[row / 8] >> (row % 8) & 1;
                self.add_all(rows.clone().map(|row| of[usize::from(bit(row))]));
            }
            CellColumn::Missing | CellColumn::Numbers(_) => return false,
        }
        true
    }

    /// Adds to each row what its value contributes.
    fn add_all(&mut self, contributions: impl Iterator<Item = f64>) {
        let totals = self.sums.totals.iter_mut();
        let Some(kept) = &mut self.sums.contributions else {
            for (total, contribution) in totals.zip(contributions) {
                *total += contribution;
            }
            return;
        };
        let kept = kept.chunks_exact_mut(self.effects);
        for ((total, kept), contribution) in totals.zip(kept).zip(contributions) {
            *total += contribution;
            kept[self.effect] = contribution;
        }
    }

    fn add(&mut self, at: usize, contribution: f64) {
        self.sums.totals[at] += contribution;
        if let Some(contributions) = &mut self.sums.contributions {
            contributions[at * self.effects + self.effect] = contribution;
        }
    }

    fn add_term(&mut self, at: usize, term: Term) {
        let Term {
            contribution,
            unusual,
            at_fault,
        } = term;
        self.add(at, contribution);
        if let Some(unusual) = unusual {
            let feature = self.effect;
            self.sums.notes.push((at, Note { feature, unusual }));
        }
        self.sums.at_fault[at] |= at_fault;
    }
}

impl<'m, 'c> ColumnSums<'m, 'c> {
    /// `columns` are those of the model's schema, in its order.
    pub(super) fn new(model: &'m AdditiveModel, columns: Vec<CellColumn<'c>>) -> Self {
        let terms = columns.iter().enumerate();
        let terms = terms.map(|(feature, cells)| {
            let term = |cell| model.term(feature, cell);
            let listed: Vec<Term> = match cells {
                CellColumn::Missing | CellColumn::Numbers(_) => Vec::new(),
                CellColumn::Texts(_, cells) => cells.iter().copied().map(term).collect(),
                CellColumn::Flags(_) => [false, true].map(Cell::Flag).map(term).into(),
            };
            Terms {
                missing: term(Cell::Missing),
                usual: usual(&listed),
                listed,
            }
        });
        Self {
            model,
            terms: terms.collect(),
            columns,
        }
    }

    /// Sums up these rows.
    pub(crate) fn sum(&self, rows: &Range<usize>, sums: &mut Sums) {
        let schema = self.model.schema();
        let effects = schema.effects();
        sums.reset(rows.len(), effects, self.model.base());
        for (effect, (column, terms)) in self.columns.iter().zip(&self.terms).enumerate() {
            let adder = Adder {
                sums,
                effect,
                effects,
            };
            self.add_feature(column, terms, rows, adder);
        }
        for (pair, of) in schema.pairs().iter().enumerate() {
            let [first, second] = of.features.map(|feature| &self.columns[feature]);
            let mut adder = Adder {
                sums,
                effect: schema.features().len() + pair,
                effects,
            };
            for (at, row) in rows.clone().enumerate() {
                let cells = [first.cell(row), second.cell(row)];
                adder.add(at, self.model.pair_contribution(pair, cells));
            }
        }
    }

    fn add_feature(
        &self,
        column: &CellColumn<'_>,
        terms: &Terms,
        rows: &Range<usize>,
        mut adder: Adder<'_>,
    ) {
        let Terms {
            missing,
            listed,
            usual,
        } = terms;
        if let Some(usual) = usual
            && adder.add_usual(column, usual, rows)
        {
            return;
        }
        let known = |index: Option<usize>| {
            let term = index.and_then(|index| listed.get(index));
            term.copied().unwrap_or(*missing)
        };
        let all = rows.clone().enumerate();
        match column {
            CellColumn::Missing => all.for_each(|(at, _)| adder.add_term(at, *missing)),
            CellColumn::Texts(texts, _) => {
                all.for_each(|(at, row)| adder.add_term(at, known(texts.index(row))));
            }
            CellColumn::Flags(flags) => {
                all.for_each(|(at, row)| {
                    adder.add_term(at, known(flags.get(row).map(usize::from)));
                });
            }
            CellColumn::Numbers(numbers) => self.add_numbers(numbers, *missing, rows, &mut adder),
        }
    }

    fn add_numbers(
        &self,
        numbers: &NumberColumn<'_>,
        missing: Term,
        rows: &Range<usize>,
        adder: &mut Adder<'_>,
    ) {
        let feature = adder.effect;
        // Numbers are matched to features that are numbers only.
        let Some(effect) = self.model.number_effect(feature) else {
            return;
        };
        numbers.of_rows(rows.clone(), |at, number| match number {
            Some(number) => {
                let (contribution, unusual) = effect.addition(number);
                adder.add(at, contribution);
                if let Some(unusual) = unusual {
                    adder.sums.notes.push((at, Note { feature, unusual }));
                }
                adder.sums.at_fault[at] |= !number.is_finite();
            }
            None => adder.add_term(at, missing),
        });
    }
}

/// `None` where a value is unusual or at fault.
fn usual(listed: &[Term]) -> Option<Box<Contributions>> {
    let mut contributions = Box::new([0.0; 256]);
    for (contribution, term) in contributions.iter_mut().zip(listed) {
        if term.at_fault || term.unusual.is_some() {
            return None;
        }
        *contribution = term.contribution;
    }
    Some(contributions)
}

impl AdditiveModel {
    fn term(&self, feature: usize, cell: Cell) -> Term {
        let (contribution, unusual) = self.feature_contribution(feature, cell);
        let at_fault = match cell {
            Cell::Number(number) => !number.is_finite(),
            Cell::Missing => self.schema().features()[feature].required,
            Cell::Category(_) | Cell::Flag(_) => false,
        };
        Term {
            contribution,
            unusual,
            at_fault,
        }
    }
}
