//! Which arms of splits a customer is of.

use super::proto;
use crate::{
    grpc::wire::{Fields, MessageWriter},
    scoring::{Arms, SplitScorer},
};

/// Writes the arms of one customer, as the last field of a `CustomerScore`.
pub(in crate::grpc) fn split_arms(
    scorer: &SplitScorer<'_>,
    arms: Arms,
    message: &mut MessageWriter<'_>,
) {
    for (place, challenger) in scorer.challengers().iter().enumerate() {
        let arm = if arms.has(place) {
            proto::TrafficArm::Challenger
        } else {
            proto::TrafficArm::Champion
        };
        message.message(16, Fields::ALL, |message| {
            message.text(1, challenger.model.identity.name.as_str());
            message.choice(2, arm);
        });
    }
}
