//! The report and the card of a value model: `html` and `card` are pure, as
//! those of churn models are, and use the same page, charts and wording.

mod card;
mod data;
mod gather;
mod html;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

pub use card::card;
pub use data::{
    Choice, CleaningStep, Cohort, Concentration, Convergence, FrequencyRecencyMaps, Indicators,
    Level, LogFacts, MatrixCell, Parameter, PurchaseFit, RetentionFit, RetentionPoint, SegmentRow,
    SegmentTable, SpendFit, SpendRegression, TierRow, Tiering, TrackedPeriod, Tracking, ValueAsked,
    ValueMatrix, ValueReportData, ValueTerms, Worth,
};
pub(in crate::train) use gather::{Valued, gather};
pub use html::html;
