//! Newton's method (iteratively reweighted least squares) for penalised
//! regression by any convex loss.
//!
//! Minimises Σ w·loss + ½ Σ λ·θ², where the encoded columns' coefficients
//! are a linear map of the parameters θ ([`Basis`]) and the intercept is free.
//! Second derivatives make it indifferent to badly scaled columns.

use ndarray::{Array1, Array2, CowArray, Ix2};
use rayon::prelude::*;

use super::{Basis, Encoded, Fitted, Logistic, Loss, cholesky::InverseFactor};
use crate::train::FitError;

/// The rows of a fit.
#[derive(Debug, Clone, Copy)]
pub(in crate::train) struct Problem<'p, L = Logistic<'p>> {
    pub(in crate::train) encoded: &'p Encoded,
    pub(in crate::train) loss: L,
    /// One for each row, zero for a row that is left out.
    pub(in crate::train) weights: &'p [f64],
    pub(in crate::train) basis: &'p Basis,
}

/// Where the summed log loss stands, and how it bends there.
#[derive(Debug)]
pub(in crate::train) struct Quadratic {
    pub(in crate::train) parameters: Vec<f64>,
    /// Σ w·loss.
    pub(in crate::train) loss: f64,
    /// By parameters, of the summed loss without its penalty.
    pub(in crate::train) gradient: Vec<f64>,
    pub(in crate::train) hessian: Array2<f64>,
}

/// A step is halved at most this often before the search gives up.
const MAX_HALVINGS: u32 = 30;
const MAX_ITERATIONS: u32 = 100;
/// The fall of the mean loss that is still to be had, when a last step is taken.
const AIM: f64 = 1e-11;
/// A held parameter that would rise by less stays.
const RELEASE: f64 = 1e-9;
/// A loss has a curvature even where probabilities are 0 or 1.
const MIN_CURVATURE: f64 = 1e-12;
/// Rows that one thread takes at a time.
const PART_ROWS: usize = 1 << 12;

impl<L: Loss> Problem<'_, L> {
    /// The loss and its derivatives at these parameters.
    pub(in crate::train) fn at(&self, parameters: Vec<f64>) -> Quadratic {
        let predictors = self.predictors(&parameters);
        let moments = self.encoded.moments(self.weights, |row| {
            let weight = self.weights[row];
            let (slope, curvature) = self.loss.derivatives(row, predictors[row]);
            (weight * curvature.max(MIN_CURVATURE), weight * slope)
        });
        Quadratic {
            loss: self.loss_of(&predictors),
            gradient: self.basis.gradient(&moments.gradient),
            hessian: self.basis.hessian(moments.hessian.view()),
            parameters,
        }
    }

    /// Coefficients and their standard errors at a minimum.
    pub(in crate::train) fn fitted(&self, minimum: &Minimum) -> Result<Fitted, FitError> {
        let width = self.encoded.width();
        let variances = self.basis.variances(minimum.covariance()?.view(), width);
        Ok(Fitted {
            coefficients: self.basis.coefficients(&minimum.parameters, width),
            standard_errors: variances.into_iter().map(f64::sqrt).collect(),
        })
    }

    /// Parameters that predict the same for everyone.
    pub(in crate::train) fn constant(&self) -> Vec<f64> {
        let mut parameters = vec![0.0; self.basis.parameters()];
        parameters[0] = self.loss.constant(self.weights);
        parameters
    }

    /// The linear predictor of every row, of those without weight too.
    pub(in crate::train) fn predictors(&self, parameters: &[f64]) -> Vec<f64> {
        let coefficients = self.basis.coefficients(parameters, self.encoded.width());
        (0..self.encoded.rows())
            .into_par_iter()
            .with_min_len(PART_ROWS)
            .map(|row| self.encoded.dot(row, &coefficients))
            .collect()
    }

    fn loss_at(&self, parameters: &[f64]) -> f64 {
        self.loss_of(&self.predictors(parameters))
    }

    fn loss_of(&self, predictors: &[f64]) -> f64 {
        let parts: Vec<f64> = predictors
            .par_chunks(PART_ROWS)
            .zip(self.weights.par_chunks(PART_ROWS))
            .enumerate()
            .map(|(part, (predictors, weights))| {
                let rows = (part * PART_ROWS..).zip(predictors.iter().zip(weights));
                rows.filter(|(_, (_, weight))| **weight != 0.0)
                    .map(|(row, (&predictor, weight))| weight * self.loss.of(row, predictor))
                    .sum()
            })
            .collect();
        // Whatever the number of threads, the parts and their order are the same.
        parts.iter().sum()
    }

    /// The minimum for given penalties, one for each parameter, with the second
    /// derivatives of one step before it.
    ///
    /// # Errors
    ///
    /// When the penalised second derivatives are not positive definite, or no
    /// step reaches a gradient of zero.
    pub(in crate::train) fn minimise(
        &self,
        penalties: &[f64],
        start: Vec<f64>,
    ) -> Result<Minimum, FitError> {
        let total: f64 = self.weights.iter().sum();
        let nonnegative = self.basis.nonnegative();
        let mut at = self.at(start);
        for _ in 0..MAX_ITERATIONS {
            let minimum = at.minimum(penalties, &nonnegative)?;
            let decrement = at.decrement(penalties, &minimum.parameters) / total;
            if decrement <= AIM {
                // So near, the quadratic's minimum is the loss's to the last digits,
                // though rounding may hide that it is lower.
                return Ok(minimum);
            }
            match self.towards(&at, penalties, minimum.parameters) {
                Some(next) => at = self.at(next),
                None => return Err(not_converged(decrement)),
            }
        }
        let target = at.minimum(penalties, &nonnegative)?.parameters;
        Err(not_converged(at.decrement(penalties, &target) / total))
    }

    /// The first point on the way to `target`, by halves, that is lower.
    pub(in crate::train) fn towards(
        &self,
        from: &Quadratic,
        penalties: &[f64],
        target: Vec<f64>,
    ) -> Option<Vec<f64>> {
        let before = from.loss + penalty(penalties, &from.parameters);
        let mut to = target;
        for _ in 0..MAX_HALVINGS {
            let after = self.loss_at(&to) + penalty(penalties, &to);
            // A NaN is no descent either.
            if after < before {
                return Some(to);
            }
            for (to, from) in to.iter_mut().zip(&from.parameters) {
                *to = f64::midpoint(*to, *from);
            }
        }
        None
    }
}

