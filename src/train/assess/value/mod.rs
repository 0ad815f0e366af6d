//! Work on published value models: look inside, tell versions apart, measure on
//! a later log.

mod diff;
mod evaluate;
mod inspect;

pub use diff::{ValueDifferences, diff_values};
pub use evaluate::{ValueEvaluated, ValueEvaluationRequest, evaluate_value};
pub use inspect::{ValueInspected, inspect_value};
