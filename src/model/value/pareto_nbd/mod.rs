//! The Pareto/NBD model: Schmittlein, Morrison and Colombo (1987), Counting
//! your customers; in the notation of Fader and Hardie (2005), A note on
//! deriving the Pareto/NBD model and related expressions.
//!
//! Given its rates, a customer's history has a likelihood that is a sum over
//! when it may have left: after the observation, or at some time τ between
//! the last purchase and the end. Mixing over the rates keeps that form, so
//! that all here is a positive integral over τ; see [`integral`].

mod fit;
mod future;
mod history;
mod integral;

pub use fit::fit_pareto_nbd;

use super::parameters::{ParameterError, check};
use crate::customer::PurchaseSummary;
use future::Future;

/// The Pareto/NBD model: an active customer buys at its own constant rate
/// (gamma with shape r and rate α over customers), and leaves after a time
/// that is exponential at its own rate (gamma with shape s and rate β).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    r: f64,
    alpha: f64,
    s: f64,
    beta: f64,
}

impl ParetoNbd {
    /// The parameters' names, in their order everywhere.
    pub const NAMES: [&'static str; 4] = ["r", "alpha", "s", "beta"];

    /// A model with given r, α, s, β.
    ///
    /// # Errors
    ///
    /// The first parameter that is no positive number of a sensible size.
    pub fn new(parameters: [f64; 4]) -> Result<Self, ParameterError> {
        let [r, alpha, s, beta] = check(Self::NAMES, parameters)?;
        Ok(Self { r, alpha, s, beta })
    }

    /// r, α, s, β; α and β are times in the model's unit.
    #[must_use]
    pub fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    /// ln of the probability (density) of a customer's history.
    #[must_use]
    pub fn log_likelihood(&self, customer: &PurchaseSummary) -> f64 {
        history::log_likelihood(self, customer)
    }

    #[cfg(test)]
    /// Derivatives of the log-likelihood by the logarithms of the parameters.
    pub(crate) fn gradient(&self, customer: &PurchaseSummary) -> [f64; 4] {
        let (slope, _) = history::curve(self, &history::OfFrequency::new(self, customer), customer);
        slope.gradient
    }

    /// Probability that the customer has not left by the end of the
    /// observation, in [0, 1].
    #[must_use]
    pub fn p_alive(&self, customer: &PurchaseSummary) -> f64 {
        (1.0 + history::ln_odds_of_left(self, customer).exp()).recip()
    }

    /// Expected purchases within the horizon after the observation.
    ///
    /// A horizon that is negative or no number counts as 0, one beyond 1e12
    /// as that.
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
    /// [0, 1]: the chance of churn where customers sign no contract.
    #[must_use]
    pub fn p_no_purchase(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        let silent = self.future(customer).p_no_purchase(horizon);
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
        let alive = self.p_alive(customer);
        let mut distribution = self.future(customer).purchase_distribution(horizon, most);
        for probability in &mut distribution {
            *probability *= alive;
        }
        distribution[0] = self.p_no_purchase(customer, horizon);
        distribution
    }

    /// E[X(t)]: expected repeat purchases of a new customer within a time from
    /// its first purchase.
    #[must_use]
    pub fn expected_purchases_of_new(&self, time: f64) -> f64 {
        self.expected_purchases(&PurchaseSummary::NEW, time)
    }

    /// P(X(t) = 0), …, P(X(t) = most) of the repeat purchases of a new
    /// customer within a time from its first purchase.
    #[must_use]
    pub fn purchase_distribution_of_new(&self, time: f64, most: u32) -> Vec<f64> {
        self.purchase_distribution(&PurchaseSummary::NEW, time, most)
    }

    /// The future of the customer, if it has not left. Given that, both rates
    /// are again gamma distributed and independent.
    fn future(&self, customer: &PurchaseSummary) -> Future {
        Future {
            shape: self.r + f64::from(customer.frequency()),
            rate: self.alpha + customer.observation(),
            leaving_shape: self.s,
            leaving_rate: self.beta + customer.observation(),
        }
    }
}

#[cfg(test)]
mod tests;
