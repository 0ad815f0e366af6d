//! Spend from features, for customers without a purchase log: a generalised
//! linear model with a log link (Jørgensen 1987, *J. R. Statist. Soc. B* 49).
//!
//! ```text
//! expected spend = exp(base + Σ contribution(effect))
//! ```
//!
//! Spend within a horizon is Tweedie distributed with variance φ·μ^p, p in
//! (1, 2): nothing with some probability, else a sum of purchases. The fit needs
//! p; the prediction does not. Contributions multiply: e^contribution is the
//! factor that an effect puts on the spend of a customer at the training mean.

use crate::{
    features::{Note, Row, Schema},
    model::additive::{AdditiveModel, Coefficient, ModelError, Sum},
};

/// No prediction is larger: money of more digits has no cents in a double.
pub const MAX_EXPECTED_SPEND: f64 = 1e15;

/// A model of spend that can score.
#[derive(Debug, Clone)]
pub struct SpendModel {
    log_spend: AdditiveModel,
}

/// Why one customer is expected to spend so much.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendExplanation {
    /// Logarithm of the spend of a customer at the training mean.
    pub base_log_spend: f64,
    /// One for each effect of the schema: its features, then its pairs.
    pub contributions: Vec<f64>,
    /// The exact sum of the two above.
    pub log_spend: f64,
    /// What was unusual about the row, in the schema's order.
    pub notes: Vec<Note>,
}

impl SpendExplanation {
    /// Spend within the model's horizon, in its currency, in
    /// [0, [`MAX_EXPECTED_SPEND`]].
    #[must_use]
    pub fn expected_spend(&self) -> f64 {
        self.log_spend.exp().min(MAX_EXPECTED_SPEND)
    }
}

impl SpendModel {
    /// Puts a model together.
    ///
    /// # Errors
    ///
    /// When the coefficients are not one for each column of the schema, not
    /// finite, or so large that logarithms of spend beyond a million are possible.
    pub fn new(
        schema: Schema,
        intercept: f64,
        coefficients: Vec<Coefficient>,
    ) -> Result<Self, ModelError> {
        let log_spend = AdditiveModel::new(schema, intercept, coefficients)?;
        Ok(Self { log_spend })
    }

    /// Scores one row.
    #[must_use]
    pub fn explain(&self, row: &Row) -> SpendExplanation {
        let Sum {
            base,
            contributions,
            total,
            notes,
        } = self.log_spend.sum(row);
        SpendExplanation {
            base_log_spend: base,
            contributions,
            log_spend: total,
            notes,
        }
    }

    /// The features it wants, and their encoding.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.log_spend.schema()
    }

    /// The logarithm of its prediction as a sum.
    #[must_use]
    pub fn additive(&self) -> &AdditiveModel {
        &self.log_spend
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        customer::Value,
        features::{Feature, FeatureKind, NumberEncoding, Shape},
    };

    fn model(intercept: f64, weights: [f64; 2], range: f64) -> Result<SpendModel, ModelError> {
        let feature = |name: &str, required| Feature {
            name: name.to_owned(),
            required,
            kind: FeatureKind::Number(NumberEncoding {
                minimum: -range,
                maximum: range,
                mean: 1.0,
                standard_deviation: 2.0,
                shape: Shape::Line,
            }),
        };
        let schema = Schema::new(vec![feature("spend", true), feature("visits", true)]).unwrap();
        let coefficients = weights.map(|weight| Coefficient {
            weight,
            training_mean: 0.25,
        });
        SpendModel::new(schema, intercept, coefficients.to_vec())
    }

    #[test]
    fn spend_is_the_exponential_of_base_and_contributions() {
        let model = model(0.5, [3.0, 0.0], 10.0).unwrap();
        let row = vec![Value::Number(2.0), Value::Number(5.0)];
        let explanation = model.explain(&model.schema().row_in_order(&row).unwrap());
        assert_eq!(explanation.base_log_spend, 1.25);
        assert_eq!(explanation.contributions, [0.75, 0.0]);
        assert_eq!(explanation.expected_spend(), 2f64.exp());
    }

    #[test]
    fn coefficients_that_could_break_a_sum_are_refused() {
        let refused = |intercept, weight| model(intercept, [weight, 0.0], 10.0).unwrap_err();
        assert_eq!(refused(f64::INFINITY, 1.0), ModelError::NotFinite);
        assert_eq!(refused(0.0, f64::NAN), ModelError::NotFinite);
        assert_eq!(refused(0.0, 1e7), ModelError::SumTooLarge);
    }

    proptest! {
        #[test]
        fn spend_is_finite_and_explanations_add_up_for_every_row(
            intercept in -1e5..1e5f64,
            weights in [-1e4..1e4f64, -1e4..1e4f64],
            numbers in [-1e300..1e300f64, -100.0..100.0f64],
        ) {
            let model = model(intercept, weights, 20.0).unwrap();
            let row = numbers.map(Value::Number).to_vec();
            let explanation = model.explain(&model.schema().row_in_order(&row).unwrap());
            let spend = explanation.expected_spend();
            prop_assert!((0.0..=MAX_EXPECTED_SPEND).contains(&spend), "{spend}");
            let backwards: f64 = explanation.contributions.iter().rev().sum();
            let sum = backwards + explanation.base_log_spend;
            prop_assert_eq!(sum.to_bits(), explanation.log_spend.to_bits());
        }
    }
}
