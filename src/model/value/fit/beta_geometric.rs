//! The likelihood of BG/NBD and MBG/NBD over many customers: what depends on
//! the frequency alone, or on a time alone, is computed once for each.

use super::{Counted, FitError, Fitted, LogLikelihood, Prior, Slope, maximize_or_steady};
use crate::customer::PurchaseSummary;
use crate::model::special::{digamma_rise, ln_rising, trigamma_rise};
use crate::model::value::beta_geometric::Leaving;
use crate::model::value::{BgNbd, MbgNbd};

/// Fewest customers that four parameters are fitted to.
const FEWEST_CUSTOMERS: usize = 5;

/// Fits BG/NBD by maximum likelihood. The unit of α is that of the times.
/// Customers that count as 0 or less are left out.
///
/// # Errors
///
/// [`FitError`] when there are too few customers or repeat purchases, or when
/// the likelihood has no maximum.
pub fn fit_bg_nbd(customers: &[Counted<PurchaseSummary>]) -> Result<Fitted<BgNbd, 4>, FitError> {
    let maximum = fit(customers, Leaving::AfterRepeats)?;
    Fitted::at(maximum, |p| BgNbd::new(p).ok()).ok_or(FitError::NotConverged { steps: 0 })
}

/// Fits MBG/NBD by maximum likelihood. The unit of α is that of the times.
/// Customers that count as 0 or less are left out.
///
/// # Errors
///
/// [`FitError`] when there are too few customers or repeat purchases, or when
/// the likelihood has no maximum.
pub fn fit_mbg_nbd(customers: &[Counted<PurchaseSummary>]) -> Result<Fitted<MbgNbd, 4>, FitError> {
    let maximum = fit(customers, Leaving::AfterAny)?;
    Fitted::at(maximum, |p| MbgNbd::new(p).ok()).ok_or(FitError::NotConverged { steps: 0 })
}

fn fit(
    customers: &[Counted<PurchaseSummary>],
    leaving: Leaving,
) -> Result<super::Maximum<4>, FitError> {
    let total = enough(customers, FEWEST_CUSTOMERS)?;
    let likelihood = Grouped::new(customers, leaving, total.customers);
    let starts: Vec<[f64; 4]> = SHAPES
        .iter()
        .flat_map(|r| BETAS.map(|[a, b]| [*r, r / total.rate, a, b]))
        .collect();
    maximize_or_steady(&likelihood, &starts, PRIOR)
}

/// Where the likelihood has no maximum: a and b within a factor of 400 of 1 and
/// 10, by two standard deviations.
const PRIOR: Prior<4> = Prior {
    centre: [0.0, 0.0, 0.0, std::f64::consts::LN_10],
    precision: [0.0, 0.0, 1.0 / 9.0, 1.0 / 9.0],
};
/// Shapes of the starts' rates; their scale follows from the data.
const SHAPES: [f64; 2] = [0.3, 2.0];
/// Chances to leave that the starts have.
const BETAS: [[f64; 2]; 3] = [[0.8, 2.5], [0.5, 10.0], [5.0, 20.0]];

/// What a purchase model is fitted to, in sum.
#[derive(Debug, Clone, Copy)]
pub(in crate::model::value) struct Totals {
    pub(in crate::model::value) customers: f64,
    /// Repeat purchases per unit of time; more than 0.
    pub(in crate::model::value) rate: f64,
}

/// Checks that there are customers enough.
pub(super) fn enough_customers(found: f64, needed: usize) -> Result<(), FitError> {
    if found >= needed as f64 {
        return Ok(());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 or more, and fewer than a few"
    )]
    let found = found as usize;
    Err(FitError::NotEnoughCustomers { found, needed })
}

/// Checks that there are customers enough, and repeat purchases.
pub(in crate::model::value) fn enough(
    customers: &[Counted<PurchaseSummary>],
    needed: usize,
) -> Result<Totals, FitError> {
    let counting = || customers.iter().filter(|counted| counted.customers > 0.0);
    let total: f64 = counting().map(|counted| counted.customers).sum();
    enough_customers(total, needed)?;
    let sum = |value: fn(&PurchaseSummary) -> f64| -> f64 {
        counting()
            .map(|counted| counted.customers * value(&counted.item))
            .sum()
    };
    let purchases = sum(|customer| f64::from(customer.frequency()));
    let time = sum(PurchaseSummary::observation);
    if purchases > 0.0 && time > 0.0 {
        Ok(Totals {
            customers: total,
            rate: purchases / time,
        })
    } else {
        Err(FitError::NoRepeatPurchases)
    }
}

