//! What BG/NBD and MBG/NBD share: purchases at a rate that is gamma
//! distributed over customers, and a chance to leave that is beta distributed
//! and taken at purchases. In BG/NBD it is taken at each repeat purchase; in
//! MBG/NBD at the first purchase as well.

use std::array;

use super::future::{Future, Within};
use crate::customer::PurchaseSummary;
#[cfg(test)]
use crate::model::special::digamma_rise;
use crate::model::special::{ln_one_plus_exp, ln_rising};

/// When a customer may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// After a repeat purchase: BG/NBD.
    AfterRepeats,
    /// After the first purchase or a repeat: MBG/NBD.
    AfterAny,
}

impl Leaving {
    /// How often a customer of this frequency could have left.
    pub(super) fn chances(self, frequency: f64) -> f64 {
        match self {
            Self::AfterRepeats => frequency,
            Self::AfterAny => frequency + 1.0,
        }
    }
}

/// The model: purchases of an active customer at rate λ, λ ~ gamma(r, rate α);
/// the chance to leave p ~ beta(a, b).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct BetaGeometric {
    pub(super) r: f64,
    pub(super) alpha: f64,
    pub(super) a: f64,
    pub(super) b: f64,
    pub(super) leaving: Leaving,
}

impl BetaGeometric {
    /// ln of the odds that the customer left at the last purchase;
    /// −∞ where nothing could have made it leave.
    fn ln_odds_of_left(&self, customer: &PurchaseSummary) -> f64 {
        let x = f64::from(customer.frequency());
        let chances = self.leaving.chances(x);
        if chances == 0.0 {
            return f64::NEG_INFINITY;
        }
        let silence = self.silence(customer);
        self.a.ln() - (self.b + (chances - 1.0)).ln() + (self.r + x) * silence
    }

    /// ln((α + T) / (α + `t_x`)).
    fn silence(&self, customer: &PurchaseSummary) -> f64 {
        let silent = customer.observation() - customer.recency();
        (silent / (self.alpha + customer.recency())).ln_1p()
    }

    pub(super) fn log_likelihood(&self, customer: &PurchaseSummary) -> f64 {
        let x = f64::from(customer.frequency());
        let chances = self.leaving.chances(x);
        let stayed = ln_rising(self.b, chances) - ln_rising(self.a + self.b, chances);
        let bought = ln_rising(self.r, x)
            - (self.r + x) * (customer.observation() / self.alpha).ln_1p()
            - x * self.alpha.ln();
        stayed + bought + ln_one_plus_exp(self.ln_odds_of_left(customer))
    }

    #[cfg(test)]
    /// Derivatives of the log-likelihood by ln r, ln α, ln a, ln b.
    pub(super) fn gradient(&self, customer: &PurchaseSummary) -> [f64; 4] {
        let Self { r, alpha, a, b, .. } = *self;
        let x = f64::from(customer.frequency());
        let (recency, observation) = (customer.recency(), customer.observation());
        let chances = self.leaving.chances(x);
        let left = self.p_left(customer);
        let (of_last, of_end) = (
            recency / (alpha + recency),
            observation / (alpha + observation),
        );
        let by_r =
            digamma_rise(r, x) - (observation / alpha).ln_1p() + left * self.silence(customer);
        let by_ln_alpha = (r + x) * (of_end + left * (of_last - of_end)) - x;
        let together = digamma_rise(a + b, chances);
        let left_by_ln_b = if chances == 0.0 {
            0.0
        } else {
            left * b / (b + (chances - 1.0))
        };
        [
            r * by_r,
            by_ln_alpha,
            left - a * together,
            b * (digamma_rise(b, chances) - together) - left_by_ln_b,
        ]
    }

    /// Probability that the customer has not left by the end of the
    /// observation, in [0, 1].
    pub(super) fn p_alive(&self, customer: &PurchaseSummary) -> f64 {
        let x = f64::from(customer.frequency());
        let chances = self.leaving.chances(x);
        if chances == 0.0 {
            return 1.0;
        }
        // The odds without their logarithm, which would take two more of them.
        let at_once = self.a / (self.b + (chances - 1.0));
        (1.0 + at_once * ((self.r + x) * self.silence(customer)).exp()).recip()
    }

    /// 1 − P(alive), without rounding to 0 or 1.
    fn p_left(&self, customer: &PurchaseSummary) -> f64 {
        (1.0 + (-self.ln_odds_of_left(customer)).exp()).recip()
    }

    /// The future of the customer, if it has not left. Given that, rate and
    /// chance to leave are again gamma and beta distributed, and independent.
    pub(super) fn future(&self, customer: &PurchaseSummary) -> Future {
        let x = f64::from(customer.frequency());
        Future {
            shape: self.r + x,
            rate: self.alpha + customer.observation(),
            leaving: self.a,
            staying: self.b + self.leaving.chances(x),
        }
    }

    pub(super) fn expected_purchases(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        self.p_alive(customer) * self.expected_if_alive(customer, horizon)
    }

    /// Expected purchases within the horizon of a customer that has not left:
    /// the frequency and the length of the observation are all that counts.
    pub(super) fn expected_if_alive(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        self.future(customer).expected_purchases(horizon)
    }

    /// The same of several horizons, in rising order.
    pub(super) fn expected_within(&self, customer: &PurchaseSummary, horizons: &[f64]) -> Vec<f64> {
        self.future(customer).within(horizons, None).expected
    }

