//! The Gamma-Gamma model of spend: Fader and Hardie (2013), "The Gamma-Gamma
//! model of monetary value"; Fader, Hardie and Lee (2005), "RFM and CLV".

use super::parameters::{LARGEST_PARAMETER, ParameterError, check_up_to};
use crate::customer::{MAX_FREQUENCY, Violations};
use crate::model::special::ln_beta;

/// The most money that a mean spend may be.
const LARGEST_SPEND: f64 = 1e15;
/// The least, as this is no money in any currency.
const SMALLEST_SPEND: f64 = 1e-9;

/// The largest γ: q times as much money as a mean spend, in currencies of any
/// unit.
const LARGEST_GAMMA: f64 = 1e24;

/// What a customer spent on its repeat purchases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepeatSpend {
    frequency: u32,
    mean_spend: f64,
}

impl RepeatSpend {
    /// Checks a customer's spend: the number of repeat purchases, 1 or more,
    /// and their mean, more than 0.
    ///
    /// # Errors
    ///
    /// Every rule that is broken, by the fields `frequency` and `mean_spend`.
    pub fn new(frequency: f64, mean_spend: f64) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        if !(1.0..=f64::from(MAX_FREQUENCY)).contains(&frequency) || frequency.fract() != 0.0 {
            violations.push(
                "frequency",
                format!("must be a whole number of repeat purchases, 1 to {MAX_FREQUENCY}"),
            );
        }
        if !(SMALLEST_SPEND..=LARGEST_SPEND).contains(&mean_spend) {
            violations.push(
                "mean_spend",
                format!(
                    "must be money for a repeat purchase, {SMALLEST_SPEND:e} to {LARGEST_SPEND:e}"
                ),
            );
        }
        if violations.total() > 0 {
            return Err(violations);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number within the bounds checked above"
        )]
        let frequency = frequency as u32;
        Ok(Self {
            frequency,
            mean_spend,
        })
    }

    /// x: the number of repeat purchases.
    #[must_use]
    pub fn frequency(&self) -> u32 {
        self.frequency
    }

    /// Their mean, in money.
    #[must_use]
    pub fn mean_spend(&self) -> f64 {
        self.mean_spend
    }

    /// Money in all.
    pub(super) fn total(&self) -> f64 {
        f64::from(self.frequency) * self.mean_spend
    }
}

/// The Gamma-Gamma model: a customer's purchases are gamma distributed with
/// shape p and its own rate, which is gamma distributed with shape q and rate
/// γ over customers. It supposes that spend does not depend on frequency. q is
/// above 1: otherwise spend has no mean, and nobody a lifetime value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    p: f64,
    q: f64,
    gamma: f64,
}

impl GammaGamma {
    /// The parameters' names, in their order everywhere.
    pub const NAMES: [&'static str; 3] = ["p", "q", "gamma"];

    /// A model with given p, q, γ.
    ///
    /// # Errors
    ///
    /// The first parameter that is no positive number of a sensible size, or a
    /// q of 1 or less.
    pub fn new(parameters: [f64; 3]) -> Result<Self, ParameterError> {
        let largest = [LARGEST_PARAMETER, LARGEST_PARAMETER, LARGEST_GAMMA];
        for ((largest, name), value) in largest.into_iter().zip(Self::NAMES).zip(parameters) {
            check_up_to(largest, name, value)?;
        }
        let [p, q, gamma] = parameters;
        if q <= 1.0 {
            return Err(ParameterError::NoMeanSpend(q));
        }
        Ok(Self { p, q, gamma })
    }

    /// p, q, γ; γ is in money.
    #[must_use]
    pub fn parameters(&self) -> [f64; 3] {
        [self.p, self.q, self.gamma]
    }

    /// ln of the density of a customer's mean spend, given its frequency.
    #[must_use]
    pub fn log_likelihood(&self, spend: &RepeatSpend) -> f64 {
        let Self { p, q, gamma } = *self;
        let shape = p * f64::from(spend.frequency);
        let ratio = spend.total() / gamma;
        -ln_beta(shape, q)
            - spend.mean_spend.ln()
            - q * ratio.ln_1p()
            - shape * ratio.recip().ln_1p()
    }

    /// Expected spend on a purchase of a customer, in money, given what it
    /// spent on its repeat purchases: between that mean and the mean of all
    /// customers.
    #[must_use]
    pub fn expected_spend(&self, spend: &RepeatSpend) -> f64 {
        self.mean(f64::from(spend.frequency), spend.total())
    }

    /// Expected spend on a purchase of a customer without a repeat purchase:
    /// the mean of all customers, in money.
    #[must_use]
    pub fn expected_spend_of_new(&self) -> f64 {
        self.mean(0.0, 0.0)
    }

    fn mean(&self, frequency: f64, total: f64) -> f64 {
        self.p * (self.gamma + total) / (self.p * frequency + (self.q - 1.0))
    }

    /// Derivatives of ln of the expected spend by ln p, ln q, ln γ; of a
    /// customer without a repeat purchase for `None`.
    pub(super) fn slopes_of_ln_spend(&self, spend: Option<&RepeatSpend>) -> [f64; 3] {
        let (frequency, total) = spend.map_or((0.0, 0.0), |spend| {
            (f64::from(spend.frequency), spend.total())
        });
        let shape = self.p * frequency + (self.q - 1.0);
        [
            (self.q - 1.0) / shape,
            -self.q / shape,
            self.gamma / (self.gamma + total),
        ]
    }
}
