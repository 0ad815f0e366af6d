//! The rungs that a search climbs, and which of them it takes.

use std::fmt;

use crate::{
    model::{area_under_curve, log_loss, mean_and_error},
    train::Shapes,
};

/// What a rung adds to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) enum Step {
    /// Every number has a straight effect.
    Lines,
    /// Numbers may bend.
    Curves,
    /// Up to so many pairs have a joint effect.
    Pairs(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines => f.write_str("straight lines"),
            Self::Curves => f.write_str("curves"),
            Self::Pairs(1) => f.write_str("curves and 1 pair"),
            Self::Pairs(count) => write!(f, "curves and up to {count} pairs"),
        }
    }
}

/// A candidate, measured on rows that its fits did not see.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::train) struct Rung {
    pub(in crate::train) step: Step,
    /// Mean over all rows.
    pub(in crate::train) log_loss: f64,
    /// Of that mean.
    pub(in crate::train) standard_error: f64,
    /// Mean over the folds.
    pub(in crate::train) area_under_curve: f64,
}

/// All steps up to the richest allowed.
pub(super) fn steps(shapes: Shapes, max_pairs: usize) -> Vec<Step> {
    let doubling = std::iter::successors(Some(1), |pairs| Some(pairs * 2));
    let pairs = doubling
        .take_while(|&pairs| pairs < max_pairs)
        .chain([max_pairs]);
    match shapes {
        Shapes::Lines => vec![Step::Lines],
        Shapes::Curves => vec![Step::Lines, Step::Curves],
        Shapes::Pairs if max_pairs == 0 => vec![Step::Lines, Step::Curves],
        Shapes::Pairs => [Step::Lines, Step::Curves]
            .into_iter()
            .chain(pairs.map(Step::Pairs))
            .collect(),
    }
}

impl Rung {
    pub(in crate::train) fn measure(
        step: Step,
        log_odds: &[f64],
        churned: &[bool],
        weights: &[f64],
        fold_of_row: &[u32],
    ) -> Self {
        let losses: Vec<f64> = losses(log_odds, churned);
        let (mean, standard_error) = mean_and_error(&losses, weights);
        let folds = fold_of_row.iter().max().map_or(0, |last| last + 1);
        let areas: Vec<f64> = (0..folds)
            .filter_map(|fold| {
                let own = (0..log_odds.len()).filter(|&row| fold_of_row[row] == fold);
                let (scores, outcomes): (Vec<f64>, Vec<bool>) =
                    own.map(|row| (log_odds[row], churned[row])).unzip();
                area_under_curve(&scores, &outcomes)
            })
            .collect();
        Self {
            step,
            log_loss: mean,
            standard_error,
            area_under_curve: areas.iter().sum::<f64>() / areas.len() as f64,
        }
    }
}

/// The first rung whose log loss is above the lowest by at most one standard
/// error of the difference, row by row.
pub(super) fn simplest_of_the_best(rungs: &[Vec<f64>], churned: &[bool], weights: &[f64]) -> usize {
    let losses: Vec<Vec<f64>> = rungs.iter().map(|rung| losses(rung, churned)).collect();
    let means: Vec<f64> = losses
        .iter()
        .map(|rung| mean_and_error(rung, weights).0)
        .collect();
    let best = (0..rungs.len())
        .min_by(|&a, &b| means[a].total_cmp(&means[b]))
        .unwrap_or(0);
    (0..best)
        .find(|&rung| {
            let pairs = losses[rung].iter().zip(&losses[best]);
            let differences: Vec<f64> = pairs.map(|(own, best)| own - best).collect();
            let (mean, standard_error) = mean_and_error(&differences, weights);
            mean <= standard_error
        })
        .unwrap_or(best)
}

fn losses(log_odds: &[f64], churned: &[bool]) -> Vec<f64> {
    let rows = log_odds.iter().zip(churned);
    rows.map(|(&log_odds, &churned)| log_loss(log_odds, churned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_doubles_its_pairs() {
        use Step::{Curves, Lines, Pairs};
        assert_eq!(steps(Shapes::Lines, 16), [Lines]);
        assert_eq!(steps(Shapes::Pairs, 0), [Lines, Curves]);
        assert_eq!(steps(Shapes::Pairs, 1), [Lines, Curves, Pairs(1)]);
        assert_eq!(
            steps(Shapes::Pairs, 6),
            [Lines, Curves, Pairs(1), Pairs(2), Pairs(4), Pairs(6)]
        );
    }

    /// Rung 1 is much better than rung 0; rung 2 better still, by less than its
    /// differences vary.
    #[test]
    fn a_gain_within_one_standard_error_is_no_reason_to_climb() {
        let churned: Vec<bool> = (0..100).map(|row| row % 2 == 0).collect();
        let rung = |strength: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..100)
                .map(|row| {
                    if churned[row] {
                        strength(row)
                    } else {
                        -strength(row)
                    }
                })
                .collect()
        };
        let rungs = [
            rung(&|_| 0.0),
            rung(&|_| 1.0),
            rung(&|row| if row % 10 < 5 { 0.5 } else { 1.8 }),
        ];
        assert!(
            mean_and_error(&losses(&rungs[2], &churned), &[1.0; 100]).0
                < mean_and_error(&losses(&rungs[1], &churned), &[1.0; 100]).0 + 0.1
        );
        assert_eq!(simplest_of_the_best(&rungs[..2], &churned, &[1.0; 100]), 1);
        assert_eq!(simplest_of_the_best(&rungs, &churned, &[1.0; 100]), 1);
        assert_eq!(simplest_of_the_best(&rungs[1..2], &churned, &[1.0; 100]), 0);
    }
}
