//! Customer lifetime value: money to come, discounted; and how sure it is.
//!
//! Expected purchases of each period × expected spend × margin, discounted at
//! (1 + rate)⁻ⁿ from the end of the n-th period. Up to the length of a period,
//! this is how the Python package `lifetimes` has it (4.345 weeks a month).

use crate::customer::{Currency, TimeUnit};

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

/// The periods of a lifetime value.
pub(super) struct Periods {
    /// From today, in the model's unit.
    pub(super) ends: Vec<f64>,
    /// What one unit of money at each end is worth today.
    discounts: Vec<f64>,
}

impl Periods {
    pub(super) fn of(terms: &ClvTerms, unit: TimeUnit) -> Self {
        let ClvTerms {
            periods,
            period_days,
            discount_rate,
            ..
        } = *terms;
        let length = period_days / unit.days();
        let mut discount = 1.0;
        let discounts = (1..=periods).map(|_| {
            discount /= 1.0 + discount_rate;
            discount
        });
        Self {
            discounts: discounts.collect(),
            ends: (1..=periods)
                .map(|period| f64::from(period) * length)
                .collect(),
        }
    }

    /// From what is expected up to each end to what is expected within each
    /// period, discounted.
    pub(super) fn discounted(&self, mut expected: Vec<f64>) -> Vec<f64> {
        let mut before = 0.0;
        for (expected, discount) in expected.iter_mut().zip(&self.discounts) {
            let until = *expected;
            *expected = (until - before).max(0.0) * discount;
            before = until;
        }
        expected
    }

    /// The weights of what is expected up to each end in the sum of
    /// [`discounted`](Self::discounted).
    pub(super) fn weights(&self) -> Vec<f64> {
        let next = self.discounts.iter().skip(1).chain(&[0.0]);
        let both = self.discounts.iter().zip(next);
        both.map(|(discount, next)| discount - next).collect()
    }
}
