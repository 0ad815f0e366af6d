//! The inverse of a Cholesky factor, by halves.
//!
//! With A = L·Lᵀ, everything that a fit asks of A⁻¹ = L⁻ᵀ·L⁻¹ is a product with
//! L⁻¹. Splitting A into quarters leaves matrix products, which ndarray does
//! fast, and small blocks.

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Blocks up to this size are factored element by element.
const BLOCK: usize = 32;

/// L⁻¹ of a positive definite matrix.
#[derive(Debug)]
pub(super) struct InverseFactor(Array2<f64>);

impl InverseFactor {
    /// `None` when the matrix, of which the lower triangle is read, is not
    /// positive definite, or holds a NaN.
    pub(super) fn of(matrix: ArrayView2<'_, f64>) -> Option<Self> {
        inverse_factor(matrix).map(Self)
    }

    /// A⁻¹·`right`.
    pub(super) fn solve(&self, right: &Array1<f64>) -> Array1<f64> {
        self.0.t().dot(&self.0.dot(right))
    }

    /// The diagonal of A⁻¹.
    pub(super) fn inverse_diagonal(&self) -> Vec<f64> {
        self.0
            .columns()
            .into_iter()
            .map(|column| column.dot(&column))
            .collect()
    }

    /// A⁻¹.
    pub(super) fn inverse(&self) -> Array2<f64> {
        self.0.t().dot(&self.0)
    }
}

fn inverse_factor(matrix: ArrayView2<'_, f64>) -> Option<Array2<f64>> {
    let size = matrix.nrows();
    if size <= BLOCK {
        return small(matrix);
    }
    let half = size / 2;
    let (top, bottom) = matrix.split_at(Axis(0), half);
    let (corner, _) = top.split_at(Axis(1), half);
    let (below_corner, rest) = bottom.split_at(Axis(1), half);
    let first = inverse_factor(corner)?;
    let below = below_corner.dot(&first.t());
    let second = inverse_factor((&rest - &below.dot(&below.t())).view())?;
    let mut inverse = Array2::zeros((size, size));
    let (top, bottom) = inverse.view_mut().split_at(Axis(0), half);
    let (mut corner, _) = top.split_at(Axis(1), half);
    let (mut left, mut right) = bottom.split_at(Axis(1), half);
    left.assign(&-second.dot(&below).dot(&first));
    corner.assign(&first);
    right.assign(&second);
    Some(inverse)
}

/// Row by row: each row of L, then of L⁻¹ by forward substitution.
fn small(matrix: ArrayView2<'_, f64>) -> Option<Array2<f64>> {
    let size = matrix.nrows();
    let mut lower = Array2::<f64>::zeros((size, size));
    let mut inverse = Array2::<f64>::zeros((size, size));
    for i in 0..size {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[(i, k)] * lower[(j, k)]).sum();
            let left = matrix[(i, j)] - known;
            if i == j {
                if !(left > 0.0 && left.is_finite()) {
                    return None;
                }
                lower[(i, i)] = left.sqrt();
            } else {
                lower[(i, j)] = left / lower[(j, j)];
            }
        }
        inverse[(i, i)] = 1.0 / lower[(i, i)];
        for j in 0..i {
            let known: f64 = (j..i).map(|k| lower[(i, k)] * inverse[(k, j)]).sum();
            inverse[(i, j)] = -known / lower[(i, i)];
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positive definite.
    fn matrix(size: usize) -> Array2<f64> {
        let root = Array2::from_shape_fn((size, size), |(i, j)| {
            ((i * 7 + j * 13) as f64 * 0.37).sin()
        });
        root.dot(&root.t()) + Array2::<f64>::eye(size)
    }

    #[test]
    fn the_inverse_undoes_the_matrix() {
        for size in [1, 2, 31, 32, 33, 64, 101, 200] {
            let matrix = matrix(size);
            let factor = InverseFactor::of(matrix.view()).unwrap();
            let inverse = factor.inverse();
            let identity = matrix.dot(&inverse);
            let largest = (&identity - &Array2::<f64>::eye(size)).mapv(f64::abs);
            assert!(largest.iter().all(|error| *error < 1e-7), "{size}");
            let right = Array1::from_shape_fn(size, |i| i as f64 - 1.0);
            let solved = matrix.dot(&factor.solve(&right));
            assert!(
                (&solved - &right).iter().all(|error| error.abs() < 1e-6),
                "{size}"
            );
            for (index, diagonal) in factor.inverse_diagonal().into_iter().enumerate() {
                assert!((diagonal - inverse[(index, index)]).abs() < 1e-12, "{size}");
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        for at in [0, 40] {
            for value in [-1.0, 0.0, f64::NAN, f64::INFINITY] {
                let mut matrix = Array2::<f64>::eye(50);
                matrix[(at, at)] = value;
                assert!(InverseFactor::of(matrix.view()).is_none(), "{at} {value}");
            }
        }
    }
}
