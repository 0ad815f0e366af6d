//! The likelihood of a customer's history, with its first and second
//! derivatives by the logarithms of the parameters.
//!
//! The likelihood is a mixture over what became of the customer: it is still
//! there at the end T, or it left at a time t between the last purchase and T.
//! Up to the part that only the frequency has, the logarithm of a component is
//! −(r + x) ln(1 + t/α) − x ln α − s ln(1 + t/β), with ln s − ln(β + t) more
//! where the customer left. Derivatives of the logarithm of a mixture are
//! means and covariances of those of its components.

use super::ParetoNbd;
use super::integral::{Falling, Node};
use crate::customer::PurchaseSummary;
use crate::model::special::{digamma_rise, ln_one_plus_exp, ln_rising};
use crate::model::value::fit::Slope;

/// The integral over the times that the customer may have left at.
fn leaving(model: &ParetoNbd, customer: &PurchaseSummary) -> Falling {
    Falling {
        a: model.r + f64::from(customer.frequency()),
        start_a: model.alpha + customer.recency(),
        b: model.s + 1.0,
        start_b: model.beta + customer.recency(),
    }
}

fn silence(customer: &PurchaseSummary) -> f64 {
    customer.observation() - customer.recency()
}

/// ln of the odds that the customer left before the end of the observation;
/// −∞ right at a purchase.
pub(super) fn ln_odds_of_left(model: &ParetoNbd, customer: &PurchaseSummary) -> f64 {
    let falling = leaving(model, customer);
    let integral = falling.integral(silence(customer));
    ln_odds(model, &falling, silence(customer), integral)
}

fn ln_odds(model: &ParetoNbd, falling: &Falling, silence: f64, integral: f64) -> f64 {
    falling.a * (silence / falling.start_a).ln_1p()
        + model.s * (silence / falling.start_b).ln_1p()
        + (model.s / falling.start_b * integral).ln()
}

pub(super) fn log_likelihood(model: &ParetoNbd, customer: &PurchaseSummary) -> f64 {
    let x = f64::from(customer.frequency());
    ln_rising(model.r, x) + of_end(model, customer, ln_odds_of_left(model, customer))
}

/// The log-likelihood without the part that only the frequency has.
fn of_end(model: &ParetoNbd, customer: &PurchaseSummary, ln_odds: f64) -> f64 {
    let end = OfTime::new(model, customer.observation());
    let x = f64::from(customer.frequency());
    ln_one_plus_exp(ln_odds) - (model.r + x) * end.ln_a - x * model.alpha.ln() - model.s * end.ln_b
}

/// What depends on the frequency alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfFrequency {
    pub(super) frequency: u32,
    ln_rising: f64,
    digamma_rise: f64,
}

impl OfFrequency {
    pub(super) fn new(model: &ParetoNbd, customer: &PurchaseSummary) -> Self {
        let x = f64::from(customer.frequency());
        Self {
            frequency: customer.frequency(),
            ln_rising: ln_rising(model.r, x),
            digamma_rise: digamma_rise(model.r, x),
        }
    }
}

/// What a component of the mixture needs of its time t.
#[derive(Clone, Copy)]
struct OfTime {
    /// ln(1 + t / α).
    ln_a: f64,
    /// ln(1 + t / β).
    ln_b: f64,
    /// t / (α + t).
    share_a: f64,
    /// t / (β + t).
    share_b: f64,
}

impl OfTime {
    fn new(model: &ParetoNbd, time: f64) -> Self {
        Self {
            ln_a: (time / model.alpha).ln_1p(),
            ln_b: (time / model.beta).ln_1p(),
            share_a: time / (model.alpha + time),
            share_b: time / (model.beta + time),
        }
    }

    /// At a node of the integral that starts at the last purchase.
    fn at(model: &ParetoNbd, last: &Self, recency: f64, node: &Node) -> Self {
        let time = recency + node.time;
        Self {
            ln_a: last.ln_a + node.ln_a,
            ln_b: last.ln_b + node.ln_b,
            share_a: time / (model.alpha + time),
            share_b: time / (model.beta + time),
        }
    }
}

