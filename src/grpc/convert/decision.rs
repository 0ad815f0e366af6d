//! What follows from a customer's scores, as a message.

use super::{Mask, contract_value, model_version, proto};
use crate::{
    grpc::wire::{Fields, MessageWriter},
    model::segments::{RfmScores, Tier},
    policy::{
        CauseGroup, CauseSum, ContractTiers, EffectCause, Placement, PolicyIdentity, RiskBand,
        Stage,
    },
    scoring::{
        ChosenAction, ContractValue, Decision, Groups, Risk, RiskSource, ValueAtRisk, ValueSource,
    },
};

/// Writes the fields of a `CustomerScore` that follow from its scores.
pub(super) fn decision(decision: &Decision<'_>, mask: &Mask, message: &mut MessageWriter<'_>) {
    let Decision {
        policy,
        risk,
        value_at_risk: at_risk,
        contract,
        groups,
        causes,
        action,
    } = decision;
    if let Some(Risk {
        probability: _, // stands with the score that it comes from
        source,
        band,
    }) = *risk
    {
        message.choice(4, proto::RiskBand::from(band));
        message.choice(5, proto::RiskSource::from(source));
    }
    if let Some(at_risk) = at_risk {
        message.message(6, Fields::ALL, |message| value_at_risk(at_risk, message));
    }
    if let Some(tiers) = tiers(groups.as_ref(), contract.as_ref()) {
        message.message(7, Fields::ALL, |message| {
            for (tier, field) in tiers.into_iter().zip(1..) {
                message.choice(
                    field,
                    tier.map_or(proto::ValueTier::Unspecified, Into::into),
                );
            }
        });
    }
    if let Some(groups) = groups {
        write_groups(groups, message);
    }
    for sum in causes {
        message.message(12, Fields::ALL, |message| cause_sum(*sum, message));
    }
    message.message(13, mask.action, |message| recommended(action, message));
    message.message(14, Fields::ALL, |message| policy_version(policy, message));
    if let Some(contract) = contract {
        message.message(17, Fields::ALL, |message| {
            contract_value::contract_value(contract, message);
        });
    }
}

/// Overall, current and potential: of the segmentation, or else of the contract.
fn tiers(
    groups: Option<&Groups<'_>>,
    contract: Option<&ContractValue<'_>>,
) -> Option<[Option<Tier>; 3]> {
    let placed = groups.map(|groups| groups.placement);
    if let Some(placement) = placed.filter(|placement| placement.scores.is_some()) {
        let Placement {
            tier,
            current_tier,
            potential_tier,
            ..
        } = placement;
        return Some([Some(tier), Some(current_tier), potential_tier]);
    }
    let ContractTiers {
        current,
        potential,
        overall,
    } = contract?.tiers?;
    Some([overall, current, potential].map(Some))
}

fn write_groups(groups: &Groups<'_>, message: &mut MessageWriter<'_>) {
    let Groups {
        model,
        placement,
        segment,
    } = groups;
    message.choice(8, proto::LifecycleStage::from(placement.stage));
    if let Some(RfmScores {
        recency,
        frequency,
        monetary,
    }) = placement.scores
    {
        message.message(9, Fields::ALL, |message| {
            message.number(1, recency.get());
            message.number(2, frequency.get());
            message.number(3, monetary.get());
            message.text(4, segment.unwrap_or_default());
        });
    }
    if let Some(cluster) = placement.cluster {
        let number = u32::try_from(cluster).unwrap_or(u32::MAX).saturating_add(1);
        message.message(10, Fields::ALL, |message| message.number(1, number));
    }
    message.message(11, Fields::ALL, |message| model_version(model, message));
}

impl From<RiskBand> for proto::RiskBand {
    fn from(band: RiskBand) -> Self {
        match band {
            RiskBand::Low => Self::Low,
            RiskBand::Medium => Self::Medium,
            RiskBand::High => Self::High,
            RiskBand::Critical => Self::Critical,
        }
    }
}

