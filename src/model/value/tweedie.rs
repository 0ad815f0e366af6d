//! The Tweedie distribution of spend: variance φ·μ^p with p in (1, 2), which is
//! a Poisson number of gamma-distributed amounts (Jørgensen 1987, *J. R.
//! Statist. Soc. B* 49).

use std::f64::consts::PI;

use crate::model::special::ln_gamma;

/// With about so many amounts the saddle point is exact to the digits used.
const MAX_SERIES_AMOUNTS: f64 = 500.0;
/// Terms this far below the largest one, in logarithms, are rounding.
const NEGLIGIBLE: f64 = 37.0;

/// 2·(ℓ(y; y) − ℓ(y; μ))·φ, the deviance of one `spend` ≥ 0 from `mean` > 0.
#[must_use]
pub fn tweedie_deviance(spend: f64, mean: f64, power: f64) -> f64 {
    let (a, b) = (power - 1.0, 2.0 - power);
    if spend <= 0.0 {
        return 2.0 * mean.powf(b) / b;
    }
    let unlike = spend * mean.powf(-a) / a + mean.powf(b) / b - spend.powf(b) / (a * b);
    // Rounding alone makes it negative.
    (2.0 * unlike).max(0.0)
}

/// Logarithm of the density at `spend`; of its probability at zero.
///
/// By the series of Dunn & Smyth (2005, *Statistics and Computing* 15), from its
/// largest term outwards; by the saddle point where that has very many terms.
#[must_use]
pub fn tweedie_ln_density(spend: f64, mean: f64, power: f64, dispersion: f64) -> f64 {
    let (a, b) = (power - 1.0, 2.0 - power);
    if spend <= 0.0 {
        return -mean.powf(b) / (dispersion * b);
    }
    let amounts = spend.powf(b) / (dispersion * b);
    if amounts > MAX_SERIES_AMOUNTS {
        let deviance = tweedie_deviance(spend, mean, power);
        let spread = 2.0 * PI * dispersion * spend.powf(power);
        return -(spread.ln() + deviance / dispersion) / 2.0;
    }
    let shape = b / a;
    let slope = shape * (spend / a).ln() - (1.0 + shape) * dispersion.ln() - b.ln();
    let term = |count: f64| count * slope - ln_gamma(count + 1.0) - ln_gamma(count * shape);
    let middle = amounts.round().max(1.0);
    let largest = term(middle);
    let mut sum = 1.0;
    let mut add = |count: f64| {
        let below = term(count) - largest;
        sum += below.exp();
        below > -NEGLIGIBLE
    };
    let mut count = middle + 1.0;
    while add(count) {
        count += 1.0;
    }
    count = middle - 1.0;
    while count >= 1.0 && add(count) {
        count -= 1.0;
    }
    let exponent = (-spend * mean.powf(-a) / a - mean.powf(b) / b) / dispersion;
    largest + sum.ln() - spend.ln() + exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_integrates_to_one_with_the_mean_asked_for() {
        for (power, dispersion) in [(1.1, 3.0), (1.5, 2.0), (1.9, 1.0)] {
            let mean = 5.0;
            let (mut mass, mut first) =
                (tweedie_ln_density(0.0, mean, power, dispersion).exp(), 0.0);
            // Midpoints in x², which tames the pole at zero.
            let step = 1e-3;
            for cell in 0..16_000 {
                let root = (f64::from(cell) + 0.5) * step;
                let spend = root * root;
                let density = tweedie_ln_density(spend, mean, power, dispersion).exp();
                mass += density * 2.0 * root * step;
                first += spend * density * 2.0 * root * step;
            }
            assert!((mass - 1.0).abs() < 2e-3, "{power}: {mass}");
            assert!((first / mean - 1.0).abs() < 2e-3, "{power}: {first}");
        }
    }

    #[test]
    fn series_and_saddle_point_meet() {
        // 1.5: spend = (500·dispersion·0.5)² has 500 amounts.
        let edge = 250.0f64.powi(2);
        let [below, above] = [0.999, 1.001].map(|by| tweedie_ln_density(edge * by, edge, 1.5, 1.0));
        assert!((below - above).abs() < 2e-3, "{below} {above}");
    }

    #[test]
    fn deviance_is_zero_at_the_mean_only() {
        assert_eq!(tweedie_deviance(3.0, 3.0, 1.5), 0.0);
        assert!(tweedie_deviance(3.0, 4.0, 1.5) > 0.0);
        // 2·μ^0.5/0.5
        assert!((tweedie_deviance(0.0, 4.0, 1.5) - 8.0).abs() < 1e-12);
    }
}
