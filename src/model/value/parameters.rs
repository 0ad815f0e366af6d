//! What a parameter of a value model may be.

use thiserror::Error;

/// The smallest value of a parameter.
pub const SMALLEST_PARAMETER: f64 = 1e-12;
/// The largest value of a parameter.
pub const LARGEST_PARAMETER: f64 = 1e12;
/// The longest horizon, in any unit of time; a longer one counts as this.
pub(super) const LONGEST_HORIZON: f64 = 1e12;

/// A number that no parameter of a value model may be.
#[derive(Debug, Clone, PartialEq, Error)]
#[error(
    "parameter {parameter} is {value}: it must be a number from {SMALLEST_PARAMETER:e} to {LARGEST_PARAMETER:e}"
)]
pub struct ParameterError {
    /// The parameter's name in the literature.
    pub parameter: &'static str,
    /// What it was.
    pub value: f64,
}

/// Checks parameters in order.
pub(super) fn check<const N: usize>(
    names: [&'static str; N],
    values: [f64; N],
) -> Result<[f64; N], ParameterError> {
    for (parameter, value) in names.into_iter().zip(values) {
        if !(SMALLEST_PARAMETER..=LARGEST_PARAMETER).contains(&value) {
            return Err(ParameterError { parameter, value });
        }
    }
    Ok(values)
}

/// A horizon as the formulas may have it: NaN and negative ones are 0.
pub(super) fn bounded(horizon: f64) -> f64 {
    if horizon > 0.0 {
        horizon.min(LONGEST_HORIZON)
    } else {
        0.0
    }
}
