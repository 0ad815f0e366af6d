//! The power and the dispersion of spend's variance φ·μ^p, by profile likelihood
//! (Dunn & Smyth 2005, *Statistics and Computing* 15).

use rayon::prelude::*;

use crate::{model::value::tweedie_ln_density, train::FitError};

/// The powers that are tried.
const POWERS: [f64; 9] = [1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9];
/// Rows tell two parameters well enough.
const MAX_ROWS: usize = 2000;
/// Pearson's dispersion is wrong by a smaller factor than this, and far tails
/// make it too large rather than too small.
const REACH: f64 = 30.0;
/// Each narrows the bracket of ln φ by the golden ratio: to a thousandth.
const STEPS: usize = 18;

/// The variance of spend around its mean μ: `dispersion`·μ^`power`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Variance {
    pub(super) power: f64,
    pub(super) dispersion: f64,
}

impl Variance {
    /// With Pearson's estimate of the dispersion.
    pub(super) fn pearson(spend: &[f64], means: &[f64], power: f64) -> Self {
        let rows = spend.iter().zip(means);
        let total: f64 = rows
            .map(|(spend, mean)| (spend - mean).powi(2) / mean.powf(power))
            .sum();
        Self {
            power,
            dispersion: total / spend.len() as f64,
        }
    }

    /// The most likely one around these means, on a grid of powers. Of very many
    /// rows every so many are looked at.
    pub(super) fn most_likely(spend: &[f64], means: &[f64]) -> Result<Self, FitError> {
        let step = spend.len().div_ceil(MAX_ROWS).max(1);
        let every = |of: &[f64]| -> Vec<f64> { of.iter().copied().step_by(step).collect() };
        let (spend, means) = (every(spend), every(means));
        let tried: Vec<(f64, Self)> = POWERS
            .into_par_iter()
            .map(|power| {
                let start = Self::pearson(&spend, &means, power).dispersion;
                profile(&spend, &means, power, start)
            })
            .collect();
        let best = tried
            .into_iter()
            .filter(|(likelihood, _)| likelihood.is_finite())
            .max_by(|a, b| a.0.total_cmp(&b.0));
        best.map(|(_, variance)| variance)
            .ok_or(FitError::NotPositiveDefinite)
    }
}

/// The likeliest dispersion for a power, with its log-likelihood: golden-section
/// search, for the likelihood has one peak.
fn profile(spend: &[f64], means: &[f64], power: f64, start: f64) -> (f64, Variance) {
    let likelihood = |ln_dispersion: f64| -> f64 {
        let dispersion = ln_dispersion.exp();
        let rows = spend.iter().zip(means);
        rows.map(|(&spend, &mean)| tweedie_ln_density(spend, mean, power, dispersion))
            .sum()
    };
    let ratio = (5f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (start.ln() - REACH.ln(), start.ln() + REACH.ln() / 3.0);
    let mut inner = [high - ratio * (high - low), low + ratio * (high - low)];
    let mut values = inner.map(&likelihood);
    for _ in 0..STEPS {
        if values[0] > values[1] {
            high = inner[1];
            inner = [high - ratio * (high - low), inner[0]];
            values = [likelihood(inner[0]), values[0]];
        } else {
            low = inner[0];
            inner = [inner[1], low + ratio * (high - low)];
            values = [values[1], likelihood(inner[1])];
        }
    }
    let best = usize::from(values[1] > values[0]);
    let variance = Variance {
        power,
        dispersion: inner[best].exp(),
    };
    (values[best], variance)
}
