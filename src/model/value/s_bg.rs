//! The shifted beta-geometric model of contracts that are renewed or not:
//! Fader and Hardie (2007), "How to project customer retention"; (2010),
//! "Customer-base valuation in a contractual setting".

use super::parameters::{ParameterError, check};
use crate::customer::Violations;
use crate::model::special::{digamma_rise, ln_hypergeometric, ln_rising};

/// The lowest discount rate above 0 by which lifetimes are discounted.
pub(super) const LOWEST_DISCOUNT: f64 = 1e-6;

/// How many customers of those who came together were left after each renewal.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    left: Vec<f64>,
}

impl Cohort {
    /// Checks a cohort: customers at the start, after the first renewal, after
    /// the second, and so on. At least two renewals must be known.
    ///
    /// # Errors
    ///
    /// Every rule that is broken, by the field `customers`.
    pub fn new(left: Vec<f64>) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        if left.len() < 3 {
            violations.push(
                "customers",
                "must be the customers at the start and after two or more renewals",
            );
        }
        if !left.iter().all(|count| (0.0..=1e12).contains(count)) {
            violations.push("customers", "must be numbers from 0 to 1e12");
        } else if left.windows(2).any(|pair| pair[1] > pair[0]) {
            violations.push("customers", "must not grow from one renewal to the next");
        }
        if violations.total() > 0 {
            return Err(violations);
        }
        Ok(Self { left })
    }

    /// Customers at the start and after each renewal.
    #[must_use]
    pub fn customers(&self) -> &[f64] {
        &self.left
    }

    /// The renewal at which customers left, from 1, and how many.
    pub(super) fn losses(&self) -> impl Iterator<Item = (f64, f64)> {
        let renewals = self.left.windows(2).enumerate();
        renewals.map(|(n, pair)| (n as f64 + 1.0, pair[0] - pair[1]))
    }

    /// The last renewal, and how many are left after it.
    pub(super) fn end(&self) -> (f64, f64) {
        let renewals = self.left.len() as f64 - 1.0;
        (renewals, self.left.last().copied().unwrap_or_default())
    }
}

/// The sBG model: at each renewal a customer leaves by its own constant chance,
/// which is beta distributed with α and β over customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SBg {
    alpha: f64,
    beta: f64,
}

impl SBg {
    /// The parameters' names, in their order everywhere.
    pub const NAMES: [&'static str; 2] = ["alpha", "beta"];

    /// A model with given α, β.
    ///
    /// # Errors
    ///
    /// The first parameter that is no positive number of a sensible size.
    pub fn new(parameters: [f64; 2]) -> Result<Self, ParameterError> {
        let [alpha, beta] = check(Self::NAMES, parameters)?;
        Ok(Self { alpha, beta })
    }

    /// α, β.
    #[must_use]
    pub fn parameters(&self) -> [f64; 2] {
        [self.alpha, self.beta]
    }

    /// S(t): the share of customers that is left after so many renewals, in
    /// [0, 1].
    #[must_use]
    pub fn survival(&self, renewals: u32) -> f64 {
        self.ln_survival(f64::from(renewals)).exp().min(1.0)
    }

    /// The share of those left before a renewal, from the first, that is left
    /// after it, in [0, 1]. It rises, as those who leave easily go first.
    #[must_use]
    pub fn retention(&self, renewal: u32) -> f64 {
        let before = f64::from(renewal.max(1)) - 1.0;
        (self.beta + before) / (self.alpha + self.beta + before)
    }

    /// Discounted expected residual lifetime of a customer that has renewed
    /// so many times and is about to decide again: the sum over the
    /// renewals ahead of the chance that it is made, discounted by the rate
    /// per period from the first of them on.
    ///
    /// `None` at a rate of 0 where α is 1 or less, as the sum has no end, and
    /// at other rates below 1e-6.
    #[must_use]
    pub fn derl(&self, renewals: u32, discount_rate: f64) -> Option<f64> {
        let made = self.beta + f64::from(renewals);
        if discount_rate == 0.0 {
            return (self.alpha > 1.0).then(|| made / (self.alpha - 1.0));
        }
        if discount_rate.is_nan() || discount_rate < LOWEST_DISCOUNT {
            return None;
        }
        let all = self.alpha + made;
        let discount = (1.0 + discount_rate).recip();
        Some(made / all * ln_hypergeometric(1.0, made + 1.0, all + 1.0, discount).exp())
    }

    /// ln of the probability of what a cohort did, summed over its customers.
    #[must_use]
    pub fn log_likelihood(&self, cohort: &Cohort) -> f64 {
        let (renewals, left) = cohort.end();
        let losses = cohort.losses().map(|(at, lost)| lost * self.ln_left_at(at));
        losses.sum::<f64>() + left * self.ln_survival(renewals)
    }

    /// Derivatives of the log-likelihood by ln α, ln β.
    pub(super) fn gradient(&self, cohort: &Cohort) -> [f64; 2] {
        let Self { alpha, beta } = *self;
        let (renewals, left) = cohort.end();
        let together = digamma_rise(alpha + beta, renewals);
        let mut gradient = [
            -left * alpha * together,
            left * beta * (digamma_rise(beta, renewals) - together),
        ];
        for (at, lost) in cohort.losses() {
            let together = digamma_rise(alpha + beta, at);
            gradient[0] += lost * (1.0 - alpha * together);
            gradient[1] += lost * beta * (digamma_rise(beta, at - 1.0) - together);
        }
        gradient
    }

    fn ln_survival(&self, renewals: f64) -> f64 {
        ln_rising(self.beta, renewals) - ln_rising(self.alpha + self.beta, renewals)
    }

    /// ln of the probability to leave at a renewal.
    fn ln_left_at(&self, renewal: f64) -> f64 {
        self.alpha.ln() + ln_rising(self.beta, renewal - 1.0)
            - ln_rising(self.alpha + self.beta, renewal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_that_are_not_discounted_end_or_are_none() {
        let lasting = SBg::new([0.7, 1.2]).unwrap();
        assert_eq!(lasting.derl(3, 0.0), None);
        assert_eq!(lasting.derl(3, f64::NAN), None);
        assert!(lasting.derl(3, 1e-6).is_some());
        let ending = SBg::new([3.5, 1.2]).unwrap();
        // The sum of what is left, term by term.
        let (mut left, mut sum) = (1.0, 0.0);
        for renewal in 4..2_000_000 {
            left *= ending.retention(renewal);
            sum += left;
        }
        let lifetime = ending.derl(3, 0.0).unwrap();
        assert!((lifetime / sum - 1.0).abs() < 1e-9, "{lifetime} {sum}");
        assert!((ending.derl(3, 1e-6).unwrap() / sum - 1.0).abs() < 1e-4);
    }
}
