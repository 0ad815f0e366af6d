//! Points of the curves, and what acting on the scores would earn.

use super::Interval;

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Along.
    pub x: f64,
    /// Up.
    pub y: f64,
}

/// Points of the curves on held-out rows; a few hundred each are plenty.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    /// False positive rate → true positive rate, from (0, 0) to (1, 1).
    pub roc: Vec<Point>,
    /// Recall → precision, by rising recall.
    pub precision_recall: Vec<Point>,
    /// Share of customers contacted → share of churners among them.
    pub gains: Vec<Point>,
    /// Tenths of the customers by falling score.
    pub deciles: Vec<Decile>,
    /// Bins of the probabilities that are published, by rising probability.
    pub calibration: Vec<CalibrationBin>,
    /// The same before calibration; empty when none was applied.
    pub uncalibrated: Vec<CalibrationBin>,
}

/// A tenth of the customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decile {
    /// Customers in it.
    pub rows: u64,
    /// Churners among them.
    pub churned: u64,
    /// Mean probability of churn.
    pub mean_probability: f64,
    /// The lowest probability in it.
    pub lowest_probability: f64,
    /// Share of churners over that of the base.
    pub lift: f64,
    /// Share of all churners who are in this tenth or a higher one.
    pub cumulative_capture: f64,
}

/// Rows of similar probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// Rows.
    pub rows: u64,
    /// Mean probability.
    pub mean_probability: f64,
    /// Share of churners.
    pub churn_rate: f64,
    /// Interval of that share.
    pub interval: Option<Interval>,
}

/// A way of calibrating that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationCandidate {
    /// Its name, such as `none`, `Platt`, `isotonic`, `beta`.
    pub name: String,
    /// Log loss on predictions out of fold; `None` where it could not be fitted.
    pub log_loss: Option<f64>,
    /// By how much that is less than without calibration.
    pub gain: Option<f64>,
    /// Standard error of the gain.
    pub gain_standard_error: Option<f64>,
    /// Whether it is stored with the model.
    pub chosen: bool,
}

/// What acting on the scores would earn.
#[derive(Debug, Clone, PartialEq)]
pub struct Profit {
    /// What was assumed, name and value, such as `contact cost` and `1 EUR`.
    pub assumptions: Vec<(String, String)>,
    /// Unit of the profit, such as `EUR per customer`.
    pub unit: String,
    /// By rising share of customers contacted.
    pub curve: Vec<ProfitPoint>,
    /// Where profit is highest: advice, not part of the model.
    pub advised: ProfitPoint,
}

/// Profit when everybody at or above a threshold is contacted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfitPoint {
    /// The lowest probability that is contacted.
    pub threshold: f64,
    /// Share of customers at or above it.
    pub share_contacted: f64,
    /// Profit per customer of the base, in [`Profit::unit`].
    pub profit: f64,
}
