//! Pearson's correlation, with what chance alone would make of it.

use super::{
    metrics::Interval,
    special::{NORMAL_95, normal_tail},
};

/// Fewer pairs have no interval.
const MIN_PAIRS: usize = 4;

/// Pearson's correlation of two figures of the same customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// In [-1, 1].
    pub value: f64,
    /// Its 95 % interval, by Fisher's transformation.
    pub interval: Interval,
    /// Two-sided: how probable a correlation as large is where there is none.
    pub p_value: f64,
}

impl Correlation {
    /// Of pairs of finite numbers; `None` for fewer than 4 pairs, or where one
    /// of the figures is the same for all.
    ///
    /// Fisher (1921): artanh r is normal with variance 1 / (n − 3).
    #[must_use]
    pub fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        if pairs.len() < MIN_PAIRS {
            return None;
        }
        let count = pairs.len() as f64;
        // Sums of squares of huge numbers would overflow.
        let scale = pairs.iter().fold((0.0, 0.0), |(x, y): (f64, f64), pair| {
            (x.max(pair.0.abs()), y.max(pair.1.abs()))
        });
        let scaled = |pair: &(f64, f64)| (pair.0 / scale.0, pair.1 / scale.1);
        let (sum_x, sum_y) = pairs.iter().map(scaled).fold((0.0, 0.0), add);
        let mean = (sum_x / count, sum_y / count);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in pairs.iter().map(scaled) {
            let (dx, dy) = (x - mean.0, y - mean.1);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        // What is below this is rounding of equal numbers.
        let least = count * f64::EPSILON * f64::EPSILON * 16.0;
        // A NaN, where all of one are zero, is refused as well.
        if !(xx > least && yy > least) {
            return None;
        }
        let value = (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0);
        let transformed = value.atanh();
        let error = (count - 3.0).sqrt().recip();
        Some(Self {
            value,
            interval: Interval {
                low: (transformed - NORMAL_95 * error).tanh(),
                high: (transformed + NORMAL_95 * error).tanh(),
            },
            p_value: (2.0 * normal_tail(transformed.abs() / error)).min(1.0),
        })
    }
}

fn add(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 + b.0, a.1 + b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_correlation() {
        let pairs = [(1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (4.0, 3.0), (5.0, 5.0)];
        let found = Correlation::of(&pairs).unwrap();
        assert!((found.value - 0.8).abs() < 1e-14);
        // artanh 0.8 = ln 3; the error is 1 / √2.
        let (low, high) = (found.interval.low, found.interval.high);
        let edge = |sign: f64| (3f64.ln() + sign * NORMAL_95 / 2f64.sqrt()).tanh();
        assert!((low - edge(-1.0)).abs() < 1e-14 && (high - edge(1.0)).abs() < 1e-14);
        assert!((found.p_value - 2.0 * normal_tail(3f64.ln() * 2f64.sqrt())).abs() < 1e-15);
        let large: Vec<(f64, f64)> = pairs.iter().map(|(x, y)| (x * 1e200, -y * 1e300)).collect();
        assert!((Correlation::of(&large).unwrap().value + 0.8).abs() < 1e-14);
    }

    #[test]
    fn what_does_not_vary_has_none() {
        assert_eq!(Correlation::of(&[(1.0, 2.0); 3]), None);
        assert_eq!(
            Correlation::of(&[(0.1, 2.0), (0.1, 3.0), (0.1, 1.0), (0.1, 9.0)]),
            None
        );
        assert_eq!(
            Correlation::of(&[(0.0, 2.0), (0.0, 3.0), (0.0, 1.0), (0.0, 9.0)]),
            None
        );
        let line: Vec<(f64, f64)> = (0..9).map(|i| (f64::from(i), 2.0 * f64::from(i))).collect();
        let exact = Correlation::of(&line).unwrap();
        assert_eq!((exact.value, exact.p_value), (1.0, 0.0));
        assert_eq!((exact.interval.low, exact.interval.high), (1.0, 1.0));
    }
}
