//! One spend model from one set of rows.
//!
//! A straight effect or a smooth curve for each number, whichever explains more
//! of rows that it did not see; penalties by restricted maximum likelihood
//! (`search::smooth`), which want a likelihood: the variance of spend is
//! estimated around a first fit, and the model is fitted again with it. Last,
//! one factor on all predictions gives them the sum of what was spent, which a
//! log link does not give by itself.

use rayon::prelude::*;

use super::power::Variance;
use crate::{
    features::Schema,
    model::{
        Coefficient,
        value::{SpendModel, tweedie_deviance},
    },
    train::{
        FitError, Settings, Shapes,
        design::Design,
        fit::{Encoded, Tweedie, newton::Problem},
        search::{Layout, smooth},
    },
};

/// The variance that the first fit takes for granted.
const FIRST_POWER: f64 = 1.5;
/// Predictions that are worse than this are told as this.
const LEAST_EXPLAINED: f64 = -1000.0;
/// Rounds of choosing penalties.
const ROUNDS: usize = 12;

/// A model, and how it came about.
#[derive(Debug)]
pub(super) struct SpendEstimate {
    pub(super) model: SpendModel,
    pub(super) variance: Variance,
    /// Share of the deviance explained out of fold, by lines and by curves.
    pub(super) explained: [f64; 2],
    pub(super) calibration_factor: f64,
    /// Of the fitted rows.
    pub(super) mean_spend: f64,
}

/// Rows to fit on, and what they spent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample<'s> {
    pub(super) rows: &'s [usize],
    pub(super) spend: &'s [f64],
    /// Folds for choosing between lines and curves.
    pub(super) fold_of_row: &'s [u32],
}

/// Rows in one encoding.
struct Shape {
    schema: Schema,
    encoded: Encoded,
    layout: Layout,
}

impl SpendEstimate {
    /// Fits to a sample.
    pub(super) fn of(
        design: &Design<'_>,
        sample: Sample<'_>,
        settings: &Settings,
    ) -> Result<Self, FitError> {
        let Sample {
            rows,
            spend,
            fold_of_row,
        } = sample;
        let weights = vec![1.0; rows.len()];
        let lines = Shape::new(design, design.schema_of_lines(rows)?, rows)?;
        let curves = match settings.shapes {
            Shapes::Lines => None,
            Shapes::Curves | Shapes::Pairs => {
                let schema = design.schema(rows, settings.knots)?;
                Some(Shape::new(design, schema, rows)?)
            }
        };
        let richest = curves.as_ref().unwrap_or(&lines);
        let mean_spend = spend.iter().sum::<f64>() / spend.len() as f64;
        let first = Variance::pearson(spend, &vec![mean_spend; spend.len()], FIRST_POWER);
        let means = richest.means(&richest.fit(spend, first, &weights)?);
        let variance = Variance::most_likely(spend, &means)?;

        let explained = |shape: &Shape| {
            let out_of_fold = shape.out_of_fold(spend, variance, fold_of_row)?;
            Ok::<_, FitError>(share_explained(
                spend,
                &out_of_fold,
                mean_spend,
                variance.power,
            ))
        };
        let by_lines = explained(&lines)?;
        let by_curves = curves.as_ref().map_or(Ok(by_lines), explained)?;
        let chosen = match curves {
            Some(curves) if by_curves > by_lines => curves,
            Some(_) | None => lines,
        };
        let mut coefficients = chosen.fit(spend, variance, &weights)?;
        let predicted: f64 = chosen.means(&coefficients).iter().sum();
        let calibration_factor = spend.iter().sum::<f64>() / predicted;
        coefficients[0] += calibration_factor.ln();
        let column_means = chosen.encoded.means(&weights);
        let columns = coefficients.iter().zip(column_means).skip(1);
        let columns = columns.map(|(&weight, training_mean)| Coefficient {
            weight: weight + 0.0, // no negative zero
            training_mean,
        });
        let model = SpendModel::new(chosen.schema, coefficients[0], columns.collect())?;
        Ok(Self {
            model,
            variance,
            explained: [by_lines, by_curves],
            calibration_factor,
            mean_spend,
        })
    }
}

impl Shape {
    fn new(design: &Design<'_>, schema: Schema, rows: &[usize]) -> Result<Self, FitError> {
        let encoded = design.encode(&schema, rows)?;
        let means = encoded.means(&vec![1.0; rows.len()]);
        Ok(Self {
            layout: Layout::of(&schema, &means, &design.monotone()),
            schema,
            encoded,
        })
    }

    /// Coefficients of the columns, the intercept's first.
    fn fit(
        &self,
        spend: &[f64],
        variance: Variance,
        weights: &[f64],
    ) -> Result<Vec<f64>, FitError> {
        let Variance { power, dispersion } = variance;
        let problem = Problem {
            encoded: &self.encoded,
            loss: Tweedie {
                spend,
                power,
                dispersion,
            },
            weights,
            basis: &self.layout.basis,
        };
        let smoothed = smooth(&problem, problem.constant(), &[], ROUNDS)?;
        let penalties = self.layout.basis.spread(&smoothed.penalties);
        let minimum = problem.minimise(&penalties, smoothed.parameters)?;
        let width = self.encoded.width();
        Ok(self.layout.basis.coefficients(&minimum.parameters, width))
    }

    /// The expected spend of every row.
    fn means(&self, coefficients: &[f64]) -> Vec<f64> {
        let rows = (0..self.encoded.rows()).into_par_iter();
        rows.map(|row| self.encoded.dot(row, coefficients).exp())
            .collect()
    }

    /// What a fit to all other folds expects of each row.
    fn out_of_fold(
        &self,
        spend: &[f64],
        variance: Variance,
        fold_of_row: &[u32],
    ) -> Result<Vec<f64>, FitError> {
        let folds = fold_of_row.iter().max().map_or(0, |last| last + 1);
        let fits: Vec<Vec<f64>> = (0..folds)
            .into_par_iter()
            .map(|fold| {
                let others = fold_of_row
                    .iter()
                    .map(|&of| f64::from(u8::from(of != fold)));
                self.fit(spend, variance, &others.collect::<Vec<f64>>())
            })
            .collect::<Result<_, FitError>>()?;
        let rows = fold_of_row.iter().enumerate();
        Ok(rows
            .map(|(row, &fold)| self.encoded.dot(row, &fits[fold as usize]).exp())
            .collect())
    }
}

/// Share of the deviance from `mean` that the predictions take away; a bound
/// where they are beyond all measure.
fn share_explained(spend: &[f64], predicted: &[f64], mean: f64, power: f64) -> f64 {
    let rows = || spend.iter().zip(predicted);
    let left: f64 = rows().map(|(&s, &p)| tweedie_deviance(s, p, power)).sum();
    let all: f64 = spend
        .iter()
        .map(|&s| tweedie_deviance(s, mean, power))
        .sum();
    (1.0 - left / all).max(LEAST_EXPLAINED)
}
