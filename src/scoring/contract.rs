//! The value of a contract: by the policy, from the probability of churn and what
//! the customer pays.

use super::{ChurnScore, Scorer, ValueScore};
use crate::{
    customer::{Snapshot, Value},
    features::FeatureKind,
    policy::{ContractAmounts, ContractTiers, ContractValueRules, NoContractValue},
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

impl ContractValue<'_> {
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
        let amounts = self.contract_amounts(rules, customer, churn?.probability);
        let matrix = policy.groups.matrix.unwrap_or_default();
        Some(ContractValue {
            rules,
            amounts,
            tiers: amounts.ok().and_then(|told| rules.tiers(&told, &matrix)),
        })
    }

    fn contract_amounts(
        &self,
        rules: &ContractValueRules,
        customer: &Snapshot<'_>,
        churn: f64,
    ) -> Result<ContractAmounts, NoContractValue> {
        let churn_scorer = self.churn.as_ref().ok_or(NoContractValue::NoFeature)?;
        let content = churn_scorer.content;
        let schema = content.model.schema();
        let feature = schema.position(&rules.feature);
        let feature = feature.and_then(|position| schema.features().get(position));
        if !feature.is_some_and(|feature| matches!(feature.kind, FeatureKind::Number(_))) {
            return Err(NoContractValue::NoFeature);
        }
        let mut sent = customer.features().iter();
        let sent = sent.find(|(name, _)| *name == rules.feature);
        let Some((_, Value::Number(payment))) = sent else {
            return Err(NoContractValue::PaymentMissing);
        };
        let churn_days = content.churn_definition.horizon_days.map(f64::from);
        rules.value(*payment, churn, churn_days)
    }
}
