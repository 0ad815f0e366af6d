//! The search for columns: which numbers bend, which pairs of features have a
//! joint effect, and how strongly each is penalised.
//!
//! Candidates form a ladder from plain to rich: straight lines; curves; curves
//! and more and more pairs. Every fold climbs it alone, with its own pairs and
//! penalties, and is measured on rows that it did not see. The lowest rung that
//! is within one standard error of the best is fitted on all rows (Breiman et
//! al. 1984).

mod basis;
mod knots;
mod ladder;
mod path;
mod screening;
mod sides;
mod smoothing;

pub(super) use basis::Layout;
pub(super) use knots::knots;
pub(super) use ladder::{Rung, Step};

use std::collections::HashSet;

use rayon::prelude::*;

use crate::{
    features::{Feature, FeatureKind, NumberEncoding, Row, Schema, SchemaError, Shape},
    train::{Direction, FitError, Shapes},
};
pub(super) use path::Candidate;
use path::Rows;
use sides::Sides;
pub(super) use smoothing::smooth;

/// What to search among, and on which rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'s> {
    /// Every feature in its richest form, without pairs. A number that only
    /// tells again what an earlier one tells stays a line all the same.
    pub(super) schema: &'s Schema,
    pub(super) rows: &'s [Row],
    pub(super) churned: &'s [bool],
    pub(super) weights: &'s [f64],
    /// The fold of each row, from 0; a fold that no row is in is left out.
    pub(super) fold_of_row: &'s [u32],
    /// One for each feature.
    pub(super) monotone: &'s [Option<Direction>],
    pub(super) shapes: Shapes,
    /// The most pairs.
    pub(super) max_pairs: usize,
}

/// What a search found.
#[derive(Debug)]
pub(super) struct Found {
    /// The chosen columns, fitted on all rows, with penalties that suit them.
    pub(super) candidate: Candidate,
    /// Every rung, the plainest first.
    pub(super) ladder: Vec<Rung>,
    /// Which of them was chosen.
    pub(super) chosen: usize,
    /// What the chosen rung predicts for each row without having seen it, in
    /// log-odds.
    pub(super) out_of_fold: Vec<f64>,
}

/// A curve with fewer effective parameters beyond its slope is a line.
const MIN_BEND: f64 = 0.5;
/// A pair with fewer effective parameters is left out.
const MIN_JOINT: f64 = 0.5;

impl Search<'_> {
    /// # Errors
    ///
    /// When a fit does not converge.
    pub(super) fn run(&self) -> Result<Found, FitError> {
        let steps = ladder::steps(self.shapes, self.max_pairs);
        let echoes = sides::echoes(self.schema, self.rows);
        let schema = straightened(self.schema, |feature| echoes.contains(&feature))?;
        let search = Search {
            schema: &schema,
            ..*self
        };
        let sides = Sides::of(&schema, self.rows, self.monotone);
        let folds: HashSet<u32> = self.fold_of_row.iter().copied().collect();
        let mut folds: Vec<u32> = folds.into_iter().collect();
        folds.sort_unstable();
        let climbed: Vec<Vec<Vec<f64>>> = folds
            .into_par_iter()
            .map(|fold| search.climb_without(fold, &steps, &sides))
            .collect::<Result<_, _>>()?;
        // By rung, every row's prediction by the fold that left it out.
        let mut out_of_fold = vec![vec![0.0; self.rows.len()]; steps.len()];
        for fold in climbed {
            for (sum, rung) in out_of_fold.iter_mut().zip(fold) {
                sum.iter_mut().zip(rung).for_each(|(sum, x)| *sum += x);
            }
        }
        let ladder: Vec<Rung> = steps
            .iter()
            .zip(&out_of_fold)
            .map(|(&step, log_odds)| {
                Rung::measure(step, log_odds, self.churned, self.weights, self.fold_of_row)
            })
            .collect();
        let chosen = ladder::simplest_of_the_best(&out_of_fold, self.churned, self.weights);
        let candidate = search.climb(&steps[..=chosen], &sides, self.weights, |_| ())?;
        let schema = without_idle_effects(&candidate)?;
        Ok(Found {
            candidate: search.fit(&schema)?,
            ladder,
            chosen,
            out_of_fold: out_of_fold.swap_remove(chosen),
        })
    }

    /// For each step, the predictions for the rows of a fold by a model that
    /// did not see them; zero for all other rows.
    fn climb_without(
        &self,
        fold: u32,
        steps: &[Step],
        sides: &Sides,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let weights: Vec<f64> = self
            .weights
            .iter()
            .zip(self.fold_of_row)
            .map(|(&weight, &of)| if of == fold { 0.0 } else { weight })
            .collect();
        let mut predictions = Vec::with_capacity(steps.len());
        self.climb(steps, sides, &weights, |candidate| {
            let coefficients = candidate.coefficients();
            let rows = self.fold_of_row.iter().enumerate();
            predictions.push(
                rows.map(|(row, &of)| {
                    if of == fold {
                        candidate.encoded.dot(row, &coefficients)
                    } else {
                        0.0
                    }
                })
                .collect(),
            );
        })?;
        Ok(predictions)
    }

    /// A schema's own penalties and parameters.
    fn fit(&self, schema: &Schema) -> Result<Candidate, FitError> {
        Candidate::fit(schema, self.path_rows(), self.weights)
    }

    fn path_rows(&self) -> Rows<'_> {
        Rows {
            values: self.rows,
            churned: self.churned,
            monotone: self.monotone,
        }
    }

    /// Fits step after step; gives the last.
    fn climb(
        &self,
        steps: &[Step],
        sides: &Sides,
        weights: &[f64],
        mut visit: impl FnMut(&Candidate),
    ) -> Result<Candidate, FitError> {
        let rows = self.path_rows();
        let mut candidate = Candidate::fit(&straightened(self.schema, |_| true)?, rows, weights)?;
        for step in steps {
            match step {
                Step::Lines => {}
                Step::Curves => candidate = Candidate::fit(self.schema, rows, weights)?,
                Step::Pairs(count) => {
                    candidate = candidate.with_pairs(*count, sides, rows, weights)?;
                }
            }
            visit(&candidate);
        }
        Ok(candidate)
    }
}

/// A schema without pairs, with lines for the numbers that `is_line` names.
fn straightened(schema: &Schema, is_line: impl Fn(usize) -> bool) -> Result<Schema, SchemaError> {
    let features = schema
        .features()
        .iter()
        .enumerate()
        .map(|(position, feature)| {
            if is_line(position) {
                straight(feature.clone())
            } else {
                feature.clone()
            }
        });
    Schema::new(features.collect())
}

fn straight(mut feature: Feature) -> Feature {
    if let FeatureKind::Number(NumberEncoding { shape, .. }) = &mut feature.kind {
        *shape = Shape::Line;
    }
    feature
}

/// A candidate's schema, with lines for curves that do not bend, and without
/// pairs that have no effect.
fn without_idle_effects(candidate: &Candidate) -> Result<Schema, SchemaError> {
    let schema = &candidate.schema;
    let effective = |effect: usize| {
        let group = candidate.layout.own_group[effect];
        group.map_or(f64::INFINITY, |group| candidate.fit.effective[group])
    };
    let first_pair = schema.features().len();
    let pairs = schema.pairs().iter().enumerate();
    let pairs = pairs.filter(|(pair, _)| effective(first_pair + pair) >= MIN_JOINT);
    straightened(schema, |feature| effective(feature) < MIN_BEND)?
        .with_pairs(pairs.map(|(_, pair)| pair.clone()).collect())
}

#[cfg(test)]
mod tests;
