//! Where a number's effect may bend.

use crate::features::MAX_KNOTS;

/// At most about `most` knots, from the smallest to the largest of `values`:
/// every distinct value where these are few, else quantiles. A value that many
/// rows share gets its neighbours as knots too, so that the effect may jump
/// there. NaN stands for a missing value. Fewer than two where the values do
/// not vary.
pub(in crate::train) fn knots(values: impl Iterator<Item = f64>, most: usize) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let runs: Vec<(f64, usize)> = sorted
        .chunk_by(|a, b| a == b)
        // Not `-0.0`, which equals it and would be written otherwise.
        .map(|run| (run[0] + 0.0, run.len()))
        .collect();
    if runs.len() <= most {
        return runs.into_iter().map(|(value, _)| value).collect();
    }
    let step = sorted.len() as f64 / (most - 1) as f64;
    let last = runs.len() - 1;
    let mut chosen = vec![false; runs.len()];
    (chosen[0], chosen[last]) = (true, true);
    let mut since = 0.0;
    for (index, (_, count)) in runs.iter().enumerate() {
        since += *count as f64;
        if since >= step {
            chosen[index] = true;
            since = 0.0;
        }
        if *count as f64 >= step {
            chosen[index.saturating_sub(1)] = true;
            chosen[(index + 1).min(last)] = true;
        }
    }
    let runs = runs.into_iter().zip(chosen);
    let found: Vec<f64> = runs
        .filter_map(|((value, _), chosen)| chosen.then_some(value))
        .collect();
    if found.len() > MAX_KNOTS {
        // Heavy values brought too many neighbours.
        return knots(sorted.into_iter(), most * 2 / 3);
    }
    found
}
