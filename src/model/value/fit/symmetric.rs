//! Small symmetric matrices.

/// Pivots below this, of a matrix with ones on its diagonal, are rounding.
const SMALLEST_PIVOT: f64 = 1e-11;

/// A Cholesky factor, of the matrix scaled to a unit diagonal.
pub(super) struct Cholesky<const N: usize> {
    root: [[f64; N]; N],
    scale: [f64; N],
}

impl<const N: usize> Cholesky<N> {
    /// `None` unless the matrix is positive definite beyond rounding.
    pub(super) fn of(matrix: &[[f64; N]; N]) -> Option<Self> {
        let scale: [f64; N] = std::array::from_fn(|j| matrix[j][j].sqrt());
        if !scale.iter().all(|&s| s.is_finite() && s > 0.0) {
            return None;
        }
        let mut root = [[0.0; N]; N];
        for j in 0..N {
            for k in 0..=j {
                let known: f64 = (0..k).map(|i| root[j][i] * root[k][i]).sum();
                let rest = matrix[j][k] / scale[j] / scale[k] - known;
                if j > k {
                    root[j][k] = rest / root[k][k];
                } else if rest > SMALLEST_PIVOT {
                    root[j][j] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(Self { root, scale })
    }

    /// The solution of `matrix · x = right`.
    pub(super) fn solve(&self, right: &[f64; N]) -> [f64; N] {
        let Self { root, scale } = self;
        let mut x = [0.0; N];
        for j in 0..N {
            let known: f64 = (0..j).map(|i| root[j][i] * x[i]).sum();
            x[j] = (right[j] / scale[j] - known) / root[j][j];
        }
        for j in (0..N).rev() {
            let known: f64 = (j + 1..N).map(|i| root[i][j] * x[i]).sum();
            x[j] = (x[j] - known) / root[j][j];
        }
        std::array::from_fn(|j| x[j] / scale[j])
    }

    /// The inverse matrix.
    pub(super) fn inverse(&self) -> [[f64; N]; N] {
        let columns: [[f64; N]; N] = std::array::from_fn(|j| {
            self.solve(&std::array::from_fn(|k| if k == j { 1.0 } else { 0.0 }))
        });
        // Rounding aside it is symmetric.
        std::array::from_fn(|j| std::array::from_fn(|k| (columns[j][k] + columns[k][j]) / 2.0))
    }
}
