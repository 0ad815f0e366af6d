//! What a customer is scored with.

use super::{decision, proto};
use crate::{
    features::{Feature, Note, Unusual},
    scoring::{ChurnScore, Reason, Score},
};

impl From<Score<'_, '_>> for proto::CustomerScore {
    fn from(score: Score<'_, '_>) -> Self {
        let Score {
            customer_id,
            churn,
            value,
            decision,
        } = score;
        let mut score = Self {
            customer_id: customer_id.to_owned(),
            churn: churn.map(Into::into),
            value: value.map(Into::into),
            ..Self::default()
        };
        if let Some(decision) = decision {
            decision::add(decision, &mut score);
        }
        score
    }
}

impl From<ChurnScore<'_>> for proto::ChurnScore {
    fn from(score: ChurnScore<'_>) -> Self {
        let ChurnScore {
            model,
            features,
            probability,
            calibrated,
            log_odds,
            base_log_odds,
            reasons,
            remaining_contribution,
            causes: _, // stand with the decision
            notes,
        } = score;
        let notes = notes.into_iter();
        Self {
            probability,
            calibrated,
            log_odds,
            base_log_odds,
            reasons: reasons.into_iter().map(Into::into).collect(),
            remaining_contribution,
            model: Some(model.into()),
            notes: notes.map(|note| feature_note(note, features)).collect(),
        }
    }
}

impl From<Reason<'_>> for proto::Reason {
    fn from(reason: Reason<'_>) -> Self {
        let Reason {
            features,
            contribution,
            cause,
        } = reason;
        let names = features.as_slice().iter();
        Self {
            features: names.map(|&name| name.to_owned()).collect(),
            contribution,
            cause_groups: decision::cause_groups(cause),
        }
    }
}

fn feature_note(note: Note, features: &[Feature]) -> proto::FeatureNote {
    let Note { feature, unusual } = note;
    let (kind, scored_as) = note_kind(unusual);
    proto::FeatureNote {
        feature: features[feature].name.clone(),
        kind: kind.into(),
        scored_as,
    }
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
