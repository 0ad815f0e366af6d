//! Gauss's hypergeometric function where the value models need it: positive
//! parameters and arguments in [0, 1).

use super::ln_one_plus_exp;

/// Terms of the series before the integral is taken.
const MOST_TERMS: u32 = 2000;
/// Partial sums are brought back when they pass this.
const LARGE: f64 = 1e200;
/// Nothing below e to the minus this counts.
const NEGLIGIBLE: f64 = 40.0;
/// The widest step of the integral on the scale of log-odds. The error of the
/// trapezoidal rule falls as exp(−π² / step).
const WIDEST_STEP: f64 = 0.25;

/// ln ₂F₁(a, b; c; z) for a, b > 0, c > min(a, b) and 0 ≤ z < 1: 0 or more, and
/// finite for a, b and c from 1e-9 to 1e9.
///
/// The series (DLMF 15.2.1), as it is or transformed by DLMF 15.8.1, has only
/// positive terms. Where it is slow (z near 1, large parameters), Euler's
/// integral (DLMF 15.6.1) takes its place.
pub(crate) fn ln_hypergeometric(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (a, b) = if b < c { (a, b) } else { (b, a) };
    let (other_a, other_b) = (c - a, c - b);
    let transformed = if other_a > 0.0 && other_b > 0.0 && other_a * other_b < a * b {
        ln_series(other_a, other_b, c, z).map(|sum| sum + (c - a - b) * (-z).ln_1p())
    } else {
        None
    };
    transformed
        .or_else(|| ln_series(a, b, c, z))
        .unwrap_or_else(|| ln_integral(a, b, c, z))
        .max(0.0)
}

/// ln Σ (a)ₖ (b)ₖ zᵏ / ((c)ₖ k!); `None` if it takes too many terms.
fn ln_series(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    let (mut term, mut sum, mut ln_scale) = (1.0, 1.0, 0.0);
    for before in (0..MOST_TERMS).map(f64::from) {
        let ratio = (a + before) / (c + before) * ((b + before) / (1.0 + before)) * z;
        term *= ratio;
        sum += term;
        let ahead = ratio.max(z);
        if ahead < 1.0 && term * ahead <= sum * f64::EPSILON / 8.0 * (1.0 - ahead) {
            return Some(sum.ln() + ln_scale);
        }
        if sum > LARGE {
            term /= LARGE;
            sum /= LARGE;
            ln_scale += LARGE.ln();
        }
    }
    None
}

/// The mean of (1 − z p)^−a over p ~ beta(b, c − b), by the trapezoidal rule on
/// the log-odds of p. Beyond its middle the integrand is exponential to the
/// last digit, and its tails are summed as geometric series.
fn ln_integral(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let rest = c - b;
    let ln_remainder = (-z).ln_1p();
    let curvature = ((c - a).abs() + a + c) / 4.0;
    let step = WIDEST_STEP.min(0.5 / curvature.sqrt());
    let first = -NEGLIGIBLE - (1.0 + a + b + c).ln();
    let last = NEGLIGIBLE + (1.0 + a + c).ln() - ln_remainder;
    let points = ((last - first) / step).ceil();
    let ln_beta_weight =
        |log_odds: f64| -b * ln_one_plus_exp(-log_odds) - rest * ln_one_plus_exp(log_odds);
    let ln_power =
        |log_odds: f64| -a * (ln_one_plus_exp(log_odds + ln_remainder) - ln_one_plus_exp(log_odds));
    // Logarithms of sums: of the weights, and of the weighted powers.
    let (mut weights, mut powers) = (LogSum::default(), LogSum::default());
    let mut point = 0.0;
    while point <= points {
        let log_odds = first + point * step;
        let mut weight = ln_beta_weight(log_odds);
        if point == 0.0 {
            weight -= (-(-b * step).exp_m1()).ln();
        } else if point == points {
            weight -= (-(-rest * step).exp_m1()).ln();
        }
        weights.add(weight);
        powers.add(weight + ln_power(log_odds));
        point += 1.0;
    }
    powers.ln() - weights.ln()
}

/// A sum of exponentials, known by its largest.
struct LogSum {
    largest: f64,
    sum: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        Self {
            largest: f64::NEG_INFINITY,
            sum: 0.0,
        }
    }
}

impl LogSum {
    fn add(&mut self, exponent: f64) {
        if exponent > self.largest {
            self.sum = self.sum * (self.largest - exponent).exp() + 1.0;
            self.largest = exponent;
        } else {
            self.sum += (exponent - self.largest).exp();
        }
    }

    fn ln(&self) -> f64 {
        self.largest + self.sum.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `mpmath.hyp2f1`; the integral is tried where the series is
    /// taken, too.
    #[test]
    fn it_agrees_with_known_values() {
        let known = [
            [0.8, 1.6, 1.8, 0.5, 0.486_102_674_552_989],
            [1_000.4, 1.2, 1_001.4, 0.999, 7.686_340_465_124_863_5],
            [5.3, 7.1, 30.0, 0.9, 1.418_511_341_753_501_4],
            [1.0, 11.8, 12.5, 0.909_090_909, 2.065_367_055_791_025],
            [50.5, 1.6, 51.5, 0.999_99, 11.318_437_226_455_307],
        ];
        for [a, b, c, z, expected] in known {
            for found in [
                ln_hypergeometric(a, b, c, z),
                ln_hypergeometric(b, a, c, z),
                ln_integral(a, b, c, z),
            ] {
                assert!(
                    (found - expected).abs() <= 1e-11 * expected,
                    "{found} {expected}"
                );
            }
        }
        assert_eq!(ln_hypergeometric(2.0, 1.0, 3.0, 0.0), 0.0);
    }
}
