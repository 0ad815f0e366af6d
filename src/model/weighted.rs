//! Weighted means, and how far chance may move them.

/// The mean of `values` by `weights`, and its standard error. Weights say how
/// much a row counts: with equal ones, the error is that of a plain mean.
#[must_use]
pub fn mean_and_error(values: &[f64], weights: &[f64]) -> (f64, f64) {
    let rows = values.len() as f64;
    let total: f64 = weights.iter().sum();
    let pairs = || values.iter().zip(weights);
    let mean = pairs().map(|(value, weight)| value * weight).sum::<f64>() / total;
    let squares: f64 = pairs()
        .map(|(value, weight)| (weight * (value - mean)).powi(2))
        .sum();
    (mean, (squares * rows / (rows - 1.0)).sqrt() / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_give_the_plain_mean() {
        let (mean, error) = mean_and_error(&[1.0, 2.0, 3.0, 6.0], &[2.0; 4]);
        assert!((mean - 3.0).abs() < 1e-15);
        // Variance 14 / 3, over 4 rows.
        assert!((error - (14.0_f64 / 12.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn a_row_without_weight_does_not_count() {
        let (mean, _) = mean_and_error(&[1.0, 3.0, 100.0], &[1.0, 1.0, 0.0]);
        assert!((mean - 2.0).abs() < 1e-15);
    }
}
