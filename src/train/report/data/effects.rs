//! What each feature, pair and cause adds to the log-odds.

/// What one feature adds to the log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The feature.
    pub feature: String,
    /// Mean absolute contribution over the training rows.
    pub importance: f64,
    /// Its cause group, such as `price`.
    pub cause_group: String,
    /// Whether it was held to one direction.
    pub monotonicity: Option<Monotonicity>,
    /// Its contribution by value.
    pub shape: EffectShape,
    /// Its contribution when the value is missing; the level's name is not shown.
    pub missing: Option<Level>,
}

/// The direction that an effect was held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Monotonicity {
    /// A higher value never lowers the risk.
    Rising,
    /// A higher value never raises the risk.
    Falling,
}

/// A contribution by value.
#[derive(Debug, Clone, PartialEq)]
pub enum EffectShape {
    /// Of a number: straight lines between points.
    Curve {
        /// By rising value.
        points: Vec<CurvePoint>,
        /// Where the training rows lie.
        support: Vec<HistogramBin>,
    },
    /// Of a category or a flag.
    Levels(Vec<Level>),
}

/// A point of an effect curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// The value.
    pub x: f64,
    /// Its contribution to the log-odds.
    pub log_odds: f64,
    /// Standard error of that.
    pub standard_error: Option<f64>,
}

/// Rows whose value is in `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistogramBin {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Rows.
    pub rows: u64,
}

/// One value of a category or flag.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The value.
    pub name: String,
    /// Its contribution to the log-odds.
    pub log_odds: f64,
    /// Standard error of that.
    pub standard_error: Option<f64>,
    /// Training rows with it.
    pub rows: u64,
}

/// What two features add together, beyond what each adds alone.
#[derive(Debug, Clone, PartialEq)]
pub struct PairEffect {
    /// The feature along.
    pub first: String,
    /// The feature up.
    pub second: String,
    /// Mean absolute contribution over the training rows.
    pub importance: f64,
    /// Cells along.
    pub x: PairAxis,
    /// Cells up, from the bottom.
    pub y: PairAxis,
    /// Contribution to the log-odds of each cell: one inner vector for each
    /// cell of `y`, with one value for each cell of `x`.
    pub log_odds: Vec<Vec<f64>>,
}

/// How the cells of a pair are cut.
#[derive(Debug, Clone, PartialEq)]
pub enum PairAxis {
    /// Edges of n cells of a number: n + 1 rising values.
    Edges(Vec<f64>),
    /// Values of a category or flag: one cell each.
    Levels(Vec<String>),
}

/// A cause group's part in what pushes churn up.
#[derive(Debug, Clone, PartialEq)]
pub struct CauseShare {
    /// The group, such as `engagement`.
    pub group: String,
    /// Its share of the sum of positive contributions over the base.
    pub share: f64,
    /// Its features, the strongest first.
    pub features: Vec<String>,
}

/// A fitted coefficient.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    /// The column of the encoding, such as `contract = two years`.
    pub column: String,
    /// The estimate, on the scale of the log-odds.
    pub estimate: f64,
    /// Its standard error, where it can be had.
    pub standard_error: Option<f64>,
}
