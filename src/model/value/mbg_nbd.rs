//! The MBG/NBD model: Batislam, Denizel and Filiztekin (2007); Wagner and
//! Hoppe (2008).

use super::beta_geometric::{BetaGeometric, Leaving};
use super::parameters::{ParameterError, check};
use crate::customer::PurchaseSummary;

/// The MBG/NBD model: as [`BgNbd`](super::BgNbd), but a customer may leave after
/// its first purchase too, so that those with one purchase are not all alive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MbgNbd(pub(super) BetaGeometric);

impl MbgNbd {
    /// The parameters' names, in their order everywhere.
    pub const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];

    /// A model with given r, α, a, b.
    ///
    /// # Errors
    ///
    /// The first parameter that is no positive number of a sensible size.
    pub fn new(parameters: [f64; 4]) -> Result<Self, ParameterError> {
        let [r, alpha, a, b] = check(Self::NAMES, parameters)?;
        Ok(Self(BetaGeometric {
            r,
            alpha,
            a,
            b,
            leaving: Leaving::AfterAny,
        }))
    }

    /// r, α, a, b; α is a time in the model's unit.
    #[must_use]
    pub fn parameters(&self) -> [f64; 4] {
        [self.0.r, self.0.alpha, self.0.a, self.0.b]
    }

    /// ln of the probability (density) of a customer's history.
    #[must_use]
    pub fn log_likelihood(&self, customer: &PurchaseSummary) -> f64 {
        self.0.log_likelihood(customer)
    }

    /// Derivatives of the log-likelihood by the logarithms of the parameters.
    #[cfg(test)]
    pub(crate) fn gradient(&self, customer: &PurchaseSummary) -> [f64; 4] {
        self.0.gradient(customer)
    }

    /// Probability that the customer has not left by the end of the
    /// observation, in [0, 1].
    #[must_use]
    pub fn p_alive(&self, customer: &PurchaseSummary) -> f64 {
        self.0.p_alive(customer)
    }

    /// Expected purchases within the horizon after the observation.
    ///
    /// A horizon that is negative or no number counts as 0, one beyond 1e12
    /// as that.
    #[must_use]
    pub fn expected_purchases(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        self.0.expected_purchases(customer, horizon)
    }

    pub(super) fn expected_if_alive(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        self.0.expected_if_alive(customer, horizon)
    }

    /// Probability of no purchase within the horizon after the observation, in
    /// [0, 1]: the chance of churn where customers sign no contract.
    #[must_use]
    pub fn p_no_purchase(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        self.0.p_no_purchase(customer, horizon)
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
        self.0.purchase_distribution(customer, horizon, most)
    }

    /// E[X(t)]: expected repeat purchases of a new customer within a time from
    /// its first purchase.
    #[must_use]
    pub fn expected_purchases_of_new(&self, time: f64) -> f64 {
        self.0.expected_purchases(&PurchaseSummary::NEW, time)
    }

    /// P(X(t) = 0), …, P(X(t) = most) of the repeat purchases of a new
    /// customer within a time from its first purchase.
    #[must_use]
    pub fn purchase_distribution_of_new(&self, time: f64, most: u32) -> Vec<f64> {
        self.0
            .purchase_distribution(&PurchaseSummary::NEW, time, most)
    }
}
