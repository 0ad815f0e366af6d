//! Lifetime values of the base, and who holds them.

use crate::train::report::{
    Figure, HistogramBin, Interval, Point,
    value::{Concentration, Worth},
};

/// Bars of the histogram.
const BINS: u32 = 30;
/// Points of the Lorenz curve beside the first.
const LORENZ: usize = 100;

/// Lifetime values of all customers.
#[derive(Debug, Clone, Copy)]
pub(in crate::train) struct Valued<'v> {
    /// Of each customer, in any order.
    pub(in crate::train) amounts: &'v [f64],
    /// The sum of what each period brings.
    pub(in crate::train) by_period: &'v [f64],
    /// Interval of the sum of all amounts.
    pub(in crate::train) total_interval: Option<Interval>,
}

/// `None` without a customer whose value is a number.
pub(super) fn of(valued: &Valued<'_>) -> Option<Worth> {
    let mut sorted: Vec<f64> = valued.amounts.to_vec();
    sorted.retain(|amount| amount.is_finite());
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        return None;
    }
    let customers = sorted.len() as f64;
    let total: f64 = sorted.iter().sum();
    let interval = valued.total_interval;
    Some(Worth {
        customers: sorted.len() as u64,
        total: Figure {
            value: total,
            interval,
        },
        mean: Figure {
            value: total / customers,
            interval: interval.map(|interval| Interval {
                low: interval.low / customers,
                high: interval.high / customers,
            }),
        },
        median: f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]),
        histogram: histogram(&sorted),
        concentration: concentration(&sorted, total),
        by_period: valued.by_period.to_vec(),
    })
}

/// Of equal width, up to the value of 99 % of the customers; those beyond are in none.
fn histogram(sorted: &[f64]) -> Vec<HistogramBin> {
    let low = sorted[0].min(0.0);
    let high = sorted[(sorted.len() - 1) * 99 / 100];
    let high = if high > low { high } else { low + 1.0 };
    let width = (high - low) / f64::from(BINS);
    let mut from_row = 0;
    (0..BINS)
        .map(|bin| {
            let from = low + width * f64::from(bin);
            let last = bin + 1 == BINS;
            let to = if last {
                high
            } else {
                low + width * f64::from(bin + 1)
            };
            let end = sorted.partition_point(|&value| value < to || (last && value <= to));
            let rows = end.saturating_sub(from_row) as u64;
            from_row = end;
            HistogramBin { from, to, rows }
        })
        .collect()
}

/// `None` where there is no value to be shared, or some of it is negative.
fn concentration(sorted: &[f64], total: f64) -> Option<Concentration> {
    if total <= 0.0 || sorted[0] < 0.0 {
        return None;
    }
    let count = sorted.len();
    let mut sums = Vec::with_capacity(count + 1);
    sums.push(0.0);
    let (mut sum, mut weighted) = (0.0, 0.0);
    for (rank, value) in sorted.iter().enumerate() {
        sum += value;
        weighted += (2.0 * rank as f64 + 1.0 - count as f64) * value;
        sums.push(sum);
    }
    let points = count.min(LORENZ);
    let lorenz = (0..=points).map(|step| {
        let customers = step * count / points;
        Point {
            x: customers as f64 / count as f64,
            y: sums[customers] / total,
        }
    });
    let top = count.div_ceil(5);
    Some(Concentration {
        lorenz: lorenz.collect(),
        top_fifth_share: 1.0 - sums[count - top] / total,
        gini: weighted / (count as f64 * total),
    })
}
