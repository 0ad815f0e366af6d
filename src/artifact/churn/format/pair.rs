//! The stored form of a pair of features and its joint effect.

use serde::{Deserialize, Serialize};

use super::FormatError;
use crate::{
    features::{Axis, Pair, Schema},
    model::{ChurnModel, Coefficient},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairV2 {
    features: [String; 2],
    axes: [AxisV2; 2],
    /// The second axis runs fastest.
    coefficients: Vec<f64>,
    training_means: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AxisV2 {
    Knots(Vec<f64>),
    Categories(usize),
    Flag,
}

impl PairV2 {
    pub(super) fn all_of(model: &ChurnModel) -> Vec<Self> {
        let schema = model.schema();
        let features = schema.features();
        let columns = &schema.columns()[features.len()..];
        let of = |(pair, columns): (&Pair, &std::ops::Range<usize>)| {
            let coefficients = &model.coefficients()[columns.clone()];
            Self {
                features: pair.features.map(|feature| features[feature].name.clone()),
                axes: pair.axes.clone().map(Into::into),
                coefficients: coefficients.iter().map(|c| c.weight).collect(),
                training_means: coefficients.iter().map(|c| c.training_mean).collect(),
            }
        };
        schema.pairs().iter().zip(columns).map(of).collect()
    }

    pub(super) fn into_pair(
        self,
        schema: &Schema,
        coefficients: &mut Vec<Coefficient>,
    ) -> Result<Pair, FormatError> {
        let Self {
            features: [first, second],
            axes,
            coefficients: weights,
            training_means,
        } = self;
        let (Some(a), Some(b)) = (schema.position(&first), schema.position(&second)) else {
            return Err(FormatError::WrongPair { first, second });
        };
        let pair = Pair {
            features: [a, b],
            axes: axes.map(Into::into),
        };
        if weights.len() != pair.width() || training_means.len() != pair.width() {
            return Err(FormatError::WrongPair { first, second });
        }
        let columns = weights.into_iter().zip(training_means);
        coefficients.extend(columns.map(|(weight, training_mean)| Coefficient {
            weight,
            training_mean,
        }));
        Ok(pair)
    }
}

impl From<Axis> for AxisV2 {
    fn from(axis: Axis) -> Self {
        match axis {
            Axis::Knots(knots) => Self::Knots(knots),
            Axis::Categories(count) => Self::Categories(count),
            Axis::Flag => Self::Flag,
        }
    }
}

impl From<AxisV2> for Axis {
    fn from(axis: AxisV2) -> Self {
        match axis {
            AxisV2::Knots(knots) => Self::Knots(knots),
            AxisV2::Categories(count) => Self::Categories(count),
            AxisV2::Flag => Self::Flag,
        }
    }
}
