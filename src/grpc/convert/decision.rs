//! What follows from a customer's scores, as a message.

use super::{contract_value, proto};
use crate::{
    model::segments::{RfmScores, Tier},
    policy::{CauseGroup, CauseSum, EffectCause, PolicyIdentity, RiskBand, Stage},
    scoring::{ChosenAction, Decision, Groups, Risk, RiskSource, ValueAtRisk, ValueSource},
};

/// Writes a decision into a score.
pub(super) fn add(decision: Decision<'_>, score: &mut proto::CustomerScore) {
    let Decision {
        policy,
        risk,
        value_at_risk,
        contract,
        groups,
        causes,
        action,
    } = decision;
    if let Some(Risk {
        probability: _, // stands with the score that it comes from
        source,
        band,
    }) = risk
    {
        score.risk_band = proto::RiskBand::from(band).into();
        score.risk_source = proto::RiskSource::from(source).into();
    }
    score.value_at_risk = value_at_risk.map(Into::into);
    if let Some(groups) = groups {
        add_groups(groups, score);
    }
    if let Some(contract) = contract {
        contract_value::add(contract, score);
    }
    score.causes = causes.into_iter().map(Into::into).collect();
    score.action = Some(action.into());
    score.policy = Some(policy.into());
}

fn add_groups(groups: Groups<'_>, score: &mut proto::CustomerScore) {
    let Groups {
        model,
        placement,
        segment,
    } = groups;
    let tier = |tier: Option<Tier>| {
        tier.map_or(proto::ValueTier::Unspecified, Into::into)
            .into()
    };
    score.tier = placement.scores.map(|_| proto::TierPlacement {
        overall: tier(Some(placement.tier)),
        current: tier(Some(placement.current_tier)),
        potential: tier(placement.potential_tier),
    });
    score.lifecycle_stage = proto::LifecycleStage::from(placement.stage).into();
    score.rfm = placement.scores.map(|scores| {
        let RfmScores {
            recency,
            frequency,
            monetary,
        } = scores;
        proto::RfmPlacement {
            recency: recency.get().into(),
            frequency: frequency.get().into(),
            monetary: monetary.get().into(),
            segment: segment.unwrap_or_default().to_owned(),
        }
    });
    score.cluster = placement.cluster.map(|cluster| proto::ClusterPlacement {
        number: u32::try_from(cluster).unwrap_or(u32::MAX).saturating_add(1),
    });
    score.segmentation_model = Some(model.into());
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

impl From<ValueAtRisk> for proto::ValueAtRisk {
    fn from(at_risk: ValueAtRisk) -> Self {
        let ValueAtRisk {
            amount,
            currency,
            horizon_days,
            source,
        } = at_risk;
        Self {
            amount,
            currency: currency.to_string(),
            horizon_days,
            source: match source {
                ValueSource::Model => proto::ValueSource::Model.into(),
                ValueSource::Contract => proto::ValueSource::Contract.into(),
            },
        }
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

impl From<CauseSum> for proto::CauseContribution {
    fn from(sum: CauseSum) -> Self {
        let CauseSum {
            group,
            contribution,
        } = sum;
        Self {
            group: proto::CauseGroup::from(group).into(),
            contribution,
        }
    }
}

/// The themes of a reason.
pub(super) fn cause_groups(cause: Option<EffectCause>) -> Vec<i32> {
    let number = |group| proto::CauseGroup::from(group).into();
    match cause {
        None => Vec::new(),
        Some(EffectCause::Whole(group)) => vec![number(group)],
        Some(EffectCause::Halves(groups)) => groups.map(number).to_vec(),
    }
}

impl From<ChosenAction<'_>> for proto::RecommendedAction {
    fn from(chosen: ChosenAction<'_>) -> Self {
        let ChosenAction {
            rule,
            position,
            text,
            language,
            expected_profit,
        } = chosen;
        let action = &rule.action;
        Self {
            rule: rule.name.clone(),
            rule_index: u32::try_from(position).unwrap_or(u32::MAX),
            code: action.code().to_owned(),
            text: text.to_owned(),
            language: language.to_owned(),
            channel: action.channel().to_owned(),
            cost: action.cost(),
            success: action.success(),
            expected_profit,
        }
    }
}

impl From<&PolicyIdentity> for proto::PolicyVersion {
    fn from(identity: &PolicyIdentity) -> Self {
        let PolicyIdentity {
            name,
            version,
            digest,
        } = identity.clone();
        Self {
            name,
            version,
            digest,
        }
    }
}
