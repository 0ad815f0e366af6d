//! What is to be known of a spend model beside its coefficients.

use super::SpendMetrics;
use crate::customer::Currency;

/// What a spend model predicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendDefinition {
    /// In words.
    pub description: String,
    /// The column of the training data that held it.
    pub target: String,
    /// The days within which it was spent, where stated.
    pub horizon_days: Option<u32>,
    /// The currency of every amount.
    pub currency: Currency,
}

/// How a spend model was fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendFit {
    /// The power p of the variance φ·μ^p, in (1, 2).
    pub power: f64,
    /// Its factor φ.
    pub dispersion: f64,
    /// Share of the deviance that is explained of rows that the fit did not see,
    /// by cross-validation within the rows that were fitted on: of straight lines,
    /// and of curves. The better of the two was taken.
    pub explained_by_lines: f64,
    /// The same of curves.
    pub explained_by_curves: f64,
    /// What every prediction was multiplied by, so that predicted and actual spend
    /// of the fitted rows have the same sum.
    pub calibration_factor: f64,
    /// Mean spend of the fitted rows.
    pub mean_spend: f64,
    /// Rows whose negative target counted as nothing spent.
    pub clamped_rows: u64,
}

/// How well a spend model did on rows that it was not fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendEvaluation {
    /// On the rows held out before fitting.
    pub held_out: SpendMetrics,
}
