//! Logistic churn model: log-odds as a sum of one contribution per feature and
//! per pair of features.
//!
//! With encoded columns `x`, coefficients `w` and training means `m`,
//!
//! ```text
//! log-odds = base + Σ contribution(f)
//! base     = intercept + Σ w·m
//! contribution(e) = Σ over the columns of effect e of w·(x − m)
//! ```
//!
//! Base and contributions add up to the log-odds bit for bit, in any order
//! ([`AdditiveModel`]). A calibration acts on their sum.

use super::{
    Calibration,
    additive::{AdditiveModel, Coefficient, ModelError, Sum},
    columns::ColumnSums,
};
use crate::{
    customer::Sent,
    features::{CellColumn, Note, Row, Schema},
};

/// A churn model that can score.
#[derive(Debug, Clone)]
pub struct ChurnModel {
    log_odds: AdditiveModel,
    calibration: Option<Calibration>,
}

/// Why one customer scores as it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Log-odds of a customer at the training mean.
    pub base_log_odds: f64,
    /// One for each effect of the schema: its features, then its pairs.
    pub contributions: Vec<f64>,
    /// The exact sum of the two above.
    pub log_odds: f64,
    /// The same after calibration; equal to `log_odds` where there is none.
    pub calibrated_log_odds: f64,
    /// What was unusual about the row, in the schema's order.
    pub notes: Vec<Note>,
}

impl Explanation {
    /// Probability of churn, in [0, 1], after calibration.
    #[must_use]
    pub fn probability(&self) -> f64 {
        logistic(self.calibrated_log_odds)
    }
}

impl ChurnModel {
    /// Puts a model together.
    ///
    /// # Errors
    ///
    /// When the coefficients are not one for each column of the schema, not
    /// finite, or so large that log-odds beyond a million are possible.
    pub fn new(
        schema: Schema,
        intercept: f64,
        coefficients: Vec<Coefficient>,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            log_odds: AdditiveModel::new(schema, intercept, coefficients)?,
            calibration: None,
        })
    }

    /// Scores one row.
    #[must_use]
    pub fn explain(&self, row: &Row) -> Explanation {
        self.explanation(self.log_odds.sum(row))
    }

    /// Scores what was sent, one for each feature in the schema's order; `None` where
    /// any of it is wrong, which [`Schema::row`] tells.
    pub(crate) fn explain_sent(&self, sent: &[Option<Sent<'_>>]) -> Option<Explanation> {
        Some(self.explanation(self.log_odds.sum_of_sent(sent)?))
    }

    #[inline]
    fn explanation(&self, sum: Sum) -> Explanation {
        let Sum {
            base,
            contributions,
            total,
            notes,
        } = sum;
        Explanation {
            base_log_odds: base,
            contributions,
            log_odds: total,
            calibrated_log_odds: self.calibrate(total),
            notes,
        }
    }

    /// The same model with another calibration, or none.
    #[must_use]
    pub fn with_calibration(mut self, calibration: Option<Calibration>) -> Self {
        self.calibration = calibration;
        self
    }

    /// What turns its log-odds into probabilities that hold.
    #[must_use]
    pub fn calibration(&self) -> Option<&Calibration> {
        self.calibration.as_ref()
    }

    /// The log-odds of many rows, of which these are the schema's features, in
    /// its order.
    pub(crate) fn log_odds_of_columns<'c>(
        &self,
        columns: Vec<CellColumn<'c>>,
    ) -> ColumnSums<'_, 'c> {
        ColumnSums::new(&self.log_odds, columns)
    }

    /// Probability of churn, in [0, 1], at log-odds before calibration.
    #[must_use]
    pub fn probability(&self, log_odds: f64) -> f64 {
        logistic(self.calibrate(log_odds))
    }

    fn calibrate(&self, log_odds: f64) -> f64 {
        match &self.calibration {
            None => log_odds,
            Some(calibration) => calibration.apply(log_odds),
        }
    }

    /// The features it wants, and their encoding.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.log_odds.schema()
    }

    /// Log-odds where every encoded column is zero.
    #[must_use]
    pub fn intercept(&self) -> f64 {
        self.log_odds.intercept()
    }

    /// One for each column of the schema.
    #[must_use]
    pub fn coefficients(&self) -> &[Coefficient] {
        self.log_odds.coefficients()
    }

    /// Log-odds of a customer at the training mean.
    #[must_use]
    pub fn base_log_odds(&self) -> f64 {
        self.log_odds.base()
    }

    /// Its log-odds as a sum.
    #[must_use]
    pub fn additive(&self) -> &AdditiveModel {
        &self.log_odds
    }
}

/// 1 / (1 + exp(-x)), without overflow.
#[must_use]
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        customer::Value,
        features::{Feature, FeatureKind, NumberEncoding, Shape},
    };

    fn model(weight: f64, range: f64) -> Result<ChurnModel, ModelError> {
        let schema = Schema::new(vec![Feature {
            name: "tenure".to_owned(),
            required: true,
            kind: FeatureKind::Number(NumberEncoding {
                minimum: -range,
                maximum: range,
                mean: 1.0,
                standard_deviation: 2.0,
                shape: Shape::Line,
            }),
        }])
        .unwrap();
        let coefficient = Coefficient {
            weight,
            training_mean: 0.25,
        };
        ChurnModel::new(schema, 0.5, vec![coefficient])
    }

    #[test]
    fn a_score_is_base_plus_contributions() {
        let model = model(3.0, 10.0).unwrap();
        let row = model.schema().row_in_order(&[Value::Number(2.0)]).unwrap();
        let explanation = model.explain(&row);
        assert_eq!(explanation.base_log_odds, 1.25);
        assert_eq!(explanation.contributions, [0.75]);
        assert_eq!(explanation.log_odds, 2.0);
        assert_eq!(explanation.probability(), logistic(2.0));
    }

    #[test]
    fn coefficients_that_could_break_a_sum_are_refused() {
        assert_eq!(model(f64::NAN, 1.0).unwrap_err(), ModelError::NotFinite);
        assert_eq!(model(1e7, 1.0).unwrap_err(), ModelError::SumTooLarge);
        assert_eq!(model(1e300, 1e300).unwrap_err(), ModelError::SumTooLarge);
        assert!(model(1e3, 1e2).is_ok());
    }

    #[test]
    fn the_logistic_function_stays_in_range_at_every_magnitude() {
        for x in [0.0, 1e-300, 1.0, 36.0, 745.0, 1e6, f64::MAX] {
            assert!((0.0..=1.0).contains(&logistic(x)));
            assert!((0.0..=1.0).contains(&logistic(-x)));
            assert!((logistic(x) + logistic(-x) - 1.0).abs() < 1e-15);
        }
    }
}
