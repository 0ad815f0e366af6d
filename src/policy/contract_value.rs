//! What customers under contract are worth, where no value model tells: by what
//! they pay for each period, and how likely they are to stay.

use super::TierMatrix;
use crate::{
    customer::{MAX_FEATURE_NAME_BYTES, Violations},
    model::{
        segments::{Tier, TierEdges},
        value::{ClvTerms, Contract, MAX_REACH_DAYS, MAX_RENEWALS, Reach, Renewals},
    },
};

/// How a contract is valued.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractValueRules {
    /// The feature of the churn model that holds what is paid for a period.
    pub feature: String,
    /// How far ahead payments count, and in what money.
    pub terms: ClvTerms,
    /// The horizon of the churn probability, in days, of models that state none.
    pub churn_days: Option<f64>,
    /// The least money, margin included, of the tiers.
    pub tiers: Option<TierEdges>,
}

/// A contract, valued.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContractAmounts {
    /// What is paid for a period.
    pub payment: f64,
    /// The probability of staying through one.
    pub renewal: f64,
    /// What is paid for all periods while the customer stays; neither margin nor
    /// discount.
    pub current: f64,
    /// What is expected of them: margin × survival, discounted.
    pub potential: f64,
    /// What the potential was computed from.
    pub contract: Contract,
}

/// Why a contract has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoContractValue {
    /// The churn model has no number of that name.
    NoFeature,
    /// The customer has none.
    PaymentMissing,
    /// Below zero, or beyond all money.
    PaymentOutOfRange,
    /// Nobody says within what time the churn probability is of.
    NoChurnHorizon,
}

/// Tiers of the value of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContractTiers {
    /// Of what is paid.
    pub current: Tier,
    /// Of what is expected.
    pub potential: Tier,
    /// The two together.
    pub overall: Tier,
}

impl ContractValueRules {
    /// Checks what a file states, by paths such as `contract_value.margin`.
    ///
    /// # Errors
    ///
    /// Every number out of bounds.
    pub fn checked(self) -> Result<Self, Violations> {
        let ClvTerms {
            currency: _, // of its own kind
            periods,
            period_days,
            discount_rate,
            margin,
        } = self.terms;
        let mut violations = Violations::default();
        let mut must = |sound: bool, field: &str, what: String| {
            if !sound {
                violations.push(&format!("contract_value.{field}"), what);
            }
        };
        must(
            (1..=MAX_FEATURE_NAME_BYTES).contains(&self.feature.len()),
            "feature",
            format!("must name a feature, in at most {MAX_FEATURE_NAME_BYTES} bytes"),
        );
        must(
            margin > 0.0 && margin <= 1.0,
            "margin",
            "must be a share above 0, and at most 1".to_owned(),
        );
        let days = |days: f64| days > 0.0 && days <= MAX_REACH_DAYS;
        let of_days = || format!("must be above 0, and at most {MAX_REACH_DAYS} days");
        must(days(period_days), "period_days", of_days());
        must(self.churn_days.is_none_or(days), "churn_days", of_days());
        let counted = (1..=MAX_RENEWALS).contains(&periods);
        must(counted, "periods", format!("must be 1 to {MAX_RENEWALS}"));
        let reach = f64::from(periods) * period_days;
        must(
            !(counted && days(period_days)) || days(reach),
            "periods",
            format!("must come to at most {MAX_REACH_DAYS} days"),
        );
        must(
            (0.0..=10.0).contains(&discount_rate),
            "discount_rate",
            "must be 0 to 10, of a period".to_owned(),
        );
        violations.into_result(self)
    }

    /// Values a contract by its payment and the probability of churn within
    /// `churn_days`.
    ///
    /// # Errors
    ///
    /// What keeps it from having a value.
    pub fn value(
        &self,
        payment: f64,
        churn: f64,
        churn_days: Option<f64>,
    ) -> Result<ContractAmounts, NoContractValue> {
        let churn_days = churn_days.or(self.churn_days);
        let churn_days = churn_days.ok_or(NoContractValue::NoChurnHorizon)?;
        let renewals = Renewals::of_churn(churn, churn_days, self.terms.period_days);
        let Ok(renewals @ Renewals::Constant(renewal)) = renewals else {
            return Err(NoContractValue::NoChurnHorizon);
        };
        let contract = Contract {
            margin_per_period: payment * self.terms.margin,
            discount_rate: self.terms.discount_rate,
            renewals,
            reach: Reach::Periods(self.terms.periods),
        };
        // All but the payment has been checked.
        let potential = contract.value();
        Ok(ContractAmounts {
            payment,
            renewal,
            current: payment * f64::from(self.terms.periods),
            potential: potential.map_err(|_| NoContractValue::PaymentOutOfRange)?,
            contract,
        })
    }

    /// The tiers of amounts, where the rules state some.
    #[must_use]
    pub fn tiers(&self, amounts: &ContractAmounts, matrix: &TierMatrix) -> Option<ContractTiers> {
        let edges = self.tiers.as_ref()?;
        let current = edges.tier(amounts.current * self.terms.margin);
        let potential = edges.tier(amounts.potential);
        Some(ContractTiers {
            current,
            potential,
            overall: matrix.tier(current, Some(potential)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> ContractValueRules {
        ContractValueRules {
            feature: "fee".to_owned(),
            terms: ClvTerms {
                currency: "EUR".parse().unwrap(),
                periods: 3,
                period_days: 30.0,
                discount_rate: 0.01,
                margin: 0.5,
            },
            churn_days: Some(90.0),
            tiers: TierEdges::new(Some(30.0), Some(80.0)).ok(),
        }
    }

    #[test]
    fn a_value_is_margin_by_survival_discounted() {
        // Of 0.271 within 90 days, 0.9 stay through each 30: 0.9 ³ = 0.729.
        let told = rules().value(60.0, 0.271, None).unwrap();
        let by_hand = 30.0 * (0.9 / 1.01 + 0.81 / 1.01_f64.powi(2) + 0.729 / 1.01_f64.powi(3));
        assert!((told.potential - by_hand).abs() < 1e-12, "{told:?}");
        assert!((told.renewal - 0.9).abs() < 1e-15);
        assert_eq!(told.current, 180.0);
        let tiers = rules().tiers(&told, &TierMatrix::default()).unwrap();
        assert_eq!(
            (tiers.current, tiers.potential, tiers.overall),
            (Tier::High, Tier::Medium, Tier::High)
        );
        // A horizon that the model states goes before the rules'.
        let monthly = rules().value(60.0, 0.1, Some(30.0)).unwrap();
        assert!((monthly.potential - by_hand).abs() < 1e-12);
        let gone = rules().value(60.0, 1.0, None).unwrap();
        assert_eq!((gone.potential, gone.current), (0.0, 180.0));
    }

    #[test]
    fn what_has_no_value_says_why() {
        let rules = rules();
        for payment in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            let told = rules.value(payment, 0.2, None);
            assert_eq!(told, Err(NoContractValue::PaymentOutOfRange), "{payment}");
        }
        let without = ContractValueRules {
            churn_days: None,
            ..rules
        };
        for churn_days in [None, Some(0.0)] {
            let told = without.value(60.0, 0.2, churn_days);
            assert_eq!(told, Err(NoContractValue::NoChurnHorizon));
        }
    }
}
