//! One model from one set of rows: the columns, their coefficients, the
//! calibration.

mod plain;
mod searched;

use super::{
    Calibrations, FitError, Settings, TrainError, design::Design, fit::Fitted, search::Rung,
};
use crate::{
    features::Schema,
    model::{Calibration, CalibrationMethod, Choice, Chosen, ChurnModel, Coefficient, choose},
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
    /// The calibrations that were tried, if any.
    pub(super) calibration: Option<Choice>,
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
    /// `None` where no calibration is wanted and nothing else needs it.
    out_of_fold: Option<OutOfFold>,
}

/// Predictions of rows by fits that did not see them.
struct OutOfFold {
    log_odds: Vec<f64>,
    churned: Vec<bool>,
    weights: Vec<f64>,
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
            Some(penalty) => plain::fit(design, sample, penalty, settings)?,
            None => searched::fit(design, &sample, settings)?,
        };
        fit.calibrated(settings.calibration)
    }
}

impl Estimate {
    /// What the search ended with; `None` where there was nothing to search.
    pub(super) fn chosen(&self) -> Option<Chosen> {
        let rung = self
            .ladder
            .get(self.chosen)
            .filter(|_| self.ladder.len() > 1)?;
        let schema = self.model.schema();
        let curves = schema
            .features()
            .iter()
            .filter(|feature| feature.bends())
            .count();
        Some(Chosen {
            rung: rung.step.to_string(),
            curves: u32::try_from(curves).unwrap_or(u32::MAX),
            pairs: u32::try_from(schema.pairs().len()).unwrap_or(u32::MAX),
        })
    }
}

impl Fit {
    fn calibrated(self, wanted: Calibrations) -> Result<Estimate, TrainError> {
        let Self {
            schema,
            fitted,
            means,
            ladder,
            chosen,
            out_of_fold,
        } = self;
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
        let tried = match (&out_of_fold, wanted) {
            (None, _) | (_, Calibrations::None) => None,
            (Some(rows), _) => Some(rows.choose()?),
        };
        let calibration = match (&out_of_fold, wanted) {
            (Some(rows), Calibrations::Only(method)) => Some(rows.fit(method)?),
            _ => tried.as_ref().and_then(|choice| choice.calibration.clone()),
        };
        Ok(Estimate {
            model: model.with_calibration(calibration),
            ladder,
            chosen,
            standard_errors,
            calibration: tried,
        })
    }
}

impl OutOfFold {
    fn choose(&self) -> Result<Choice, FitError> {
        Ok(choose(
            &self.log_odds,
            &self.churned,
            Some(&self.weights),
            &self.fold_of_row,
        )?)
    }

    fn fit(&self, method: CalibrationMethod) -> Result<Calibration, FitError> {
        Ok(method.fit(&self.log_odds, &self.churned, Some(&self.weights))?)
    }
}

#[cfg(test)]
mod tests;
