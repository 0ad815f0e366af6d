//! The value of a contract.

use super::proto;
use crate::{
    grpc::wire::{Fields, MessageWriter},
    model::value::ClvTerms,
    policy::{ContractAmounts, NoContractValue},
    scoring::ContractValue,
};

/// Writes a `ContractValue`.
pub(super) fn contract_value(value: &ContractValue<'_>, message: &mut MessageWriter<'_>) {
    let ContractValue {
        rules,
        amounts,
        tiers: _, // stand with those of a segmentation
    } = value;
    match amounts {
        Ok(amounts) => told(amounts, &rules.terms, message),
        Err(reason) => message.choice(5, proto::ContractValueNote::from(*reason)),
    }
}

fn told(amounts: &ContractAmounts, terms: &ClvTerms, message: &mut MessageWriter<'_>) {
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
    message.optional_double(1, Some(*payment));
    message.optional_double(2, Some(*renewal));
    message.optional_double(3, Some(*current));
    message.message(4, Fields::ALL, |message| {
        message.double(1, *potential);
        message.text(2, currency.as_str());
        message.double(3, f64::from(*periods) * period_days);
        message.double(4, *discount_rate);
        message.double(5, *period_days);
        // One that has a value has these.
        message.doubles(6, &contract.per_period().unwrap_or_default());
    });
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
