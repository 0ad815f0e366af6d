//! What the report is made of: plain figures, names and points, nothing computed.
//!
//! The trainer fills [`ReportData`]; the pages only arrange and word it. Log-odds
//! and contributions are natural logarithms, shares and rates lie in [0, 1]. It
//! holds no customer's id and no row.

mod asked;
mod curves;
mod effects;
mod figures;
mod watch;

pub use crate::model::DataFile;
pub use asked::{Asked, CollinearPair, ColumnFacts, DataQuality, LeftOut, SuspiciousColumn};
pub use curves::{
    CalibrationBin, CalibrationCandidate, Curves, Decile, Point, Profit, ProfitPoint,
};
pub use effects::{
    CauseShare, Coefficient, CurvePoint, Effect, EffectShape, HistogramBin, Level, Monotonicity,
    PairAxis, PairEffect,
};
pub use figures::{
    BrierParts, Candidate, Figure, Figures, FoldFigures, Interval, Performance, PlainComparison,
    Slice,
};
pub use watch::{Baseline, CardNotes, LevelCount, Watch, WatchedFeature};

/// Everything that `report.html` and `card.md` show of one fit.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportData {
    /// What was asked for, and of which data.
    pub asked: Asked,
    /// What was found in the data.
    pub quality: DataQuality,
    /// The headline figures.
    pub performance: Performance,
    /// The models that the search tried, in its order; empty without a search.
    pub candidates: Vec<Candidate>,
    /// Points of the curves on held-out rows.
    pub curves: Curves,
    /// The ways of calibrating that were tried; empty when none was.
    pub calibrations: Vec<CalibrationCandidate>,
    /// What acting on the scores would earn; `None` without costs and benefits.
    pub profit: Option<Profit>,
    /// The effect of every feature, in any order.
    pub effects: Vec<Effect>,
    /// The pairwise terms of the model, in any order.
    pub pairs: Vec<PairEffect>,
    /// What pushes churn up in the base, by cause group, in any order.
    pub causes: Vec<CauseShare>,
    /// The fitted coefficients, in the order of the encoding.
    pub coefficients: Vec<Coefficient>,
    /// Held-out figures by slice, in any order.
    pub slices: Vec<Slice>,
    /// Figures of each fold of each repeat of the cross-validation.
    pub folds: Vec<FoldFigures>,
    /// What to keep an eye on in production.
    pub watch: Watch,
    /// What only people can say, for the card.
    pub notes: CardNotes,
}
