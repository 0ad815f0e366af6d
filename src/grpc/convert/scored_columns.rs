//! Scores by column.

use super::{
    Mask, decision::groups_of, proto, score::note_kind, value_score::note_kind as value_note_kind,
};
use crate::{
    customer::Violations,
    features::{EffectNames, Note, Schema},
    grpc::status::{Refusal, row_status},
    model::value::ClvTerms,
    policy::EffectCause,
    scoring::{
        ChallengerRows, ChurnColumns, ColumnScores, PotentialColumns, ReasonColumns, ValueColumns,
        ValueNote,
    },
};

/// Reads how a caller wants numbers.
pub(crate) fn number_encoding(encoding: i32) -> Result<proto::NumberEncoding, Violations> {
    proto::NumberEncoding::try_from(encoding)
        .map_err(|_| Violations::of("number_encoding", "is not known to this release"))
}

/// Writes what is wanted of scores, their numbers in an encoding; a row's faults
/// below `rows[3]`.
pub(in crate::grpc) fn scored_columns(
    scores: ColumnScores<'_>,
    mask: &Mask,
    encoding: proto::NumberEncoding,
) -> proto::ScoredColumns {
    let ColumnScores {
        rows,
        refused,
        churn,
        value,
        decision,
    } = scores;
    let churn = churn.filter(|_| mask.wants("churn"));
    let value = value.filter(|_| mask.wants("value"));
    let validity = validity(rows, refused.iter().map(|(row, _)| *row));
    let errors = refused.into_iter().map(|(row, violations)| {
        let refusal = Refusal::from(violations.within(&format!("rows[{row}]")));
        proto::RowError {
            row: index(row),
            error: Some(row_status(refusal)),
        }
    });
    let writer = Writer { encoding, mask };
    proto::ScoredColumns {
        rows: index(rows),
        validity,
        errors: errors.collect(),
        churn: churn.map(|scores| writer.churn(scores)),
        value: value.map(|scores| writer.value(scores)),
        decision: decision.map(|decisions| writer.decision(&decisions)),
    }
}

/// A bitmap without the rows that were refused; empty when there are none.
fn validity(rows: usize, refused: impl ExactSizeIterator<Item = usize>) -> Vec<u8> {
    if refused.len() == 0 {
        return Vec::new();
    }
    let mut bitmap = vec![u8::MAX; rows.div_ceil(8)];
    if let (Some(last), beyond @ 1..) = (bitmap.last_mut(), rows % 8) {
        *last = (1 << beyond) - 1;
    }
    for row in refused {
        bitmap[row / 8] &= !(1 << (row % 8));
    }
    bitmap
}

fn challenger_rows(challenger: ChallengerRows<'_>) -> proto::ChallengerRows {
    let ChallengerRows { model, rows } = challenger;
    let byte = |rows: &[bool]| {
        let bits = rows.iter().enumerate();
        bits.fold(0, |byte, (bit, row)| byte | u8::from(*row) << bit)
    };
    proto::ChallengerRows {
        model: Some(model.into()),
        rows: rows.chunks(8).map(byte).collect(),
    }
}

/// A row or place; all are below the limits of a request.
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Writes numbers in an encoding, and what is wanted.
pub(super) struct Writer<'m> {
    pub(super) encoding: proto::NumberEncoding,
    pub(super) mask: &'m Mask,
}

