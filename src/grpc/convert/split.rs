//! Which arms of splits a customer is of.

use super::proto;
use crate::scoring::{Arms, SplitScorer};

/// Writes the arms of one customer.
pub(in crate::grpc) fn split_arms(scorer: &SplitScorer<'_>, arms: Arms) -> Vec<proto::SplitArm> {
    let challengers = scorer.challengers().iter().enumerate();
    challengers
        .map(|(place, challenger)| {
            let arm = if arms.has(place) {
                proto::TrafficArm::Challenger
            } else {
                proto::TrafficArm::Champion
            };
            proto::SplitArm {
                model: challenger.model.identity.name.to_string(),
                arm: arm.into(),
            }
        })
        .collect()
}
