//! Why there is no calibration.

use super::MAX_KNOTS;

/// Why numbers give no calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// Scores, outcomes, weights or folds are not one for each row.
    #[error("calibration needs one score, outcome, weight and fold for each row")]
    LengthsDiffer,
    /// A NaN, an infinity or log-odds beyond a million.
    #[error("calibration needs log-odds between minus and plus a million")]
    ScoreOutOfRange,
    /// A negative or infinite weight, or a NaN.
    #[error("calibration needs weights that are finite and not negative")]
    WeightOutOfRange,
    /// Nothing to learn from.
    #[error("calibration needs rows of both outcomes")]
    OneOutcome,
    /// Higher scores do not go with more churn.
    #[error("the scores do not rank churners above stayers, so no calibration can mend them")]
    NotRising,
    /// No finite best fit.
    #[error(
        "there is no best calibration: the scores are all equal, or separate churners from \
         stayers completely; use another method or more rows"
    )]
    NoMaximum,
    /// A parameter that is no finite number, or turns the order round.
    #[error("the parameters of the calibration must be finite, and its slopes not negative")]
    ParameterOutOfRange,
    /// Points that are no function.
    #[error(
        "an isotonic calibration has 2 to {MAX_KNOTS} points, with rising scores and log-odds \
         that never fall, all between minus and plus a million"
    )]
    Knots,
    /// Cross-fitting needs something to leave out.
    #[error("choosing a calibration needs at least two folds")]
    OneFold,
}
