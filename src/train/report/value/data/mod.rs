//! What the report of a value model is made of: plain figures, names and
//! points, nothing computed.
//!
//! `holdfast-train value` fills [`ValueReportData`]; the pages only arrange and
//! word it. Money is in the currency of [`ValueTerms`], shares and rates lie in
//! [0, 1], and every length of time says its unit in its name or has one beside
//! it. It holds no customer's id.

mod asked;
mod expected;
mod fits;
mod groups;
mod worth;

pub use asked::{CleaningStep, LogFacts, ValueAsked, ValueTerms};
pub use expected::{FrequencyRecencyMaps, TrackedPeriod, Tracking};
pub use fits::{
    Choice, Convergence, Parameter, PurchaseFit, RetentionFit, RetentionPoint, SpendFit,
    SpendRegression,
};
pub use groups::{
    Cohort, Indicators, Level, MatrixCell, SegmentRow, SegmentTable, TierRow, Tiering, ValueMatrix,
};
pub use worth::{Concentration, Worth};

use crate::{model::HoldOut, train::report::CardNotes};

/// Everything that `report.html` and `card.md` show of one value model.
///
/// What a run does not have is `None` or empty, and has no place on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueReportData {
    /// What was asked for, and of which files.
    pub asked: ValueAsked,
    /// What is in the purchase log after cleaning.
    pub log: LogFacts,
    /// What each rule of cleaning did, in the order of the rules.
    pub cleaning: Vec<CleaningStep>,
    /// In what money, and how far and how steeply the future counts.
    pub terms: ValueTerms,
    /// The purchase models that were fitted, in the order they were tried.
    pub purchase_fits: Vec<PurchaseFit>,
    /// The chosen one, fitted again on all days; `None` where that is the same.
    pub published: Option<PurchaseFit>,
    /// Why the chosen one was; `None` where nothing was compared.
    pub choice: Option<Choice>,
    /// The model of spend per purchase; `None` where the log has no money.
    pub spend: Option<SpendFit>,
    /// A regression of future spend on features, where one was fitted.
    pub spend_regression: Option<SpendRegression>,
    /// Contractual retention, where customers hold contracts.
    pub retention: Option<RetentionFit>,
    /// How the chosen model did after the calibration period.
    pub hold_out: Option<HoldOut>,
    /// Repeat purchases over time, actual and expected.
    pub tracking: Option<Tracking>,
    /// What the model says of every frequency and recency.
    pub maps: Option<FrequencyRecencyMaps>,
    /// Lifetime values of the base.
    pub worth: Option<Worth>,
    /// By month of the first purchase, in order of time.
    pub cohorts: Vec<Cohort>,
    /// Segmentations side by side; empty where none was made.
    pub segments: Vec<SegmentTable>,
    /// Current against potential value, where tiers were drawn.
    pub matrix: Option<ValueMatrix>,
    /// Indicators of the company.
    pub indicators: Indicators,
    /// Repairs, warnings and other remarks, each a sentence.
    pub remarks: Vec<String>,
    /// What only people can say, for the card.
    pub notes: CardNotes,
}
