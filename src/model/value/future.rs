//! The purchases of a customer that has not left: at a rate that is gamma
//! distributed, until it leaves after one of them by a chance that is beta
//! distributed.
//!
//! All comes from two independent counts: how many purchases there would be
//! without leaving, K, which is negative binomial; and after how many the
//! customer leaves, which is beta geometric. Every sum is of positive terms.
//! The closed form of Fader, Hardie and Lee (2005) has a pole where the
//! parameter a is 1 and cancels near it, so it is not used.

mod horizons;

pub(super) use horizons::Within;

use crate::model::special::incomplete_beta;
use crate::model::value::parameters::bounded;

/// The sum over purchases is taken up to about this many terms.
const MOST_TERMS: f64 = 1000.0;
/// `exp` of less than minus this underflows.
const LARGEST_EXPONENT: f64 = 700.0;
/// Nothing below e to the minus this counts.
const NEGLIGIBLE: f64 = 42.0;
/// The widest step of the integral on the scale of log-odds. The error of the
/// trapezoidal rule falls as exp(−π² / step).
const WIDEST_STEP: f64 = 0.25;

/// What is known of an active customer's rate and chance to leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Future {
    /// Shape of the gamma distribution of the rate.
    pub(super) shape: f64,
    /// Its rate parameter, a time.
    pub(super) rate: f64,
    /// First parameter of the beta distribution of the chance to leave.
    pub(super) leaving: f64,
    /// Its second parameter.
    pub(super) staying: f64,
}

impl Future {
    /// Probability of no purchase within the horizon.
    pub(super) fn p_no_purchase(&self, horizon: f64) -> f64 {
        (-self.shape * self.time(horizon).ln_1p()).exp()
    }

    /// Expected purchases within the horizon.
    pub(super) fn expected_purchases(&self, horizon: f64) -> f64 {
        let time = self.time(horizon);
        match self.terms(time) {
            Some(terms) => self.sum_over_purchases(time, terms),
            None => self.mean_over_chances(time),
        }
    }

    /// How many terms of the sum over purchases are enough.
    fn enough_terms(&self, time: f64) -> f64 {
        let mean = self.shape * time;
        mean + NEGLIGIBLE * (1.0 + time) + 8.0 * (mean * (1.0 + time)).sqrt()
    }

    /// The same; `None` where they are too many.
    fn terms(&self, time: f64) -> Option<f64> {
        let terms = self.enough_terms(time);
        let fits = terms < MOST_TERMS && self.shape * time.ln_1p() < LARGEST_EXPONENT;
        fits.then_some(terms)
    }

    /// P(X = 0), …, P(X = most) of the purchases X within the horizon.
    pub(super) fn purchase_distribution(&self, horizon: f64, most: u32) -> Vec<f64> {
        let time = self.time(horizon);
        let without_leaving = self.without_leaving(time, most);
        let mut at_least = self.more_than_without_leaving(time, most);
        let mut distribution = without_leaving.clone();
        for (probability, same) in distribution.iter_mut().zip(&without_leaving).rev() {
            at_least += same;
            *probability = at_least.min(1.0);
        }
        // Now each holds P(K ≥ n).
        let mut not_left = 1.0;
        for (n, (probability, same)) in distribution.iter_mut().zip(&without_leaving).enumerate() {
            if n == 0 {
                *probability = *same;
                continue;
            }
            let (stay, leave) = self.chances_at(n as f64 - 1.0);
            *probability = not_left * (stay * same + leave * *probability);
            not_left *= stay;
        }
        distribution
    }

    /// Horizons in units of the rate parameter.
    fn time(&self, horizon: f64) -> f64 {
        bounded(horizon) / self.rate
    }

    /// Probabilities to stay and to leave at a purchase, when the customer
    /// has stayed at so many.
    fn chances_at(&self, stayed: f64) -> (f64, f64) {
        let all = self.leaving + self.staying + stayed;
        ((self.staying + stayed) / all, self.leaving / all)
    }

