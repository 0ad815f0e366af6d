//! From lines to curves to pairs, one rung after the other.

use super::{
    basis::Layout,
    screening::screen,
    sides::Sides,
    smoothing::{Smoothed, smooth},
};
use crate::{
    features::{Pair, Row, Schema},
    model::logistic,
    train::{
        Direction, FitError,
        fit::{Encoded, Logistic, newton::Problem},
    },
};

/// The rows that a search works on; all of them, whatever their weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'r> {
    pub(super) values: &'r [Row],
    pub(super) churned: &'r [bool],
    /// One for each feature.
    pub(super) monotone: &'r [Option<Direction>],
}

/// A model on the way.
#[derive(Debug)]
pub(in crate::train) struct Candidate {
    pub(in crate::train) schema: Schema,
    pub(in crate::train) encoded: Encoded,
    pub(in crate::train) layout: Layout,
    pub(in crate::train) fit: Smoothed,
}

/// A pair whose statistic is closer to chance is not tried.
const MIN_STRENGTH: f64 = 3.0;
const ROUNDS: usize = 12;
const ROUNDS_OF_A_REFIT: usize = 3;

impl Candidate {
    /// The schema's features, without pairs.
    pub(super) fn fit(schema: &Schema, rows: Rows<'_>, weights: &[f64]) -> Result<Self, FitError> {
        let mut encoded = Encoded::with_capacity(rows.values.len(), schema);
        for row in rows.values {
            encoded.push_row(schema, row);
        }
        let layout = Layout::of(schema, &encoded.means(weights), rows.monotone);
        let problem = Problem {
            encoded: &encoded,
            loss: Logistic(rows.churned),
            weights,
            basis: &layout.basis,
        };
        let fit = smooth(&problem, problem.constant(), &[], ROUNDS)?;
        Ok(Self {
            schema: schema.clone(),
            encoded,
            layout,
            fit,
        })
    }

    /// The same with up to `pairs` pairs, those that it leaves most unexplained.
    pub(super) fn with_pairs(
        self,
        pairs: usize,
        sides: &Sides,
        rows: Rows<'_>,
        weights: &[f64],
    ) -> Result<Self, FitError> {
        let (residuals, curvatures) = self.residuals(rows, weights);
        let mut chosen = self.schema.pairs().to_vec();
        for candidate in screen(&sides.sides, &residuals, &curvatures) {
            if chosen.len() >= pairs || candidate.strength < MIN_STRENGTH {
                break;
            }
            let pair = candidate.sides.map(|side| &sides.sides[side]);
            let features = pair.map(|side| side.feature);
            if chosen
                .iter()
                .any(|other| sides.alike(other.features, features))
            {
                continue;
            }
            chosen.push(Pair {
                features,
                axes: pair.map(|side| side.axis.clone()),
            });
        }
        self.extended(chosen, rows, weights)
    }

    fn extended(self, pairs: Vec<Pair>, rows: Rows<'_>, weights: &[f64]) -> Result<Self, FitError> {
        let known = self.schema.effects();
        if pairs.len() == self.schema.pairs().len() {
            return Ok(self);
        }
        let schema = self.schema.with_pairs(pairs)?;
        let encoded = self.encoded.extended(schema.width(), |row, push| {
            for effect in known..schema.effects() {
                schema.encode(effect, &rows.values[row], &mut *push);
            }
        });
        let layout = Layout::of(&schema, &encoded.means(weights), rows.monotone);
        let problem = Problem {
            encoded: &encoded,
            loss: Logistic(rows.churned),
            weights,
            basis: &layout.basis,
        };
        let mut parameters = self.fit.parameters;
        parameters.resize(layout.basis.parameters(), 0.0);
        let fit = smooth(&problem, parameters, &self.fit.penalties, ROUNDS_OF_A_REFIT)?;
        Ok(Self {
            schema,
            encoded,
            layout,
            fit,
        })
    }

    pub(super) fn coefficients(&self) -> Vec<f64> {
        self.layout
            .basis
            .coefficients(&self.fit.parameters, self.encoded.width())
    }

    /// What is unexplained of each row, and its curvature; zero without weight.
    fn residuals(&self, rows: Rows<'_>, weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let coefficients = self.coefficients();
        weights
            .iter()
            .enumerate()
            .map(|(row, weight)| {
                let probability = logistic(self.encoded.dot(row, &coefficients));
                let outcome = f64::from(u8::from(rows.churned[row]));
                (
                    weight * (outcome - probability),
                    weight * probability * (1.0 - probability),
                )
            })
            .unzip()
    }
}
