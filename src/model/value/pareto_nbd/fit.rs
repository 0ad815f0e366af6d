//! Maximum likelihood of Pareto/NBD.

use super::ParetoNbd;
use super::history::{OfFrequency, hessian, slope};
use crate::customer::PurchaseSummary;
use crate::model::special::digamma_rise;
use crate::model::value::fit::{Counted, FitError, Fitted, LogLikelihood, Slope, enough, maximize};

/// Fewest customers that four parameters are fitted to.
const FEWEST_CUSTOMERS: usize = 5;
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
    let sum = Sum {
        customers: totals.customers,
        counted,
    };
    let maximum = maximize(&sum, &starts)?;
    Fitted::at(maximum, |p| ParetoNbd::new(p).ok()).ok_or(FitError::NotConverged { steps: 0 })
}

/// The likelihood of customers in order of frequency, so that what depends on
/// it alone is computed once for each.
struct Sum {
    customers: f64,
    counted: Vec<Counted<PurchaseSummary>>,
}

fn model(ln_parameters: &[f64; 4]) -> ParetoNbd {
    let [r, alpha, s, beta] = ln_parameters.map(f64::exp);
    ParetoNbd { r, alpha, s, beta }
}

impl LogLikelihood<4> for Sum {
    const NAMES: [&'static str; 4] = ParetoNbd::NAMES;

    fn customers(&self) -> f64 {
        self.customers
    }

    fn slope(&self, ln_parameters: &[f64; 4]) -> Slope<4> {
        let model = model(ln_parameters);
        let mut sum = Slope {
            log_likelihood: 0.0,
            gradient: [0.0; 4],
        };
        let mut of_frequency = OfFrequency::new(&model, &PurchaseSummary::NEW);
        for Counted { item, customers } in &self.counted {
            if item.frequency() != of_frequency.frequency {
                of_frequency = OfFrequency::new(&model, item);
            }
            let one = slope(&model, &of_frequency, item);
            sum.log_likelihood += customers * one.log_likelihood;
            for (total, entry) in sum.gradient.iter_mut().zip(one.gradient) {
                *total += customers * entry;
            }
        }
        sum
    }

    fn hessian(&self, ln_parameters: &[f64; 4]) -> [[f64; 4]; 4] {
        let model = model(ln_parameters);
        let mut lower = [[0.0; 4]; 4];
        let (mut frequency, mut of_rising) = (0, 0.0);
        for Counted { item, customers } in &self.counted {
            if item.frequency() != frequency {
                frequency = item.frequency();
                of_rising = rising_by_ln_r_twice(model.r, f64::from(frequency));
            }
            let one = hessian(&model, item);
            lower[0][0] += customers * of_rising;
            for j in 0..4 {
                for k in 0..=j {
                    lower[j][k] += customers * one[j][k];
                }
            }
        }
        std::array::from_fn(|j| std::array::from_fn(|k| lower[j.max(k)][j.min(k)]))
    }

    fn hessian_evaluations(&self) -> usize {
        2
    }
}

/// The second derivative of ln Γ(r + x) − ln Γ(r) by ln r.
pub(super) fn rising_by_ln_r_twice(r: f64, x: f64) -> f64 {
    const DIFFERENCE: f64 = 1e-4;
    let first = |ln_r: f64| ln_r.exp() * digamma_rise(ln_r.exp(), x);
    let ln_r = r.ln();
    (first(ln_r + DIFFERENCE) - first(ln_r - DIFFERENCE)) / (2.0 * DIFFERENCE)
}
