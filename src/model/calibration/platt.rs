//! Platt scaling: a straight line on the log-odds.

use super::{CalibrationError, Observations, finite};
use crate::model::newton::{self, Binomial};

/// Calibrated log-odds = intercept + slope · log-odds, slope > 0.
///
/// Platt (1999), with his smoothed targets, as scikit-learn's `sigmoid`: so
/// there is a finite best fit even where scores separate the outcomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Platt {
    intercept: f64,
    slope: f64,
}

impl Platt {
    /// Checks the parameters.
    ///
    /// # Errors
    ///
    /// When one is not finite, or the slope not above zero.
    pub fn new(intercept: f64, slope: f64) -> Result<Self, CalibrationError> {
        if intercept.is_finite() && slope.is_finite() && slope > 0.0 {
            Ok(Self { intercept, slope })
        } else {
            Err(CalibrationError::ParameterOutOfRange)
        }
    }

    /// Log-odds where the score says 0.
    #[must_use]
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// Change of the log-odds for one unit of the score; above 0.
    #[must_use]
    pub fn slope(&self) -> f64 {
        self.slope
    }

    pub(super) fn apply(self, log_odds: f64) -> f64 {
        finite(finite(self.slope * log_odds) + self.intercept)
    }

    pub(super) fn fit(observations: &Observations) -> Result<Self, CalibrationError> {
        let targets = observations.targets();
        let rows = observations.rows.iter().map(|row| Binomial {
            columns: [1.0, row.log_odds],
            churners: row.weight * targets.of(row.churned),
            rows: row.weight,
        });
        let [intercept, slope] =
            newton::maximum_likelihood([0.0; 2], &rows).map_err(|_| CalibrationError::NoMaximum)?;
        Self::new(intercept, slope).map_err(|_| CalibrationError::NotRising)
    }
}
