//! Ridge regression with one given penalty, a straight line for each number.

use rayon::prelude::*;

use super::{Fit, OutOfFold, Sample};
use crate::train::{
    Calibrations, FitError, Settings, TrainError,
    design::Design,
    fit::{
        Basis, Encoded, Logistic, linfa,
        newton::{Minimum, Problem},
    },
    search::{Rung, Step},
};

/// More encoded cells than this are fitted faster by Newton's method.
const MAX_LINFA_CELLS: usize = 1 << 19;
/// Newton's method takes the cube of this in time, its square in memory.
const MAX_NEWTON_COLUMNS: usize = 3000;

pub(super) fn fit(
    design: &Design<'_>,
    sample: Sample<'_>,
    penalty: f64,
    settings: &Settings,
) -> Result<Fit, TrainError> {
    let schema = design.schema_of_lines(sample.rows)?;
    let encoded = design.encode(&schema, sample.rows)?;
    let Sample {
        churned,
        weights,
        fold_of_row,
        ..
    } = sample;
    let plain = Plain {
        encoded: &encoded,
        basis: Basis::plain(encoded.width()),
        churned: &churned,
        penalty,
    };
    let minimum = plain.fit(&weights, None)?;
    // Nothing is chosen but the calibration.
    let log_odds = match settings.calibration {
        Calibrations::None => None,
        Calibrations::Auto | Calibrations::Only(_) => {
            Some(plain.out_of_fold(&minimum.parameters, &weights, &fold_of_row)?)
        }
    };
    let ladder = log_odds
        .iter()
        .map(|log_odds| Rung::measure(Step::Lines, log_odds, &churned, &weights, &fold_of_row))
        .collect();
    Ok(Fit {
        fitted: plain.problem(&weights).fitted(&minimum)?,
        means: encoded.means(&weights),
        schema,
        ladder,
        chosen: 0,
        out_of_fold: log_odds.map(|log_odds| OutOfFold {
            log_odds,
            churned,
            weights,
            fold_of_row,
        }),
    })
}

struct Plain<'p> {
    encoded: &'p Encoded,
    basis: Basis,
    churned: &'p [bool],
    penalty: f64,
}

impl Plain<'_> {
    /// What fits to all folds but its own say of each row. Each begins with
    /// `coefficients`, those of the fit to all.
    fn out_of_fold(
        &self,
        coefficients: &[f64],
        weights: &[f64],
        fold_of_row: &[u32],
    ) -> Result<Vec<f64>, FitError> {
        let folds = fold_of_row.iter().max().map_or(0, |last| last + 1);
        let fits: Vec<Vec<f64>> = (0..folds)
            .into_par_iter()
            .map(|fold| {
                let rows = weights.iter().zip(fold_of_row);
                let others: Vec<f64> = rows
                    .map(|(&weight, &of)| if of == fold { 0.0 } else { weight })
                    .collect();
                let minimum = self.fit(&others, Some(coefficients))?;
                Ok(minimum.parameters)
            })
            .collect::<Result<_, FitError>>()?;
        let rows = fold_of_row.iter().enumerate();
        Ok(rows
            .map(|(row, &fold)| self.encoded.dot(row, &fits[fold as usize]))
            .collect())
    }

    /// Parameters are coefficients here. `start` is where Newton's method begins.
    fn fit(&self, weights: &[f64], start: Option<&[f64]>) -> Result<Minimum, FitError> {
        let problem = self.problem(weights);
        let penalties = self.basis.spread(&[self.penalty]);
        if !self.suits_linfa(weights) {
            let start = start.map_or_else(|| problem.constant(), <[f64]>::to_vec);
            return problem.minimise(&penalties, start);
        }
        let coefficients = linfa::logistic(&problem, self.penalty)?;
        // One step of Newton's method more gives the digits that linfa leaves, and the
        // curvature that the standard errors need anyway.
        problem
            .at(coefficients)
            .minimum(&penalties, &self.basis.nonnegative())
    }

    fn suits_linfa(&self, weights: &[f64]) -> bool {
        let cells = self.encoded.rows() * self.encoded.width();
        let few = cells <= MAX_LINFA_CELLS || self.encoded.width() > MAX_NEWTON_COLUMNS;
        few && weights.iter().all(|&weight| weight == 0.0 || weight == 1.0)
    }

    fn problem<'p>(&'p self, weights: &'p [f64]) -> Problem<'p> {
        Problem {
            encoded: self.encoded,
            loss: Logistic(self.churned),
            weights,
            basis: &self.basis,
        }
    }
}
