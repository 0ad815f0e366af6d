//! Expected purchases within several horizons at once, and how a weighted sum of
//! them depends on what is known of the customer. The terms of all horizons share
//! everything but the odds of so many purchases, so that a processor works on
//! several at a time; and each term's derivatives come with it.

use std::array;

use super::Future;

/// Horizons that are worked on together: with their derivatives, they still fit
/// into a processor's registers.
const LANES: usize = 6;

/// What a weighted sum of expected purchases comes to.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::model::value) struct Within {
    /// Expected purchases within each horizon.
    pub(in crate::model::value) expected: Vec<f64>,
    /// Derivatives of their weighted sum by shape, rate, leaving and staying;
    /// `None` where the sums over purchases would be too long, or no weights were
    /// given.
    pub(in crate::model::value) slopes: Option<[f64; 4]>,
}

/// The sums of [`LANES`] horizons, and their derivatives.
struct Sums {
    expected: [f64; LANES],
    slopes: [[f64; LANES]; 4],
}

impl Future {
    /// Expected purchases within each of some horizons, in rising order; with
    /// weights for them, how their weighted sum depends on what is known. The bits
    /// of the expected purchases do not depend on that.
    pub(in crate::model::value) fn within(
        &self,
        horizons: &[f64],
        weights: Option<&[f64]>,
    ) -> Within {
        let mut expected = Vec::with_capacity(horizons.len());
        let mut slopes = weights.map(|_| [0.0; 4]);
        for (at, some) in horizons.chunks(LANES).enumerate() {
            // The places that are left hold the last horizon again.
            let last = some.last().copied().unwrap_or_default();
            let times = array::from_fn(|lane| self.time(some.get(lane).copied().unwrap_or(last)));
            let Some(terms) = self.terms(times[LANES - 1]) else {
                expected.extend(some.iter().map(|&horizon| self.expected_purchases(horizon)));
                slopes = None;
                continue;
            };
            let (Some(weights), Some(slopes)) = (weights, &mut slopes) else {
                let sums = self.sums::<false>(times, terms);
                expected.extend(&sums.expected[..some.len()]);
                continue;
            };
            let sums = self.sums::<true>(times, terms);
            expected.extend(&sums.expected[..some.len()]);
            for (slope, lanes) in slopes.iter_mut().zip(sums.slopes) {
                let weighted = weights[at * LANES..].iter().zip(&lanes[..some.len()]);
                *slope += weighted.map(|(weight, lane)| weight * lane).sum::<f64>();
            }
        }
        Within { expected, slopes }
    }

    /// E[X] = Σ P(not left after j purchases) P(K > j) over j = 0, 1, …, as
    /// `sum_over_purchases` has it. By the shape r and the time τ,
    ///
    /// ```text
    /// dP(K = j)/dr = P(K = j) (Σ 1/(r + i) over i < j − ln(1 + τ))
    /// dP(K > j)/dτ = P(K = j) (r + j) / (1 + τ)
    /// ```
    fn sums<const SLOPES: bool>(&self, times: [f64; LANES], terms: f64) -> Sums {
        let Self {
            shape,
            rate,
            leaving,
            staying,
        } = *self;
        let share = times.map(|time| time / (1.0 + time));
        let ln = times.map(f64::ln_1p);
        let mut same = ln.map(|ln| (-shape * ln).exp());
        // Where one is near 1, the other is the more precise.
        let mut more: [f64; LANES] = array::from_fn(|lane| {
            if same[lane] < 0.5 {
                1.0 - same[lane]
            } else {
                -(-shape * ln[lane]).exp_m1()
            }
        });
        // What is below is the rounding of the differences.
        let least = more.map(|more| more * f64::EPSILON * 4.0);
        let both = leaving + staying;
        let (mut not_left, mut j) = (1.0, 0.0);
        // Of `not_left` by leaving and staying, and of ln P(K = j) by the shape.
        let (mut by_both, mut by_staying, mut rise) = (0.0, 0.0, 0.0);
        let mut expected = [0.0; LANES];
        let mut slopes = [[0.0; LANES]; 4];
        // dP(K ≤ j)/dr.
        let mut fewer = [0.0; LANES];
        while more[LANES - 1] > least[LANES - 1] && j < terms {
            let (all, next) = (both + j, j + 1.0);
            // Both quotients by one division, which is what takes the time.
            let inverse = (all * next).recip();
            let growth = (shape + j) * all * inverse;
            for lane in 0..LANES {
                let counts = if more[lane] > least[lane] {
                    more[lane]
                } else {
                    0.0
                };
                expected[lane] += not_left * counts;
                if SLOPES {
                    fewer[lane] += same[lane] * (rise - ln[lane]);
                    slopes[0][lane] -= not_left * fewer[lane];
                    slopes[1][lane] += not_left * (shape + j) * same[lane];
                    slopes[2][lane] -= not_left * by_both * counts;
                    slopes[3][lane] += not_left * (by_staying - by_both) * counts;
                }
                same[lane] *= share[lane] * growth;
                more[lane] -= same[lane];
            }
            if SLOPES {
                rise += (shape + j).recip();
                by_both += next * inverse;
                by_staying += (staying + j).recip();
            }
            not_left *= (staying + j) * next * inverse;
            j = next;
        }
        // From the time to the rate that it is in units of.
        for (slope, share) in slopes[1].iter_mut().zip(share) {
            *slope *= -share / rate;
        }
        Sums { expected, slopes }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HORIZONS: [f64; 8] = [0.5, 3.0, 10.0, 20.0, 30.0, 52.0, 60.0, 80.0];

    fn future([shape, rate, leaving, staying]: [f64; 4]) -> Future {
        Future {
            shape,
            rate,
            leaving,
            staying,
        }
    }

    proptest! {
        #[test]
        fn several_horizons_are_one_after_the_other(
            known in prop::array::uniform4(0.05..30.0_f64),
            count in 1..=HORIZONS.len(),
        ) {
            let future = future(known);
            let horizons = &HORIZONS[..count];
            let weights = vec![1.0; count];
            let found = future.within(horizons, Some(&weights));
            prop_assert_eq!(&future.within(horizons, None).expected, &found.expected);
            for (horizon, found) in horizons.iter().zip(&found.expected) {
                let one = future.expected_purchases(*horizon);
                prop_assert!((found / one - 1.0).abs() < 1e-9, "{} {}", found, one);
            }
        }

        #[test]
        fn slopes_are_those_of_differences(
            known in prop::array::uniform4(0.1..20.0_f64),
            weights in prop::array::uniform8(0.01..1.0_f64),
        ) {
            let sum = |known| {
                let expected = future(known).within(&HORIZONS, None).expected;
                let weighted = expected.iter().zip(weights);
                weighted.map(|(expected, weight)| expected * weight).sum::<f64>()
            };
            let Some(slopes) = future(known).within(&HORIZONS, Some(&weights)).slopes else {
                return Ok(());
            };
            for at in 0..4 {
                let step = 1e-5 * known[at];
                let moved = |by: f64| {
                    let mut moved = known;
                    moved[at] += by;
                    sum(moved)
                };
                let difference = (moved(step) - moved(-step)) / (2.0 * step);
                let size = difference.abs() + 1e-4 * sum(known) / known[at];
                prop_assert!((slopes[at] - difference).abs() < 1e-5 * size, "{} {} {}", at, slopes[at], difference);
            }
        }
    }
}
