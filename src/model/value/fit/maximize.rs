//! The solver: Newton's method on the logarithms of the parameters.
//!
//! A few fixed starts are looked at, and the best of them followed. Along each
//! eigenvector of the Hessian the step is Newton's, upwards also where the
//! log-likelihood is not concave; it is halved until it climbs. What counts as
//! a maximum is a small Newton step under a definite Hessian: a small gradient
//! alone is also found far out on a slope that never ends.

use super::symmetric::Modes;
use super::{Edge, FitError};

/// Starts that are followed to their maximum.
const FOLLOWED: usize = 2;
/// Newton's method doubles its digits with each step near a maximum.
const MAX_STEPS: usize = 100;
/// The last step, in logarithms, is at most this; its error is far less.
const TOLERANCE: f64 = 1e-7;
/// Nearer than this, in logarithms, a start leads to a maximum that is known.
const SAME: f64 = 0.05;
/// The longest step, in logarithms.
const LONGEST_STEP: f64 = 2.0;
/// A log-likelihood is not known better than this, relatively.
const ROUNDING: f64 = 1e-13;
/// The distance over which differences of the gradient are taken.
const DIFFERENCE: f64 = 1e-4;
/// Eigenvalues of the Hessian below this share of the largest are rounding.
const FLAT: f64 = 1e-10;
/// Parameters beyond e to the plus or minus this are at an edge.
const EDGE: f64 = 21.0;

/// A log-likelihood of N positive parameters.
pub(in crate::model::value) trait LogLikelihood<const N: usize> {
    /// The names of the parameters.
    const NAMES: [&'static str; N];

    /// How many customers it is summed over.
    fn customers(&self) -> f64;

    /// Its value and gradient.
    fn slope(&self, ln_parameters: &[f64; N]) -> Slope<N>;

    /// Its second derivatives by the logarithms of the parameters; by default
    /// differences of the gradient.
    fn hessian(&self, ln_parameters: &[f64; N]) -> [[f64; N]; N] {
        let rows: [[f64; N]; N] = std::array::from_fn(|j| {
            let at = |distance: f64| {
                let mut moved = *ln_parameters;
                moved[j] += distance;
                self.slope(&moved).gradient
            };
            let (after, before) = (at(DIFFERENCE), at(-DIFFERENCE));
            std::array::from_fn(|k| (after[k] - before[k]) / (2.0 * DIFFERENCE))
        });
        std::array::from_fn(|j| std::array::from_fn(|k| f64::midpoint(rows[j][k], rows[k][j])))
    }

    /// How many evaluations a Hessian counts as.
    fn hessian_evaluations(&self) -> usize {
        2 * N
    }
}

/// A log-likelihood at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::model::value) struct Slope<const N: usize> {
    /// Summed over the customers.
    pub(in crate::model::value) log_likelihood: f64,
    /// Its derivatives by the logarithms of the parameters.
    pub(in crate::model::value) gradient: [f64; N],
}

/// A maximum of the likelihood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::model::value) struct Maximum<const N: usize> {
    pub(in crate::model::value) ln_parameters: [f64; N],
    pub(in crate::model::value) log_likelihood: f64,
    /// Of the logarithms of the parameters.
    pub(in crate::model::value) covariance: [[f64; N]; N],
    /// The largest derivative of the mean over customers.
    pub(in crate::model::value) gradient_norm: f64,
    pub(in crate::model::value) starts: usize,
    pub(in crate::model::value) evaluations: usize,
    /// Whether a prior had a part in it.
    pub(in crate::model::value) weak_prior: bool,
}

/// The highest maximum that the best starts lead to.
///
/// # Errors
///
/// [`FitError::Unbounded`] or [`FitError::NotConverged`] if none leads to a
/// maximum.
pub(in crate::model::value) fn maximize<const N: usize, L: LogLikelihood<N>>(
    likelihood: &L,
    starts: &[[f64; N]],
) -> Result<Maximum<N>, FitError> {
    let mut climb = Climb {
        likelihood,
        evaluations: 0,
    };
    let mut ranked: Vec<([f64; N], Slope<N>)> = starts
        .iter()
        .map(|start| (start.map(f64::ln), climb.slope(&start.map(f64::ln))))
        .filter(|(_, slope)| slope.is_finite())
        .collect();
    ranked.sort_by(|(_, one), (_, other)| other.log_likelihood.total_cmp(&one.log_likelihood));

    let mut best: Option<Maximum<N>> = None;
    let mut reason = FitError::NotConverged { steps: 0 };
    for (followed, (start, slope)) in ranked.into_iter().enumerate() {
        if followed >= FOLLOWED {
            break;
        }
        match climb.from(start, slope, best.as_ref()) {
            Ok(Some(found)) => {
                if best.is_none_or(|best| found.log_likelihood > best.log_likelihood) {
                    best = Some(found);
                }
            }
            Err(error) if followed == 0 => reason = error,
            Ok(None) | Err(_) => {}
        }
    }
    let best = best.ok_or(reason)?;
    Ok(Maximum {
        starts: starts.len(),
        evaluations: climb.evaluations,
        ..best
    })
}

impl<const N: usize> Slope<N> {
    fn is_finite(&self) -> bool {
        self.log_likelihood.is_finite() && self.gradient.iter().all(|entry| entry.is_finite())
    }
}

/// One ascent after the other.
struct Climb<'a, L> {
    likelihood: &'a L,
    evaluations: usize,
}

