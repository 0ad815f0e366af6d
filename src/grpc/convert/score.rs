//! What a customer is scored with.

use super::{Mask, decision, model_version, proto, value_score};
use crate::{
    features::{Feature, Note, Unusual},
    grpc::wire::{Fields, MessageWriter},
    scoring::{ChurnScore, Reason, Score},
};

/// Writes a `CustomerScore`, as far as it is wanted.
pub(in crate::grpc) fn customer_score(
    score: &Score<'_, '_>,
    mask: &Mask,
    message: &mut MessageWriter<'_>,
) {
    let Score {
        customer_id,
        churn,
        value,
        decision,
    } = score;
    message.text(1, customer_id);
    if let Some(churn) = churn {
        message.message(2, mask.churn, |message| churn_score(churn, message));
    }
    if let Some(value) = value {
        message.message(3, mask.value, |message| {
            value_score::value_score(value, message);
        });
    }
    if let Some(decision) = decision {
        decision::decision(decision, mask, message);
    }
}

/// Writes a `ChurnScore`.
fn churn_score(score: &ChurnScore<'_>, message: &mut MessageWriter<'_>) {
    let ChurnScore {
        model,
        features,
        probability,
        calibrated,
        log_odds,
        base_log_odds,
        reasons,
        remaining_contribution,
        notes,
    } = score;
    message.double(1, *probability);
    message.flag(2, *calibrated);
    message.double(3, *log_odds);
    message.double(4, *base_log_odds);
    for found in reasons {
        message.message(5, Fields::ALL, |message| reason(found, message));
    }
    message.double(6, *remaining_contribution);
    message.message(7, Fields::ALL, |message| model_version(model, message));
    for note in notes {
        message.message(8, Fields::ALL, |message| {
            feature_note(*note, features, message);
        });
    }
}

/// Writes a `Reason`.
pub(super) fn reason(reason: &Reason<'_>, message: &mut MessageWriter<'_>) {
    let Reason {
        features,
        contribution,
        cause,
    } = reason;
    for name in features.as_slice() {
        message.element(1, name);
    }
    message.double(2, *contribution);
    decision::cause_groups(3, *cause, message);
}

/// Writes a `FeatureNote`.
fn feature_note(note: Note, features: &[Feature], message: &mut MessageWriter<'_>) {
    let Note { feature, unusual } = note;
    let (kind, scored_as) = note_kind(unusual);
    message.text(1, &features[feature].name);
    message.choice(2, kind);
    message.optional_double(3, scored_as);
}

/// What was found, and the number scored instead.
pub(super) fn note_kind(unusual: Unusual) -> (proto::FeatureNoteKind, Option<f64>) {
    match unusual {
        Unusual::Missing => (proto::FeatureNoteKind::Missing, None),
        Unusual::UnknownCategory => (proto::FeatureNoteKind::UnknownCategory, None),
        Unusual::OutOfTrainedRange { scored_as } => {
            (proto::FeatureNoteKind::OutOfTrainedRange, Some(scored_as))
        }
    }
}