/// The minimum of a penalised quadratic.
#[derive(Debug)]
pub(in crate::train) struct Minimum {
    pub(in crate::train) parameters: Vec<f64>,
    /// The penalised second derivatives.
    penalised: Array2<f64>,
    /// Of these, for the parameters that are free.
    factor: InverseFactor,
    /// Parameters that are held at zero, their bound.
    held: Vec<bool>,
}

impl Quadratic {
    /// The minimum with penalties for each parameter, none of the
    /// `nonnegative` ones below zero: an active-set method, which holds what
    /// would be negative at zero and lets go of what would rise.
    pub(in crate::train) fn minimum(
        &self,
        penalties: &[f64],
        nonnegative: &[bool],
    ) -> Result<Minimum, FitError> {
        let mut penalised = self.hessian.clone();
        let from = Array1::from(self.parameters.clone());
        let target = self.hessian.dot(&from) - Array1::from(self.gradient.clone());
        for (index, penalty) in penalties.iter().enumerate() {
            penalised[(index, index)] += penalty;
        }
        let mut held = vec![false; penalties.len()];
        for _ in 0..=2 * penalties.len() {
            let factor = InverseFactor::of(reduced(&penalised, &held).view())
                .ok_or(FitError::NotPositiveDefinite)?;
            let free =
                Array1::from_shape_fn(penalties.len(), |i| if held[i] { 0.0 } else { target[i] });
            let parameters = factor.solve(&free).to_vec();
            if !revise(&mut held, nonnegative, &parameters, &penalised, &target) {
                return Ok(Minimum {
                    parameters,
                    penalised,
                    factor,
                    held,
                });
            }
        }
        Err(FitError::NotPositiveDefinite)
    }

    /// How much lower the penalised quadratic is at its minimum: the squared
    /// Newton decrement, halved.
    fn decrement(&self, penalties: &[f64], minimum: &[f64]) -> f64 {
        let slope: f64 = (0..penalties.len())
            .map(|index| {
                let gradient = self.gradient[index] + penalties[index] * self.parameters[index];
                gradient * (self.parameters[index] - minimum[index])
            })
            .sum();
        slope / 2.0
    }
}

impl Minimum {
    /// The inverse of the penalised second derivatives, as if no parameter were
    /// held.
    fn covariance(&self) -> Result<Array2<f64>, FitError> {
        if !self.held.contains(&true) {
            return Ok(self.factor.inverse());
        }
        InverseFactor::of(self.penalised.view())
            .map(|factor| factor.inverse())
            .ok_or(FitError::NotPositiveDefinite)
    }

    /// The diagonal of the inverse of the penalised second derivatives; what a
    /// penalty alone leaves where a parameter is held.
    pub(in crate::train) fn variances(&self, penalties: &[f64]) -> Vec<f64> {
        let variances = self.factor.inverse_diagonal().into_iter();
        variances
            .enumerate()
            .map(|(index, variance)| {
                if self.held[index] {
                    1.0 / penalties[index]
                } else {
                    variance
                }
            })
            .collect()
    }
}

/// The matrix for the parameters that are free.
fn reduced<'m>(matrix: &'m Array2<f64>, held: &[bool]) -> CowArray<'m, f64, Ix2> {
    if !held.contains(&true) {
        return matrix.into();
    }
    Array2::from_shape_fn(matrix.dim(), |(i, j)| match (held[i] || held[j], i == j) {
        (false, _) => matrix[(i, j)],
        (true, same) => f64::from(u8::from(same)),
    })
    .into()
}

/// Holds the free parameters that fell below zero, or else lets go of the held
/// one that would lower the loss most; whether anything changed.
fn revise(
    held: &mut [bool],
    nonnegative: &[bool],
    parameters: &[f64],
    matrix: &Array2<f64>,
    target: &Array1<f64>,
) -> bool {
    let mut changed = false;
    for index in 0..held.len() {
        if nonnegative[index] && !held[index] && parameters[index] < 0.0 {
            held[index] = true;
            changed = true;
        }
    }
    if changed || !held.contains(&true) {
        return changed;
    }
    let slope = |index: usize| {
        let line = matrix.row(index);
        let line = line.iter().zip(parameters);
        (target[index] - line.map(|(a, b)| a * b).sum::<f64>()) / matrix[(index, index)]
    };
    let held_ones = (0..held.len()).filter(|&index| held[index]);
    let steepest = held_ones
        .map(|index| (slope(index), index))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match steepest {
        Some((slope, index)) if slope > RELEASE => {
            held[index] = false;
            true
        }
        _ => false,
    }
}

fn not_converged(decrement: f64) -> FitError {
    FitError::NotConverged {
        measure: "Newton decrement",
        found: decrement,
        limit: AIM,
    }
}

fn penalty(penalties: &[f64], parameters: &[f64]) -> f64 {
    let terms = penalties.iter().zip(parameters);
    terms
        .map(|(penalty, parameter)| penalty * parameter * parameter)
        .sum::<f64>()
        / 2.0
}
