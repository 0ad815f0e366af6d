//! Parts that follow each other in time. Rows of one time stay together.

use super::{Parts, stratified::held_out_rows};

/// Whether each row is among the latest, about this share.
pub(super) fn held_out(times: &[f64], share: f64) -> Vec<bool> {
    let order = ordered(times);
    let held_out = held_out_rows(order.len(), share);
    let cut = cut(&order, times, order.len() - held_out);
    let mut is_held_out = vec![false; times.len()];
    for &row in &order[cut..] {
        is_held_out[row] = true;
    }
    is_held_out
}

/// The block of each row: `folds` + 1 of about the same size, from the earliest
/// on. Blocks are empty where there are fewer times.
pub(super) fn blocks(times: &[f64], folds: u32) -> Vec<u32> {
    let order = ordered(times);
    let mut block_of_row = vec![0; times.len()];
    let mut end = order.len();
    for block in (1..=folds).rev() {
        let share = f64::from(block) / (f64::from(folds) + 1.0);
        let start = cut(&order, times, held_out_rows(order.len(), share));
        for &row in order.get(start..end).unwrap_or_default() {
            block_of_row[row] = block;
        }
        end = start.min(end);
    }
    block_of_row
}

/// Takes those rows off what is fitted on whose outcomes were still open when the
/// first row that is measured on was taken (an embargo, after López de Prado 2018,
/// *Advances in Financial Machine Learning*, ch. 7).
pub(super) fn embargo((fitted, measured): &mut Parts, times: &[f64], embargo: f64) {
    let first = measured.iter().map(|&row| times[row]);
    let first = first.fold(f64::INFINITY, f64::min);
    fitted.retain(|&row| times[row] + embargo <= first);
}

/// For each row the first later block by whose beginning its outcome was known.
pub(super) fn known_by(blocks: &[u32], times: &[f64], embargo: f64) -> Vec<u32> {
    let count = blocks.iter().max().map_or(0, |&last| last as usize + 1);
    let mut begin = vec![f64::INFINITY; count];
    for (&block, &time) in blocks.iter().zip(times) {
        let begin = &mut begin[block as usize];
        *begin = begin.min(time);
    }
    let known_by = blocks.iter().zip(times).map(|(&block, &time)| {
        let later = (block + 1..).zip(begin.iter().skip(block as usize + 1));
        let mut known = later.filter(|(_, begin)| time + embargo <= **begin);
        known.next().map_or(u32::MAX, |(block, _)| block)
    });
    known_by.collect()
}

/// The rows by time; those of one time as they stand.
fn ordered(times: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
    order
}

/// The position nearest to `wanted` that no rows of one time surround; the
/// earlier of two.
fn cut(order: &[usize], times: &[f64], wanted: usize) -> usize {
    let parts_times =
        |at: usize| at == 0 || at >= order.len() || times[order[at - 1]] < times[order[at]];
    let before = (0..=wanted).rev().find(|&at| parts_times(at));
    let after = (wanted..=order.len()).find(|&at| parts_times(at));
    match (before, after) {
        (Some(before), Some(after)) if after - wanted < wanted - before => after,
        (Some(before), _) => before,
        (None, after) => after.unwrap_or(wanted),
    }
}
