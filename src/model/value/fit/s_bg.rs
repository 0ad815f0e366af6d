//! Maximum likelihood of the sBG model.

use super::{FitError, Fitted, LogLikelihood, Slope, enough_customers, maximize};
use crate::model::value::{Cohort, SBg};

/// Fewest customers that two parameters are fitted to.
const FEWEST_CUSTOMERS: usize = 3;
/// Where the solver starts.
const STARTS: [[f64; 2]; 3] = [[1.0, 1.0], [0.5, 4.0], [2.0, 20.0]];

/// Fits sBG by maximum likelihood to cohorts that may have been followed for
/// different times.
///
/// # Errors
///
/// [`FitError`] when there are too few customers, or when the likelihood has no
/// maximum: nobody left, or all leave at the same rate.
pub fn fit_s_bg(cohorts: &[Cohort]) -> Result<Fitted<SBg, 2>, FitError> {
    let likelihood = Cohorts {
        cohorts,
        customers: cohorts.iter().map(|cohort| cohort.customers()[0]).sum(),
    };
    enough_customers(likelihood.customers, FEWEST_CUSTOMERS)?;
    let maximum = maximize(&likelihood, &STARTS)?;
    Fitted::at(maximum, |p| SBg::new(p).ok()).ok_or(FitError::NotConverged { steps: 0 })
}

pub(super) struct Cohorts<'a> {
    pub(super) cohorts: &'a [Cohort],
    pub(super) customers: f64,
}

impl LogLikelihood<2> for Cohorts<'_> {
    const NAMES: [&'static str; 2] = SBg::NAMES;

    fn customers(&self) -> f64 {
        self.customers
    }

    fn slope(&self, ln_parameters: &[f64; 2]) -> Slope<2> {
        let mut slope = Slope {
            log_likelihood: f64::NEG_INFINITY,
            gradient: [0.0; 2],
        };
        // The solver takes what is not finite for no place to go.
        if let Ok(model) = SBg::new(ln_parameters.map(f64::exp)) {
            slope.log_likelihood = 0.0;
            for cohort in self.cohorts {
                slope.log_likelihood += model.log_likelihood(cohort);
                for (sum, term) in slope.gradient.iter_mut().zip(model.gradient(cohort)) {
                    *sum += term;
                }
            }
        }
        slope
    }
}
