//! Features that say what another one says already.

use std::collections::HashMap;

use super::{
    plan::{Plan, PlannedFeature, Values},
    quality::Redundancy,
};

/// Numbers and flags that correlate more than this, either way, say the same.
const MIN_CORRELATION: f64 = 0.9999;
/// Rows that a pair is judged by at first; only suspects are measured on all.
const SAMPLE_ROWS: usize = 2_000;
/// Pairs that are told at most.
const MAX_TOLD: usize = 50;

/// The pairs of redundant features, by position.
pub(super) fn find(plan: &Plan<'_>) -> Vec<Redundancy> {
    let mut found = equal_texts(plan);
    let step = plan.rows.len().div_ceil(SAMPLE_ROWS).max(1);
    let sample: Vec<usize> = plan.rows.iter().copied().step_by(step).collect();
    let numeric = plan.features.iter().enumerate();
    let numeric: Vec<(usize, Numeric<'_>)> = numeric
        .filter_map(|(position, feature)| Some((position, Numeric::of(feature)?)))
        .collect();
    let sampled: Vec<Vec<f64>> = numeric
        .iter()
        .map(|(_, numbers)| sample.iter().map(|&row| numbers.get(row)).collect())
        .collect();
    for (second, (position, numbers)) in numeric.iter().enumerate() {
        for (first, (earlier, others)) in numeric.iter().enumerate().take(second) {
            let pairs = sampled[first].iter().zip(&sampled[second]);
            let in_sample = correlation(pairs.map(|(&a, &b)| (a, b)));
            // A sample may lack what only few rows have: then all must tell.
            if in_sample.is_some_and(|correlation| correlation.abs() <= 0.99) {
                continue;
            }
            let all = plan.rows.iter();
            let overall = correlation(all.map(|&row| (others.get(row), numbers.get(row))));
            if let Some(correlation) = overall.filter(|r| r.abs() > MIN_CORRELATION) {
                // One pair tells enough of a feature.
                found.push((*earlier, *position, correlation));
                break;
            }
        }
    }
    found.sort_by_key(|&(first, second, _)| (first, second));
    found.truncate(MAX_TOLD);
    let name = |position: usize| plan.features[position].name.clone();
    found
        .into_iter()
        .map(|(first, second, correlation)| Redundancy {
            first: name(first),
            second: name(second),
            correlation,
        })
        .collect()
}

/// Columns whose codes are the same tell the rows apart alike.
fn equal_texts(plan: &Plan<'_>) -> Vec<(usize, usize, f64)> {
    let mut first_with: HashMap<&[u32], usize> = HashMap::new();
    let mut found = Vec::new();
    for (position, feature) in plan.features.iter().enumerate() {
        if let Values::Texts(texts) = &feature.values {
            match first_with.get(texts.codes()) {
                Some(&first) => found.push((first, position, 1.0)),
                None => {
                    first_with.insert(texts.codes(), position);
                }
            }
        }
    }
    found
}

enum Numeric<'f> {
    Numbers(&'f [f64]),
    Flags(&'f [Option<bool>]),
}

impl<'f> Numeric<'f> {
    fn of(feature: &'f PlannedFeature<'_>) -> Option<Self> {
        match &feature.values {
            Values::Numbers(numbers) => Some(Self::Numbers(numbers)),
            Values::Flags(_, flags) => Some(Self::Flags(flags)),
            Values::Texts(_) => None,
        }
    }

    fn get(&self, row: usize) -> f64 {
        match self {
            Self::Numbers(numbers) => numbers[row],
            Self::Flags(flags) => flags[row].map_or(f64::NAN, |flag| f64::from(u8::from(flag))),
        }
    }
}

/// Pearson's correlation of the pairs that are whole, in one pass (Welford,
/// 1962); `None` where one side does not vary.
fn correlation(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let mut count = 0.0;
    let (mut mean_a, mut mean_b) = (0.0, 0.0);
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in pairs.filter(|(a, b)| !a.is_nan() && !b.is_nan()) {
        count += 1.0;
        let from_a = a - mean_a;
        let from_b = b - mean_b;
        mean_a += from_a / count;
        mean_b += from_b / count;
        aa += from_a * (a - mean_a);
        bb += from_b * (b - mean_b);
        ab += from_a * (b - mean_b);
    }
    let correlation = ab / (aa.sqrt() * bb.sqrt());
    (correlation.is_finite() && count > 2.0).then_some(correlation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlations_are_pearsons() {
        let of = |a: &[f64], b: &[f64]| correlation(a.iter().copied().zip(b.iter().copied()));
        let r = of(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 5.0]).unwrap();
        assert!((r - 5.5 / 43.75_f64.sqrt()).abs() < 1e-12, "{r}");
        let r = of(&[1.0, 2.0, f64::NAN, 4.0], &[-2.0, -4.0, 9.0, -8.0]).unwrap();
        assert!((r + 1.0).abs() < 1e-12);
        assert_eq!(of(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
    }
}
