//! Maximum likelihood of BG/BB.

use super::BgBb;
use crate::customer::PurchaseSummary;
use crate::model::value::fit::{Counted, FitError, Fitted, LogLikelihood, Slope, enough, maximize};

/// Fewest customers that four parameters are fitted to.
const FEWEST_CUSTOMERS: usize = 5;
/// Starts: chances to buy and to leave, of different spreads.
const STARTS: [[f64; 4]; 4] = [
    [1.0, 1.0, 1.0, 3.0],
    [0.5, 2.0, 0.5, 5.0],
    [2.0, 1.0, 2.0, 20.0],
    [1.0, 10.0, 1.0, 10.0],
];
/// The distance, in ln(parameter), over which differences are taken.
const DIFFERENCE: f64 = 1e-3;

/// Fits BG/BB by maximum likelihood. Customers that count as 0 or less are left
/// out; check the others by [`BgBb::check`].
///
/// # Errors
///
/// [`FitError`] when there are too few customers or purchases, or when the
/// likelihood has no maximum.
pub fn fit_bg_bb(customers: &[Counted<PurchaseSummary>]) -> Result<Fitted<BgBb, 4>, FitError> {
    let totals = enough(customers, FEWEST_CUSTOMERS)?;
    let counting = customers.iter().filter(|counted| counted.customers > 0.0);
    let sum = Sum {
        customers: totals.customers,
        counted: counting.copied().collect(),
    };
    let maximum = maximize(&sum, &STARTS)?;
    Fitted::at(maximum, |p| BgBb::new(p).ok()).ok_or(FitError::NotConverged { steps: 0 })
}

struct Sum {
    customers: f64,
    counted: Vec<Counted<PurchaseSummary>>,
}

impl Sum {
    fn log_likelihood(&self, ln_parameters: &[f64; 4]) -> f64 {
        let [alpha, beta, gamma, delta] = ln_parameters.map(f64::exp);
        let model = BgBb {
            alpha,
            beta,
            gamma,
            delta,
        };
        let of = |counted: &Counted<PurchaseSummary>| {
            counted.customers * model.log_likelihood(&counted.item)
        };
        self.counted.iter().map(of).sum()
    }
}

impl LogLikelihood<4> for Sum {
    const NAMES: [&'static str; 4] = BgBb::NAMES;

    fn customers(&self) -> f64 {
        self.customers
    }

    /// Differences of the fourth order: few histories are distinct.
    fn slope(&self, ln_parameters: &[f64; 4]) -> Slope<4> {
        let gradient = std::array::from_fn(|j| {
            let at = |steps: f64| {
                let mut moved = *ln_parameters;
                moved[j] += steps * DIFFERENCE;
                self.log_likelihood(&moved)
            };
            (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * DIFFERENCE)
        });
        Slope {
            log_likelihood: self.log_likelihood(ln_parameters),
            gradient,
        }
    }
}
