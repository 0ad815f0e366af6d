//! The value of a contract: by the policy, from the probability of churn and what
//! the customer pays.

use super::{ChurnScore, Scorer, ValueScore};
use crate::{
    artifact::ChurnContent,
    customer::{Snapshot, Value},
    features::FeatureKind,
    policy::{ContractAmounts, ContractTiers, ContractValueRules, NoContractValue, Policy},
};

/// What a customer under contract is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContractValue<'m> {
    /// How it is computed.
    pub rules: &'m ContractValueRules,
    /// The amounts, or what keeps them from being told.
    pub amounts: Result<ContractAmounts, NoContractValue>,
    /// The tiers, where the rules state some and there are amounts.
    pub tiers: Option<ContractTiers>,
}

impl<'m> ContractValue<'m> {
    /// The value of a customer who pays `payment` for a period and leaves with the
    /// probability `churn` of a model; `None` without rules for it.
    pub(super) fn of(
        policy: &'m Policy,
        content: &ChurnContent,
        payment: Option<f64>,
        churn: f64,
    ) -> Option<Self> {
        let rules = policy.contract_value.as_ref()?;
        let amounts = amounts(rules, content, payment, churn);
        let matrix = policy.groups.matrix.unwrap_or_default();
        Some(Self {
            rules,
            amounts,
            tiers: amounts.ok().and_then(|told| rules.tiers(&told, &matrix)),
        })
    }

    /// What is expected of the customer, where that can be told.
    #[must_use]
    pub fn potential(&self) -> Option<f64> {
        self.amounts.ok().map(|amounts| amounts.potential)
    }
}

impl<'m> Scorer<'m> {
    /// The value of the contract; `None` without rules for it or without a churn
    /// score, and where a value model tells what the customer is worth.
    pub(super) fn contract_value(
        &self,
        customer: &Snapshot<'_>,
        churn: Option<&ChurnScore<'_>>,
        value: Option<&ValueScore<'_>>,
    ) -> Option<ContractValue<'m>> {
        if value.is_some_and(|value| value.potential_amount.is_some()) {
            return None;
        }
        let policy = self.decided_by?.policy;
        let rules = policy.contract_value.as_ref()?;
        let payment = match customer.value(&rules.feature) {
            Some(Value::Number(payment)) => Some(payment),
            _ => None,
        };
        let content = self.churn.as_ref()?.content;
        ContractValue::of(policy, content, payment, churn?.probability)
    }
}

fn amounts(
    rules: &ContractValueRules,
    content: &ChurnContent,
    payment: Option<f64>,
    churn: f64,
) -> Result<ContractAmounts, NoContractValue> {
    let schema = content.model.schema();
    let feature = schema.position(&rules.feature);
    let feature = feature.and_then(|position| schema.features().get(position));
    if !feature.is_some_and(|feature| matches!(feature.kind, FeatureKind::Number(_))) {
        return Err(NoContractValue::NoFeature);
    }
    let payment = payment.ok_or(NoContractValue::PaymentMissing)?;
    let churn_days = content.churn_definition.horizon_days.map(f64::from);
    rules.value(payment, churn, churn_days)
}
