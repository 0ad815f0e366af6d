//! Golden rows of a value model: made-up summaries that visit customers with no
//! repeat purchase, few and many, who bought just now, long ago, all on one
//! day, or are new today; with and without a known spend. Those that no model of
//! opportunities can count are left out of its rows.

use serde::{Deserialize, Serialize};

use super::ValueContent;
use crate::{
    artifact::{GoldenError, golden::wrong_score},
    customer::PurchaseSummary,
    model::value::{CustomerValue, ValueInput},
};

/// How far a stored number may be from the computed one, relative to the larger:
/// room for another platform's transcendental functions, through a few thousand
/// of their calls.
const RELATIVE_TOLERANCE: f64 = 1e-9;
/// The same for the ends of an interval, which rest on differences.
const INTERVAL_TOLERANCE: f64 = 1e-6;
/// What is nearer to zero than this is as good as zero.
const ABSOLUTE_TOLERANCE: f64 = 1e-12;

/// Repeat purchases, recency and observation in the model's unit of time, and
/// mean spend.
const MADE_UP: [(f64, f64, f64, Option<f64>); 12] = [
    (0.0, 0.0, 0.0, None),
    (0.0, 0.0, 1.0, None),
    (0.0, 0.0, 39.0, None),
    (0.0, 0.0, 520.0, None),
    (1.0, 1.0, 39.0, Some(30.0)),
    (1.0, 39.0, 39.0, Some(0.5)),
    (2.0, 30.0, 39.0, Some(22.5)),
    (2.0, 30.0, 39.0, None),
    (2.0, 0.0, 10.0, Some(100.0)),
    (7.0, 20.0, 78.0, Some(1000.0)),
    (30.0, 39.0, 40.0, Some(12.0)),
    (300.0, 400.0, 500.0, Some(45.0)),
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueGoldenV1 {
    rows: Vec<ValueRowV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueRowV1 {
    frequency: f64,
    recency: f64,
    observation: f64,
    mean_repeat_spend: Option<f64>,
    value: ValueV1,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueV1 {
    p_alive: f64,
    expected_purchases: f64,
    p_no_purchase: f64,
    expected_spend: Option<f64>,
    lifetime_value: Option<f64>,
    interval: Option<[f64; 2]>,
}

impl ValueGoldenV1 {
    /// Makes up rows for a model and scores them.
    pub(super) fn of(content: &ValueContent) -> Result<Self, GoldenError> {
        let possible = |&(frequency, recency, observation, _): &(f64, f64, f64, Option<f64>)| {
            PurchaseSummary::new(frequency, recency, observation)
                .is_ok_and(|summary| content.model.parts().purchase.check(&summary).is_ok())
        };
        let rows = MADE_UP.into_iter().filter(possible).enumerate();
        let rows = rows.map(|(row, (frequency, recency, observation, mean))| {
            let mut golden = ValueRowV1 {
                frequency,
                recency,
                observation,
                mean_repeat_spend: mean,
                value: ValueV1::default(),
            };
            golden.value = golden.score(content, row)?;
            Ok(golden)
        });
        Ok(Self {
            rows: rows.collect::<Result<_, _>>()?,
        })
    }

    /// Scores every row again and compares.
    pub(super) fn verify(&self, content: &ValueContent) -> Result<(), GoldenError> {
        if self.rows.is_empty() {
            return Err(GoldenError::Empty);
        }
        for (row, golden) in self.rows.iter().enumerate() {
            if !golden.score(content, row)?.is_close_to(&golden.value) {
                wrong_score(row)?;
            }
        }
        Ok(())
    }
}

impl ValueRowV1 {
    fn score(&self, content: &ValueContent, row: usize) -> Result<ValueV1, GoldenError> {
        let refused = GoldenError::Refused { row };
        let summary = PurchaseSummary::new(self.frequency, self.recency, self.observation)
            .and_then(|summary| {
                content.model.parts().purchase.check(&summary)?;
                Ok(summary)
            })
            .map_err(|_| refused.clone())?;
        let input = ValueInput {
            summary,
            mean_repeat_spend: self.mean_repeat_spend,
        };
        let value = ValueV1::from(content.model.value(&input, content.horizon_days));
        if value
            .numbers()
            .iter()
            .all(|(n, _)| n.is_none_or(f64::is_finite))
        {
            Ok(value)
        } else {
            Err(refused)
        }
    }
}

impl From<CustomerValue> for ValueV1 {
    fn from(value: CustomerValue) -> Self {
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
            expected_spend,
            lifetime_value: clv.as_ref().map(|clv| clv.amount),
            interval: clv.map(|clv| [clv.interval.low, clv.interval.high]),
        }
    }
}

impl ValueV1 {
    /// Each with its tolerance.
    fn numbers(&self) -> [(Option<f64>, f64); 7] {
        let Self {
            p_alive,
            expected_purchases,
            p_no_purchase,
            expected_spend,
            lifetime_value,
            interval,
        } = self;
        [
            (Some(*p_alive), RELATIVE_TOLERANCE),
            (Some(*expected_purchases), RELATIVE_TOLERANCE),
            (Some(*p_no_purchase), RELATIVE_TOLERANCE),
            (*expected_spend, RELATIVE_TOLERANCE),
            (*lifetime_value, RELATIVE_TOLERANCE),
            (interval.map(|[low, _]| low), INTERVAL_TOLERANCE),
            (interval.map(|[_, high]| high), INTERVAL_TOLERANCE),
        ]
    }

    fn is_close_to(&self, other: &Self) -> bool {
        let pairs = self.numbers().into_iter().zip(other.numbers());
        pairs.into_iter().all(|((one, tolerance), (other, _))| {
            let (Some(one), Some(other)) = (one, other) else {
                return one.is_none() && other.is_none();
            };
            let largest = one.abs().max(other.abs());
            (one - other).abs() <= (tolerance * largest).max(ABSOLUTE_TOLERANCE)
        })
    }
}
