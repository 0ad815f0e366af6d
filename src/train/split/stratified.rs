//! Rows dealt by a seed, each part with the same share of churners.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::train::PlanError;

/// Whether each row is held out: a share of each outcome's rows.
pub(super) fn held_out(churned: &[bool], share: f64, seed: u64) -> Result<Vec<bool>, PlanError> {
    let (outcome, rows) = rarer(churned);
    let too = match held_out_rows(rows, share) {
        0 => Some("small"),
        held_out if held_out >= rows => Some("large"),
        _ => None,
    };
    if let Some(size) = too {
        return Err(PlanError::EmptyPart {
            share,
            size,
            outcome,
            rows,
        });
    }
    let mut is_held_out = vec![false; churned.len()];
    for class in shuffled_classes(churned, seed) {
        let held_out = held_out_rows(class.len(), share);
        for (rank, row) in class.into_iter().enumerate() {
            is_held_out[row] = rank < held_out;
        }
    }
    Ok(is_held_out)
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

/// The fold of each row; each outcome's rows are dealt one by one.
pub(super) fn folds(churned: &[bool], folds: u32, seed: u64) -> Result<Vec<u32>, PlanError> {
    let (outcome, rows) = rarer(churned);
    if folds as usize > rows {
        return Err(PlanError::TooManyFolds {
            folds,
            outcome,
            rows,
        });
    }
    let mut fold_of_row = vec![0; churned.len()];
    for class in shuffled_classes(churned, seed) {
        for (row, fold) in class.into_iter().zip((0..folds).cycle()) {
            fold_of_row[row] = fold;
        }
    }
    Ok(fold_of_row)
}

/// The outcome that fewer rows have, and how many.
fn rarer(churned: &[bool]) -> (&'static str, usize) {
    let churners = churned.iter().filter(|&&churned| churned).count();
    let stayers = churned.len() - churners;
    if churners <= stayers {
        ("churned", churners)
    } else {
        ("did not churn", stayers)
    }
}

/// The rows of each outcome, in an order drawn by the seed that does not depend
/// on which outcome is called churn.
fn shuffled_classes(churned: &[bool], seed: u64) -> [Vec<usize>; 2] {
    let order = shuffled(churned.len(), seed);
    let (churners, stayers) = order.into_iter().partition(|&row| churned[row]);
    [churners, stayers]
}

/// Numbers from 0 on in an order drawn by the seed (Fisher–Yates).
pub(super) fn shuffled(length: usize, seed: u64) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..length).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, random.gen_range(0..=last));
    }
    order
}
