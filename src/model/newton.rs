//! Maximum likelihood of small logistic regressions: two or three coefficients,
//! no penalty, any number of rows.

/// Newton's method doubles its digits with each step; what is not there after
/// this many is going to infinity.
const MAX_STEPS: u32 = 100;
/// The last step is at most this large, relative to the coefficient; the error
/// is then about its square.
const TOLERANCE: f64 = 1e-8;
/// The loss of many rows is not known better than this, relatively.
const ROUNDING: f64 = 1e-11;
/// Coefficients below this count as this large, when a step is judged.
const SMALLEST_SCALE: f64 = 1e-4;
/// Pivots below this, of a Hessian with ones on its diagonal, are rounding.
const SMALLEST_PIVOT: f64 = 1e-12;

/// Rows that share their columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Binomial<const N: usize> {
    pub(super) columns: [f64; N],
    /// Sum of the targets, in [0, `rows`].
    pub(super) churners: f64,
    /// Sum of the weights.
    pub(super) rows: f64,
}

/// There is no finite maximum, or no single one: columns depend on each other,
/// or separate the outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoMaximum;

/// Mean loss at some coefficients, with its derivatives.
struct Loss<const N: usize> {
    value: f64,
    gradient: [f64; N],
    hessian: [[f64; N]; N],
}

/// The coefficients that minimise the log loss, by Newton's method with halved
/// steps where a whole one overshoots. Any start will do; zeros are safe.
pub(super) fn maximum_likelihood<const N: usize>(
    start: [f64; N],
    rows: &(impl Iterator<Item = Binomial<N>> + Clone),
) -> Result<[f64; N], NoMaximum> {
    let mut coefficients = start;
    let mut loss = Loss::at(&coefficients, rows.clone());
    for _ in 0..MAX_STEPS {
        let step = loss.newton_step().ok_or(NoMaximum)?;
        let is_last = coefficients
            .iter()
            .zip(&step)
            .all(|(b, s)| s.abs() <= TOLERANCE * b.abs().max(SMALLEST_SCALE));
        if is_last {
            return Ok(std::array::from_fn(|j| coefficients[j] + step[j]));
        }
        (coefficients, loss) = halved_until_lower(&coefficients, &step, &loss, rows)?;
    }
    Err(NoMaximum)
}

/// The end of the step, or of half of it, and so on, and the loss there.
fn halved_until_lower<const N: usize>(
    start: &[f64; N],
    step: &[f64; N],
    loss: &Loss<N>,
    rows: &(impl Iterator<Item = Binomial<N>> + Clone),
) -> Result<([f64; N], Loss<N>), NoMaximum> {
    let mut share = 1.0;
    while share > TOLERANCE {
        let moved = std::array::from_fn(|j| start[j] + share * step[j]);
        let there = Loss::at(&moved, rows.clone());
        if there.value <= loss.value * (1.0 + ROUNDING) {
            return Ok((moved, there));
        }
        share /= 2.0;
    }
    Err(NoMaximum)
}

impl<const N: usize> Loss<N> {
    fn at(coefficients: &[f64; N], rows: impl Iterator<Item = Binomial<N>>) -> Self {
        let (mut value, mut gradient, mut hessian) = (0.0, [0.0; N], [[0.0; N]; N]);
        let mut total = 0.0;
        for row in rows {
            let z: f64 = (0..N).map(|j| coefficients[j] * row.columns[j]).sum();
            let e = (-z.abs()).exp();
            let (larger, smaller) = (1.0 / (1.0 + e), e / (1.0 + e));
            let probability = if z >= 0.0 { larger } else { smaller };
            let stayers = row.rows - row.churners;
            value += row.churners * (-z).max(0.0) + stayers * z.max(0.0) + row.rows * e.ln_1p();
            let error = row.rows * probability - row.churners;
            let weight = row.rows * larger * smaller;
            for j in 0..N {
                gradient[j] += error * row.columns[j];
                for (entry, column) in hessian[j][..=j].iter_mut().zip(row.columns) {
                    *entry += weight * row.columns[j] * column;
                }
            }
            total += row.rows;
        }
        Self {
            value: value / total,
            gradient: gradient.map(|entry| entry / total),
            hessian: hessian.map(|row| row.map(|entry| entry / total)),
        }
    }

    /// −H⁻¹g by Cholesky's method on the Hessian scaled to a unit diagonal.
    /// `None` when it is singular.
    fn newton_step(&self) -> Option<[f64; N]> {
        let scale: [f64; N] = std::array::from_fn(|j| self.hessian[j][j].sqrt());
        if !scale.iter().all(|&s| s.is_finite() && s > 0.0) {
            return None;
        }
        let mut root = [[0.0; N]; N];
        for j in 0..N {
            for k in 0..=j {
                let known: f64 = (0..k).map(|i| root[j][i] * root[k][i]).sum();
                let rest = self.hessian[j][k] / scale[j] / scale[k] - known;
                if j > k {
                    root[j][k] = rest / root[k][k];
                } else if rest > SMALLEST_PIVOT {
                    root[j][j] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        let mut step = [0.0; N];
        for j in 0..N {
            let known: f64 = (0..j).map(|i| root[j][i] * step[i]).sum();
            step[j] = (-self.gradient[j] / scale[j] - known) / root[j][j];
        }
        for j in (0..N).rev() {
            let known: f64 = (j + 1..N).map(|i| root[i][j] * step[i]).sum();
            step[j] = (step[j] - known) / root[j][j];
        }
        Some(std::array::from_fn(|j| step[j] / scale[j]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(rows: &[(f64, f64, f64)]) -> Result<[f64; 2], NoMaximum> {
        maximum_likelihood(
            [0.0; 2],
            &rows.iter().map(|&(x, churners, rows)| Binomial {
                columns: [1.0, x],
                churners,
                rows,
            }),
        )
    }

    #[test]
    fn two_groups_have_their_own_log_odds() {
        let [intercept, slope] = line(&[(0.0, 1.0, 4.0), (1.0, 3.0, 4.0)]).unwrap();
        assert!((intercept + 3f64.ln()).abs() < 1e-14);
        assert!((slope - 2.0 * 3f64.ln()).abs() < 1e-14);
    }

    #[test]
    fn scores_without_information_have_slope_zero() {
        let [intercept, slope] = line(&[(-1.0, 2.0, 4.0), (1.0, 2.0, 4.0)]).unwrap();
        assert_eq!((intercept, slope), (0.0, 0.0));
    }

    #[test]
    fn separated_or_equal_scores_have_no_maximum() {
        assert_eq!(line(&[(0.0, 0.0, 4.0), (1.0, 4.0, 4.0)]), Err(NoMaximum));
        let touching = [(0.0, 0.0, 4.0), (1.0, 2.0, 4.0), (2.0, 4.0, 4.0)];
        assert_eq!(line(&touching), Err(NoMaximum));
        assert_eq!(line(&[(1.0, 2.0, 4.0)]), Err(NoMaximum));
    }

    #[test]
    fn extreme_scores_do_not_stop_it() {
        let rows = [
            (-1e6, 1.0, 50.0),
            (-3.0, 20.0, 50.0),
            (4.0, 30.0, 50.0),
            (1e6, 49.0, 50.0),
        ];
        let [intercept, slope] = line(&rows).unwrap();
        assert!(intercept.is_finite() && slope > 0.0);
    }
}
