//! Calibration: from a model's log-odds to log-odds that keep their promise.
//!
//! Every calibration is monotone: it never turns the order of two customers.
//! It is fitted on predictions of rows that the model was not fitted on.

mod beta;
mod choice;
mod error;
mod isotonic;
mod platt;

pub use beta::Beta;
pub use choice::{Candidate, CandidateResult, Choice, choose};
pub use error::CalibrationError;
pub use isotonic::{Isotonic, Knot, MAX_KNOTS};
pub use platt::Platt;

/// A fitted calibration.
#[derive(Debug, Clone, PartialEq)]
pub enum Calibration {
    /// A straight line.
    Platt(Platt),
    /// A line with another slope on either side, joined smoothly.
    Beta(Beta),
    /// Steps of the data's own making, joined by lines.
    Isotonic(Isotonic),
}

/// The kinds of calibration, from the stiffest to the most flexible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CalibrationMethod {
    /// See [`Platt`].
    Platt,
    /// See [`Beta`].
    Beta,
    /// See [`Isotonic`].
    Isotonic,
}

impl Calibration {
    /// Calibrated log-odds; never lower for a higher input, and finite for
    /// every finite one. (For beta, never lower by more than a rounding of the
    /// logarithm, about 1e-15.)
    #[must_use]
    pub fn apply(&self, log_odds: f64) -> f64 {
        match self {
            Self::Platt(platt) => platt.apply(log_odds),
            Self::Beta(beta) => beta.apply(log_odds),
            Self::Isotonic(isotonic) => isotonic.apply(log_odds),
        }
    }

    /// Which kind it is.
    #[must_use]
    pub fn method(&self) -> CalibrationMethod {
        match self {
            Self::Platt(_) => CalibrationMethod::Platt,
            Self::Beta(_) => CalibrationMethod::Beta,
            Self::Isotonic(_) => CalibrationMethod::Isotonic,
        }
    }
}

impl CalibrationMethod {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Platt, Self::Beta, Self::Isotonic];

    /// Fits one to log-odds and what happened, one of each per row. A weight
    /// counts a row that many times; without weights each counts once.
    ///
    /// # Errors
    ///
    /// When the lists differ in length, a score is not finite or a weight not a
    /// finite number from 0, one outcome is missing, or there is no sound fit:
    /// the scores rank the wrong way round, are all equal, or (not for Platt and
    /// isotonic, which smooth) separate the outcomes.
    pub fn fit(
        self,
        log_odds: &[f64],
        churned: &[bool],
        weights: Option<&[f64]>,
    ) -> Result<Calibration, CalibrationError> {
        let observations = Observations::new(log_odds, churned, weights)?;
        Ok(match self {
            Self::Platt => Calibration::Platt(Platt::fit(&observations)?),
            Self::Beta => Calibration::Beta(Beta::fit(&observations)?),
            Self::Isotonic => Calibration::Isotonic(Isotonic::fit(&observations)?),
        })
    }

    /// Its name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Platt => "Platt",
            Self::Beta => "beta",
            Self::Isotonic => "isotonic",
        }
    }
}

/// What calibrations are fitted to: rows of sound numbers, of both outcomes.
struct Observations {
    rows: Vec<Observation>,
    churners: f64,
    stayers: f64,
}

#[derive(Clone, Copy)]
struct Observation {
    log_odds: f64,
    churned: bool,
    weight: f64,
}

impl Observations {
    fn new(
        log_odds: &[f64],
        churned: &[bool],
        weights: Option<&[f64]>,
    ) -> Result<Self, CalibrationError> {
        let rows = log_odds.len();
        if churned.len() != rows || weights.is_some_and(|weights| weights.len() != rows) {
            return Err(CalibrationError::LengthsDiffer);
        }
        if log_odds
            .iter()
            .any(|x| x.abs() > MAX_LOG_ODDS || x.is_nan())
        {
            return Err(CalibrationError::ScoreOutOfRange);
        }
        let rows: Vec<Observation> = (0..rows)
            .map(|row| Observation {
                log_odds: log_odds[row],
                churned: churned[row],
                weight: weights.map_or(1.0, |weights| weights[row]),
            })
            .collect();
        if rows
            .iter()
            .any(|row| !(row.weight >= 0.0 && row.weight.is_finite()))
        {
            return Err(CalibrationError::WeightOutOfRange);
        }
        let total = |churned: bool| {
            let of_outcome = rows.iter().filter(|row| row.churned == churned);
            of_outcome.map(|row| row.weight).sum()
        };
        let (churners, stayers): (f64, f64) = (total(true), total(false));
        if churners <= 0.0 || stayers <= 0.0 {
            return Err(CalibrationError::OneOutcome);
        }
        Ok(Self {
            rows,
            churners,
            stayers,
        })
    }

    /// Platt's targets: what a churner and a stayer count as, so that no finite
    /// sample claims certainty. (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2).
    fn targets(&self) -> Targets {
        Targets {
            churner: (self.churners + 1.0) / (self.churners + 2.0),
            stayer: 1.0 / (self.stayers + 2.0),
        }
    }
}

#[derive(Clone, Copy)]
struct Targets {
    churner: f64,
    stayer: f64,
}

impl Targets {
    fn of(self, churned: bool) -> f64 {
        if churned { self.churner } else { self.stayer }
    }
}

/// The churn model's own bound on log-odds.
const MAX_LOG_ODDS: f64 = 1e6;

/// Keeps a sum that overflowed within the finite numbers.
fn finite(x: f64) -> f64 {
    x.clamp(f64::MIN, f64::MAX)
}

#[cfg(test)]
mod tests;
