//! Splitting rows by a seed, each part with the same share of churners.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Two parts of the rows: to fit on, and to measure on; both in the order of
/// the rows.
pub(super) type Parts = (Vec<usize>, Vec<usize>);

/// Holds out a share of each outcome's rows.
pub(super) fn held_out(churned: &[bool], share: f64, seed: u64) -> Parts {
    let mut part_of_row = vec![false; churned.len()];
    for class in shuffled_classes(churned, seed) {
        let held_out = held_out_rows(class.len(), share);
        for (rank, row) in class.into_iter().enumerate() {
            part_of_row[row] = rank < held_out;
        }
    }
    parts(|row| part_of_row[row], churned.len())
}

/// How many of an outcome's rows a share holds out.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the number of rows"
)]
pub(super) fn held_out_rows(rows: usize, share: f64) -> usize {
    (rows as f64 * share).round() as usize
}

/// Deals each outcome's rows to `folds` folds; each fold is measured on once.
/// One fold is held in memory at a time.
pub(super) fn folds(
    churned: &[bool],
    folds: u32,
    seed: u64,
) -> impl ExactSizeIterator<Item = Parts> {
    let fold_of_row = fold_of_rows(churned, folds, seed);
    (0..folds).map(move |fold| parts(|row| fold_of_row[row] == fold, fold_of_row.len()))
}

/// The fold that each row is dealt to, from 0.
pub(super) fn fold_of_rows(churned: &[bool], folds: u32, seed: u64) -> Vec<u32> {
    let mut fold_of_row = vec![0; churned.len()];
    for class in shuffled_classes(churned, seed) {
        for (row, fold) in class.into_iter().zip((0..folds).cycle()) {
            fold_of_row[row] = fold;
        }
    }
    fold_of_row
}

/// The rows of each outcome, in an order drawn by the seed (Fisher–Yates) that
/// does not depend on which outcome is called churn.
fn shuffled_classes(churned: &[bool], seed: u64) -> [Vec<usize>; 2] {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..churned.len()).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, random.gen_range(0..=last));
    }
    let (churners, stayers) = order.into_iter().partition(|&row| churned[row]);
    [churners, stayers]
}

fn parts(is_measured: impl Fn(usize) -> bool, rows: usize) -> Parts {
    let (measured, fitted) = (0..rows).partition(|&row| is_measured(row));
    (fitted, measured)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_row_is_measured_on_exactly_once(
            churned in prop::collection::vec(any::<bool>(), 10..300),
            count in 2..8u32,
            seed: u64,
        ) {
            let folds: Vec<Parts> = folds(&churned, count, seed).collect();
            let mut measured: Vec<usize> =
                folds.iter().flat_map(|(_, measured)| measured.clone()).collect();
            measured.sort_unstable();
            prop_assert_eq!(measured, (0..churned.len()).collect::<Vec<_>>());
            let churners = |rows: &[usize]| rows.iter().filter(|&&row| churned[row]).count();
            let counts: Vec<usize> = folds.iter().map(|(_, rows)| churners(rows)).collect();
            prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
            for (fitted, measured) in &folds {
                prop_assert_eq!(fitted.len() + measured.len(), churned.len());
            }
        }

        #[test]
        fn the_seed_decides_the_split(
            churned in prop::collection::vec(any::<bool>(), 100..300),
            seed: u64,
        ) {
            let parts = held_out(&churned, 0.25, seed);
            prop_assert_eq!(&parts, &held_out(&churned, 0.25, seed));
            prop_assert_ne!(&parts, &held_out(&churned, 0.25, seed ^ 1));
            let quarter = churned.len() / 4;
            prop_assert!(parts.1.len().abs_diff(quarter) <= 1);
        }
    }
}
