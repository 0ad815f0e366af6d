//! The purchases of a customer that has not left, at opportunities to come: by
//! a chance that is beta distributed, until it leaves by another. Sums of
//! positive terms.

use super::MOST_OPPORTUNITIES;
use crate::model::special::{ln_beta, ln_rising};

/// Terms are brought back when they pass this.
const LARGE: f64 = 1e200;

/// What is known of an active customer's chances.
#[derive(Debug, Clone, Copy)]
pub(super) struct Future {
    /// First parameter of the chance to buy.
    pub(super) buying: f64,
    /// Its second parameter.
    pub(super) missing: f64,
    /// First parameter of the chance to leave.
    pub(super) leaving: f64,
    /// Its second parameter.
    pub(super) staying: f64,
}

/// The whole opportunities of a horizon.
fn opportunities(horizon: f64) -> f64 {
    horizon.clamp(0.0, MOST_OPPORTUNITIES).floor()
}

impl Future {
    /// Expected purchases within the horizon.
    pub(super) fn expected_purchases(&self, horizon: f64) -> f64 {
        let all = opportunities(horizon);
        let (mut there, mut sum, mut n) = (1.0, 0.0, 0.0);
        while n < all {
            there *= (self.staying + n) / (self.leaving + self.staying + n);
            sum += there;
            n += 1.0;
        }
        sum * self.buying / (self.buying + self.missing)
    }

    /// Probability of so many purchases within the horizon: the customer is
    /// there for all of it, or leaves before one of its opportunities.
    pub(super) fn p_purchases(&self, count: f64, horizon: f64) -> f64 {
        let all = opportunities(horizon);
        if count > all {
            return 0.0;
        }
        let both = self.buying + self.missing;
        let either = self.leaving + self.staying;
        // `count` purchases at the first `count` opportunities.
        let ln_bought =
            ln_beta(self.buying + count, self.missing) - ln_beta(self.buying, self.missing);
        let ln_there = ln_rising(self.staying, count) - ln_rising(either, count);
        // The first term may be too small for a number, and the sum not: terms
        // are shares of it, and brought back when they get large.
        let mut ln_scale = ln_bought + ln_there;
        let (mut n, mut term, mut sum) = (count, 1.0, 0.0);
        while n < all {
            sum += term * (self.leaving / (either + n));
            let missed = n - count;
            let ways = (n + 1.0) / (missed + 1.0);
            let chance = (self.missing + missed) / (both + n);
            term *= ways * chance * ((self.staying + n) / (either + n));
            n += 1.0;
            if term > LARGE {
                term /= LARGE;
                sum /= LARGE;
                ln_scale += LARGE.ln();
            }
        }
        ((sum + term).ln() + ln_scale).exp().min(1.0)
    }
}