/// Customers by what their likelihood is made of.
pub(super) struct Grouped {
    leaving: Leaving,
    customers: f64,
    /// Each frequency, and how many customers have it.
    frequencies: Vec<(f64, f64)>,
    /// Each time that is a recency or an observation.
    times: Vec<f64>,
    groups: Vec<Group>,
}

/// Equal customers; their numbers are places in the lists above.
struct Group {
    frequency: usize,
    recency: usize,
    observation: usize,
    customers: f64,
}

/// What is computed once for each frequency.
struct OfFrequency {
    frequency: f64,
    /// ln(a / (b + chances − 1)); −∞ without a chance to leave.
    ln_odds: f64,
    /// b / (b + chances − 1).
    b_share: f64,
}

/// What is computed once for each time t.
#[derive(Clone, Copy)]
struct OfTime {
    /// ln(1 + t / α).
    ln: f64,
    /// t / (α + t).
    share: f64,
}

impl Grouped {
    pub(super) fn new(
        customers: &[Counted<PurchaseSummary>],
        leaving: Leaving,
        total: f64,
    ) -> Self {
        let counting = || customers.iter().filter(|counted| counted.customers > 0.0);
        let mut times: Vec<f64> = counting()
            .flat_map(|counted| [counted.item.recency(), counted.item.observation()])
            .collect();
        sort_distinct(&mut times);
        let mut values: Vec<f64> = counting()
            .map(|counted| f64::from(counted.item.frequency()))
            .collect();
        sort_distinct(&mut values);
        let groups: Vec<Group> = counting()
            .map(|counted| Group {
                frequency: place(&values, f64::from(counted.item.frequency())),
                recency: place(&times, counted.item.recency()),
                observation: place(&times, counted.item.observation()),
                customers: counted.customers,
            })
            .collect();
        let mut frequencies: Vec<(f64, f64)> = values.into_iter().map(|x| (x, 0.0)).collect();
        for group in &groups {
            frequencies[group.frequency].1 += group.customers;
        }
        Self {
            leaving,
            customers: total,
            frequencies,
            times,
            groups,
        }
    }
}

impl Grouped {
    fn of_time(&self, alpha: f64) -> Vec<OfTime> {
        let times = self.times.iter();
        times
            .map(|time| OfTime {
                ln: (time / alpha).ln_1p(),
                share: time / (alpha + time),
            })
            .collect()
    }
}

impl OfFrequency {
    fn new(frequency: f64, chances: f64, ln_a: f64, b: f64) -> Self {
        let others = b + (chances - 1.0);
        let (ln_odds, b_share) = if chances == 0.0 {
            (f64::NEG_INFINITY, 0.0)
        } else {
            (ln_a - others.ln(), b / others)
        };
        Self {
            frequency,
            ln_odds,
            b_share,
        }
    }
}

/// The logarithm of a long product of factors from 1 to 2, for the price of a
/// few.
struct ProductOfSome {
    ln: f64,
    product: f64,
}

impl Default for ProductOfSome {
    fn default() -> Self {
        Self {
            ln: 0.0,
            product: 1.0,
        }
    }
}

impl ProductOfSome {
    fn multiply(&mut self, factor: f64) {
        self.product *= factor;
        if self.product > 1e200 {
            self.ln += self.product.ln();
            self.product = 1.0;
        }
    }

    fn ln(&self) -> f64 {
        self.ln + self.product.ln()
    }
}

fn sort_distinct(values: &mut Vec<f64>) {
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
}

/// Where a value stands that is there.
fn place(sorted: &[f64], value: f64) -> usize {
    sorted.partition_point(|other| *other < value)
}