impl From<RiskSource> for proto::RiskSource {
    fn from(source: RiskSource) -> Self {
        match source {
            RiskSource::Churn => Self::Churn,
            RiskSource::NoPurchase => Self::NoPurchase,
        }
    }
}

/// Writes a `ValueAtRisk`.
fn value_at_risk(at_risk: &ValueAtRisk, message: &mut MessageWriter<'_>) {
    let ValueAtRisk {
        amount,
        currency,
        horizon_days,
        source,
    } = at_risk;
    message.double(1, *amount);
    message.text(2, currency.as_str());
    message.double(3, *horizon_days);
    message.choice(4, value_source(*source));
}

pub(super) fn value_source(source: ValueSource) -> proto::ValueSource {
    match source {
        ValueSource::Model => proto::ValueSource::Model,
        ValueSource::Contract => proto::ValueSource::Contract,
    }
}

impl From<Tier> for proto::ValueTier {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Low => Self::Low,
            Tier::Medium => Self::Medium,
            Tier::High => Self::High,
        }
    }
}

impl From<Stage> for proto::LifecycleStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Prospect => Self::Prospect,
            Stage::FirstTime => Self::FirstTime,
            Stage::Repeat => Self::Repeat,
            Stage::AtRisk => Self::AtRisk,
            Stage::Churned => Self::Churned,
            Stage::WonBack => Self::WonBack,
        }
    }
}

impl From<CauseGroup> for proto::CauseGroup {
    fn from(group: CauseGroup) -> Self {
        match group {
            CauseGroup::Engagement => Self::Engagement,
            CauseGroup::Price => Self::Price,
            CauseGroup::Service => Self::Service,
            CauseGroup::Product => Self::Product,
            CauseGroup::Contract => Self::Contract,
            CauseGroup::Payment => Self::Payment,
            CauseGroup::Competitor => Self::Competitor,
            CauseGroup::Profile => Self::Profile,
            CauseGroup::Other => Self::Other,
        }
    }
}

/// Writes a `CauseContribution`.
fn cause_sum(sum: CauseSum, message: &mut MessageWriter<'_>) {
    let CauseSum {
        group,
        contribution,
    } = sum;
    message.choice(1, proto::CauseGroup::from(group));
    message.double(2, contribution);
}

/// The themes of an effect.
pub(super) fn groups_of(cause: Option<EffectCause>) -> Vec<i32> {
    let groups: &[CauseGroup] = match &cause {
        None => &[],
        Some(EffectCause::Whole(group)) => std::slice::from_ref(group),
        Some(EffectCause::Halves(groups)) => groups,
    };
    let groups = groups.iter().map(|group| proto::CauseGroup::from(*group));
    groups.map(Into::into).collect()
}

/// Writes the themes of a reason.
pub(super) fn cause_groups(
    field: u32,
    cause: Option<EffectCause>,
    message: &mut MessageWriter<'_>,
) {
    match cause {
        None => {}
        Some(EffectCause::Whole(group)) => {
            message.choices(field, [proto::CauseGroup::from(group)]);
        }
        Some(EffectCause::Halves(groups)) => {
            message.choices(field, groups.map(proto::CauseGroup::from));
        }
    }
}

/// Writes a `RecommendedAction`.
pub(super) fn recommended(chosen: &ChosenAction<'_>, message: &mut MessageWriter<'_>) {
    let ChosenAction {
        rule,
        position,
        text,
        language,
        expected_profit,
    } = chosen;
    let action = &rule.action;
    message.text(1, &rule.name);
    message.number(2, u32::try_from(*position).unwrap_or(u32::MAX));
    message.text(3, action.code());
    message.text(4, text);
    message.text(5, language);
    message.text(6, action.channel());
    message.double(7, action.cost());
    message.double(8, action.success());
    message.optional_double(9, *expected_profit);
}

/// Writes a `PolicyVersion`.
pub(super) fn policy_version(identity: &PolicyIdentity, message: &mut MessageWriter<'_>) {
    let PolicyIdentity {
        name,
        version,
        digest,
    } = identity;
    message.text(1, name);
    message.text(2, version);
    message.text(3, digest);
}