impl<L> Climb<'_, L> {
    fn slope<const N: usize>(&mut self, at: &[f64; N]) -> Slope<N>
    where
        L: LogLikelihood<N>,
    {
        self.evaluations += 1;
        self.likelihood.slope(at)
    }

    /// Second derivatives of minus the mean log-likelihood.
    fn curvature<const N: usize>(&mut self, at: &[f64; N]) -> [[f64; N]; N]
    where
        L: LogLikelihood<N>,
    {
        self.evaluations += self.likelihood.hessian_evaluations();
        let customers = self.likelihood.customers();
        self.likelihood
            .hessian(at)
            .map(|row| row.map(|entry| -entry / customers))
    }

    /// The maximum that a start leads to; `None` if that one is known.
    fn from<const N: usize>(
        &mut self,
        mut at: [f64; N],
        mut slope: Slope<N>,
        known: Option<&Maximum<N>>,
    ) -> Result<Option<Maximum<N>>, FitError>
    where
        L: LogLikelihood<N>,
    {
        let customers = self.likelihood.customers();
        for _ in 0..MAX_STEPS {
            if known.is_some_and(|known| distance(&known.ln_parameters, &at) < SAME) {
                return Ok(None);
            }
            let curvature = Modes::of(&self.curvature(&at));
            let curvature = curvature.ok_or(FitError::NotConverged { steps: 0 })?;
            let step = newton_step(&curvature, &slope.gradient.map(|entry| entry / customers));
            let least = FLAT * curvature.size();
            let flat = curvature.modes.iter().find(|(value, _)| *value <= least);
            if largest(&step) <= TOLERANCE {
                return match flat {
                    None => Ok(Some(self.finish(&at, &step, &curvature))),
                    Some((_, direction)) => Err(unbounded::<N, L>(&at, direction)),
                };
            }
            match self.higher(&at, &slope, &step) {
                Some(moved) => (at, slope) = moved,
                None => return Err(unbounded::<N, L>(&at, &step)),
            }
            if at.iter().any(|entry| entry.abs() > EDGE) {
                return Err(unbounded::<N, L>(&at, &step));
            }
        }
        Err(FitError::NotConverged { steps: MAX_STEPS })
    }

    /// The end of the step, or of half of it, and so on, if it is higher.
    fn higher<const N: usize>(
        &mut self,
        at: &[f64; N],
        slope: &Slope<N>,
        step: &[f64; N],
    ) -> Option<([f64; N], Slope<N>)>
    where
        L: LogLikelihood<N>,
    {
        let climb: f64 = (0..N).map(|j| slope.gradient[j] * step[j]).sum();
        let rounding = ROUNDING * slope.log_likelihood.abs();
        let mut share = (LONGEST_STEP / largest(step)).min(1.0);
        for _ in 0..40 {
            let moved = std::array::from_fn(|j| at[j] + share * step[j]);
            let there = self.slope(&moved);
            let wanted = slope.log_likelihood + 1e-4 * share * climb - rounding;
            if there.is_finite() && there.log_likelihood >= wanted {
                return Some((moved, there));
            }
            share /= 2.0;
        }
        None
    }

    /// The maximum one last small step away.
    fn finish<const N: usize>(
        &mut self,
        at: &[f64; N],
        step: &[f64; N],
        curvature: &Modes<N>,
    ) -> Maximum<N>
    where
        L: LogLikelihood<N>,
    {
        let ln_parameters: [f64; N] = std::array::from_fn(|j| at[j] + step[j]);
        let slope = self.slope(&ln_parameters);
        let customers = self.likelihood.customers();
        Maximum {
            ln_parameters,
            log_likelihood: slope.log_likelihood,
            covariance: curvature
                .inverse()
                .map(|row| row.map(|entry| entry / customers)),
            gradient_norm: largest(&slope.gradient) / customers,
            starts: 0,
            evaluations: 0,
            weak_prior: false,
        }
    }
}

/// Newton's step along each mode of the curvature, turned upwards.
fn newton_step<const N: usize>(curvature: &Modes<N>, gradient: &[f64; N]) -> [f64; N] {
    let least = FLAT * curvature.size();
    let mut step = [0.0; N];
    for (value, direction) in &curvature.modes {
        let climb: f64 = (0..N).map(|j| direction[j] * gradient[j]).sum();
        let length = (climb / value.abs().max(least)).clamp(-LONGEST_STEP, LONGEST_STEP);
        for j in 0..N {
            step[j] += length * direction[j];
        }
    }
    step
}

fn largest<const N: usize>(vector: &[f64; N]) -> f64 {
    vector.iter().map(|entry| entry.abs()).fold(0.0, f64::max)
}

fn distance<const N: usize>(one: &[f64; N], other: &[f64; N]) -> f64 {
    largest::<N>(&std::array::from_fn(|j| one[j] - other[j]))
}

/// The log-likelihood rises, or stays, along a direction without end: of the
/// parameters that move, the most extreme is told.
fn unbounded<const N: usize, L: LogLikelihood<N>>(at: &[f64; N], direction: &[f64; N]) -> FitError {
    let moving = 0.1 * largest(direction);
    let extreme = |j: usize| {
        if direction[j].abs() < moving {
            0.0
        } else {
            at[j].abs()
        }
    };
    let worst = (0..N).fold(0, |worst, j| {
        if extreme(j) > extreme(worst) {
            j
        } else {
            worst
        }
    });
    FitError::Unbounded {
        parameter: L::NAMES[worst],
        towards: if at[worst] < 0.0 {
            Edge::Zero
        } else {
            Edge::Infinity
        },
    }
}
