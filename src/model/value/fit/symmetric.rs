//! Small symmetric matrices.

/// Sweeps of Jacobi's method; a handful will do.
const MOST_SWEEPS: usize = 30;

/// Eigenvalues and eigenvectors.
pub(super) struct Modes<const N: usize> {
    /// Each with its eigenvector, of length 1.
    pub(super) modes: [(f64, [f64; N]); N],
}

impl<const N: usize> Modes<N> {
    /// By Jacobi's method; `None` unless all entries are finite.
    pub(super) fn of(matrix: &[[f64; N]; N]) -> Option<Self> {
        if !matrix.iter().flatten().all(|entry| entry.is_finite()) {
            return None;
        }
        let mut rest = *matrix;
        let mut vectors: [[f64; N]; N] =
            std::array::from_fn(|j| std::array::from_fn(|k| if j == k { 1.0 } else { 0.0 }));
        for _ in 0..MOST_SWEEPS {
            let mut is_diagonal = true;
            for j in 0..N {
                for k in j + 1..N {
                    let size = (rest[j][j] * rest[k][k]).abs().sqrt();
                    if rest[j][k].abs() > f64::EPSILON / 4.0 * size && rest[j][k].abs() > 1e-300 {
                        is_diagonal = false;
                        rotate(&mut rest, &mut vectors, j, k);
                    }
                }
            }
            if is_diagonal {
                break;
            }
        }
        Some(Self {
            modes: std::array::from_fn(|j| (rest[j][j], vectors[j])),
        })
    }

    /// The largest eigenvalue by magnitude, as a positive number.
    pub(super) fn size(&self) -> f64 {
        let sizes = self.modes.iter().map(|(value, _)| value.abs());
        sizes.fold(f64::MIN_POSITIVE, f64::max)
    }

    /// The inverse matrix.
    pub(super) fn inverse(&self) -> [[f64; N]; N] {
        std::array::from_fn(|j| {
            std::array::from_fn(|k| {
                let terms = self.modes.iter();
                terms.map(|(value, v)| v[j] * v[k] / value).sum()
            })
        })
    }
}

/// Turns the plane of axes j and k so that their entry vanishes.
fn rotate<const N: usize>(
    rest: &mut [[f64; N]; N],
    vectors: &mut [[f64; N]; N],
    j: usize,
    k: usize,
) {
    let half = (rest[k][k] - rest[j][j]) / (2.0 * rest[j][k]);
    let tangent = half.signum() / (half.abs() + half.hypot(1.0));
    let cosine = tangent.hypot(1.0).recip();
    let sine = tangent * cosine;
    for row in rest.iter_mut() {
        (row[j], row[k]) = (
            cosine * row[j] - sine * row[k],
            sine * row[j] + cosine * row[k],
        );
    }
    for i in 0..N {
        let (one, other) = (rest[j][i], rest[k][i]);
        (rest[j][i], rest[k][i]) = (cosine * one - sine * other, sine * one + cosine * other);
        let (one, other) = (vectors[j][i], vectors[k][i]);
        (vectors[j][i], vectors[k][i]) = (cosine * one - sine * other, sine * one + cosine * other);
    }
}
