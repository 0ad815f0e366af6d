//! Plain ridge fits by linfa.
//!
//! linfa makes the more frequent class the positive one, returns a fit that
//! stopped early as if it had converged, and takes its tolerance on the gradient
//! of the summed loss. All three are put right here.

use linfa::{DatasetBase, traits::Fit};
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, ShapeBuilder};

use super::newton::Problem;
use crate::{model::logistic as probability, train::FitError};

const MAX_ITERATIONS: u64 = 1000;
/// The solver is asked for a mean gradient of this norm …
const AIM: f64 = 1e-8;
/// … and its answer accepted when no component is larger than this.
const LIMIT: f64 = 1e-6;

/// Minimises Σ log loss + `ridge_penalty` / 2 · |coefficients|² over the rows
/// whose weight is not zero; the first coefficient is the intercept, and free.
pub(in crate::train) fn logistic(
    problem: &Problem<'_>,
    ridge_penalty: f64,
) -> Result<Vec<f64>, FitError> {
    let rows: Vec<usize> = (0..problem.weights.len())
        .filter(|&row| problem.weights[row] != 0.0)
        .collect();
    let churned = rows.iter().map(|&row| problem.loss.0[row]).collect();
    let columns = dense(problem, &rows);
    let fitted = LogisticRegression::default()
        .alpha(ridge_penalty)
        .max_iterations(MAX_ITERATIONS)
        .gradient_tolerance(AIM * rows.len() as f64)
        .fit(&DatasetBase::new(columns, Array1::from_vec(churned)))?;

    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    let coefficients: Vec<f64> = std::iter::once(fitted.intercept())
        .chain(fitted.params().iter().copied())
        .map(|coefficient| coefficient * sign)
        .collect();
    let gradient = mean_gradient(problem, &rows, &coefficients, ridge_penalty);
    // Written so that a NaN fails too.
    if gradient.is_nan() || gradient > LIMIT {
        return Err(FitError::NotConverged {
            measure: "gradient",
            found: gradient,
            limit: LIMIT,
        });
    }
    Ok(coefficients)
}

/// Column-major, which linfa reads three times as fast.
fn dense(problem: &Problem<'_>, rows: &[usize]) -> Array2<f64> {
    let mut dense = Array2::zeros((rows.len(), problem.encoded.width() - 1).f());
    for (line, &row) in rows.iter().enumerate() {
        for (column, value) in problem.encoded.row(row) {
            dense[(line, column - 1)] = value;
        }
    }
    dense
}

/// Largest component, in absolute value, of the gradient of the mean loss.
fn mean_gradient(
    problem: &Problem<'_>,
    rows: &[usize],
    coefficients: &[f64],
    ridge_penalty: f64,
) -> f64 {
    let mut gradient: Vec<f64> = coefficients.iter().map(|c| c * ridge_penalty).collect();
    gradient[0] = 0.0;
    for &row in rows {
        let expected = probability(problem.encoded.dot(row, coefficients));
        let error = expected - f64::from(u8::from(problem.loss.0[row]));
        gradient[0] += error;
        for (column, value) in problem.encoded.row(row) {
            gradient[column] += error * value;
        }
    }
    let largest = gradient.iter().fold(0.0, |largest: f64, component| {
        if component.is_nan() {
            f64::NAN
        } else {
            largest.max(component.abs())
        }
    });
    largest / rows.len() as f64
}
