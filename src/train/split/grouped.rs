//! Groups dealt whole, so that the parts are as balanced as can be.
//!
//! The largest groups first, each to the part that it leaves most even: the one
//! for which Σ over outcomes of (rows of the part / rows of the outcome)², over
//! the part's size, grows least. With equal parts that is least squares, as for
//! scikit-learn's `StratifiedGroupKFold`; groups of one size come in an order
//! drawn by the seed.

use std::cmp::Reverse;

use super::stratified::shuffled;

/// Whether each row is held out.
pub(super) fn held_out(churned: &[bool], groups: &[u32], share: f64, seed: u64) -> Vec<bool> {
    let dealt = deal(churned, groups, &[share, 1.0 - share], seed);
    dealt.into_iter().map(|part| part == 0).collect()
}

/// The fold of each row.
pub(super) fn folds(churned: &[bool], groups: &[u32], folds: u32, seed: u64) -> Vec<u32> {
    let sizes = vec![1.0 / f64::from(folds); folds as usize];
    deal(churned, groups, &sizes, seed)
}

/// The part of each row, for parts of the given sizes.
fn deal(churned: &[bool], groups: &[u32], sizes: &[f64], seed: u64) -> Vec<u32> {
    let groups = numbered(groups);
    let count = groups.iter().max().map_or(0, |most| most + 1);
    // Rows by outcome.
    let mut rows_of_group = vec![[0.0_f64; 2]; count];
    let mut all = [0.0_f64; 2];
    for (&group, &churned) in groups.iter().zip(churned) {
        rows_of_group[group][usize::from(churned)] += 1.0;
        all[usize::from(churned)] += 1.0;
    }
    let mut order = shuffled(count, seed);
    // Stable: groups of one size stay as they were drawn. Whole numbers compare
    // as they are.
    order.sort_by_key(|&group| {
        let [stayers, churners] = rows_of_group[group];
        Reverse((stayers + churners).to_bits())
    });
    let mut filled = vec![[0.0_f64; 2]; sizes.len()];
    let mut part_of_group = vec![0; count];
    for group in order {
        let added = rows_of_group[group];
        let growth = |part: usize| -> f64 {
            (0..2)
                .filter(|&outcome| all[outcome] > 0.0)
                .map(|outcome| {
                    let before = filled[part][outcome];
                    let after = before + added[outcome];
                    (after * after - before * before) / (sizes[part] * all[outcome].powi(2))
                })
                .sum()
        };
        let best = (0..sizes.len())
            .min_by(|&a, &b| growth(a).total_cmp(&growth(b)))
            .unwrap_or_default();
        for outcome in 0..2 {
            filled[best][outcome] += added[outcome];
        }
        part_of_group[group] = u32::try_from(best).unwrap_or_default();
    }
    groups
        .into_iter()
        .map(|group| part_of_group[group])
        .collect()
}

/// The groups numbered anew from 0, in the order of their first rows: those of a
/// part of the rows have gaps.
fn numbered(groups: &[u32]) -> Vec<usize> {
    let most = groups.iter().max().map_or(0, |&most| most as usize + 1);
    let mut number_of: Vec<Option<usize>> = vec![None; most];
    let mut next = 0;
    let numbered = groups.iter().map(|&group| {
        *number_of[group as usize].get_or_insert_with(|| {
            next += 1;
            next - 1
        })
    });
    numbered.collect()
}
