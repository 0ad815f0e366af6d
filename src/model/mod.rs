//! Pure mathematics: no files, no clock, no randomness.

mod churn;
mod exact;
mod facts;
mod metrics;

pub use churn::{ChurnModel, Coefficient, Explanation, ModelError, logistic};
pub use facts::{ChurnDefinition, Evaluation, ExcludedColumn, TrainingFacts};
pub use metrics::{Metrics, area_under_curve, lift, log_loss};
