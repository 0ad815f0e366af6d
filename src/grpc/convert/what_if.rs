//! What would be, as messages.

use super::{proto, score::reason};
use crate::{
    customer::{Value, Violations},
    grpc::wire::Encoded,
    policy::RiskBand,
    scoring::{Change, Difference, Reason},
};

/// The most features that a search may change.
const MAX_ACTIONABLE: usize = 100;

/// What is to be reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::grpc) enum Target {
    /// A probability of churn below this.
    Probability(f64),
    /// A risk band below this.
    Band(RiskBand),
}

/// Reads the target of a goal, and checks the number of its features.
pub(in crate::grpc) fn read_target(goal: &proto::WhatIfGoal) -> Result<Target, Violations> {
    let proto::WhatIfGoal { target, actionable } = goal;
    let mut violations = Violations::default();
    let target = match target {
        None => Err(("target", "must set one of probability_below or band_below")),
        Some(proto::what_if_goal::Target::ProbabilityBelow(below)) => {
            if *below > 0.0 && *below <= 1.0 {
                Ok(Target::Probability(*below))
            } else {
                Err(("probability_below", "must be above 0 and at most 1"))
            }
        }
        Some(proto::what_if_goal::Target::BandBelow(band)) => {
            match proto::RiskBand::try_from(*band) {
                Ok(proto::RiskBand::Medium) => Ok(Target::Band(RiskBand::Medium)),
                Ok(proto::RiskBand::High) => Ok(Target::Band(RiskBand::High)),
                Ok(proto::RiskBand::Critical) => Ok(Target::Band(RiskBand::Critical)),
                Ok(proto::RiskBand::Unspecified | proto::RiskBand::Low) | Err(_) => {
                    Err(("band_below", "must be medium, high or critical"))
                }
            }
        }
    };
    if actionable.len() > MAX_ACTIONABLE {
        violations.push("actionable", format!("must be at most {MAX_ACTIONABLE}"));
    }
    match target {
        Ok(target) => violations.into_result(target),
        Err((field, fault)) => {
            violations.push(field, fault);
            Err(violations)
        }
    }
}

/// A change as an entry of a customer's features.
pub(in crate::grpc) fn change_of(change: Change<'_>) -> (String, proto::FeatureValue) {
    let Change { feature, to } = change;
    (feature.to_owned(), feature_value(to))
}

/// Writes a value.
pub(super) fn feature_value(value: Value<'_>) -> proto::FeatureValue {
    let kind = match value {
        Value::Number(number) => proto::feature_value::Kind::Number(number),
        Value::Text(text) => proto::feature_value::Kind::Text(text.to_owned()),
        Value::Flag(flag) => proto::feature_value::Kind::Flag(flag),
        Value::Missing => proto::feature_value::Kind::Null(proto::Null {}),
    };
    proto::FeatureValue { kind: Some(kind) }
}

impl From<Difference<'_>> for proto::ChurnDifference {
    fn from(difference: Difference<'_>) -> Self {
        let Difference {
            probability,
            log_odds,
            contributions,
        } = difference;
        Self {
            probability,
            log_odds,
            contributions: contributions.iter().map(read_back).collect(),
        }
    }
}

/// A reason as it is written anywhere.
fn read_back(found: &Reason<'_>) -> proto::Reason {
    let written = Encoded::with_capacity(0, |message| reason(found, message));
    written.read().unwrap_or_default()
}
