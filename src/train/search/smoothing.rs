//! How strongly each group of parameters is penalised: by restricted maximum
//! likelihood.
//!
//! A ridge penalty λ is the precision of a normal prior on its parameters, and
//! the data say how large these are. Wood & Fasiolo (2017, *Biometrics* 73)
//! give the update λ ← edf / Σθ², where edf = m − λ·tr V is the effective
//! number of the group's m parameters, V the inverse of the penalised second
//! derivatives. A group that gains nothing gets a penalty that leaves nothing.

use crate::train::{
    FitError,
    fit::{
        Loss,
        newton::{Minimum, Problem, Quadratic},
    },
};

/// A fit with penalties that suit it.
#[derive(Debug)]
pub(in crate::train) struct Smoothed {
    pub(in crate::train) parameters: Vec<f64>,
    /// One for each group.
    pub(in crate::train) penalties: Vec<f64>,
    /// The effective number of parameters of each group.
    pub(super) effective: Vec<f64>,
}

const MAX_ROUNDS: usize = 12;
/// Updates of the penalties on one quadratic approximation.
const UPDATES: usize = 3;
/// Effective parameters that may still move in a round when the search ends.
const SETTLED: f64 = 0.05;
const MIN_PENALTY: f64 = 1e-3;
const MAX_PENALTY: f64 = 1e9;

/// Finds penalties, beginning with `start`; groups beyond its end begin where
/// half of their freedom is left.
pub(in crate::train) fn smooth<L: Loss>(
    problem: &Problem<'_, L>,
    parameters: Vec<f64>,
    start: &[f64],
    rounds: usize,
) -> Result<Smoothed, FitError> {
    let groups = problem.basis.groups();
    let nonnegative = problem.basis.nonnegative();
    let mut penalties = start.to_vec();
    let mut effective = vec![0.0; groups];
    let mut at = problem.at(parameters);
    penalties.extend((start.len()..groups).map(|group| half_free(problem, &at, group)));
    for round in 0..rounds.min(MAX_ROUNDS) {
        let before = effective.clone();
        let mut target = Vec::new();
        for _ in 0..UPDATES {
            let spread = problem.basis.spread(&penalties);
            let minimum = at.minimum(&spread, &nonnegative)?;
            effective = update(problem, &minimum, &spread, &mut penalties);
            target = minimum.parameters;
        }
        let spread = problem.basis.spread(&penalties);
        let Some(next) = problem.towards(&at, &spread, target) else {
            break;
        };
        let settled = effective
            .iter()
            .zip(&before)
            .all(|(now, before)| (now - before).abs() < SETTLED);
        if (settled && round > 0) || round + 1 == rounds.min(MAX_ROUNDS) {
            at.parameters = next;
            break;
        }
        at = problem.at(next);
    }
    Ok(Smoothed {
        parameters: at.parameters,
        penalties,
        effective,
    })
}

/// The penalty that equals the mean curvature of a group's parameters.
fn half_free<L: Loss>(problem: &Problem<'_, L>, at: &Quadratic, group: usize) -> f64 {
    let own = problem.basis.blocks().filter(|(other, _)| *other == group);
    let diagonal: Vec<f64> = own
        .flat_map(|(_, range)| range.map(|index| at.hessian[(index, index)]))
        .collect();
    let mean = diagonal.iter().sum::<f64>() / diagonal.len().max(1) as f64;
    mean.clamp(MIN_PENALTY, MAX_PENALTY)
}

/// One update of every penalty; gives the effective parameters of each group.
fn update<L: Loss>(
    problem: &Problem<'_, L>,
    minimum: &Minimum,
    spread: &[f64],
    penalties: &mut [f64],
) -> Vec<f64> {
    let variances = minimum.variances(spread);
    let parameters = &minimum.parameters;
    let mut sums = vec![(0.0, 0.0, 0.0); penalties.len()];
    for (group, range) in problem.basis.blocks() {
        let (count, squares, trace) = &mut sums[group];
        for index in range {
            *count += 1.0;
            *squares += parameters[index] * parameters[index];
            *trace += variances[index];
        }
    }
    let updated = penalties.iter_mut().zip(sums);
    updated
        .map(|(penalty, (count, squares, trace))| {
            let effective = (count - *penalty * trace).clamp(0.0, count);
            let optimum = effective / squares;
            // 0 / 0 of an empty group, or of one without any effect.
            let optimum = if optimum.is_nan() || effective <= 0.0 {
                MAX_PENALTY
            } else {
                optimum
            };
            *penalty = optimum.clamp(MIN_PENALTY, MAX_PENALTY);
            effective
        })
        .collect()
}