    /// The same, and the derivatives of ln(P(alive) × Σ weight × expected) by
    /// ln r, ln α, ln a and ln b. `None` where only differences tell them.
    pub(super) fn expected_with_slopes(
        &self,
        customer: &PurchaseSummary,
        horizons: &[f64],
        weights: &[f64],
    ) -> Option<(Vec<f64>, [f64; 4])> {
        let Within { expected, slopes } = self.future(customer).within(horizons, Some(weights));
        let weighted = expected.iter().zip(weights);
        let sum: f64 = weighted.map(|(expected, weight)| expected * weight).sum();
        let parameters = [self.r, self.alpha, self.a, self.b];
        let of_alive = self.slopes_of_ln_p_alive(customer);
        let slopes = slopes.filter(|_| sum > 0.0)?;
        let slopes = array::from_fn(|at| parameters[at] * slopes[at] / sum + of_alive[at]);
        let sound = slopes.iter().all(|slope: &f64| slope.is_finite());
        sound.then_some((expected, slopes))
    }

    /// By ln r, ln α, ln a and ln b.
    fn slopes_of_ln_p_alive(&self, customer: &PurchaseSummary) -> [f64; 4] {
        let Self {
            r, alpha, a: _, b, ..
        } = *self;
        let x = f64::from(customer.frequency());
        let chances = self.leaving.chances(x);
        if chances == 0.0 {
            return [0.0; 4];
        }
        let of_silence =
            alpha / (alpha + customer.observation()) - alpha / (alpha + customer.recency());
        // Of the odds to have left.
        let slopes = [
            r * self.silence(customer),
            (r + x) * of_silence,
            1.0,
            -b / (b + (chances - 1.0)),
        ];
        let left = self.p_left(customer);
        slopes.map(|slope| -left * slope)
    }

    pub(super) fn p_no_purchase(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        let silent = self.future(customer).p_no_purchase(horizon);
        (self.p_left(customer) + self.p_alive(customer) * silent).min(1.0)
    }

    pub(super) fn purchase_distribution(
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
}

/// The public face of a model of this kind, which is the same for both.
macro_rules! beta_geometric_model {
    ($model:ident, $leaving:expr) => {
        impl $model {
            /// The parameters' names, in their order everywhere.
            pub const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];

            /// A model with given r, α, a, b.
            ///
            /// # Errors
            ///
            /// The first parameter that is no positive number of a sensible size.
            pub fn new(parameters: [f64; 4]) -> Result<Self, $crate::model::value::ParameterError> {
                let [r, alpha, a, b] =
                    $crate::model::value::parameters::check(Self::NAMES, parameters)?;
                Ok(Self($crate::model::value::beta_geometric::BetaGeometric {
                    r,
                    alpha,
                    a,
                    b,
                    leaving: $leaving,
                }))
            }

            /// r, α, a, b; α is a time in the model's unit.
            #[must_use]
            pub fn parameters(&self) -> [f64; 4] {
                [self.0.r, self.0.alpha, self.0.a, self.0.b]
            }

            /// ln of the probability (density) of a customer's history.
            #[must_use]
            pub fn log_likelihood(&self, customer: &$crate::customer::PurchaseSummary) -> f64 {
                self.0.log_likelihood(customer)
            }

            /// Derivatives of the log-likelihood by the logarithms of the parameters.
            #[cfg(test)]
            pub(crate) fn gradient(
                &self,
                customer: &$crate::customer::PurchaseSummary,
            ) -> [f64; 4] {
                self.0.gradient(customer)
            }

            /// Probability that the customer has not left by the end of the
            /// observation, in [0, 1].
            #[must_use]
            pub fn p_alive(&self, customer: &$crate::customer::PurchaseSummary) -> f64 {
                self.0.p_alive(customer)
            }

            /// Expected purchases within the horizon after the observation.
            ///
            /// A horizon that is negative or no number counts as 0, one beyond 1e12
            /// as that.
            #[must_use]
            pub fn expected_purchases(
                &self,
                customer: &$crate::customer::PurchaseSummary,
                horizon: f64,
            ) -> f64 {
                self.0.expected_purchases(customer, horizon)
            }

            pub(super) fn expected_if_alive(
                &self,
                customer: &$crate::customer::PurchaseSummary,
                horizon: f64,
            ) -> f64 {
                self.0.expected_if_alive(customer, horizon)
            }

            /// Probability of no purchase within the horizon after the observation, in
            /// [0, 1]: the chance of churn where customers sign no contract.
            #[must_use]
            pub fn p_no_purchase(
                &self,
                customer: &$crate::customer::PurchaseSummary,
                horizon: f64,
            ) -> f64 {
                self.0.p_no_purchase(customer, horizon)
            }

            /// P(X = 0), …, P(X = most) of the purchases X within the horizon after
            /// the observation.
            #[must_use]
            pub fn purchase_distribution(
                &self,
                customer: &$crate::customer::PurchaseSummary,
                horizon: f64,
                most: u32,
            ) -> Vec<f64> {
                self.0.purchase_distribution(customer, horizon, most)
            }

            /// E[X(t)]: expected repeat purchases of a new customer within a time from
            /// its first purchase.
            #[must_use]
            pub fn expected_purchases_of_new(&self, time: f64) -> f64 {
                self.0
                    .expected_purchases(&$crate::customer::PurchaseSummary::NEW, time)
            }

            /// P(X(t) = 0), …, P(X(t) = most) of the repeat purchases of a new
            /// customer within a time from its first purchase.
            #[must_use]
            pub fn purchase_distribution_of_new(&self, time: f64, most: u32) -> Vec<f64> {
                self.0
                    .purchase_distribution(&$crate::customer::PurchaseSummary::NEW, time, most)
            }
        }
    };
}
pub(super) use beta_geometric_model;
