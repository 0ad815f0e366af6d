//! What to do where the data say that hardly anyone leaves, or all by the same
//! chance: the likelihood then rises without end, if by next to nothing.
//!
//! A weak prior on the parameters of leaving ends that. It is used only when
//! plain maximum likelihood fails, and the fit says so.

use super::{FitError, LogLikelihood, Maximum, Slope, maximize};

/// A weak prior on some parameters: normal on their logarithms.
#[derive(Debug, Clone, Copy)]
pub(in crate::model::value) struct Prior<const N: usize> {
    /// Means of the logarithms.
    pub(in crate::model::value) centre: [f64; N],
    /// Inverse variances of the logarithms; 0 where there is no prior.
    pub(in crate::model::value) precision: [f64; N],
}

struct Posterior<'a, L, const N: usize> {
    likelihood: &'a L,
    prior: Prior<N>,
}

impl<const N: usize, L: LogLikelihood<N>> LogLikelihood<N> for Posterior<'_, L, N> {
    const NAMES: [&'static str; N] = L::NAMES;

    fn customers(&self) -> f64 {
        self.likelihood.customers()
    }

    fn slope(&self, ln_parameters: &[f64; N]) -> Slope<N> {
        let mut slope = self.likelihood.slope(ln_parameters);
        for (j, ln_parameter) in ln_parameters.iter().enumerate() {
            let distance = ln_parameter - self.prior.centre[j];
            slope.log_likelihood -= self.prior.precision[j] * distance * distance / 2.0;
            slope.gradient[j] -= self.prior.precision[j] * distance;
        }
        slope
    }

    fn hessian(&self, ln_parameters: &[f64; N]) -> [[f64; N]; N] {
        let mut hessian = self.likelihood.hessian(ln_parameters);
        for (j, row) in hessian.iter_mut().enumerate() {
            row[j] -= self.prior.precision[j];
        }
        hessian
    }

    fn hessian_evaluations(&self) -> usize {
        self.likelihood.hessian_evaluations()
    }
}

/// The maximum of the likelihood; where it has none, that of the likelihood
/// times the prior. The log-likelihood told is the former's in both cases.
///
/// # Errors
///
/// [`FitError::Unbounded`] or [`FitError::NotConverged`] if there is none with
/// the prior either.
pub(in crate::model::value) fn maximize_or_steady<const N: usize, L: LogLikelihood<N>>(
    likelihood: &L,
    starts: &[[f64; N]],
    prior: Prior<N>,
) -> Result<Maximum<N>, FitError> {
    if let Ok(maximum) = maximize(likelihood, starts) {
        return Ok(maximum);
    }
    let steadied = maximize(&Posterior { likelihood, prior }, starts)?;
    Ok(Maximum {
        log_likelihood: likelihood.slope(&steadied.ln_parameters).log_likelihood,
        weak_prior: true,
        ..steadied
    })
}
