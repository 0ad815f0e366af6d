//! Beta calibration: a line that may bend at even odds.

use super::{CalibrationError, Observations, finite};
use crate::model::newton::{self, Binomial};

/// Calibrated log-odds = c + a · ln p − b · ln(1 − p), with a, b ≥ 0, not both
/// zero; p is the score's probability.
///
/// Kull, Silva Filho and Flach (2017): a is the slope far below even odds, b
/// far above. Fitted by maximum likelihood; where that wants a negative slope,
/// the slope is zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    a: f64,
    b: f64,
    c: f64,
}

impl Beta {
    /// Checks the parameters.
    ///
    /// # Errors
    ///
    /// When one is not finite, `a` or `b` is negative, or both are zero.
    pub fn new(a: f64, b: f64, c: f64) -> Result<Self, CalibrationError> {
        let finite = a.is_finite() && b.is_finite() && c.is_finite();
        if finite && a >= 0.0 && b >= 0.0 && a.max(b) > 0.0 {
            Ok(Self { a, b, c })
        } else {
            Err(CalibrationError::ParameterOutOfRange)
        }
    }

    /// Slope far below even odds; at least 0.
    #[must_use]
    pub fn a(&self) -> f64 {
        self.a
    }

    /// Slope far above even odds; at least 0.
    #[must_use]
    pub fn b(&self) -> f64 {
        self.b
    }

    /// The shift.
    #[must_use]
    pub fn c(&self) -> f64 {
        self.c
    }

    /// ln p = min(x, 0) − l and −ln(1 − p) = max(x, 0) + l with
    /// l = ln(1 + exp(−|x|)), so that equal slopes give a straight line exactly.
    pub(super) fn apply(self, log_odds: f64) -> f64 {
        let ends = if log_odds >= 0.0 {
            self.b * log_odds
        } else {
            self.a * log_odds
        };
        let bend = (self.b - self.a) * (-log_odds.abs()).exp().ln_1p();
        finite(finite(ends) + bend + self.c)
    }

    pub(super) fn fit(observations: &Observations) -> Result<Self, CalibrationError> {
        let free = fit_columns(observations, |low, high| [1.0, low, high]);
        if let Ok([c, a, b]) = free
            && a >= 0.0
            && b >= 0.0
        {
            return Self::new(a, b, c).map_err(|_| CalibrationError::NotRising);
        }
        // The likelihood is concave, so the best admissible pair has a slope of
        // zero: one of these two.
        let without_a = fit_columns(observations, |_, high| [1.0, high])
            .and_then(|[c, b]| Self::new(0.0, b, c));
        let without_b =
            fit_columns(observations, |low, _| [1.0, low]).and_then(|[c, a]| Self::new(a, 0.0, c));
        match (free, without_a, without_b) {
            (Err(_), _, _) => Err(CalibrationError::NoMaximum),
            (Ok(_), Ok(one), Ok(other)) => {
                let loss = |beta: &Self| beta.loss(observations);
                Ok(if loss(&one) <= loss(&other) {
                    one
                } else {
                    other
                })
            }
            (Ok(_), Ok(only), Err(_)) | (Ok(_), Err(_), Ok(only)) => Ok(only),
            (Ok(_), Err(_), Err(_)) => Err(CalibrationError::NotRising),
        }
    }

    fn loss(self, observations: &Observations) -> f64 {
        let rows = observations.rows.iter();
        rows.map(|row| row.weight * crate::model::log_loss(self.apply(row.log_odds), row.churned))
            .sum()
    }
}

/// Maximum likelihood on columns made of ln p and −ln(1 − p).
fn fit_columns<const N: usize>(
    observations: &Observations,
    columns: impl Fn(f64, f64) -> [f64; N] + Copy,
) -> Result<[f64; N], CalibrationError> {
    let rows = observations.rows.iter().map(move |row| {
        let x = row.log_odds;
        let rest = (-x.abs()).exp().ln_1p();
        Binomial {
            columns: columns(x.min(0.0) - rest, x.max(0.0) + rest),
            churners: if row.churned { row.weight } else { 0.0 },
            rows: row.weight,
        }
    });
    newton::maximum_likelihood([0.0; N], &rows).map_err(|_| CalibrationError::NoMaximum)
}
