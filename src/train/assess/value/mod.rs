//! Work on published value models: look inside, tell versions apart, measure on
//! a later log.

mod diff;
mod evaluate;
mod inspect;

pub(in crate::train::assess) use diff::compare;
pub use diff::{ContentDifferences, ValueDifferences, diff_values};
pub use evaluate::{ValueEvaluated, ValueEvaluationRequest, evaluate_value};
pub use inspect::{ValueInspected, inspect_value};
