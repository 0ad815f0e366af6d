//! Pure mathematics: no files, no clock, no randomness.

mod churn;
mod exact;
mod facts;
mod metrics;
mod newton;
mod special;

pub use churn::{ChurnModel, Coefficient, Explanation, ModelError, logistic};
pub use facts::{ChurnDefinition, Evaluation, ExcludedColumn, TrainingFacts};
pub(crate) use metrics::Sample;
pub use metrics::{
    Assessment, Better, BrierDecomposition, CalibrationBin, CalibrationLine, Decile,
    ExpectedProfit, Figure, Interval, MaximumProfit, Metrics, Point, ProfitError, ProfitMeasure,
    ProfitParameters, Ranking, area_under_curve, lift, thinned,
};
