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
//! Base and contributions are rounded to one binary grid, fine enough (below
//! 2^-50 of the largest possible sum) to be invisible, so that they add up to
//! the log-odds bit for bit in any order. A calibration acts on their sum.

use super::{Calibration, exact::Grid};
use crate::features::{FeatureKind, Note, NumberEncoding, Row, Schema, Shape};

/// Above this, a model's log-odds say nothing: probabilities are 0 or 1 from
/// about ±745.
const MAX_LOG_ODDS: f64 = 1e6;

/// What one encoded column does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// Change of the log-odds for one unit of the encoded column.
    pub weight: f64,
    /// Mean of the encoded column over the rows that were fitted.
    pub training_mean: f64,
}

/// A churn model that can score.
#[derive(Debug, Clone)]
pub struct ChurnModel {
    schema: Schema,
    intercept: f64,
    coefficients: Vec<Coefficient>,
    base_log_odds: f64,
    /// Σ w·m over the columns of each effect.
    mean_contributions: Vec<f64>,
    grid: Grid,
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
        if coefficients.len() != schema.width() {
            return Err(ModelError::WrongWidth {
                expected: schema.width(),
                found: coefficients.len(),
            });
        }
        let finite = |c: &Coefficient| c.weight.is_finite() && c.training_mean.is_finite();
        if !intercept.is_finite() || !coefficients.iter().all(finite) {
            return Err(ModelError::NotFinite);
        }
        let mean_contributions: Vec<f64> = schema
            .columns()
            .iter()
            .map(|columns| {
                coefficients[columns.clone()]
                    .iter()
                    .map(|c| c.weight * c.training_mean)
                    .sum()
            })
            .collect();
        let exact_base = intercept + mean_contributions.iter().sum::<f64>();
        let bound =
            exact_base.abs() + largest_contributions(&schema, &coefficients, &mean_contributions);
        // Written so that a NaN, from an infinity less another, is refused too.
        if bound.is_nan() || bound > MAX_LOG_ODDS {
            return Err(ModelError::LogOddsTooLarge);
        }
        let grid = Grid::for_sums_up_to(bound);
        Ok(Self {
            base_log_odds: grid.round(exact_base),
            schema,
            intercept,
            coefficients,
            mean_contributions,
            grid,
            calibration: None,
        })
    }

    /// Scores one row.
    #[must_use]
    pub fn explain(&self, row: &Row<'_>) -> Explanation {
        let mut notes = Vec::new();
        let mut log_odds = self.base_log_odds;
        let contributions = self
            .mean_contributions
            .iter()
            .enumerate()
            .map(|(effect, mean_contribution)| {
                let mut sum = -mean_contribution;
                notes.extend(self.schema.encode(effect, row, |column, x| {
                    sum += self.coefficients[column].weight * x;
                }));
                let contribution = self.grid.round(sum);
                log_odds += contribution;
                contribution
            })
            .collect();
        Explanation {
            base_log_odds: self.base_log_odds,
            contributions,
            log_odds,
            calibrated_log_odds: self.calibrate(log_odds),
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

    fn calibrate(&self, log_odds: f64) -> f64 {
        match &self.calibration {
            None => log_odds,
            Some(calibration) => calibration.apply(log_odds),
        }
    }

    /// The features it wants, and their encoding.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Log-odds where every encoded column is zero.
    #[must_use]
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// One for each column of the schema.
    #[must_use]
    pub fn coefficients(&self) -> &[Coefficient] {
        &self.coefficients
    }

    /// Log-odds of a customer at the training mean.
    #[must_use]
    pub fn base_log_odds(&self) -> f64 {
        self.base_log_odds
    }
}

/// The sum over effects of the largest contribution that any row can have.
fn largest_contributions(
    schema: &Schema,
    coefficients: &[Coefficient],
    mean_contributions: &[f64],
) -> f64 {
    let mut total = 0.0;
    for (effect, (columns, mean)) in schema.columns().iter().zip(mean_contributions).enumerate() {
        let largest_column = match schema.features().get(effect).map(|feature| &feature.kind) {
            Some(FeatureKind::Number(NumberEncoding {
                minimum,
                maximum,
                mean,
                standard_deviation,
                shape: Shape::Line,
            })) => {
                let reach = (minimum - mean).abs().max((maximum - mean).abs());
                (reach / standard_deviation).max(1.0)
            }
            // At most one column is 1, or several add up to 1.
            _ => 1.0,
        };
        let largest_weight = coefficients[columns.clone()]
            .iter()
            .map(|c| c.weight.abs())
            .fold(0.0, f64::max);
        total += largest_weight * largest_column + mean.abs();
    }
    total
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

/// Why numbers are no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Coefficients and columns do not match.
    #[error("the schema has {expected} columns, but there are {found} coefficients")]
    WrongWidth {
        /// Columns of the schema.
        expected: usize,
        /// Coefficients given.
        found: usize,
    },
    /// A NaN or an infinity.
    #[error("the intercept, coefficients and training means must be finite")]
    NotFinite,
    /// Coefficients that no sound fit has.
    #[error("the coefficients allow log-odds beyond a million")]
    LogOddsTooLarge,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        customer::Value,
        features::{Feature, NumberEncoding, Shape},
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
        let row = model
            .schema()
            .row_in_order(vec![Value::Number(2.0)])
            .unwrap();
        let explanation = model.explain(&row);
        assert_eq!(explanation.base_log_odds, 1.25);
        assert_eq!(explanation.contributions, [0.75]);
        assert_eq!(explanation.log_odds, 2.0);
        assert_eq!(explanation.probability(), logistic(2.0));
    }

    #[test]
    fn coefficients_that_could_break_a_sum_are_refused() {
        assert_eq!(model(f64::NAN, 1.0).unwrap_err(), ModelError::NotFinite);
        assert_eq!(model(1e7, 1.0).unwrap_err(), ModelError::LogOddsTooLarge);
        assert_eq!(
            model(1e300, 1e300).unwrap_err(),
            ModelError::LogOddsTooLarge
        );
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
