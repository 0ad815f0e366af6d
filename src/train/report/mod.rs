//! What a run leaves behind for people: `report.html`, `card.md` and the end of
//! the terminal's output.
//!
//! [`html`] and [`card`] are pure: the same [`ReportData`] gives the same bytes.
//! Nothing is computed here but the wording; every name from the data is escaped,
//! cut to a readable length and capped in number, so that no data set makes a page
//! that cannot be read.

mod card;
mod charts;
mod data;
pub(super) mod frame;
mod gather;
mod html;
mod machine;
#[cfg(test)]
mod sample;
pub(in crate::train) mod segments;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
pub mod value;
mod verdict;
pub(in crate::train) mod warnings;

pub use card::card;
pub use data::{
    Asked, Baseline, BrierParts, CalibrationBin, CalibrationCandidate, Candidate, CardNotes,
    CauseShare, Coefficient, CollinearPair, ColumnFacts, CurvePoint, Curves, DataFile, DataQuality,
    Decile, Effect, EffectShape, Figure, Figures, FoldFigures, HistogramBin, Interval, LeftOut,
    Level, LevelCount, Monotonicity, PairAxis, PairEffect, Performance, PlainComparison, Point,
    Profit, ProfitPoint, ReportData, Slice, SuspiciousColumn, Watch, WatchedFeature,
};
pub(in crate::train) use gather::{Findings, gather};
pub use html::html;
pub use terminal::Trained;
pub use text::clean_lines;
pub(in crate::train) use text::{clean, compact, named, short};

/// Why a report could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The charting library refused.
    #[error("cannot draw the chart \"{title}\" of the report: {reason}")]
    Chart {
        /// The chart's title.
        title: String,
        /// What the library said.
        reason: String,
    },
}
