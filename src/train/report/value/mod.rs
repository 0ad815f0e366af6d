//! The report and the card of a value model: `html` and `card` are pure, as
//! those of churn models are, and use the same page, charts and wording.

mod data;

pub use data::{
    Choice, CleaningStep, Cohort, Concentration, Convergence, FrequencyRecencyMaps, Indicators,
    LogFacts, MatrixCell, Parameter, PurchaseFit, RetentionFit, RetentionPoint, SegmentRow,
    SegmentTable, SpendFit, SpendRegression, TierRow, Tiering, TrackedPeriod, Tracking, ValueAsked,
    ValueMatrix, ValueReportData, ValueTerms, Worth,
};

use super::ReportError;

/// The report as one HTML page.
///
/// # Errors
///
/// When the charting library refuses to draw a chart.
pub fn html(data: &ValueReportData) -> Result<String, ReportError> {
    let _ = data;
    Ok(String::new())
}

/// The model card, in Markdown.
#[must_use]
pub fn card(data: &ValueReportData) -> String {
    let _ = data;
    String::new()
}
