//! `holdfast-train spend`: from a table of features and of what was spent later
//! to a published [`SpendModel`](crate::model::value::SpendModel).
//!
//! read → what was spent (`target`) → plan and split as for churn, with the rows
//! parted in two by their spend → fit (`fit`, `power`) → measure on rows that
//! were held out → publish.

mod card;
mod error;
mod fit;
mod html;
mod power;
mod run;
mod settings;
mod target;
#[cfg(test)]
mod tests;
mod text;

pub use error::{SpendDataError, SpendError};
pub use run::{SpendTrained, spend};
pub use settings::{Negatives, SpendTraining};
pub(in crate::train) use text::{Told, json as content_json};
