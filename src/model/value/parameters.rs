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
pub enum ParameterError {
    /// No positive number of a sensible size.
    #[error(
        "parameter {parameter} is {value}: it must be a number from {SMALLEST_PARAMETER:e} to {largest:e}"
    )]
    Size {
        /// The parameter's name in the literature.
        parameter: &'static str,
        /// What it was.
        value: f64,
        /// The most that it may be.
        largest: f64,
    },
    /// q of Gamma-Gamma, with which the mean spend of all customers is infinite.
    #[error("parameter q is {0}: it must be above 1, or spend has no mean")]
    NoMeanSpend(f64),
}

/// Checks parameters in order.
pub(super) fn check<const N: usize>(
    names: [&'static str; N],
    values: [f64; N],
) -> Result<[f64; N], ParameterError> {
    for (parameter, value) in names.into_iter().zip(values) {
        check_up_to(LARGEST_PARAMETER, parameter, value)?;
    }
    Ok(values)
}

/// Checks a parameter with a bound of its own.
pub(super) fn check_up_to(
    largest: f64,
    parameter: &'static str,
    value: f64,
) -> Result<(), ParameterError> {
    if (SMALLEST_PARAMETER..=largest).contains(&value) {
        return Ok(());
    }
    Err(ParameterError::Size {
        parameter,
        value,
        largest,
    })
}

/// A horizon as the formulas may have it: NaN and negative ones are 0.
pub(super) fn bounded(horizon: f64) -> f64 {
    if horizon > 0.0 {
        horizon.min(LONGEST_HORIZON)
    } else {
        0.0
    }
}
