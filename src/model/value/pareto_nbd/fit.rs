//! Maximum likelihood of Pareto/NBD.

use std::cell::Cell;

use super::ParetoNbd;
use super::history::{OfFrequency, curve};
use crate::customer::PurchaseSummary;
use crate::model::special::{digamma_rise, trigamma_rise};
use crate::model::value::fit::{
    Counted, FitError, Fitted, LogLikelihood, Maximum, Prior, Slope, enough, maximize,
    maximize_or_steady,
};

/// Fewest customers that four parameters are fitted to.
const FEWEST_CUSTOMERS: usize = 5;
/// About how many groups of equal customers the starts are followed on.
const SAMPLED: usize = 100;
/// Shapes of the starts' purchase rates; their scale follows from the data.
const SHAPES: [f64; 2] = [0.4, 2.0];
/// Shapes of the starts' rates of leaving, with their scale in mean times of
/// observation.
const LEAVING: [[f64; 2]; 3] = [[0.5, 0.4], [0.5, 3.0], [3.0, 10.0]];

/// Fits Pareto/NBD by maximum likelihood. The unit of α and β is that of the
/// times. Customers that count as 0 or less are left out.
///
/// # Errors
///
/// [`FitError`] when there are too few customers or repeat purchases, or when
/// the likelihood has no maximum.
pub fn fit_pareto_nbd(
    customers: &[Counted<PurchaseSummary>],
) -> Result<Fitted<ParetoNbd, 4>, FitError> {
    let totals = enough(customers, FEWEST_CUSTOMERS)?;
    let mut counted: Vec<Counted<PurchaseSummary>> = customers
        .iter()
        .filter(|counted| counted.customers > 0.0)
        .copied()
        .collect();
    counted.sort_by_key(|counted| counted.item.frequency());
    let observed: f64 = counted
        .iter()
        .map(|counted| counted.customers * counted.item.observation())
        .sum();
    let mean_observation = observed / totals.customers;
    let starts: Vec<[f64; 4]> = SHAPES
        .iter()
        .flat_map(|r| LEAVING.map(|[s, scale]| [*r, r / totals.rate, s, scale * mean_observation]))
        .collect();
    let sum = Sum::new(counted);
    let maximum = match maximum_near_that_of_a_sample(&sum, &starts) {
        Some(maximum) => maximum,
        None => maximize_or_steady(&sum, &starts, prior(mean_observation))?,
    };
    Fitted::at(maximum, |p| ParetoNbd::new(p).ok()).ok_or(FitError::NotConverged { steps: 0 })
}

/// Where the likelihood has no maximum: s within a factor of 400 of 1, and β of
/// the mean time of observation, by two standard deviations.
fn prior(mean_observation: f64) -> Prior<4> {
    Prior {
        centre: [0.0, 0.0, 0.0, mean_observation.ln()],
        precision: [0.0, 0.0, 1.0 / 9.0, 1.0 / 9.0],
    }
}

/// The starts are ranked and the best followed on a part of the customers; from
/// the highest maximum there, few steps lead to that of all. The starts are not
/// followed again on all customers: only if no maximum is reached. `None` for few
/// customers, and wherever that fails.
fn maximum_near_that_of_a_sample(sum: &Sum, starts: &[[f64; 4]]) -> Option<Maximum<4>> {
    let every = sum.counted.len() / SAMPLED;
    if every < 2 {
        return None;
    }
    let part = Sum::new(sum.counted.iter().step_by(every).copied().collect());
    let near = maximize(&part, starts).ok()?;
    let maximum = maximize(sum, &[near.ln_parameters.map(f64::exp)]).ok()?;
    Some(Maximum {
        starts: starts.len(),
        evaluations: maximum.evaluations + near.evaluations,
        ..maximum
    })
}

/// The likelihood of customers in order of frequency, so that what depends on
/// it alone is computed once for each.
struct Sum {
    customers: f64,
    counted: Vec<Counted<PurchaseSummary>>,
    /// The second derivatives that came with the last slope.
    last: Cell<Option<Curve>>,
}

/// All derivatives at one place.
#[derive(Debug, Clone, Copy)]
struct Curve {
    ln_parameters: [f64; 4],
    slope: Slope<4>,
    hessian: [[f64; 4]; 4],
}

impl Sum {
    fn new(counted: Vec<Counted<PurchaseSummary>>) -> Self {
        Self {
            customers: counted.iter().map(|counted| counted.customers).sum(),
            counted,
            last: Cell::new(None),
        }
    }

    /// All derivatives take little longer than the likelihood.
    fn curve(&self, ln_parameters: &[f64; 4]) -> Curve {
        let [r, alpha, s, beta] = ln_parameters.map(f64::exp);
        let model = ParetoNbd { r, alpha, s, beta };
        let (mut log_likelihood, mut gradient, mut lower) = (0.0, [0.0; 4], [[0.0; 4]; 4]);
        for of_one_frequency in self
            .counted
            .chunk_by(|one, next| one.item.frequency() == next.item.frequency())
        {
            let of_frequency = OfFrequency::new(&model, &of_one_frequency[0].item);
            let mut customers_of_it = 0.0;
            for Counted { item, customers } in of_one_frequency {
                let (slope, hessian) = curve(&model, &of_frequency, item);
                customers_of_it += customers;
                log_likelihood += customers * slope.log_likelihood;
                for j in 0..4 {
                    gradient[j] += customers * slope.gradient[j];
                    for k in 0..=j {
                        lower[j][k] += customers * hessian[j][k];
                    }
                }
            }
            lower[0][0] +=
                customers_of_it * rising_by_ln_r_twice(r, f64::from(of_frequency.frequency));
        }
        Curve {
            ln_parameters: *ln_parameters,
            slope: Slope {
                log_likelihood,
                gradient,
            },
            hessian: std::array::from_fn(|j| std::array::from_fn(|k| lower[j.max(k)][j.min(k)])),
        }
    }
}

impl LogLikelihood<4> for Sum {
    const NAMES: [&'static str; 4] = ParetoNbd::NAMES;

    fn customers(&self) -> f64 {
        self.customers
    }

    fn slope(&self, ln_parameters: &[f64; 4]) -> Slope<4> {
        let curve = self.curve(ln_parameters);
        self.last.set(Some(curve));
        curve.slope
    }

    fn hessian(&self, ln_parameters: &[f64; 4]) -> [[f64; 4]; 4] {
        match self.last.get() {
            Some(curve) if curve.ln_parameters == *ln_parameters => curve.hessian,
            _ => self.curve(ln_parameters).hessian,
        }
    }

    fn hessian_evaluations(&self) -> usize {
        0
    }
}

/// The second derivative of ln Γ(r + x) − ln Γ(r) by ln r.
pub(super) fn rising_by_ln_r_twice(r: f64, x: f64) -> f64 {
    r * (digamma_rise(r, x) + r * trigamma_rise(r, x))
}

#[cfg(test)]
mod tests;
