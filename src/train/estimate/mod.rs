//! One model from one set of rows: the columns, their coefficients, the
//! calibration.

mod plain;
mod searched;

use super::{Settings, TrainError, design::Design, fit::Fitted, search::Rung};
use crate::{
    features::Schema,
    model::{Choice, ChurnModel, Coefficient, choose},
    train::FitError,
};

/// A model, and what is known of how it came about.
#[derive(Debug)]
pub(super) struct Estimate {
    pub(super) model: ChurnModel,
    /// What was tried, the plainest first.
    pub(super) ladder: Vec<Rung>,
    /// Which of them it is.
    pub(super) chosen: usize,
    /// Of each coefficient, by the curvature of the penalised likelihood.
    pub(super) standard_errors: Vec<f64>,
    /// The calibrations that were tried.
    pub(super) calibration: Choice,
}

/// Rows to fit on, with what splits and weighs them.
#[derive(Debug)]
struct Sample<'s> {
    rows: &'s [usize],
    churned: Vec<bool>,
    weights: Vec<f64>,
    /// Folds for choosing: penalties, columns, calibration.
    fold_of_row: Vec<u32>,
}

/// What a way of fitting gives, before calibration.
struct Fit {
    schema: Schema,
    fitted: Fitted,
    /// Of the encoded columns, the intercept's first.
    means: Vec<f64>,
    ladder: Vec<Rung>,
    chosen: usize,
    /// Predictions of rows for which the fit did not see them, with their
    /// outcomes and folds.
    out_of_fold: OutOfFold,
}

struct OutOfFold {
    log_odds: Vec<f64>,
    churned: Vec<bool>,
    fold_of_row: Vec<u32>,
}

impl Estimate {
    /// Fits a model on `rows`.
    pub(super) fn of(
        design: &Design<'_>,
        rows: &[usize],
        settings: &Settings,
    ) -> Result<Self, TrainError> {
        let sample = Sample {
            rows,
            churned: design.outcomes(rows),
            weights: design.weights(rows),
            fold_of_row: design.fold_of_rows(rows, settings.seed)?,
        };
        let fit = match settings.ridge_penalty {
            Some(penalty) => plain::fit(design, sample, penalty)?,
            None => searched::fit(design, sample, settings)?,
        };
        fit.calibrated()
    }
}

impl Fit {
    fn calibrated(self) -> Result<Estimate, TrainError> {
        let Self {
            schema,
            fitted,
            means,
            ladder,
            chosen,
            out_of_fold,
        } = self;
        let OutOfFold {
            log_odds,
            churned,
            fold_of_row,
        } = out_of_fold;
        let Fitted {
            coefficients,
            standard_errors,
        } = fitted;
        let intercept = coefficients[0];
        let coefficients = coefficients.iter().zip(means).skip(1);
        let coefficients = coefficients.map(|(&weight, training_mean)| Coefficient {
            weight: weight + 0.0, // no negative zero
            training_mean,
        });
        let model =
            ChurnModel::new(schema, intercept, coefficients.collect()).map_err(FitError::from)?;
        let calibration = choose(&log_odds, &churned, &fold_of_row).map_err(FitError::from)?;
        Ok(Estimate {
            model: model.with_calibration(calibration.calibration.clone()),
            ladder,
            chosen,
            standard_errors,
            calibration,
        })
    }
}

#[cfg(test)]
mod tests;
