//! From scores to a decision, by the policy.

use super::{CauseTables, ChurnScore, ContractValue, Groups, ValueScore};
use crate::{
    customer::Currency,
    model::value::ClvTerms,
    policy::{
        CauseGroup, CauseSum, PlaybookRule, Policy, PolicyIdentity, RiskBand, Situation,
        leading_cause,
    },
};

/// The policy that decides, and in which language.
#[derive(Debug, Clone, Copy)]
pub struct DecidedBy<'m> {
    /// The policy.
    pub policy: &'m Policy,
    /// The themes that it sees in the effects of models.
    pub causes: &'m CauseTables,
    /// The language of texts, a tag of BCP 47.
    pub language: &'m str,
}

/// What follows from a customer's scores. A part that they do not tell is
/// `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<'m> {
    /// The policy that decided.
    pub policy: &'m PolicyIdentity,
    /// How likely the customer is to leave.
    pub risk: Option<Risk>,
    /// The money that attention to the customer protects.
    pub value_at_risk: Option<ValueAtRisk>,
    /// What the customer's contract is worth, where no value model tells.
    pub contract: Option<ContractValue<'m>>,
    /// The customer's groups.
    pub groups: Option<Groups<'m>>,
    /// The churn model's contributions by theme, the one that raises the
    /// log-odds most first; empty without a churn model.
    pub causes: Vec<CauseSum>,
    /// What to do.
    pub action: ChosenAction<'m>,
}

/// How likely a customer is to leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Risk {
    /// In [0, 1].
    pub probability: f64,
    /// What it is a probability of.
    pub source: RiskSource,
    /// In words.
    pub band: RiskBand,
}

/// What tells how likely a customer is to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskSource {
    /// The churn model's probability.
    Churn,
    /// The value model's probability of no purchase within its horizon.
    NoPurchase,
}

/// Probability of churn × potential value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueAtRisk {
    /// Money; 0 or more.
    pub amount: f64,
    /// What it is in.
    pub currency: Currency,
    /// The horizon of the potential value, in days.
    pub horizon_days: f64,
    /// What tells the potential value.
    pub source: ValueSource,
}

/// What tells how much a customer is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueSource {
    /// The value model.
    Model,
    /// The policy's rules of contracts.
    Contract,
}

/// What the playbook recommends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChosenAction<'m> {
    /// The rule that chose it.
    pub rule: &'m PlaybookRule,
    /// Its position in the playbook, from 0.
    pub position: usize,
    /// What to do, in words.
    pub text: &'m str,
    /// The language that they are in.
    pub language: &'m str,
    /// What customers are ranked by; `None` without a value at risk.
    pub expected_profit: Option<f64>,
}

/// What decisions go by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'m> {
    /// The probability of churn.
    pub(super) churn: Option<f64>,
    pub(super) value: Option<KnownValue>,
    pub(super) groups: Option<Groups<'m>>,
    pub(super) contract: Option<ContractValue<'m>>,
    /// The theme that raises the probability of churn most.
    pub(super) cause: Option<CauseGroup>,
}

/// What decisions go by of a value score.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownValue {
    pub(super) p_no_purchase: f64,
    /// The amount, where the model knows spend.
    pub(super) potential: Option<f64>,
    pub(super) terms: ClvTerms,
}

/// What follows for a customer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict {
    pub(super) risk: Option<Risk>,
    pub(super) value_at_risk: Option<ValueAtRisk>,
    /// Of the rule in the playbook.
    pub(super) position: usize,
    pub(super) expected_profit: Option<f64>,
}

impl From<&ValueScore<'_>> for KnownValue {
    fn from(score: &ValueScore<'_>) -> Self {
        Self {
            p_no_purchase: score.value.p_no_purchase,
            potential: score.potential_amount,
            terms: score.terms,
        }
    }
}

impl<'m> DecidedBy<'m> {
    /// Decides on a customer by all that is known of it.
    pub(super) fn decide(
        &self,
        churn: Option<&ChurnScore<'m>>,
        value: Option<&ValueScore<'m>>,
        groups: Option<Groups<'m>>,
        contract: Option<ContractValue<'m>>,
        causes: Vec<CauseSum>,
    ) -> Decision<'m> {
        let Self {
            policy, language, ..
        } = *self;
        let Verdict {
            risk,
            value_at_risk,
            position,
            expected_profit,
        } = self.verdict(&Known {
            churn: churn.map(|churn| churn.probability),
            value: value.map(Into::into),
            groups,
            contract,
            cause: leading_cause(&causes),
        });
        let rule = &policy.playbook.rules()[position];
        let (language, text) = rule.action.text(language);
        Decision {
            policy: &policy.identity,
            risk,
            value_at_risk,
            contract,
            groups,
            causes,
            action: ChosenAction {
                rule,
                position,
                text,
                language,
                expected_profit,
            },
        }
    }

    /// What follows for a customer; texts stand with the rule.
    pub(super) fn verdict(&self, known: &Known<'_>) -> Verdict {
        let Known {
            churn,
            value,
            groups,
            contract,
            cause,
        } = *known;
        let policy = self.policy;
        let risk = self.risk(churn, value);
        let value_at_risk = risk.and_then(|risk| value_at_risk(risk.probability, value, contract));
        let situation = Situation {
            tier: groups
                .and_then(|groups| {
                    // A prospect has brought in nothing, and is in no tier.
                    groups.placement.scores.map(|_| groups.placement.tier)
                })
                .or_else(|| Some(contract?.tiers?.overall)),
            band: risk.map(|risk| risk.band),
            cause,
            stage: groups.map(|groups| groups.placement.stage),
        };
        let position = policy.playbook.position(situation);
        let action = &policy.playbook.rules()[position].action;
        Verdict {
            risk,
            value_at_risk,
            position,
            expected_profit: value_at_risk.map(|at_risk| action.expected_profit(at_risk.amount)),
        }
    }

    fn risk(&self, churn: Option<f64>, value: Option<KnownValue>) -> Option<Risk> {
        let (probability, source) = match (churn, value) {
            (Some(probability), _) => (probability, RiskSource::Churn),
            (None, Some(value)) => (value.p_no_purchase, RiskSource::NoPurchase),
            (None, None) => return None,
        };
        Some(Risk {
            probability,
            source,
            band: self.policy.bands.band(probability),
        })
    }
}

fn value_at_risk(
    probability: f64,
    value: Option<KnownValue>,
    contract: Option<ContractValue<'_>>,
) -> Option<ValueAtRisk> {
    let by_model =
        value.and_then(|value| Some((value.potential?, value.terms, ValueSource::Model)));
    let (amount, terms, source) = by_model.or_else(|| {
        let contract = contract?;
        let amount = contract.potential()?;
        Some((amount, contract.rules.terms, ValueSource::Contract))
    })?;
    Some(ValueAtRisk {
        amount: probability * amount,
        currency: terms.currency,
        horizon_days: f64::from(terms.periods) * terms.period_days,
        source,
    })
}
