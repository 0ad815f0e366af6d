//! What the model expected, and what came.

use crate::customer::{Day, TimeUnit};

/// How far expected purchases were from the actual ones, per customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseError {
    /// Mean absolute error, purchases per customer.
    pub mean_absolute_error: f64,
    /// Root of the mean squared error, purchases per customer.
    pub root_mean_squared_error: f64,
    /// Purchases expected of all customers together.
    pub expected_total: f64,
}

/// How far expected spend was from the actual one, per customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendError {
    /// Mean absolute error.
    pub mean_absolute_error: f64,
    /// The same for the naive rate: spend goes on as it was.
    pub naive_mean_absolute_error: f64,
    /// Money that came in.
    pub actual_total: f64,
    /// Money that was expected.
    pub expected_total: f64,
}

/// How well the probability of no purchase foretold who would not buy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SilenceFigures {
    /// Share of customers without a purchase in the hold-out.
    pub actual_share: f64,
    /// Mean probability that the model gave it.
    pub mean_probability: f64,
    /// Area under the ROC curve; `None` when all or none bought.
    pub area_under_curve: Option<f64>,
    /// Mean logarithmic loss.
    pub log_loss: Option<f64>,
}

/// How the chosen model did after the calibration period, on customers who
/// had bought within it.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldOut {
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub until: Day,
    /// Its length in days.
    pub days: u32,
    /// Customers who were known at its start.
    pub customers: u64,
    /// Purchases they made in it.
    pub actual_total: f64,
    /// The chosen model.
    pub model: PurchaseError,
    /// The naive rate: every customer goes on buying as often as in the
    /// calibration period.
    pub naive: PurchaseError,
    /// By repeat purchases in the calibration period, from 0.
    pub bins: Vec<FrequencyBin>,
    /// Who would not buy at all.
    pub silence: Option<SilenceFigures>,
    /// Spend, where the log has money.
    pub spend: Option<SpendError>,
}

/// Customers of one frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrequencyBin {
    /// Repeat purchases in the calibration period.
    pub frequency: u32,
    /// Whether those with more are in it too.
    pub or_more: bool,
    /// Customers in it.
    pub customers: u64,
    /// Mean purchases in the hold-out.
    pub actual_mean: f64,
    /// Mean purchases that were expected.
    pub expected_mean: f64,
}

/// Repeat purchases of all customers over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracking {
    /// Days in a period; 7 is a week.
    pub period_days: u32,
    /// The last day of the calibration; `None` where all of it was.
    pub calibration_end: Option<Day>,
    /// In order of time.
    pub periods: Vec<TrackedPeriod>,
}

/// Repeat purchases in one period, and since the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackedPeriod {
    /// Its last day.
    pub until: Day,
    /// Repeat purchases in it.
    pub actual: f64,
    /// Repeat purchases that the model expects of customers by the day of
    /// their first purchase.
    pub expected: f64,
    /// All since the start.
    pub actual_cumulative: f64,
    /// All that were expected since the start.
    pub expected_cumulative: f64,
}

/// What the model says of every frequency and recency at one observation time.
#[derive(Debug, Clone, PartialEq)]
pub struct FrequencyRecencyMaps {
    /// Repeat purchases, rising; one row of each map for each.
    pub frequency: Vec<u32>,
    /// Time from the first purchase to the last, rising; one column for each.
    pub recency: Vec<f64>,
    /// Time from the first purchase to the end of the observation.
    pub observation: f64,
    /// The unit of both.
    pub unit: TimeUnit,
    /// P(alive) by frequency and recency; `NaN` where there can be no customer.
    pub p_alive: Vec<Vec<f64>>,
    /// Expected purchases within the horizon, in the same way.
    pub expected_purchases: Vec<Vec<f64>>,
    /// That horizon in days.
    pub horizon_days: f64,
}
