//! Maximum likelihood of the value models.
//!
//! Parameters are positive, and the solver works on their logarithms. Equal
//! customers are counted, not repeated; the sums run in a fixed order, so that
//! the same customers give the same bits.

mod beta_geometric;
mod counted;
mod gamma_gamma;
mod maximize;
mod prior;
mod s_bg;
mod symmetric;

use thiserror::Error;

pub(super) use beta_geometric::enough;
use beta_geometric::enough_customers;
pub use beta_geometric::{fit_bg_nbd, fit_mbg_nbd};
pub use counted::{Counted, count_equal};
pub use gamma_gamma::fit_gamma_gamma;
pub(super) use maximize::{LogLikelihood, Maximum, Slope, maximize};
pub(super) use prior::{Prior, maximize_or_steady};
pub use s_bg::fit_s_bg;

/// A fitted model and how sure its parameters are.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted<M, const N: usize> {
    /// The model.
    pub model: M,
    /// Its log-likelihood, summed over the customers.
    pub log_likelihood: f64,
    /// Standard errors of the parameters, from the curvature of the
    /// log-likelihood by the delta method.
    pub standard_errors: [f64; N],
    /// Covariance of the logarithms of the parameters: the inverse of the
    /// observed information.
    pub covariance: [[f64; N]; N],
    /// The largest derivative by the logarithm of a parameter, of the mean
    /// log-likelihood of a customer; 0 at an exact maximum.
    pub gradient_norm: f64,
    /// How many starts were tried; those of Pareto/NBD on a sample, where there
    /// are many different customers.
    pub starts: usize,
    /// How often the likelihood was evaluated.
    pub evaluations: usize,
    /// Whether the likelihood alone had no maximum, because hardly anyone
    /// leaves or all leave by the same chance, so that a weak prior on the
    /// parameters of leaving had to end its rise. The standard errors of those
    /// are then mostly the prior's.
    pub weak_prior: bool,
}

/// The end of its range that a parameter goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// 0.
    Zero,
    /// Infinity.
    Infinity,
}

impl std::fmt::Display for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Zero => "0",
            Self::Infinity => "infinity",
        })
    }
}

/// Why there is no fit.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum FitError {
    /// Fewer customers than the parameters need.
    #[error("{found} customers are too few to fit this model: it needs {needed}")]
    NotEnoughCustomers {
        /// Customers that count.
        found: usize,
        /// The fewest that will do.
        needed: usize,
    },
    /// Nobody bought twice.
    #[error(
        "no customer bought a second time, so that the data do not tell how often customers buy: take a longer observation"
    )]
    NoRepeatPurchases,
    /// The likelihood has no maximum: it rises towards an edge.
    #[error(
        "the likelihood has no maximum: it rises as {parameter} goes to {towards}, because the customers differ too little, or too much, for this model: take a longer observation, more customers or another model"
    )]
    Unbounded {
        /// The parameter that goes fastest.
        parameter: &'static str,
        /// Where it goes.
        towards: Edge,
    },
    /// The maximum of Gamma-Gamma is where spend has no mean.
    #[error(
        "spend has no mean, as q is {q:.3} and not above 1: a few customers spend far more than all others; look for wrong amounts, or take more customers"
    )]
    NoMeanSpend {
        /// What q is.
        q: f64,
    },
    /// No maximum was reached.
    #[error("the fit did not converge in {steps} steps: try another model or other customers")]
    NotConverged {
        /// Steps of the solver.
        steps: usize,
    },
}

impl<M, const N: usize> Fitted<M, N> {
    /// The model at a maximum; `None` if its parameters are refused.
    pub(super) fn at(
        maximum: Maximum<N>,
        model: impl FnOnce([f64; N]) -> Option<M>,
    ) -> Option<Self> {
        let parameters = maximum.ln_parameters.map(f64::exp);
        let covariance = maximum.covariance;
        Some(Self {
            model: model(parameters)?,
            log_likelihood: maximum.log_likelihood,
            standard_errors: std::array::from_fn(|j| parameters[j] * covariance[j][j].sqrt()),
            covariance,
            gradient_norm: maximum.gradient_norm,
            starts: maximum.starts,
            evaluations: maximum.evaluations,
            weak_prior: maximum.weak_prior,
        })
    }
}

#[cfg(test)]
mod tests;
