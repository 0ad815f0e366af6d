//! What a customer under contract is worth: margin × survival, discounted.
//!
//! A customer pays at each renewal; the next one is a period from now. The n-th
//! payment ahead comes if all renewals up to it are made, and counts
//! (1 + rate)⁻ⁿ of its money: Gupta and Lehmann (2003), Customers as assets;
//! with the sBG model, Fader and Hardie (2010), Customer-base valuation in a
//! contractual setting.

use thiserror::Error;

use super::{SBg, s_bg::LOWEST_DISCOUNT};

/// The least discount rate of a value without an end.
pub const LEAST_ENDLESS_RATE: f64 = LOWEST_DISCOUNT;
/// The most periods of a contract that are told one by one.
pub const MAX_RENEWALS: u32 = 1200;
/// The most money of a period.
const MOST_MARGIN: f64 = 1e15;
/// The highest discount rate of a period.
const HIGHEST_RATE: f64 = 10.0;

/// How likely renewals are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Renewals {
    /// The same probability at each renewal, in [0, 1].
    Constant(f64),
    /// As the sBG model has it, for a customer who has made so many.
    ShiftedBetaGeometric {
        /// The model.
        model: SBg,
        /// Renewals made so far.
        made: u32,
    },
}

/// How far ahead payments count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// This many periods.
    Periods(u32),
    /// All of them.
    Endless,
}

/// What the value of a contract is computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contract {
    /// Money that a period brings in; 0 to 1e15.
    pub margin_per_period: f64,
    /// Of a period; 0 to 10.
    pub discount_rate: f64,
    /// How likely renewals are.
    pub renewals: Renewals,
    /// How far ahead payments count.
    pub reach: Reach,
}

/// What no value of a contract can be computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ContractError {
    /// Of a period.
    #[error("the margin of a period must be 0 to {MOST_MARGIN:e}")]
    Margin,
    /// Of a period.
    #[error("the discount rate of a period must be 0 to {HIGHEST_RATE}")]
    DiscountRate,
    /// A constant one.
    #[error("the probability of a renewal must be in [0, 1]")]
    Renewal,
    /// How far ahead.
    #[error("payments must count for 1 to {MAX_RENEWALS} periods, or for ever")]
    Reach,
    /// It would grow without bounds.
    #[error(
        "a value without an end needs a discount rate of {LEAST_ENDLESS_RATE:e} or more: give one, or a number of periods"
    )]
    EndlessWithoutDiscount,
}

impl Renewals {
    /// The constant probability of a renewal that a churn probability within
    /// a horizon comes from: (1 − churn)^(period / horizon).
    ///
    /// # Errors
    ///
    /// [`ContractError::Renewal`] when the churn probability is not in [0, 1]
    /// or a time is not more than 0.
    pub fn of_churn(
        churn: f64,
        horizon_days: f64,
        period_days: f64,
    ) -> Result<Self, ContractError> {
        let horizons = period_days / horizon_days;
        let times = period_days > 0.0 && horizon_days > 0.0 && horizons.is_finite();
        if !times || !(0.0..=1.0).contains(&churn) {
            return Err(ContractError::Renewal);
        }
        // A sure leaver renews nothing, however short the period is.
        let stays = if churn == 1.0 {
            0.0
        } else {
            (horizons * (-churn).ln_1p()).exp()
        };
        Ok(Self::Constant(stays))
    }

    /// The probability of the n-th renewal ahead, from 1, if all before are made.
    fn probability(&self, ahead: u32) -> f64 {
        match self {
            Self::Constant(probability) => *probability,
            Self::ShiftedBetaGeometric { model, made } => {
                model.retention(made.saturating_add(ahead))
            }
        }
    }
}

impl Contract {
    /// The discounted value, in the money of the margin. Finite.
    ///
    /// # Errors
    ///
    /// The first rule that is broken.
    pub fn value(&self) -> Result<f64, ContractError> {
        self.check()?;
        let payments = match (self.reach, self.renewals) {
            (Reach::Periods(periods), _) => self.discounted_payments(periods).sum(),
            (Reach::Endless, Renewals::Constant(stays)) => {
                stays / (self.discount_rate + (1.0 - stays))
            }
            (Reach::Endless, Renewals::ShiftedBetaGeometric { model, made }) => {
                let residual = model.derl(made, self.discount_rate);
                residual.ok_or(ContractError::EndlessWithoutDiscount)? / (1.0 + self.discount_rate)
            }
        };
        Ok(self.margin_per_period * payments)
    }

    /// What each period adds to the value; of an endless one, the first
    /// [`MAX_RENEWALS`].
    ///
    /// # Errors
    ///
    /// The first rule that is broken.
    pub fn per_period(&self) -> Result<Vec<f64>, ContractError> {
        self.check()?;
        let periods = match self.reach {
            Reach::Periods(periods) => periods,
            Reach::Endless => MAX_RENEWALS,
        };
        let payments = self.discounted_payments(periods);
        Ok(payments
            .map(|payment| self.margin_per_period * payment)
            .collect())
    }

