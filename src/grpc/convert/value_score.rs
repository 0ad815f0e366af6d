//! What a customer is worth.

use super::{model_version, proto};
use crate::{
    customer::SummarisedPurchases,
    grpc::wire::{Fields, MessageWriter},
    model::value::{Clv, ClvInterval, ClvTerms, CustomerValue},
    scoring::{CurrentValue, ValueNote, ValueScore},
};

/// Writes a `ValueScore`.
pub(super) fn value_score(score: &ValueScore<'_>, message: &mut MessageWriter<'_>) {
    let ValueScore {
        model,
        value,
        horizon_days,
        potential_amount: _, // stands in the lifetime value, unless that is left out
        terms: _,
        current,
        seen,
        notes,
    } = score;
    let CustomerValue {
        p_alive,
        expected_purchases,
        p_no_purchase,
        expected_spend,
        clv,
    } = value;
    message.double(1, *p_alive);
    message.double(2, *expected_purchases);
    message.double(3, *p_no_purchase);
    message.double(4, *horizon_days);
    message.optional_double(5, *expected_spend);
    if let Some(clv) = clv {
        message.message(6, Fields::ALL, |message| potential(clv, message));
    }
    if let Some(value) = current {
        message.message(7, Fields::ALL, |message| current_value(value, message));
    }
    message.message(8, Fields::ALL, |message| seen_purchases(seen, message));
    for note in notes {
        message.message(9, Fields::ALL, |message| {
            message.choice(1, note_kind(*note));
        });
    }
    message.message(10, Fields::ALL, |message| model_version(model, message));
}

/// Writes a `PotentialValue`.
fn potential(value: &Clv, message: &mut MessageWriter<'_>) {
    let Clv {
        amount,
        interval: ClvInterval { low, high, level },
        per_period,
        terms:
            ClvTerms {
                currency,
                periods,
                period_days,
                discount_rate,
                margin: _, // told with the model
            },
    } = value;
    message.double(1, *amount);
    message.text(2, currency.as_str());
    message.double(3, f64::from(*periods) * period_days);
    message.double(4, *discount_rate);
    message.double(5, *period_days);
    message.doubles(6, per_period);
    message.message(7, Fields::ALL, |message| {
        message.double(1, *low);
        message.double(2, *high);
        message.double(3, *level);
    });
}

/// Writes a `CurrentValue`.
fn current_value(value: &CurrentValue, message: &mut MessageWriter<'_>) {
    let CurrentValue {
        amount,
        currency,
        window_days,
    } = value;
    message.double(1, *amount);
    message.text(2, currency.as_str());
    message.number(3, *window_days);
}

/// Writes a `SeenPurchases`.
fn seen_purchases(seen: &SummarisedPurchases, message: &mut MessageWriter<'_>) {
    let in_days = seen.in_days();
    message.double(1, f64::from(in_days.frequency()));
    message.double(2, in_days.recency());
    message.double(3, in_days.observation());
    message.optional_double(4, seen.mean_repeat_spend().map(|(mean, _)| mean));
}

/// What was found.
pub(super) fn note_kind(note: ValueNote) -> proto::ValueNoteKind {
    match note {
        ValueNote::NoRepeatSpend => proto::ValueNoteKind::NoRepeatSpend,
        ValueNote::SpendNotPositive => proto::ValueNoteKind::SpendNotPositive,
    }
}
