//! Fitting coefficients: the problem, and two solvers of it.
//!
//! [`linfa`] is the default for plain ridge fits of ordinary size. [`newton`]
//! takes sample weights, a start, a penalty for each parameter and a change of
//! basis, and is faster on many rows.

mod basis;
mod encoded;
pub(super) mod linfa;
pub(super) mod newton;

pub(super) use basis::{Basis, Term};
pub(super) use encoded::Encoded;

/// What was fitted, in the encoding's own columns.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub(super) intercept: f64,
    pub(super) coefficients: Vec<f64>,
}
