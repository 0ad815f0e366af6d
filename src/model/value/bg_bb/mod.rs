//! The BG/BB model of purchases at discrete opportunities: Fader, Hardie and
//! Shang (2010), Customer-base analysis in a discrete-time noncontractual
//! setting.
//!
//! Time counts opportunities: a summary's frequency is at how many of them the
//! customer bought, its recency the number of the last such one, its
//! observation how many there were. A history's likelihood is a sum of positive
//! terms over the opportunity before which the customer left.

mod fit;
mod future;

pub use fit::fit_bg_bb;

use super::parameters::{ParameterError, check};
use crate::customer::{PurchaseSummary, Violations};
use crate::model::special::{ln_beta, ln_rising};
use future::Future;

/// The most opportunities of a history or a horizon.
pub const MOST_OPPORTUNITIES: f64 = 10_000.0;

/// The BG/BB model: at each opportunity an active customer buys by its own
/// constant chance (beta with α, β over customers), and before each it leaves by
/// its own constant chance (beta with γ, δ).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgBb {
    alpha: f64,
    beta: f64,
    gamma: f64,
    delta: f64,
}

/// A history in whole opportunities.
#[derive(Debug, Clone, Copy)]
struct Opportunities {
    bought: f64,
    last: f64,
    all: f64,
}

impl Opportunities {
    fn of(customer: &PurchaseSummary) -> Self {
        let all = customer.observation().round().min(MOST_OPPORTUNITIES);
        let last = customer.recency().round().min(all);
        let bought = f64::from(customer.frequency()).min(last);
        Self { bought, last, all }
    }
}

impl BgBb {
    /// The parameters' names, in their order everywhere.
    pub const NAMES: [&'static str; 4] = ["alpha", "beta", "gamma", "delta"];

    /// A model with given α, β, γ, δ.
    ///
    /// # Errors
    ///
    /// The first parameter that is no positive number of a sensible size.
    pub fn new(parameters: [f64; 4]) -> Result<Self, ParameterError> {
        let [alpha, beta, gamma, delta] = check(Self::NAMES, parameters)?;
        Ok(Self {
            alpha,
            beta,
            gamma,
            delta,
        })
    }

    /// Whether a summary counts opportunities. The model's other methods take
    /// any summary, as the nearest one that does.
    ///
    /// # Errors
    ///
    /// Every rule that is broken, by the fields of the summary.
    pub fn check(customer: &PurchaseSummary) -> Result<(), Violations> {
        let mut violations = Violations::default();
        let times = [
            ("recency", customer.recency()),
            ("observation", customer.observation()),
        ];
        for (field, time) in times {
            if time.fract() != 0.0 || time > MOST_OPPORTUNITIES {
                violations.push(
                    field,
                    format!("must be a whole number of opportunities, 0 to {MOST_OPPORTUNITIES}"),
                );
            }
        }
        if f64::from(customer.frequency()) > customer.recency() {
            violations.push(
                "frequency",
                "must not be above the number of the last opportunity with a purchase",
            );
        }
        violations.into_result(())
    }

    /// α, β, γ, δ.
    #[must_use]
    pub fn parameters(&self) -> [f64; 4] {
        [self.alpha, self.beta, self.gamma, self.delta]
    }

    /// ln of the probability of a customer's history.
    #[must_use]
    pub fn log_likelihood(&self, customer: &PurchaseSummary) -> f64 {
        let history = Opportunities::of(customer);
        self.ln_alive(&history) + self.odds_of_left(&history).ln_1p()
    }

    /// ln of the probability of the history of one who is still there.
    fn ln_alive(&self, history: &Opportunities) -> f64 {
        let missed = history.all - history.bought;
        ln_beta(self.alpha + history.bought, self.beta + missed) - ln_beta(self.alpha, self.beta)
            + ln_rising(self.delta, history.all)
            - ln_rising(self.gamma + self.delta, history.all)
    }

    /// Odds that the customer left before one of the opportunities without a
    /// purchase at the end; each term follows from the one of the opportunity
    /// after it.
    fn odds_of_left(&self, history: &Opportunities) -> f64 {
        let (mut term, mut sum, mut at) = (1.0, 0.0, history.all);
        while at > history.last {
            at -= 1.0;
            // As if there until `at`, and whatever after.
            let bought = (self.alpha + self.beta + at) / (self.beta + (at - history.bought));
            let there = (self.gamma + self.delta + at) / (self.delta + at);
            term *= bought * there;
            sum += term * (self.gamma / (self.gamma + self.delta + at));
        }
        sum.min(f64::MAX)
    }

    /// Probability that the customer was still there at the last opportunity
    /// of the observation, in [0, 1].
    #[must_use]
    pub fn p_alive(&self, customer: &PurchaseSummary) -> f64 {
        (1.0 + self.odds_of_left(&Opportunities::of(customer))).recip()
    }

    /// Expected purchases at the opportunities of the horizon after the
    /// observation: the whole ones, at most 10,000.
    #[must_use]
    pub fn expected_purchases(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        self.p_alive(customer) * self.expected_if_alive(customer, horizon)
    }

    /// Expected purchases within the horizon of a customer that has not left:
    /// the frequency and the length of the observation are all that counts.
    pub(in crate::model::value) fn expected_if_alive(
        &self,
        customer: &PurchaseSummary,
        horizon: f64,
    ) -> f64 {
        self.future(customer).expected_purchases(horizon)
    }

    /// Probability of no purchase within the horizon after the observation, in
    /// [0, 1].
    #[must_use]
    pub fn p_no_purchase(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        let silent = self.future(customer).p_purchases(0.0, horizon);
        (1.0 - self.p_alive(customer) * (1.0 - silent)).clamp(0.0, 1.0)
    }

    /// P(X = 0), …, P(X = most) of the purchases X within the horizon after
    /// the observation.
    #[must_use]
    pub fn purchase_distribution(
        &self,
        customer: &PurchaseSummary,
        horizon: f64,
        most: u32,
    ) -> Vec<f64> {
        let (alive, future) = (self.p_alive(customer), self.future(customer));
        let counts = (0..=most).map(f64::from);
        let mut distribution: Vec<f64> = counts
            .map(|count| alive * future.p_purchases(count, horizon))
            .collect();
        distribution[0] = self.p_no_purchase(customer, horizon);
        distribution
    }

    /// Expected repeat purchases of a new customer at so many opportunities.
    #[must_use]
    pub fn expected_purchases_of_new(&self, time: f64) -> f64 {
        self.expected_purchases(&PurchaseSummary::NEW, time)
    }

    /// P(X = 0), …, P(X = most) of the repeat purchases X of a new customer at
    /// so many opportunities.
    #[must_use]
    pub fn purchase_distribution_of_new(&self, time: f64, most: u32) -> Vec<f64> {
        self.purchase_distribution(&PurchaseSummary::NEW, time, most)
    }

    /// The future of the customer, if it has not left.
    fn future(&self, customer: &PurchaseSummary) -> Future {
        let history = Opportunities::of(customer);
        Future {
            buying: self.alpha + history.bought,
            missing: self.beta + (history.all - history.bought),
            leaving: self.gamma,
            staying: self.delta + history.all,
        }
    }
}

#[cfg(test)]
mod tests;
