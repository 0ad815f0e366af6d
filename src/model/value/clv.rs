//! Customer lifetime value: money to come, discounted; and how sure it is.
//!
//! Expected purchases of each period × expected spend × margin, discounted at
//! (1 + rate)⁻ⁿ from the end of the n-th period. Up to the length of a period,
//! this is how the Python package `lifetimes` has it (4.345 weeks a month).

use crate::customer::Currency;

/// The confidence level of intervals.
pub const INTERVAL_LEVEL: f64 = 0.9;
/// The length of a month, in days: a twelfth of 365.25.
pub const MONTH_DAYS: f64 = 30.4375;

/// In what money the future counts, and how far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClvTerms {
    /// What amounts are in.
    pub currency: Currency,
    /// How many periods count.
    pub periods: u32,
    /// The length of one, in days; a month is 30.4375.
    pub period_days: f64,
    /// The discount rate of one.
    pub discount_rate: f64,
    /// The share of spend that counts as value, in (0, 1].
    pub margin: f64,
}

/// The money that a customer is expected to bring in.
#[derive(Debug, Clone, PartialEq)]
pub struct Clv {
    /// All of it, discounted.
    pub amount: f64,
    /// Where it may lie, for what the data tell of the parameters.
    pub interval: ClvInterval,
    /// What each period adds.
    pub per_period: Vec<f64>,
    /// What it is stated in.
    pub terms: ClvTerms,
}

impl ClvTerms {
    /// A year of months, 1 % a month, all of the spend.
    #[must_use]
    pub fn of_a_year(currency: Currency) -> Self {
        Self {
            currency,
            periods: 12,
            period_days: MONTH_DAYS,
            discount_rate: 0.01,
            margin: 1.0,
        }
    }
}

/// Two ends of an amount, both finite. It tells how sure the parameters are that
/// the value was computed from, not how much single customers differ from
/// what is expected of them: that is far more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClvInterval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Its confidence level.
    pub level: f64,
}
