//! Fitting coefficients: the problem, and two solvers of it.
//!
//! [`linfa`] is the default for plain ridge fits of ordinary size. [`newton`]
//! takes sample weights, a start, a penalty for each parameter and a change of
//! basis, and is faster on many rows.

mod basis;
mod cholesky;
mod encoded;
pub(super) mod linfa;
mod loss;
pub(super) mod newton;

pub(super) use basis::{Basis, Term};
pub(super) use encoded::Encoded;
pub(super) use loss::{Logistic, Loss, Tweedie};

/// What was fitted: the intercept first, then a coefficient for each encoded
/// column.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub(super) coefficients: Vec<f64>,
    /// By the curvature of the penalised likelihood: the spread of the
    /// coefficients' posterior, with the penalty as the prior.
    pub(super) standard_errors: Vec<f64>,
}

#[cfg(test)]
mod tests;
