//! Maximum likelihood of the Gamma-Gamma model.

use super::{Counted, FitError, Fitted, LogLikelihood, Slope, enough_customers, maximize};
use crate::model::special::{digamma_rise, ln_beta};
use crate::model::value::{GammaGamma, RepeatSpend};

/// Fewest customers that three parameters are fitted to.
const FEWEST_CUSTOMERS: usize = 4;
/// Shapes p and q of the starts; γ follows from the mean spend.
const SHAPES: [[f64; 2]; 4] = [[1.0, 3.0], [5.0, 3.0], [2.0, 20.0], [30.0, 1.5]];

/// Fits the Gamma-Gamma model by maximum likelihood. The unit of γ is that of
/// the money. Customers that count as 0 or less are left out.
///
/// # Errors
///
/// [`FitError`] when there are too few customers, when the likelihood has no
/// maximum, or has it where spend has no mean.
pub fn fit_gamma_gamma(
    customers: &[Counted<RepeatSpend>],
) -> Result<Fitted<GammaGamma, 3>, FitError> {
    let likelihood = Spends::new(customers);
    enough_customers(likelihood.customers, FEWEST_CUSTOMERS)?;
    let starts = SHAPES.map(|[p, q]| [p, q, (q - 1.0) / p]);
    let mut maximum = maximize(&likelihood, &starts)?;
    maximum.ln_parameters[2] += likelihood.unit.ln();
    let q = maximum.ln_parameters[1].exp();
    if q <= 1.0 {
        return Err(FitError::NoMeanSpend { q });
    }
    Fitted::at(maximum, |p| GammaGamma::new(p).ok()).ok_or(FitError::NotConverged { steps: 0 })
}

/// Customers by frequency: what depends on it alone is computed once for each.
///
/// γ is in units of their geometric mean spend, which the few who spend most do
/// not move: the solver then never sees how small the currency's unit is.
pub(super) struct Spends {
    customers: f64,
    /// Σ customers · ln(mean spend).
    ln_spend: f64,
    /// The unit of γ, in money.
    pub(super) unit: f64,
    groups: Vec<SameFrequency>,
}

struct SameFrequency {
    frequency: f64,
    customers: f64,
    /// Total spend of each customer in that unit, and how many customers have it.
    totals: Vec<(f64, f64)>,
}

impl Spends {
    pub(super) fn new(customers: &[Counted<RepeatSpend>]) -> Self {
        let mut sorted: Vec<_> = customers
            .iter()
            .filter(|counted| counted.customers > 0.0)
            .collect();
        sorted.sort_unstable_by(|one, other| {
            let key = |counted: &Counted<RepeatSpend>| counted.item.frequency();
            let spend = |counted: &Counted<RepeatSpend>| counted.item.mean_spend();
            let by_frequency = key(one).cmp(&key(other));
            by_frequency.then(spend(one).total_cmp(&spend(other)))
        });
        let each = sorted.iter();
        let all: f64 = each.clone().map(|counted| counted.customers).sum();
        let ln_spend: f64 = each
            .map(|counted| counted.customers * counted.item.mean_spend().ln())
            .sum();
        let unit = (ln_spend / all).exp();
        let groups: Vec<SameFrequency> = sorted
            .chunk_by(|one, other| one.item.frequency() == other.item.frequency())
            .map(|same| SameFrequency {
                frequency: f64::from(same[0].item.frequency()),
                customers: same.iter().map(|counted| counted.customers).sum(),
                totals: same
                    .iter()
                    .map(|counted| (counted.item.total() / unit, counted.customers))
                    .collect(),
            })
            .collect();
        Self {
            customers: all,
            ln_spend,
            unit,
            groups,
        }
    }
}

impl LogLikelihood<3> for Spends {
    const NAMES: [&'static str; 3] = GammaGamma::NAMES;

    fn customers(&self) -> f64 {
        self.customers
    }

    /// The terms of [`GammaGamma::log_likelihood`], summed.
    fn slope(&self, ln_parameters: &[f64; 3]) -> Slope<3> {
        let [p, q, gamma] = ln_parameters.map(f64::exp);
        let (mut sum, mut gradient) = (-self.ln_spend, [0.0; 3]);
        for group in &self.groups {
            let shape = p * group.frequency;
            sum -= group.customers * ln_beta(shape, q);
            gradient[0] += group.customers * shape * digamma_rise(shape, q);
            gradient[1] += group.customers * q * digamma_rise(q, shape);
            for &(total, customers) in &group.totals {
                let ratio = total / gamma;
                let ln_above = ratio.ln_1p();
                let ln_below = ratio.recip().ln_1p();
                let of_total = ratio / (1.0 + ratio);
                sum -= customers * (q * ln_above + shape * ln_below);
                gradient[0] -= customers * shape * ln_below;
                gradient[1] -= customers * q * ln_above;
                gradient[2] += customers * (q * of_total - shape * (1.0 - of_total));
            }
        }
        Slope {
            log_likelihood: sum,
            gradient,
        }
    }
}
