//! Published figures, gradients, and what no
//! customer may bring about.

mod published;
mod robust;

use super::{Counted, RepeatSpend, count_equal};
use crate::customer::PurchaseSummary;

fn customer(frequency: f64, recency: f64, observation: f64) -> PurchaseSummary {
    PurchaseSummary::new(frequency, recency, observation).unwrap()
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} {expected} ± {tolerance}"
    );
}

/// The tolerance of parameters fitted to rounded data.
#[track_caller]
fn all_close<const N: usize>(found: [f64; N], expected: [f64; N]) {
    for (found, expected) in found.into_iter().zip(expected) {
        close(found, expected, 5e-4 * expected.abs().max(1.0));
    }
}

/// The rows of the CDNOW summary: x, `t_x`, T in weeks and the mean spend.
fn cdnow() -> Vec<[f64; 4]> {
    let text = include_str!("../../../tests/fixtures/cdnow/summary.csv");
    let rows = text.lines().skip(1).map(|line| {
        let mut fields = line.split(',').skip(1);
        std::array::from_fn(|_| fields.next().unwrap().parse().unwrap())
    });
    rows.collect()
}

fn cdnow_customers() -> Vec<Counted<PurchaseSummary>> {
    count_equal(
        cdnow()
            .iter()
            .map(|[x, recency, observation, _]| customer(*x, *recency, *observation)),
    )
}

fn cdnow_spends() -> Vec<Counted<RepeatSpend>> {
    let repeaters = cdnow().into_iter().filter(|row| row[0] > 0.0);
    let spends = repeaters.map(|[x, _, _, mean]| Counted {
        item: RepeatSpend::new(x, mean).unwrap(),
        customers: 1.0,
    });
    spends.collect()
}