/// The probability to have left, and the same by unit of the integral.
fn shares_of_left(alive: f64, integral: f64) -> (f64, f64) {
    if integral > 0.0 {
        (1.0 - alive, (1.0 - alive) / integral)
    } else {
        (0.0, 0.0)
    }
}

/// Log-likelihood and gradient of one customer, and its second derivatives
/// without those of Pochhammer's symbol (r)ₓ; their lower triangle.
pub(super) fn curve(
    model: &ParetoNbd,
    of_frequency: &OfFrequency,
    customer: &PurchaseSummary,
) -> (Slope<4>, [[f64; 4]; 4]) {
    let falling = leaving(model, customer);
    let recency = customer.recency();
    let last = OfTime::new(model, recency);
    let end = OfTime::new(model, customer.observation());
    let component = Component {
        model,
        bought: falling.a,
    };
    let at_end = component.gradient(&end, 0.0);
    // Means of what is beside the component of staying, which cancels less.
    let (mut mean, mut square, mut own) = ([0.0; 4], [[0.0; 4]; 4], [[0.0; 4]; 4]);
    let integral = falling.visit(silence(customer), |node| {
        let time = OfTime::at(model, &last, recency, node);
        let gradient = component.gradient(&time, 1.0);
        let beside: [f64; 4] = std::array::from_fn(|j| gradient[j] - at_end[j]);
        for j in 0..4 {
            let weighted = node.weight * beside[j];
            mean[j] += weighted;
            for k in 0..=j {
                square[j][k] += weighted * beside[k];
            }
        }
        component.add_hessian(&mut own, &time, 1.0, node.weight);
    });
    let odds = ln_odds(model, &falling, silence(customer), integral);
    let alive = (1.0 + odds.exp()).recip();
    let (_, per_weight) = shares_of_left(alive, integral);
    let mut hessian = [[0.0; 4]; 4];
    component.add_hessian(&mut hessian, &end, 0.0, alive);
    for j in 0..4 {
        for k in 0..=j {
            hessian[j][k] += per_weight * (own[j][k] + square[j][k])
                - per_weight * mean[j] * (per_weight * mean[k]);
        }
    }
    let mut gradient: [f64; 4] = std::array::from_fn(|j| at_end[j] + per_weight * mean[j]);
    gradient[0] += model.r * of_frequency.digamma_rise;
    gradient[1] -= f64::from(of_frequency.frequency);
    let slope = Slope {
        log_likelihood: of_frequency.ln_rising + of_end(model, customer, odds),
        gradient,
    };
    (slope, hessian)
}

/// The derivatives of the logarithm of a component by ln r, ln α, ln s, ln β;
/// `left` is 1 where the customer left.
struct Component<'a> {
    model: &'a ParetoNbd,
    /// r + x.
    bought: f64,
}

impl Component<'_> {
    fn gradient(&self, time: &OfTime, left: f64) -> [f64; 4] {
        let (r, s) = (self.model.r, self.model.s);
        [
            -r * time.ln_a,
            self.bought * time.share_a,
            left - s * time.ln_b,
            (s + left) * time.share_b - left,
        ]
    }

    fn add_hessian(&self, sum: &mut [[f64; 4]; 4], time: &OfTime, left: f64, weight: f64) {
        let (r, s) = (self.model.r, self.model.s);
        sum[0][0] -= weight * r * time.ln_a;
        sum[1][0] += weight * r * time.share_a;
        sum[1][1] -= weight * self.bought * time.share_a * (1.0 - time.share_a);
        sum[2][2] -= weight * s * time.ln_b;
        sum[3][2] += weight * s * time.share_b;
        sum[3][3] -= weight * (s + left) * time.share_b * (1.0 - time.share_b);
    }
}