    fn check(&self) -> Result<(), ContractError> {
        if !(0.0..=MOST_MARGIN).contains(&self.margin_per_period) {
            return Err(ContractError::Margin);
        }
        if !(0.0..=HIGHEST_RATE).contains(&self.discount_rate) {
            return Err(ContractError::DiscountRate);
        }
        if let Renewals::Constant(stays) = self.renewals
            && !(0.0..=1.0).contains(&stays)
        {
            return Err(ContractError::Renewal);
        }
        match self.reach {
            Reach::Periods(periods) if !(1..=MAX_RENEWALS).contains(&periods) => {
                Err(ContractError::Reach)
            }
            Reach::Endless if self.discount_rate < LEAST_ENDLESS_RATE => {
                Err(ContractError::EndlessWithoutDiscount)
            }
            Reach::Periods(_) | Reach::Endless => Ok(()),
        }
    }

    /// The chance of each payment ahead, discounted.
    fn discounted_payments(&self, periods: u32) -> impl Iterator<Item = f64> {
        let discount = (1.0 + self.discount_rate).recip();
        (1..=periods).scan(1.0, move |payment, ahead| {
            *payment *= self.renewals.probability(ahead) * discount;
            Some(*payment)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(renewals: Renewals, reach: Reach) -> Contract {
        Contract {
            margin_per_period: 100.0,
            discount_rate: 0.1,
            renewals,
            reach,
        }
    }

    /// Fader and Hardie's sBG of the High End data.
    fn high_end(made: u32) -> Renewals {
        Renewals::ShiftedBetaGeometric {
            model: SBg::new([0.668_088, 3.806_095]).unwrap(),
            made,
        }
    }

    #[test]
    fn long_sums_are_the_closed_forms() {
        for renewals in [
            Renewals::Constant(0.8),
            Renewals::Constant(0.0),
            high_end(0),
            high_end(7),
        ] {
            let endless = contract(renewals, Reach::Endless).value().unwrap();
            let long = contract(renewals, Reach::Periods(MAX_RENEWALS));
            let sum = long.value().unwrap();
            assert!((sum - endless).abs() <= 1e-10 * endless, "{sum} {endless}");
            let parts: f64 = long.per_period().unwrap().iter().sum();
            assert!((sum - parts).abs() <= 1e-10 * sum);
        }
        // 100 · (0.8 / 1.1 + 0.64 / 1.21).
        let two = contract(Renewals::Constant(0.8), Reach::Periods(2))
            .value()
            .unwrap();
        assert!((two - 125.619_834_710_743_8).abs() < 1e-10);
    }

    /// The expected residual lifetime that is published counts the renewal at
    /// hand in full.
    #[test]
    fn after_seven_renewals_7_530_periods_are_ahead() {
        let value = contract(high_end(7), Reach::Endless).value().unwrap();
        assert!((value * 1.1 / 100.0 - 7.530).abs() < 5e-4, "{value}");
    }

    #[test]
    fn a_churn_probability_becomes_one_of_renewals() {
        let monthly = Renewals::of_churn(0.271, 90.0, 30.0).unwrap();
        assert!(matches!(monthly, Renewals::Constant(p) if (p - 0.9).abs() < 1e-12));
        let gone = Renewals::of_churn(1.0, 90.0, 1e-300).unwrap();
        assert_eq!(gone, Renewals::Constant(0.0));
        for (churn, horizon, period) in [
            (1.1, 90.0, 30.0),
            (f64::NAN, 90.0, 30.0),
            (0.5, 0.0, 30.0),
            (0.5, 90.0, f64::INFINITY),
        ] {
            let refused = Renewals::of_churn(churn, horizon, period);
            assert_eq!(refused, Err(ContractError::Renewal));
        }
    }

    #[test]
    fn what_has_no_value_is_refused() {
        let sound = contract(Renewals::Constant(1.0), Reach::Endless);
        assert!((sound.value().unwrap() - 1000.0).abs() < 1e-9);
        let refused = |contract: Contract| contract.value().unwrap_err();
        assert_eq!(
            refused(Contract {
                discount_rate: 0.0,
                ..sound
            }),
            ContractError::EndlessWithoutDiscount
        );
        assert_eq!(
            refused(Contract {
                discount_rate: f64::NAN,
                ..sound
            }),
            ContractError::DiscountRate
        );
        assert_eq!(
            refused(Contract {
                margin_per_period: -1.0,
                ..sound
            }),
            ContractError::Margin
        );
        assert_eq!(
            refused(Contract {
                renewals: Renewals::Constant(1.5),
                ..sound
            }),
            ContractError::Renewal
        );
        assert_eq!(
            refused(Contract {
                reach: Reach::Periods(0),
                ..sound
            }),
            ContractError::Reach
        );
    }
}
