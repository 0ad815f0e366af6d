//! The back-test of early warning: a purchase log is replayed week by week, with
//! a churn model that is trained on nothing but what was known by then.
//!
//! log → weeks (`calendar`) → what was known of each customer, and what came of
//! it (`panel`) → probabilities by models of the past (`models`) → alarms by
//! each rule of a grid, by simple rules and by chance (`replay`, `simple`) →
//! figures (`figures`) → the frontier of lead time against precision, and advice
//! (`grid`). `docs/warnings.md` says what counts as a true alarm.

mod calendar;
mod error;
mod figures;
mod grid;
mod json;
mod models;
mod panel;
mod replay;
mod run;
mod settings;
mod simple;
mod text;

pub use error::WarningsError;
pub use figures::{Figures, Quartiles};
pub use grid::{Advice, Ruled};
pub use models::Retrained;
pub use run::{BackTest, Hysteresis, Ranked, Times, report, warnings};
pub use settings::WarningsRequest;
pub use simple::SimpleRule;
pub(in crate::train) use text::{NO_ADVICE, in_words};

#[cfg(test)]
mod tests;
