//! What a customer is worth, as a message.

use super::proto;
use crate::{
    customer::SummarisedPurchases,
    model::value::{Clv, ClvInterval, ClvTerms, CustomerValue},
    scoring::{CurrentValue, ValueNote, ValueScore},
};

impl From<ValueScore<'_>> for proto::ValueScore {
    fn from(score: ValueScore<'_>) -> Self {
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
        Self {
            p_alive,
            expected_purchases,
            p_no_purchase,
            horizon_days,
            expected_spend,
            potential: clv.map(Into::into),
            current: current.map(Into::into),
            seen: Some(seen.into()),
            notes: notes.into_iter().map(Into::into).collect(),
            model: Some(model.into()),
        }
    }
}

impl From<Clv> for proto::PotentialValue {
    fn from(value: Clv) -> Self {
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
        Self {
            amount,
            currency: currency.to_string(),
            horizon_days: f64::from(periods) * period_days,
            discount_rate,
            period_days,
            per_period,
            interval: Some(proto::AmountInterval { low, high, level }),
        }
    }
}

impl From<CurrentValue> for proto::CurrentValue {
    fn from(value: CurrentValue) -> Self {
        let CurrentValue {
            amount,
            currency,
            window_days,
        } = value;
        Self {
            amount,
            currency: currency.to_string(),
            window_days,
        }
    }
}

impl From<SummarisedPurchases> for proto::SeenPurchases {
    fn from(seen: SummarisedPurchases) -> Self {
        let in_days = seen.in_days();
        Self {
            frequency: f64::from(in_days.frequency()),
            recency_days: in_days.recency(),
            observation_days: in_days.observation(),
            mean_repeat_spend: seen.mean_repeat_spend().map(|(mean, _)| mean),
        }
    }
}

impl From<ValueNote> for proto::ValueNote {
    fn from(note: ValueNote) -> Self {
        let kind = match note {
            ValueNote::NoRepeatSpend => proto::ValueNoteKind::NoRepeatSpend,
            ValueNote::SpendNotPositive => proto::ValueNoteKind::SpendNotPositive,
        };
        Self { kind: kind.into() }
    }
}
