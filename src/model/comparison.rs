//! Whether one model ranks the same rows better than another: DeLong's test.
//!
//! DeLong, DeLong and Clarke-Pearson (1988), in the form of Sun and Xu (2014):
//! the variance from midranks, in O(n log n).

use super::{
    metrics::Interval,
    special::{NORMAL_95, normal_tail},
};

/// Two areas under the ROC curve, on the same rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AreaComparison {
    /// Of the model in place, in [0, 1].
    pub champion: f64,
    /// Of the one that would replace it, in [0, 1].
    pub challenger: f64,
    /// Challenger less champion.
    pub difference: f64,
    /// Standard error of the difference; the two are correlated.
    pub standard_error: f64,
    /// Difference in standard errors. Infinite when there is a difference
    /// without any error; 0 when there is neither.
    pub z: f64,
    /// Two-sided: how probable a difference as large is between equal models.
    pub p_value: f64,
    /// 95 % interval of the difference, by the normal approximation.
    pub interval: Interval,
}

/// Compares two sets of scores of the same rows. `None` unless both outcomes
/// are present, twice at least, and every row has a number for each score.
#[must_use]
pub fn compare_areas(
    champion: &[f64],
    challenger: &[f64],
    churned: &[bool],
) -> Option<AreaComparison> {
    let champion = Placements::of(champion, churned)?;
    let challenger = Placements::of(challenger, churned)?;
    let difference = challenger.area() - champion.area();
    let variance = variance_of_mean_difference(&challenger.of_churners, &champion.of_churners)
        + variance_of_mean_difference(&challenger.of_stayers, &champion.of_stayers);
    let standard_error = variance.sqrt();
    let z = if difference == 0.0 {
        0.0
    } else {
        difference / standard_error
    };
    Some(AreaComparison {
        champion: champion.area(),
        challenger: challenger.area(),
        difference,
        standard_error,
        z,
        p_value: 2.0 * normal_tail(z.abs()),
        interval: Interval {
            low: difference - NORMAL_95 * standard_error,
            high: difference + NORMAL_95 * standard_error,
        },
    })
}

/// For each churner, the share of stayers that it scores above; for each
/// stayer, the share of churners that score above it; ties count half. Both in
/// the order of the rows.
struct Placements {
    of_churners: Vec<f64>,
    of_stayers: Vec<f64>,
}

impl Placements {
    fn of(scores: &[f64], churned: &[bool]) -> Option<Self> {
        if scores.len() != churned.len() || scores.iter().any(|score| score.is_nan()) {
            return None;
        }
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_unstable_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        let churners = churned.iter().filter(|&&churned| churned).count() as f64;
        let stayers = churned.len() as f64 - churners;
        if churners < 2.0 || stayers < 2.0 {
            return None;
        }
        let mut placements = vec![0.0; scores.len()];
        let (mut churners_below, mut stayers_below) = (0.0, 0.0);
        for ties in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
            let tied_churners = ties.iter().filter(|&&row| churned[row]).count() as f64;
            let tied_stayers = ties.len() as f64 - tied_churners;
            for &row in ties {
                placements[row] = if churned[row] {
                    (stayers_below + tied_stayers / 2.0) / stayers
                } else {
                    1.0 - (churners_below + tied_churners / 2.0) / churners
                };
            }
            churners_below += tied_churners;
            stayers_below += tied_stayers;
        }
        let with_outcome = |outcome: bool| {
            let rows = placements.iter().zip(churned);
            rows.filter(|(_, churned)| **churned == outcome)
                .map(|(&placement, _)| placement)
                .collect()
        };
        Some(Self {
            of_churners: with_outcome(true),
            of_stayers: with_outcome(false),
        })
    }

    fn area(&self) -> f64 {
        self.of_churners.iter().sum::<f64>() / self.of_churners.len() as f64
    }
}

/// Variance of the mean of a − b, from the spread of the pairs.
fn variance_of_mean_difference(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len() as f64;
    let differences = || a.iter().zip(b).map(|(a, b)| a - b);
    let mean = differences().sum::<f64>() / count;
    differences().map(|d| (d - mean).powi(2)).sum::<f64>() / (count - 1.0) / count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::area_under_curve;

    #[test]
    fn equal_and_opposite_models_are_told() {
        let scores = [0.1, 0.2, 0.3, 0.4];
        let churned = [false, false, true, true];
        let same = compare_areas(&scores, &scores, &churned).unwrap();
        assert_eq!((same.difference, same.z, same.p_value), (0.0, 0.0, 1.0));
        let opposite: Vec<f64> = scores.iter().map(|score| -score).collect();
        let worse = compare_areas(&scores, &opposite, &churned).unwrap();
        assert_eq!((worse.difference, worse.standard_error), (-1.0, 0.0));
        assert_eq!((worse.z, worse.p_value), (f64::NEG_INFINITY, 0.0));
        assert_eq!(compare_areas(&scores, &scores[1..], &churned), None);
        assert_eq!(compare_areas(&scores, &scores, &[true; 4]), None);
    }

    proptest! {
        #[test]
        fn areas_are_those_of_the_metrics_and_order_only_turns_the_sign(
            rows in prop::collection::vec((-5..5i32, -5..5i32, any::<bool>()), 4..80),
        ) {
            let first: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let second: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
            let churned: Vec<bool> = rows.iter().map(|row| row.2).collect();
            if let Some(forth) = compare_areas(&first, &second, &churned) {
                let area = area_under_curve(&first, &churned).unwrap();
                prop_assert!((forth.champion - area).abs() < 1e-12);
                let back = compare_areas(&second, &first, &churned).unwrap();
                prop_assert!((forth.z + back.z).abs() < 1e-9 || !forth.z.is_finite());
                prop_assert!((0.0..=1.0).contains(&forth.p_value));
            }
        }
    }
}
