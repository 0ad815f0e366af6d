//! Fitting the coefficients, by linfa.
//!
//! linfa makes the more frequent class the positive one, returns a fit that
//! stopped early as if it had converged, and takes its tolerance on the gradient
//! of the summed loss. All three are put right here.

use linfa::{DatasetBase, traits::Fit};
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, Axis};

use crate::train::FitError;
use crate::model::{Coefficient, logistic as probability};

const MAX_ITERATIONS: u64 = 1000;
/// The solver is asked for a mean gradient of this norm …
const AIM: f64 = 1e-8;
/// … and its answer accepted when no component is larger than this.
const LIMIT: f64 = 1e-6;

/// What was fitted.
pub(in crate::train) struct Fitted {
    pub(in crate::train) intercept: f64,
    pub(in crate::train) columns: Vec<Coefficient>,
}

/// Minimises Σ log loss + `ridge_penalty` / 2 · |weights|², the intercept free.
pub(in crate::train) fn logistic(
    columns: Array2<f64>,
    churned: &[bool],
    ridge_penalty: f64,
) -> Result<Fitted, FitError> {
    let rows = churned.len() as f64;
    let training_means = columns.mean_axis(Axis(0)).unwrap_or_default();
    let data = DatasetBase::new(columns, Array1::from(churned.to_vec()));
    let fitted = LogisticRegression::default()
        .alpha(ridge_penalty)
        .max_iterations(MAX_ITERATIONS)
        .gradient_tolerance(AIM * rows)
        .fit(&data)?;

    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    let weights = fitted.params() * sign;
    let intercept = fitted.intercept() * sign;
    let gradient = mean_gradient(data.records(), churned, &weights, intercept, ridge_penalty);
    // Written so that a NaN fails too.
    if gradient.is_nan() || gradient > LIMIT {
        return Err(FitError::NotConverged {
            measure: "gradient",
            found: gradient,
            limit: LIMIT,
        });
    }
    Ok(Fitted {
        intercept,
        columns: weights
            .iter()
            .zip(&training_means)
            .map(|(&weight, &training_mean)| Coefficient {
                weight: weight + 0.0, // no negative zero
                training_mean,
            })
            .collect(),
    })
}

/// Largest component, in absolute value, of the gradient of the mean loss.
fn mean_gradient(
    columns: &Array2<f64>,
    churned: &[bool],
    weights: &Array1<f64>,
    intercept: f64,
    ridge_penalty: f64,
) -> f64 {
    let rows = churned.len() as f64;
    let mut errors = columns.dot(weights);
    for (error, &churned) in errors.iter_mut().zip(churned) {
        *error = probability(*error + intercept) - f64::from(u8::from(churned));
    }
    let gradient = (columns.t().dot(&errors) + weights * ridge_penalty) / rows;
    let largest = gradient.iter().fold(0.0, |largest: f64, component| {
        if component.is_nan() {
            f64::NAN
        } else {
            largest.max(component.abs())
        }
    });
    largest.max((errors.sum() / rows).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One column on which churners score higher; `churners` of every ten rows
    /// churn, the first row among them or not.
    fn data(churners: usize, churner_first: bool) -> (Array2<f64>, Vec<bool>) {
        let churned: Vec<bool> = (0..1000)
            .map(|row| (row % 10 < churners) == churner_first)
            .collect();
        let column = churned
            .iter()
            .enumerate()
            .map(|(row, &churned)| f64::from(u8::from(churned)) + (row as f64 * 0.7).sin() * 3.0);
        let columns = Array2::from_shape_vec((1000, 1), column.collect()).unwrap();
        (columns, churned)
    }

    #[test]
    fn the_positive_class_is_churn_at_every_balance() {
        for (churners, first) in [(2, true), (5, true), (5, false), (8, true), (2, false)] {
            let (columns, churned) = data(churners, first);
            let share = churned.iter().filter(|&&churned| churned).count() as f64 / 1000.0;
            let fitted = logistic(columns.clone(), &churned, 1.0).unwrap();
            let weight = fitted.columns[0].weight;
            assert!(weight > 0.0, "{churners} {first}");
            let mean: f64 = columns
                .iter()
                .map(|x| probability(fitted.intercept + weight * x))
                .sum::<f64>()
                / 1000.0;
            // With a free intercept the mean prediction is the prevalence.
            assert!((mean - share).abs() < 1e-6, "{mean} {share}");
        }
    }

    #[test]
    fn flipping_the_target_flips_every_sign() {
        let (columns, churned) = data(3, true);
        let stayed: Vec<bool> = churned.iter().map(|churned| !churned).collect();
        let churn = logistic(columns.clone(), &churned, 1.0).unwrap();
        let stay = logistic(columns, &stayed, 1.0).unwrap();
        assert!((churn.intercept + stay.intercept).abs() < 1e-6);
        assert!((churn.columns[0].weight + stay.columns[0].weight).abs() < 1e-6);
    }

    #[test]
    fn what_did_not_converge_is_refused() {
        let (mut columns, churned) = data(3, true);
        columns[(0, 0)] = 1e200;
        let result = logistic(columns, &churned, 1.0);
        assert!(matches!(
            result,
            Err(FitError::NotConverged { .. } | FitError::Solver(_))
        ));
    }
}
