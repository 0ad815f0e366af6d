//! The value of a contract, as a message.

use super::proto;
use crate::{
    model::value::ClvTerms,
    policy::{ContractAmounts, ContractTiers, NoContractValue},
    scoring::ContractValue,
};

/// Writes it into a score, and its tiers where no segmentation told any.
pub(super) fn add(value: ContractValue<'_>, score: &mut proto::CustomerScore) {
    let ContractValue {
        rules,
        amounts,
        tiers,
    } = value;
    score.contract_value = Some(match amounts {
        Ok(amounts) => told(&amounts, rules.terms),
        Err(reason) => proto::ContractValue {
            note: proto::ContractValueNote::from(reason).into(),
            ..proto::ContractValue::default()
        },
    });
    if let (None, Some(tiers)) = (&score.tier, tiers) {
        score.tier = Some(tiers.into());
    }
}

fn told(amounts: &ContractAmounts, terms: ClvTerms) -> proto::ContractValue {
    let ContractAmounts {
        payment,
        renewal,
        current,
        potential,
        contract,
    } = amounts;
    let ClvTerms {
        currency,
        periods,
        period_days,
        discount_rate,
        margin: _, // the policy's to tell
    } = terms;
    proto::ContractValue {
        payment: Some(*payment),
        renewal_probability: Some(*renewal),
        current_amount: Some(*current),
        potential: Some(proto::PotentialValue {
            amount: *potential,
            currency: currency.to_string(),
            horizon_days: f64::from(periods) * period_days,
            discount_rate,
            period_days,
            // One that has a value has these.
            per_period: contract.per_period().unwrap_or_default(),
            interval: None,
        }),
        note: proto::ContractValueNote::Unspecified.into(),
    }
}

impl From<ContractTiers> for proto::TierPlacement {
    fn from(tiers: ContractTiers) -> Self {
        let ContractTiers {
            current,
            potential,
            overall,
        } = tiers;
        Self {
            overall: proto::ValueTier::from(overall).into(),
            current: proto::ValueTier::from(current).into(),
            potential: proto::ValueTier::from(potential).into(),
        }
    }
}

impl From<NoContractValue> for proto::ContractValueNote {
    fn from(reason: NoContractValue) -> Self {
        match reason {
            NoContractValue::NoFeature => Self::NoFeature,
            NoContractValue::PaymentMissing => Self::PaymentMissing,
            NoContractValue::PaymentOutOfRange => Self::PaymentOutOfRange,
            NoContractValue::NoChurnHorizon => Self::NoChurnHorizon,
        }
    }
}
