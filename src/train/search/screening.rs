//! Which pairs of features are worth a joint effect.
//!
//! As FAST does for GA²M (Lou, Caruana, Gehrke, Hooker 2013), a pair is judged
//! from what the model leaves unexplained in the cells of a coarse grid, without
//! a fit. The statistic is the score test for a variance component: the squared
//! norm of the residuals along the pair's own parameters, against its mean and
//! standard deviation when there is no joint effect.

use ndarray::Array2;
use rayon::prelude::*;

use super::basis::steps;
use crate::features::Axis;

/// A feature as one side of a pair.
#[derive(Debug)]
pub(super) struct Side {
    /// Its position in the schema.
    pub(super) feature: usize,
    pub(super) axis: Axis,
    /// The nearest point of the axis for each row; none where it is missing.
    pub(super) points: Vec<Option<u16>>,
}

/// A pair and how far its statistic is from chance, in standard deviations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Positions among the sides.
    pub(super) sides: [usize; 2],
    pub(super) strength: f64,
}

/// Every pair of sides, the strongest first.
pub(super) fn screen(sides: &[Side], residuals: &[f64], curvatures: &[f64]) -> Vec<Candidate> {
    let pairs: Vec<[usize; 2]> = (0..sides.len())
        .flat_map(|first| (first + 1..sides.len()).map(move |second| [first, second]))
        .collect();
    let mut candidates: Vec<Candidate> = pairs
        .into_par_iter()
        .map(|pair| Candidate {
            sides: pair,
            strength: strength(&sides[pair[0]], &sides[pair[1]], residuals, curvatures),
        })
        .collect();
    // Stable: equal ones in the schema's order.
    candidates.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    candidates
}

fn strength(first: &Side, second: &Side, residuals: &[f64], curvatures: &[f64]) -> f64 {
    let (rows, columns) = (first.axis.points(), second.axis.points());
    let mut cells = vec![(0.0, 0.0); rows * columns];
    for (row, (a, b)) in first.points.iter().zip(&second.points).enumerate() {
        if let (Some(a), Some(b)) = (a, b) {
            let cell = &mut cells[usize::from(*a) * columns + usize::from(*b)];
            cell.0 += residuals[row];
            cell.1 += curvatures[row];
        }
    }
    let mut along = vec![0.0; rows];
    let mut over = vec![0.0; columns];
    for (index, (_, curvature)) in cells.iter().enumerate() {
        along[index / columns] += curvature;
        over[index % columns] += curvature;
    }
    let residual = without_main_effects(&cells, rows, columns);
    let (left, right) = (steps(&first.axis, &along), steps(&second.axis, &over));
    // Σ over cells of (left ⊗ right)ᵀ residual, squared.
    let table = Array2::from_shape_fn((rows, columns), |(i, j)| residual[i * columns + j]);
    let score = left.t().dot(&table).dot(&right);
    let statistic: f64 = score.iter().map(|x| x * x).sum();
    let (mean, deviation) = by_chance(&cells, &left, &right);
    if deviation > 0.0 {
        (statistic - mean) / deviation
    } else {
        0.0
    }
}

/// The residual sums without what either feature alone explains of them.
fn without_main_effects(cells: &[(f64, f64)], rows: usize, columns: usize) -> Vec<f64> {
    const SWEEPS: usize = 4;
    let mut left: Vec<f64> = cells.iter().map(|(residual, _)| *residual).collect();
    let mut sweep = |count: usize, of: &dyn Fn(usize) -> usize| {
        let mut sums = vec![(0.0, 0.0); count];
        for (index, residual) in left.iter().enumerate() {
            sums[of(index)].0 += residual;
            sums[of(index)].1 += cells[index].1;
        }
        for (index, residual) in left.iter_mut().enumerate() {
            let (sum, curvature) = sums[of(index)];
            if curvature > 0.0 {
                *residual -= cells[index].1 * sum / curvature;
            }
        }
    };
    for _ in 0..SWEEPS {
        sweep(rows, &|index| index / columns);
        sweep(columns, &|index| index % columns);
    }
    left
}

/// Mean and standard deviation of the statistic without a joint effect: trace
/// and twice the squared norm of the score's covariance.
fn by_chance(cells: &[(f64, f64)], left: &Array2<f64>, right: &Array2<f64>) -> (f64, f64) {
    let (columns, across) = (right.nrows(), right.ncols());
    let scaled = Array2::from_shape_fn((cells.len(), left.ncols() * across), |(cell, j)| {
        cells[cell].1.sqrt()
            * left[(cell / columns, j / across)]
            * right[(cell % columns, j % across)]
    });
    let covariance = scaled.t().dot(&scaled);
    let trace = covariance.diag().sum();
    let squares: f64 = covariance.iter().map(|x| x * x).sum();
    (trace, (2.0 * squares).sqrt())
}
