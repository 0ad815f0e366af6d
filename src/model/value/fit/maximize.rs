//! The solver: Newton's method on the logarithms of the parameters.
//!
//! A few fixed starts are looked at, and the best of them followed. Where the
//! log-likelihood is not concave the Hessian is shifted until it is, and steps
//! are halved until they climb. What counts as a maximum is a small Newton step
//! under a definite Hessian: a small gradient alone is also found far out on a
//! slope that never ends.

use super::symmetric::Cholesky;
use super::{Edge, FitError};
use crate::model::value::parameters::{LARGEST_PARAMETER, SMALLEST_PARAMETER};

/// Starts that are followed to their maximum.
const FOLLOWED: usize = 2;
/// Newton's method doubles its digits with each step near a maximum.
const MAX_STEPS: usize = 100;
/// The last step, in logarithms, is at most this; its error is far less.
const TOLERANCE: f64 = 1e-7;
/// The longest step, in logarithms.
const LONGEST_STEP: f64 = 2.0;
/// A log-likelihood is not known better than this, relatively.
const ROUNDING: f64 = 1e-13;
/// The distance over which differences of the gradient are taken.
const DIFFERENCE: f64 = 1e-4;
/// A standard error of a logarithm beyond this means that the data do not
/// tell the parameter's order of magnitude.
const LARGEST_ERROR: f64 = 50.0;

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
        std::array::from_fn(|j| std::array::from_fn(|k| (rows[j][k] + rows[k][j]) / 2.0))
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
        if followed >= FOLLOWED && best.is_some() {
            break;
        }
        match climb.from(start, slope) {
            Ok(found) if best.is_none_or(|best| found.log_likelihood > best.log_likelihood) => {
                best = Some(found);
            }
            Ok(_) => {}
            Err(error) if followed == 0 => reason = error,
            Err(_) => {}
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

/// A Newton step, and whether the Hessian was definite as it was.
struct Step<const N: usize> {
    by: [f64; N],
    concave: bool,
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

    fn from<const N: usize>(
        &mut self,
        mut at: [f64; N],
        mut slope: Slope<N>,
    ) -> Result<Maximum<N>, FitError>
    where
        L: LogLikelihood<N>,
    {
        let customers = self.likelihood.customers();
        for _ in 0..MAX_STEPS {
            let curvature = self.curvature(&at);
            let gradient = slope.gradient.map(|entry| entry / customers);
            let Some(step) = newton_step(&curvature, &gradient) else {
                return Err(FitError::NotConverged { steps: MAX_STEPS });
            };
            if step.concave && largest(&step.by) <= TOLERANCE {
                return self.finish(at, &step);
            }
            match self.higher(&at, &slope, &step.by) {
                Some(moved) => (at, slope) = moved,
                None => return Err(going_nowhere::<N, L>(&step.by)),
            }
            if let Some(j) = (0..N).find(|&j| is_at_edge(at[j])) {
                return Err(unbounded::<N, L>(j, at[j]));
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
        at: [f64; N],
        step: &Step<N>,
    ) -> Result<Maximum<N>, FitError>
    where
        L: LogLikelihood<N>,
    {
        let ln_parameters: [f64; N] = std::array::from_fn(|j| at[j] + step.by[j]);
        let slope = self.slope(&ln_parameters);
        let customers = self.likelihood.customers();
        let curvature = self.curvature(&ln_parameters);
        let Some(cholesky) = Cholesky::of(&curvature) else {
            return Err(FitError::NotConverged { steps: MAX_STEPS });
        };
        let covariance = cholesky
            .inverse()
            .map(|row| row.map(|entry| entry / customers));
        if let Some(j) = (0..N).find(|&j| covariance[j][j].sqrt() > LARGEST_ERROR) {
            return Err(unbounded::<N, L>(j, ln_parameters[j]));
        }
        Ok(Maximum {
            ln_parameters,
            log_likelihood: slope.log_likelihood,
            covariance,
            gradient_norm: largest(&slope.gradient) / customers,
            starts: 0,
            evaluations: 0,
        })
    }
}

/// The solution of (curvature + shift) · step = gradient with the smallest
/// shift tried that makes it an ascent.
fn newton_step<const N: usize>(curvature: &[[f64; N]; N], gradient: &[f64; N]) -> Option<Step<N>> {
    let size = (0..N).map(|j| curvature[j][j].abs()).fold(1e-300, f64::max);
    let mut shift = 0.0;
    while shift <= 1e6 * size {
        let mut shifted = *curvature;
        for (j, row) in shifted.iter_mut().enumerate() {
            row[j] += shift;
        }
        if let Some(cholesky) = Cholesky::of(&shifted) {
            return Some(Step {
                by: cholesky.solve(gradient),
                concave: shift == 0.0,
            });
        }
        shift = (shift * 4.0).max(1e-4 * size);
    }
    None
}

fn largest<const N: usize>(vector: &[f64; N]) -> f64 {
    vector.iter().map(|entry| entry.abs()).fold(0.0, f64::max)
}

fn is_at_edge(ln_parameter: f64) -> bool {
    // A step short of the edge: what is beyond is no model.
    ln_parameter < SMALLEST_PARAMETER.ln() + LONGEST_STEP
        || ln_parameter > LARGEST_PARAMETER.ln() - LONGEST_STEP
}

fn unbounded<const N: usize, L: LogLikelihood<N>>(j: usize, direction: f64) -> FitError {
    FitError::Unbounded {
        parameter: L::NAMES[j],
        towards: if direction < 0.0 {
            Edge::Zero
        } else {
            Edge::Infinity
        },
    }
}

/// The log-likelihood is flat to the last digit, yet the step is not small.
fn going_nowhere<const N: usize, L: LogLikelihood<N>>(step: &[f64; N]) -> FitError {
    let fastest = (0..N).fold(0, |best, j| {
        if step[j].abs() > step[best].abs() {
            j
        } else {
            best
        }
    });
    unbounded::<N, L>(fastest, step[fastest])
}
