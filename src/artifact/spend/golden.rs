//! Golden rows of a spend model: those that a churn model of its schema would
//! have, with expected spend.

use serde::{Deserialize, Serialize};

use crate::{
    artifact::{
        GoldenError,
        churn::{GoldenFeatures, made_up, of_row},
        golden::wrong_score,
    },
    model::value::SpendModel,
};

/// How far stored spend may be from the computed one, as a share of it: room for
/// another platform's `exp`. Logarithms must be equal.
const SPEND_TOLERANCE: f64 = 1e-12;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoldenV1 {
    rows: Vec<GoldenRowV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GoldenRowV1 {
    features: GoldenFeatures,
    log_spend: f64,
    expected_spend: f64,
}

impl GoldenV1 {
    /// Makes up rows for a model and scores them.
    pub(super) fn of(model: &SpendModel) -> Result<Self, GoldenError> {
        let rows = made_up(model.schema()).into_iter().enumerate();
        let rows = rows.map(|(row, features)| {
            let (log_spend, expected_spend) = score(model, &features, row)?;
            Ok(GoldenRowV1 {
                features,
                log_spend,
                expected_spend,
            })
        });
        Ok(Self {
            rows: rows.collect::<Result<_, _>>()?,
        })
    }

    /// Scores every row again and compares.
    pub(super) fn verify(&self, model: &SpendModel) -> Result<(), GoldenError> {
        if self.rows.is_empty() {
            return Err(GoldenError::Empty);
        }
        for (row, golden) in self.rows.iter().enumerate() {
            let (log_spend, expected_spend) = score(model, &golden.features, row)?;
            let allowed = SPEND_TOLERANCE * expected_spend;
            let close = (expected_spend - golden.expected_spend).abs() <= allowed;
            if log_spend != golden.log_spend || !close {
                wrong_score(row)?;
            }
        }
        Ok(())
    }
}

fn score(
    model: &SpendModel,
    features: &GoldenFeatures,
    row: usize,
) -> Result<(f64, f64), GoldenError> {
    of_row(model.schema(), features, row, |row| {
        let explanation = model.explain(row);
        (explanation.log_spend, explanation.expected_spend())
    })
}
