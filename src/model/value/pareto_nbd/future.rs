//! The purchases of a customer that has not left: at a rate that is gamma
//! distributed, until it leaves at a rate that is gamma distributed as well.

use super::integral::{Falling, GaussLegendre};
use crate::model::special::ln_rising;
use crate::model::value::parameters::bounded;

/// Nothing below e to the minus this counts.
const NEGLIGIBLE: f64 = 42.0;
/// The widest panel of the distribution's integral, in logarithms of time.
const WIDEST: f64 = 1.0;
/// A panel's width in standard deviations of what it must resolve.
const WIDTH: f64 = 2.5;

/// What is known of an active customer's rates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Future {
    /// Shape of the gamma distribution of the purchase rate.
    pub(super) shape: f64,
    /// Its rate parameter, a time.
    pub(super) rate: f64,
    /// Shape of the gamma distribution of the rate of leaving.
    pub(super) leaving_shape: f64,
    /// Its rate parameter, a time.
    pub(super) leaving_rate: f64,
}

impl Future {
    /// Expected purchases within the horizon.
    pub(super) fn expected_purchases(&self, horizon: f64) -> f64 {
        let ln_time = (bounded(horizon) / self.leaving_rate).ln_1p();
        let excess = self.leaving_shape - 1.0;
        // The mean time until the horizon that the customer is there; no
        // cancellation around a shape of 1.
        let there = if excess == 0.0 {
            ln_time
        } else {
            -(-excess * ln_time).exp_m1() / excess
        };
        self.shape * (self.leaving_rate / self.rate) * there
    }

    /// Probability of no purchase within the horizon.
    pub(super) fn p_no_purchase(&self, horizon: f64) -> f64 {
        let horizon = bounded(horizon);
        let falling = Falling {
            a: self.shape,
            start_a: self.rate,
            b: self.leaving_shape + 1.0,
            start_b: self.leaving_rate,
        };
        let left = self.leaving_shape / self.leaving_rate * falling.integral(horizon);
        let there = -self.shape * (horizon / self.rate).ln_1p() + self.ln_there(horizon);
        (there.exp() + left).min(1.0)
    }

    /// P(X = 0), …, P(X = most) of the purchases X within the horizon.
    ///
    /// Sums of two positive parts: the customer is still there at the horizon,
    /// or left before and bought until then.
    pub(super) fn purchase_distribution(&self, horizon: f64, most: u32) -> Vec<f64> {
        let horizon = bounded(horizon);
        // ln of Γ(shape + n) / Γ(shape) / n!.
        let ln_factors: Vec<f64> = (0..=most)
            .map(|n| ln_rising(self.shape, f64::from(n)) - ln_rising(1.0, f64::from(n)))
            .collect();
        let mut distribution = vec![0.0; ln_factors.len()];
        distribution[0] = self.p_no_purchase(horizon);
        if horizon > 0.0 {
            self.add(
                &mut distribution,
                &ln_factors,
                horizon,
                self.ln_there(horizon),
            );
            self.add_left(&mut distribution, &ln_factors, horizon);
        }
        distribution
    }

    /// ln of the probability not to leave within a time.
    fn ln_there(&self, time: f64) -> f64 {
        -self.leaving_shape * (time / self.leaving_rate).ln_1p()
    }

    /// Adds the probabilities of 1, 2, … purchases within a time of activity,
    /// with a weight.
    fn add(&self, distribution: &mut [f64], ln_factors: &[f64], time: f64, ln_weight: f64) {
        let ln_share = -(self.rate / time).ln_1p();
        let ln_none = ln_weight - self.shape * (time / self.rate).ln_1p();
        let mut exponent = ln_none;
        for (probability, ln_factor) in distribution.iter_mut().zip(ln_factors).skip(1) {
            exponent += ln_share;
            *probability += (exponent + ln_factor).exp();
        }
    }

    /// Adds the integral over the time τ of leaving, on the scale of ln τ:
    /// there each count's integrand has one peak, and panels are as narrow as
    /// the peaks of the counts that matter there.
    fn add_left(&self, distribution: &mut [f64], ln_factors: &[f64], horizon: f64) {
        let most = (distribution.len() - 1) as f64;
        let leaving = self.leaving_shape + 1.0;
        let end = horizon.ln();
        let bend = (self.rate / (1.0 + self.shape)).min(self.leaving_rate / (1.0 + leaving));
        let mut from = end.min(bend.ln()) - NEGLIGIBLE / 2.0;
        let mut highest = f64::NEG_INFINITY;
        while from < end {
            let width = self.panel_width(from, most).min(end - from);
            for (node, weight) in GaussLegendre::nodes() {
                let ln_time = from + width * node;
                let time = ln_time.exp();
                let ln_weight = (self.leaving_shape / self.leaving_rate * weight * width).ln()
                    + ln_time
                    - leaving * (time / self.leaving_rate).ln_1p();
                self.add(distribution, ln_factors, time, ln_weight);
            }
            from += width;
            let (last, falls) = self.of_most(from, most);
            highest = highest.max(last);
            if falls && last < highest - NEGLIGIBLE {
                break;
            }
        }
    }

    /// Shares of the factors: τ / (rate + τ) of purchases and of leaving.
    fn shares(&self, ln_time: f64) -> (f64, f64) {
        let time = ln_time.exp();
        (time / (self.rate + time), time / (self.leaving_rate + time))
    }

    /// How wide a panel may be that starts here.
    fn panel_width(&self, ln_time: f64, most: f64) -> f64 {
        let mut width = WIDEST;
        // What matters at the panel's end is narrower than at its start.
        loop {
            let (bought, left) = self.shares(ln_time + width);
            let leaving = self.leaving_shape + 1.0;
            let pull = self.shape * bought + leaving * left;
            let peaking_here = (pull / (1.0 - bought)).min(most);
            let curvature = (self.shape + peaking_here) * bought * (1.0 - bought)
                + leaving * left * (1.0 - left);
            let fall = pull - most * (1.0 - bought) - 1.0;
            if width * width * curvature <= WIDTH * WIDTH && width * fall <= WIDTH {
                return width;
            }
            width /= 2.0;
        }
    }

    /// ln of the integrand of the largest count, up to a constant, and whether
    /// it falls: then all others do.
    fn of_most(&self, ln_time: f64, most: f64) -> (f64, bool) {
        let time = ln_time.exp();
        let (bought, left) = self.shares(ln_time);
        let leaving = self.leaving_shape + 1.0;
        let value = ln_time
            - self.shape * (time / self.rate).ln_1p()
            - most * (self.rate / time).ln_1p()
            - leaving * (time / self.leaving_rate).ln_1p();
        let falls = self.shape * bought + leaving * left > most * (1.0 - bought) + 1.0;
        (value, falls)
    }
}