impl Writer<'_> {
    // Not optional in the contract: absent would say that there is no such part.
    #[expect(clippy::unnecessary_wraps, reason = "as a message holds them")]
    pub(super) fn numbers(&self, numbers: Vec<f64>) -> Option<proto::Numbers> {
        let mut written = proto::Numbers::default();
        match self.encoding {
            proto::NumberEncoding::LittleEndian => {
                let mut bytes = Vec::with_capacity(numbers.len() * size_of::<f64>());
                for number in &numbers {
                    bytes.extend_from_slice(&number.to_le_bytes());
                }
                written.little_endian = bytes.into();
            }
            proto::NumberEncoding::Unspecified | proto::NumberEncoding::Doubles => {
                written.values = numbers;
            }
        }
        Some(written)
    }

    fn wanted_numbers(&self, numbers: Vec<f64>, are_wanted: bool) -> Option<proto::Numbers> {
        if are_wanted {
            self.numbers(numbers)
        } else {
            None
        }
    }

    fn churn(&self, scores: ChurnColumns<'_>) -> proto::ChurnColumns {
        let ChurnColumns {
            model,
            schema,
            calibrated,
            base_log_odds,
            probabilities,
            log_odds,
            causes,
            reasons,
            notes,
            challenger,
        } = scores;
        let own = (0..schema.effects()).map(|effect| {
            let cause = causes.as_ref().map(|causes| causes[effect]);
            (schema.effect_names(effect), cause)
        });
        let more = challenger.iter().flat_map(|other| &other.effects).copied();
        let wants = |field| self.mask.wants_of_churn(field);
        let notes = Some(notes).filter(|notes| wants("notes") && !notes.is_empty());
        proto::ChurnColumns {
            model: wants("model").then(|| model.into()),
            calibrated: calibrated && wants("calibrated"),
            base_log_odds: Some(base_log_odds)
                .filter(|_| wants("base_log_odds"))
                .unwrap_or_default(),
            probability: self.wanted_numbers(probabilities, wants("probability")),
            log_odds: self.wanted_numbers(log_odds, wants("log_odds")),
            reasons: reasons.map(|reasons| self.reasons(reasons, own.chain(more))),
            notes: notes.map(|notes| self.feature_notes(&notes, schema)),
            challenger: challenger.map(|challenger| proto::ChurnChallenger {
                calibrated: challenger.calibrated,
                base_log_odds: challenger.base_log_odds,
                rows: Some(challenger_rows(challenger.rows)),
            }),
        }
    }

    fn reasons<'n>(
        &self,
        reasons: ReasonColumns,
        effects_of_model: impl Iterator<Item = (EffectNames<'n>, Option<EffectCause>)>,
    ) -> proto::ReasonColumns {
        let ReasonColumns {
            per_row,
            effects,
            contributions,
            remaining,
        } = reasons;
        let written = effects_of_model.map(|(names, cause)| proto::Effect {
            features: names
                .as_slice()
                .iter()
                .map(|&name| name.to_owned())
                .collect(),
            cause_groups: groups_of(cause),
        });
        proto::ReasonColumns {
            effects: written.collect(),
            per_row: index(per_row),
            effect: effects,
            contribution: self.numbers(contributions),
            remaining_contribution: self.numbers(remaining),
        }
    }

    fn feature_notes(&self, notes: &[(usize, Note)], schema: &Schema) -> proto::FeatureNoteColumns {
        let names = schema.features().iter().map(|feature| feature.name.clone());
        let found = notes.iter().map(|(_, note)| note_kind(note.unusual));
        let (kinds, scored_as): (Vec<_>, Vec<_>) = found.unzip();
        proto::FeatureNoteColumns {
            names: names.collect(),
            row: notes.iter().map(|(row, _)| index(*row)).collect(),
            feature: notes.iter().map(|(_, note)| index(note.feature)).collect(),
            kind: kinds.into_iter().map(Into::into).collect(),
            scored_as: self.numbers(
                scored_as
                    .into_iter()
                    .map(Option::unwrap_or_default)
                    .collect(),
            ),
        }
    }

    fn value(&self, scores: ValueColumns<'_>) -> proto::ValueColumns {
        let ValueColumns {
            model,
            horizon_days,
            p_alive,
            expected_purchases,
            p_no_purchase,
            potential,
            notes,
            challenger,
        } = scores;
        let (expected_spend, potential) = match potential {
            Some(potential) => {
                let (spend, potential) = self.potential(potential);
                (spend, Some(potential))
            }
            None => (None, None),
        };
        let wants = |field| self.mask.wants_of_value(field);
        proto::ValueColumns {
            model: wants("model").then(|| model.into()),
            horizon_days: Some(horizon_days)
                .filter(|_| wants("horizon_days"))
                .unwrap_or_default(),
            p_alive: self.wanted_numbers(p_alive, wants("p_alive")),
            expected_purchases: self
                .wanted_numbers(expected_purchases, wants("expected_purchases")),
            p_no_purchase: self.wanted_numbers(p_no_purchase, wants("p_no_purchase")),
            expected_spend: expected_spend.filter(|_| wants("expected_spend")),
            potential: potential.filter(|_| wants("potential")),
            notes: (wants("notes") && !notes.is_empty()).then(|| value_notes(&notes)),
            challenger: challenger.map(challenger_rows),
        }
    }

    /// Expected spend, and lifetime values.
    fn potential(
        &self,
        values: PotentialColumns,
    ) -> (Option<proto::Numbers>, proto::PotentialValueColumns) {
        let PotentialColumns {
            terms:
                ClvTerms {
                    currency,
                    periods,
                    period_days,
                    discount_rate,
                    margin: _, // told with the model
                },
            level,
            expected_spend,
            amount,
            low,
            high,
        } = values;
        let potential = proto::PotentialValueColumns {
            amount: self.numbers(amount),
            low: self.numbers(low),
            high: self.numbers(high),
            level,
            currency: currency.to_string(),
            horizon_days: f64::from(periods) * period_days,
            discount_rate,
            period_days,
        };
        (self.numbers(expected_spend), potential)
    }
}

fn value_notes(notes: &[(usize, ValueNote)]) -> proto::ValueNoteColumns {
    let kinds = notes.iter().map(|(_, note)| value_note_kind(*note));
    proto::ValueNoteColumns {
        row: notes.iter().map(|(row, _)| index(*row)).collect(),
        kind: kinds.map(Into::into).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bitmap_has_no_bits_beyond_its_rows() {
        assert_eq!(validity(11, [].into_iter()), Vec::<u8>::new());
        assert_eq!(validity(11, [0, 9].into_iter()), [0b1111_1110, 0b0000_0101]);
        assert_eq!(validity(8, [7].into_iter()), [0b0111_1111]);
    }
}
