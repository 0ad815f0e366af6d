//! Special functions: the regularised incomplete beta function and the normal
//! tail, which the figures need; the gamma function and its kin, which the
//! value models need. Formula numbers are those of the NIST Digital Library of
//! Mathematical Functions (DLMF).

mod gamma;
mod hypergeometric;

pub(crate) use gamma::{
    digamma_rise, ln_beta, ln_gamma, ln_one_plus_exp, ln_rising, trigamma_rise,
};
pub(crate) use hypergeometric::ln_hypergeometric;

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

/// Smallest magnitude that a continued fraction may pass through; see Lentz.
const TINY: f64 = 1e-300;
/// No argument in use needs more terms.
const MAX_TERMS: u32 = 10_000;
/// Half-width of a 95 % interval, in standard errors: the 97.5 % point of the
/// normal distribution.
pub(crate) const NORMAL_95: f64 = 1.959_963_984_540_054;

/// The regularised incomplete beta function Iₓ(a, b): the share of a beta
/// distribution with parameters `a`, `b` > 0 that lies below `x`. `x` outside
/// [0, 1] counts as the nearer end.
///
/// DLMF 8.17.22, on the side where the fraction converges fast.
pub(crate) fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let ln_front = a * x.ln() + b * (-x).ln_1p() - ln_beta(a, b);
    if x < (a + 1.0) / (a + b + 2.0) {
        ln_front.exp() / a * beta_fraction(x, a, b)
    } else {
        1.0 - ln_front.exp() / b * beta_fraction(1.0 - x, b, a)
    }
}

/// The continued fraction of [`incomplete_beta`].
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    let coefficient = |term: u32| {
        let m = f64::from(term / 2);
        let twice = 2.0 * m;
        if term.is_multiple_of(2) {
            m * (b - m) * x / ((a + twice - 1.0) * (a + twice))
        } else {
            -(a + m) * (a + b + m) * x / ((a + twice) * (a + twice + 1.0))
        }
    };
    1.0 / continued_fraction(1.0, |term| (coefficient(term), 1.0))
}

/// P(Z > z) of a standard normal variable.
pub(crate) fn normal_tail(z: f64) -> f64 {
    erfc(z * FRAC_1_SQRT_2) / 2.0
}

/// The complementary error function, precise in its far tail too.
fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    if x < 1.5 {
        return 1.0 - erf_series(x);
    }
    // Below the smallest double.
    if x > 27.5 {
        return 0.0;
    }
    // DLMF 7.9.1.
    let fraction = continued_fraction(x, |term| (f64::from(term) / 2.0, x));
    (-x * x).exp() / (PI.sqrt() * fraction)
}

/// DLMF 7.6.2: all terms are positive, so that nothing cancels.
fn erf_series(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for n in 1..MAX_TERMS {
        term *= 2.0 * x * x / f64::from(2 * n + 1);
        sum += term;
        if term <= sum * f64::EPSILON / 4.0 {
            break;
        }
    }
    FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

/// b₀ + a₁/(b₁ + a₂/(b₂ + …)) by Lentz's method as modified by Thompson and
/// Barnett (1986); `term(n)` gives aₙ and bₙ.
fn continued_fraction(first: f64, term: impl Fn(u32) -> (f64, f64)) -> f64 {
    let away_from_zero = |x: f64| if x.abs() < TINY { TINY } else { x };
    let mut value = away_from_zero(first);
    let (mut c, mut d) = (value, 0.0);
    for n in 1..MAX_TERMS {
        let (a, b) = term(n);
        d = 1.0 / away_from_zero(b + a * d);
        c = away_from_zero(b + a / c);
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::gamma::ln_gamma;
    use super::*;

    fn close(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found:e} {expected:e}"
        );
    }

    /// Closed forms, and values of `mpmath.betainc`.
    #[test]
    fn the_incomplete_beta_function_agrees_with_known_values() {
        close(incomplete_beta(0.3, 1.0, 1.0), 0.3, 1e-14);
        close(incomplete_beta(0.2, 3.0, 1.0), 0.008, 1e-13);
        // Arcsine distribution.
        close(
            incomplete_beta(0.1, 0.5, 0.5),
            2.0 / PI * 0.1f64.sqrt().asin(),
            1e-13,
        );
        close(
            incomplete_beta(0.01, 6.0, 14.0),
            2.426_238_354_667_946e-8,
            1e-13,
        );
        close(
            incomplete_beta(0.3, 6.0, 14.0),
            0.526_137_475_726_485_8,
            1e-13,
        );
        close(
            incomplete_beta(0.35, 7.0, 14.0),
            0.583_374_581_780_767_5,
            1e-13,
        );
        close(
            incomplete_beta(0.6, 6.0, 14.0),
            0.996_932_170_143_970_1,
            1e-13,
        );
        close(
            incomplete_beta(0.95, 6.0, 14.0),
            0.999_999_999_999_994_4,
            1e-13,
        );
        close(
            incomplete_beta(0.001, 0.5, 20.0),
            0.157_583_813_983_638_5,
            1e-13,
        );
        close(
            incomplete_beta(0.5, 300.0, 310.0),
            0.657_325_182_514_916_3,
            1e-13,
        );
        assert_eq!(incomplete_beta(-1.0, 6.0, 14.0), 0.0);
        assert_eq!(incomplete_beta(f64::INFINITY, 6.0, 14.0), 1.0);
    }

    /// Values of `mpmath.erfc`.
    #[test]
    fn the_normal_tail_is_precise_far_out() {
        close(normal_tail(0.5), 0.308_537_538_725_986_9, 1e-13);
        close(normal_tail(1.0), 0.158_655_253_931_457_05, 1e-13);
        close(normal_tail(2.0), 0.022_750_131_948_179_21, 1e-13);
        close(normal_tail(3.0), 0.001_349_898_031_630_094_6, 1e-13);
        close(normal_tail(6.0), 9.865_876_450_376_98e-10, 1e-13);
        close(normal_tail(12.0), 1.776_482_112_077_679e-33, 1e-13);
        close(normal_tail(-1.0), 0.841_344_746_068_542_9, 1e-13);
        close(normal_tail(NORMAL_95), 0.025, 1e-13);
        assert_eq!(normal_tail(0.0), 0.5);
        assert_eq!(normal_tail(f64::INFINITY), 0.0);
        assert_eq!(normal_tail(f64::NEG_INFINITY), 1.0);
    }

    #[test]
    fn ln_gamma_gives_factorials() {
        let mut factorial = 1.0;
        for n in 1..=25 {
            close(ln_gamma(f64::from(n)).exp(), factorial, 1e-13);
            factorial *= f64::from(n);
        }
        close(ln_gamma(0.5), PI.sqrt().ln(), 1e-14);
    }
}