impl LogLikelihood<4> for Grouped {
    const NAMES: [&'static str; 4] = BgNbd::NAMES;

    fn customers(&self) -> f64 {
        self.customers
    }

    /// The terms of [`BetaGeometric`](crate::model::value::beta_geometric),
    /// summed.
    fn slope(&self, ln_parameters: &[f64; 4]) -> Slope<4> {
        let [r, alpha, a, b] = ln_parameters.map(f64::exp);
        let [_, ln_alpha, ln_a, _] = *ln_parameters;
        let (mut sum, mut gradient) = (0.0, [0.0; 4]);
        let mut of_frequency = Vec::with_capacity(self.frequencies.len());
        for &(x, customers) in &self.frequencies {
            let chances = self.leaving.chances(x);
            let stayed = ln_rising(b, chances) - ln_rising(a + b, chances);
            sum += customers * (ln_rising(r, x) + stayed - x * ln_alpha);
            let together = digamma_rise(a + b, chances);
            gradient[0] += customers * r * digamma_rise(r, x);
            gradient[1] -= customers * x;
            gradient[2] -= customers * a * together;
            gradient[3] += customers * b * (digamma_rise(b, chances) - together);
            of_frequency.push(OfFrequency::new(x, chances, ln_a, b));
        }
        let of_time = self.of_time(alpha);
        let mut logarithms = ProductOfSome::default();
        for group in &self.groups {
            let of_frequency = &of_frequency[group.frequency];
            let (last, end) = (of_time[group.recency], of_time[group.observation]);
            let silence = end.ln - last.ln;
            let bought = r + of_frequency.frequency;
            let odds = of_frequency.ln_odds + bought * silence;
            let (left, small, all) = left(odds);
            let n = group.customers;
            sum += n * (odds.max(0.0) - bought * end.ln);
            if n == 1.0 {
                logarithms.multiply(all);
            } else {
                sum += n * small.ln_1p();
            }
            gradient[0] += n * r * (left * silence - end.ln);
            gradient[1] += n * bought * (end.share + left * (last.share - end.share));
            gradient[2] += n * left;
            gradient[3] -= n * left * of_frequency.b_share;
        }
        Slope {
            log_likelihood: sum + logarithms.ln(),
            gradient,
        }
    }

    fn hessian(&self, ln_parameters: &[f64; 4]) -> [[f64; 4]; 4] {
        let [r, alpha, a, b] = ln_parameters.map(f64::exp);
        let mut sum = [[0.0; 4]; 4];
        let [mut rr, mut ra, mut aa] = [0.0; 3];
        let mut of_frequency = Vec::with_capacity(self.frequencies.len());
        for &(x, n) in &self.frequencies {
            let chances = self.leaving.chances(x);
            let first = digamma_rise(a + b, chances);
            let second = trigamma_rise(a + b, chances);
            rr += n * r * (digamma_rise(r, x) + r * trigamma_rise(r, x));
            sum[2][2] -= n * a * (first + a * second);
            sum[3][2] -= n * a * b * second;
            let own = digamma_rise(b, chances) + b * trigamma_rise(b, chances);
            sum[3][3] += n * b * (own - first - b * second);
            of_frequency.push(OfFrequency::new(x, chances, a.ln(), b));
        }
        let of_time = self.of_time(alpha);
        for group in &self.groups {
            let of_frequency = &of_frequency[group.frequency];
            let (last, end) = (of_time[group.recency], of_time[group.observation]);
            let n = group.customers;
            let bought = r + of_frequency.frequency;
            let silence = end.ln - last.ln;
            let (left, _, _) = left(of_frequency.ln_odds + bought * silence);
            let shorter = last.share - end.share;
            let end_spread = end.share * (1.0 - end.share);
            let last_spread = last.share * (1.0 - last.share);
            rr += n * r * (left * silence - end.ln);
            ra += n * r * (end.share + left * shorter);
            aa += n * bought * (left * (end_spread - last_spread) - end_spread);
            let share = of_frequency.b_share;
            sum[3][3] -= n * left * share * (1.0 - share);
            // What the odds of having left owe to each parameter.
            let odds = [r * silence, bought * shorter, 1.0, -share];
            let weight = n * left * (1.0 - left);
            for j in 0..4 {
                for k in 0..=j {
                    sum[j][k] += weight * odds[j] * odds[k];
                }
            }
        }
        sum[0][0] += rr;
        sum[1][0] += ra;
        sum[1][1] += aa;
        std::array::from_fn(|j| std::array::from_fn(|k| sum[j.max(k)][j.min(k)]))
    }

    fn hessian_evaluations(&self) -> usize {
        1
    }
}

/// From the log-odds of having left: its probability, and e to the minus
/// their magnitude, and 1 plus that.
fn left(ln_odds: f64) -> (f64, f64, f64) {
    let small = (-ln_odds.abs()).exp();
    let all = 1.0 + small;
    let left = if ln_odds > 0.0 { 1.0 } else { small } / all;
    (left, small, all)
}
