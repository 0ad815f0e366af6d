//! Pure mathematics: no files, no clock, no randomness.

mod additive;
mod baseline;
mod calibration;
mod churn;
mod columns;
mod comparison;
mod correlation;
mod exact;
mod facts;
mod metrics;
mod newton;
pub mod segments;
mod special;
pub mod value;
mod value_facts;
mod weighted;

pub use additive::{AdditiveModel, Coefficient, ModelError};
pub use baseline::{
    Baseline, Distribution, FeatureBaseline, Histogram, HistogramError, stability_index,
};
pub use calibration::{
    Beta, Calibration, CalibrationError, CalibrationMethod, Candidate, CandidateResult, Choice,
    Isotonic, Knot, MAX_KNOTS, Platt, choose,
};
pub use churn::{ChurnModel, Explanation, logistic};
pub(crate) use columns::{ColumnSums, Sums};
pub use comparison::{AreaComparison, compare_areas};
pub use correlation::Correlation;
pub use facts::{
    Chosen, ChurnDefinition, DataFile, Evaluation, ExcludedColumn, Figures, Recalibration,
    TrainingFacts,
};
pub(crate) use metrics::Sample;
pub use metrics::{
    Assessment, Better, BrierDecomposition, CalibrationBin, CalibrationLine, Decile,
    ExpectedProfit, Figure, Interval, MaximumProfit, Metrics, Point, ProfitError, ProfitMeasure,
    ProfitParameters, Ranking, area_under_curve, lift, log_loss, thinned,
};
pub use value_facts::{
    FrequencyFigures, HoldOut, HoldOutFigures, PurchaseCandidate, SpendFigures, ValueEvaluation,
    ValueFacts,
};
pub use weighted::mean_and_error;
