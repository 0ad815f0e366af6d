//! How sure a lifetime value is, for what the data tell of the parameters: the
//! delta method on the logarithm of an amount, as an amount is positive.
//!
//! Purchases and spend are independent in these models, so that the variances
//! of the logarithms of both add up. Of several customers the parameters are the
//! same: their values err together, and it is the slopes that are summed.

use super::{ClvInterval, INTERVAL_LEVEL, PurchaseModel, ValueInput, ValueModel};
use crate::customer::PurchaseSummary;

/// The step of ln(parameter) by which slopes are taken.
const STEP: f64 = 1e-4;
/// Ends of intervals are at most this.
const LARGEST_AMOUNT: f64 = 1e300;
/// The farthest end of an interval from the amount, in logarithms.
const LARGEST_DEVIATION: f64 = 700.0;
/// Of the normal distribution, for [`INTERVAL_LEVEL`].
pub(super) const QUANTILE: f64 = 1.644_853_626_951_472_2;

/// How the logarithm of an amount depends on the parameters: its derivatives by
/// their logarithms.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LnSlopes {
    /// By those of the purchase model.
    pub purchases: [f64; 4],
    /// By those of the model of spend; 0 without one.
    pub spend: [f64; 3],
}

impl LnSlopes {
    /// The slopes of a sum of amounts: the means of theirs, weighted by the
    /// amounts. Amounts that are not above 0 have no say.
    #[must_use]
    pub fn of_sum(parts: impl Iterator<Item = (f64, Self)>) -> Self {
        let mut sum = Self::default();
        let mut whole = 0.0;
        for (amount, slopes) in parts.filter(|(amount, _)| *amount > 0.0) {
            whole += amount;
            for (sum, slope) in sum.purchases.iter_mut().zip(slopes.purchases) {
                *sum += amount * slope;
            }
            for (sum, slope) in sum.spend.iter_mut().zip(slopes.spend) {
                *sum += amount * slope;
            }
        }
        if whole > 0.0 {
            let each = sum.purchases.iter_mut().chain(&mut sum.spend);
            each.for_each(|slope| *slope /= whole);
        }
        sum
    }
}

impl ValueModel {
    /// Of the sum of [`discounted_purchases`](Self::discounted_purchases), by
    /// the logarithms of the purchase model's parameters.
    #[must_use]
    pub fn slopes_of_ln_purchases(&self, summary: &PurchaseSummary) -> [f64; 4] {
        let known = self.known_slopes(summary);
        known.map_or_else(
            || self.differences_of_ln_purchases(summary),
            |(_, slopes)| slopes,
        )
    }

    /// The same by differences, for any model.
    pub(super) fn differences_of_ln_purchases(&self, summary: &PurchaseSummary) -> [f64; 4] {
        let parts = self.parts();
        let kind = parts.purchase.kind();
        let of_purchases = |parameters| {
            let purchase = PurchaseModel::new(kind, parameters).ok()?;
            let counts = self.purchases_if_alive(&purchase, summary);
            Some(purchase.p_alive(summary) * counts.iter().sum::<f64>())
        };
        differences(parts.purchase.parameters(), of_purchases)
    }

    /// Of the [`expected_spend`](Self::expected_spend), by the logarithms of the
    /// spend model's parameters; 0 without one.
    #[must_use]
    pub fn slopes_of_ln_spend(&self, customer: &ValueInput) -> [f64; 3] {
        let spend = self.parts().spend.as_ref();
        spend.map_or([0.0; 3], |(spend, _)| {
            spend.slopes_of_ln_spend(customer.repeat_spend().as_ref())
        })
    }

    /// Where an amount with these slopes may lie, at [`INTERVAL_LEVEL`].
    #[must_use]
    pub fn interval(&self, amount: f64, slopes: &LnSlopes) -> ClvInterval {
        let parts = self.parts();
        let mut variance = quadratic_form(&slopes.purchases, &parts.purchase_covariance);
        if let Some((_, covariance)) = &parts.spend {
            variance += quadratic_form(&slopes.spend, covariance);
        }
        around(amount, variance)
    }
}

/// Where a figure of a fitted model may lie, at [`INTERVAL_LEVEL`]: `figure` of
/// these parameters, whose logarithms have this covariance. `None` where the
/// figure is none, or not above 0.
pub fn interval_of_figure<const N: usize>(
    parameters: [f64; N],
    covariance: &[[f64; N]; N],
    figure: impl Fn([f64; N]) -> Option<f64>,
) -> Option<ClvInterval> {
    let amount = figure(parameters).filter(|amount| *amount > 0.0)?;
    let slopes = differences(parameters, figure);
    Some(around(amount, quadratic_form(&slopes, covariance)))
}

/// The interval of an amount whose logarithm has this variance.
fn around(amount: f64, variance: f64) -> ClvInterval {
    let deviations = QUANTILE * variance.max(0.0).sqrt();
    let factor = deviations.min(LARGEST_DEVIATION).exp();
    ClvInterval {
        low: amount / factor,
        high: (amount * factor).min(amount.max(LARGEST_AMOUNT)),
        level: INTERVAL_LEVEL,
    }
}

/// Derivatives of the logarithm of a positive figure by those of its
/// parameters: central differences, one-sided at an edge of what a parameter
/// may be, and 0 where the figure itself is 0.
fn differences<const N: usize>(
    parameters: [f64; N],
    figure: impl Fn([f64; N]) -> Option<f64>,
) -> [f64; N] {
    std::array::from_fn(|at| {
        let moved = |step: f64| {
            let mut parameters = parameters;
            parameters[at] *= step.exp();
            figure(parameters).map(f64::ln).filter(|ln| ln.is_finite())
        };
        match (moved(STEP), moved(-STEP)) {
            (Some(above), Some(below)) => (above - below) / (2.0 * STEP),
            (Some(above), None) => moved(0.0).map_or(0.0, |here| (above - here) / STEP),
            (None, Some(below)) => moved(0.0).map_or(0.0, |here| (here - below) / STEP),
            (None, None) => 0.0,
        }
    })
}

/// Variance of a figure with these slopes, under a covariance of what it
/// depends on.
fn quadratic_form<const N: usize>(slopes: &[f64; N], covariance: &[[f64; N]; N]) -> f64 {
    let row = |row: &[f64; N]| row.iter().zip(slopes).map(|(c, s)| c * s).sum::<f64>();
    covariance.iter().zip(slopes).map(|(c, s)| s * row(c)).sum()
}
