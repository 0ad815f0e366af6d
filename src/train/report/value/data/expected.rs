//! What the model expects over time, and of every frequency and recency.

use crate::customer::{Day, TimeUnit};

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

/// P(alive) and expected purchases of every frequency and recency at one observation time.
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