    /// E[X] = Σ P(not left after j purchases) P(K > j) over j = 0, 1, ….
    fn sum_over_purchases(&self, time: f64, terms: f64) -> f64 {
        let share = time / (1.0 + time);
        let mut same = self.shape * time.ln_1p();
        let mut more = -(-same).exp_m1();
        same = (-same).exp();
        // What is below is the rounding of the differences.
        let least = more * f64::EPSILON * 4.0;
        let both = self.leaving + self.staying;
        let (mut not_left, mut sum, mut j) = (1.0, 0.0, 0.0);
        while more > least && j < terms {
            sum += not_left * more;
            // Both quotients by one division, which is what takes the time.
            let (all, next) = (both + j, j + 1.0);
            let inverse = (all * next).recip();
            not_left *= (self.staying + j) * next * inverse;
            same *= share * (self.shape + j) * all * inverse;
            more -= same;
            j = next;
        }
        sum
    }

    /// E[X] as the mean over the chance to leave, p, of
    /// (1 − (1 + p time)^−shape) / p: by the trapezoidal rule on the log-odds
    /// of p. Beyond its middle the integrand is exponential to the last digit,
    /// and its tails are summed as geometric series.
    fn mean_over_chances(&self, time: f64) -> f64 {
        let (a, b, shape) = (self.leaving, self.staying, self.shape);
        let mean = shape * time;
        let step = WIDEST_STEP.min(0.5 * ((a + b) / a / b).sqrt());
        let mode = a.ln() - b.ln();
        let (chance, stay) = (a / (a + b), b / (a + b));
        // Relative to its value at the mode.
        let ln_weight = |from_mode: f64| {
            -a * (stay * (-from_mode).exp_m1()).ln_1p() - b * (chance * from_mode.exp_m1()).ln_1p()
        };
        let purchases = |p: f64| -(-shape * (p * time).ln_1p()).exp_m1() / p;
        let lightest = -NEGLIGIBLE - mean.ln_1p();
        let first = -NEGLIGIBLE - (1.0 + mean + time + a + b).ln();
        let last = NEGLIGIBLE + (1.0 + shape + a + b).ln();

        let (mut weights, mut sum) = (1.0, purchases(chance));
        for (direction, decay, limit) in [(-1.0, a, mean), (1.0, b, purchases(1.0))] {
            for n in 1_u32.. {
                let from_mode = direction * step * f64::from(n);
                let ln_weight = ln_weight(from_mode);
                let weight = ln_weight.exp();
                let log_odds = mode + from_mode;
                weights += weight;
                sum += weight * purchases((1.0 + (-log_odds).exp()).recip());
                if ln_weight < lightest {
                    break;
                }
                if log_odds < first || log_odds > last {
                    let rest = weight * (-decay * step).exp() / -(-decay * step).exp_m1();
                    weights += rest;
                    sum += rest * limit;
                    break;
                }
            }
        }
        sum / weights
    }

    /// P(K = 0), …, P(K = most).
    fn without_leaving(&self, time: f64, most: u32) -> Vec<f64> {
        let ln_share = -time.recip().ln_1p();
        let mut ln_probability = -self.shape * time.ln_1p();
        (0..=most)
            .map(|k| {
                let probability = ln_probability.exp();
                let k = f64::from(k);
                ln_probability += ((self.shape + k) / (k + 1.0)).ln() + ln_share;
                probability
            })
            .collect()
    }

    /// P(K > most).
    fn more_than_without_leaving(&self, time: f64, most: u32) -> f64 {
        let next = f64::from(most) + 1.0;
        let share = time / (1.0 + time);
        if share < 0.999 {
            incomplete_beta(share, next, self.shape)
        } else {
            1.0 - incomplete_beta((1.0 + time).recip(), self.shape, next)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum over purchases and the integral over chances are the same
    /// figure, where one takes over from the other and far from there.
    #[test]
    fn both_ways_to_the_expected_purchases_agree() {
        for [shape, leaving, staying] in [
            [0.25, 0.8, 2.4],
            [10.25, 0.8, 12.4],
            [3.0, 1.0, 2.0],
            [0.5, 5.0, 0.3],
            [40.0, 0.05, 80.0],
        ] {
            let future = Future {
                shape,
                rate: 1.0,
                leaving,
                staying,
            };
            for time in [0.01, 0.3, 1.0, 5.0, 10.0, 20.0] {
                let sum = future.sum_over_purchases(time, future.enough_terms(time));
                let integral = future.mean_over_chances(time);
                assert!(
                    (sum / integral - 1.0).abs() < 1e-10,
                    "{sum} {integral} {time}"
                );
            }
        }
    }
}
