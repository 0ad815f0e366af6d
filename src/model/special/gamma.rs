//! The gamma function and its kin in logarithms, without the cancellation that
//! differences of large values bring. Formula numbers are those of the DLMF.

use std::f64::consts::PI;

/// From here on the asymptotic series are exact in double precision.
const LARGE: f64 = 10.0;
/// Products and sums of up to this many terms are taken term by term.
const FEW: f64 = 16.0;
/// 1 − γ, Euler's constant subtracted from one.
const ONE_MINUS_EULER: f64 = 0.422_784_335_098_467_1;
/// `(−1)^k (ζ(k) − 1) / k` from k = 2, for [`ln_gamma_of_two_and`].
const ZETA: [f64; 28] = [
    0.322_467_033_424_113_2,
    -0.067_352_301_053_198_1,
    0.020_580_808_427_784_546,
    -0.007_385_551_028_673_986,
    0.002_890_510_330_741_523_4,
    -0.001_192_753_911_703_261,
    0.000_509_669_524_743_042_5,
    -0.000_223_154_758_453_579_39,
    9.945_751_278_180_853e-5,
    -4.492_623_673_813_314e-5,
    2.050_721_277_567_069e-5,
    -9.439_488_275_268_397e-6,
    4.374_866_789_907_488e-6,
    -2.039_215_753_801_366e-6,
    9.551_412_130_407_42e-7,
    -4.492_469_198_764_566e-7,
    2.120_718_480_555_466_5e-7,
    -1.004_322_482_396_809_9e-7,
    4.769_810_169_363_980_4e-8,
    -2.271_109_460_894_316_4e-8,
    1.083_865_921_489_695_5e-8,
    -5.183_475_041_970_047e-9,
    2.483_674_543_802_478_5e-9,
    -1.192_140_140_586_091_2e-9,
    5.731_367_241_678_862e-10,
    -2.759_522_885_124_233_4e-10,
    1.330_476_437_424_449e-10,
    -6.422_964_563_838_1e-11,
];
/// `B_2k / (2k (2k − 1))`, of Stirling's series.
const STIRLING: [f64; 7] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
];
/// `B_2k / 2k`, of the series of ψ.
const DIGAMMA: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 120.0,
    1.0 / 252.0,
    -1.0 / 240.0,
    1.0 / 132.0,
    -691.0 / 32_760.0,
    1.0 / 12.0,
    -3617.0 / 8160.0,
];

/// `B_2k`, of the series of ψ′.
const TRIGAMMA: [f64; 7] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
];

/// ln Γ(x) for x > 0, to a few units of the last place, near its zeros 1 and 2
/// too.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    if x < 0.5 {
        ln_gamma_of_two_and(x) - x.ln_1p() - x.ln()
    } else if x < 1.5 {
        ln_gamma_of_two_and(x - 1.0) - (x - 1.0).ln_1p()
    } else if x < LARGE {
        let (mut rest, mut product) = (x, 1.0);
        while rest > 2.5 {
            rest -= 1.0;
            product *= rest;
        }
        ln_gamma_of_two_and(rest - 2.0) + f64::ln(product)
    } else {
        (x - 0.5) * x.ln() - x + (2.0 * PI).ln() / 2.0 + stirling_rest(x)
    }
}

/// ln Γ(2 + z) for |z| ≤ ½; without the term −ln(1 + z) of DLMF 5.7.3.
fn ln_gamma_of_two_and(z: f64) -> f64 {
    z * (ONE_MINUS_EULER + z * polynomial(&ZETA, z))
}

/// What Stirling's formula leaves of ln Γ(x) for large x, DLMF 5.11.1.
fn stirling_rest(x: f64) -> f64 {
    polynomial(&STIRLING, (x * x).recip()) / x
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// ln Γ(x + n) − ln Γ(x) for x > 0, n ≥ 0: the logarithm of Pochhammer's
/// symbol (x)ₙ. Exact where x is large beside n, which the difference is not.
pub(crate) fn ln_rising(x: f64, n: f64) -> f64 {
    if n == 0.0 {
        0.0
    } else if n <= FEW && n.fract() == 0.0 && x < 1e15 {
        ln_rising_by_terms(x, n)
    } else if x < LARGE {
        ln_gamma(x + n) - ln_gamma(x)
    } else {
        let end = x + n;
        (x - 0.5) * (n / x).ln_1p() + n * (end.ln() - 1.0) + stirling_rest(end) - stirling_rest(x)
    }
}

fn ln_rising_by_terms(x: f64, n: f64) -> f64 {
    let (mut k, mut product) = (0.0, 1.0);
    while k < n {
        product *= x + k;
        k += 1.0;
    }
    product.ln()
}

/// ln B(x, y) for x, y > 0.
pub(crate) fn ln_beta(x: f64, y: f64) -> f64 {
    let (smaller, larger) = if x < y { (x, y) } else { (y, x) };
    ln_gamma(smaller) - ln_rising(larger, smaller)
}

/// ψ(x), the derivative of ln Γ(x), for x > 0.
fn digamma(x: f64) -> f64 {
    let (mut shifted, mut sum) = (x, 0.0);
    while shifted < LARGE {
        sum += shifted.recip();
        shifted += 1.0;
    }
    shifted.ln() - digamma_rest(shifted) - sum
}

/// ln x − ψ(x) for large x, DLMF 5.11.2.
fn digamma_rest(x: f64) -> f64 {
    let square = (x * x).recip();
    (2.0 * x).recip() + square * polynomial(&DIGAMMA, square)
}

/// ψ(x + n) − ψ(x) for x > 0, n ≥ 0: the derivative of [`ln_rising`] by x.
pub(crate) fn digamma_rise(x: f64, n: f64) -> f64 {
    if n == 0.0 {
        0.0
    } else if n <= FEW && n.fract() == 0.0 {
        let (mut k, mut sum) = (0.0, 0.0);
        while k < n {
            sum += (x + k).recip();
            k += 1.0;
        }
        sum
    } else if x < LARGE {
        digamma(x + n) - digamma(x)
    } else {
        (n / x).ln_1p() - digamma_rest(x + n) + digamma_rest(x)
    }
}

/// ψ′(x + n) − ψ′(x) for x > 0, n ≥ 0, the derivative of [`digamma_rise`]: 0 or
/// less.
pub(crate) fn trigamma_rise(x: f64, n: f64) -> f64 {
    if n <= FEW && n.fract() == 0.0 {
        let (mut k, mut sum) = (0.0, 0.0);
        while k < n {
            sum -= ((x + k) * (x + k)).recip();
            k += 1.0;
        }
        sum
    } else {
        trigamma(x + n) - trigamma(x)
    }
}

/// ψ′(x) for x > 0, DLMF 5.15.8.
fn trigamma(x: f64) -> f64 {
    let (mut shifted, mut sum) = (x, 0.0);
    while shifted < LARGE {
        sum += (shifted * shifted).recip();
        shifted += 1.0;
    }
    let square = (shifted * shifted).recip();
    let rest = shifted.recip() * square * polynomial(&TRIGAMMA, square);
    shifted.recip() + square / 2.0 + rest + sum
}

/// ln(1 + eˣ), without overflow.
pub(crate) fn ln_one_plus_exp(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests;
