//! Encoded rows, kept sparse: a curve touches two columns of many.

use ndarray::Array2;
use rayon::prelude::*;

use crate::features::{Row, Schema};

/// The columns that are not zero, row by row. Column 0 is the intercept, which
/// is 1 in every row and not stored.
#[derive(Debug, Clone)]
pub(in crate::train) struct Encoded {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
    width: usize,
}

/// What Newton's method needs of one pass over the rows.
#[derive(Debug)]
pub(in crate::train) struct Moments {
    /// Σ curvature · x xᵀ; column 0 is the intercept's.
    pub(in crate::train) hessian: Array2<f64>,
    /// Σ residual · x.
    pub(in crate::train) gradient: Vec<f64>,
}

/// Memory that the partial sums of one pass may take.
const PARTIAL_SUMS_BYTES: usize = 1 << 27;
const MAX_PARTS: usize = 16;

impl Encoded {
    pub(in crate::train) fn with_capacity(rows: usize, width: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self {
            starts,
            columns: Vec::new(),
            values: Vec::new(),
            width,
        }
    }

    /// Adds a row, encoded by its schema.
    pub(in crate::train) fn push_row(&mut self, schema: &Schema, row: &Row<'_>) {
        for effect in 0..schema.effects() {
            schema.encode(effect, row, |column, x| self.push(column, x));
        }
        self.end_row();
    }

    /// Adds one column of the row that [`Self::end_row`] will end; `column`
    /// counts from 0, without the intercept.
    fn push(&mut self, column: usize, value: f64) {
        if value != 0.0 {
            // A schema has far fewer than 2^32 columns.
            self.columns
                .push(u32::try_from(column + 1).unwrap_or(u32::MAX));
            self.values.push(value);
        }
    }

    fn end_row(&mut self) {
        self.starts.push(self.columns.len());
    }

    /// The same rows with more columns behind the others.
    pub(in crate::train) fn extended(
        &self,
        width: usize,
        mut columns: impl FnMut(usize, &mut dyn FnMut(usize, f64)),
    ) -> Self {
        let mut extended = Self::with_capacity(self.rows(), width);
        for row in 0..self.rows() {
            let (known, values) = self.row(row);
            extended.columns.extend(known);
            extended.values.extend(values);
            columns(row, &mut |column, value| extended.push(column, value));
            extended.end_row();
        }
        extended
    }

    pub(in crate::train) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Columns, the intercept among them.
    pub(in crate::train) fn width(&self) -> usize {
        self.width + 1
    }

    /// A row's columns, counted with the intercept, and their values.
    pub(in crate::train) fn row(&self, row: usize) -> (&[u32], &[f64]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    /// x·`coefficients` for one row.
    pub(in crate::train) fn dot(&self, row: usize, coefficients: &[f64]) -> f64 {
        let (columns, values) = self.row(row);
        columns
            .iter()
            .zip(values)
            .fold(coefficients[0], |sum, (&column, value)| {
                sum + coefficients[column as usize] * value
            })
    }

    /// The weighted mean of each column, the intercept's first.
    pub(in crate::train) fn means(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.width()];
        for (row, &weight) in weights.iter().enumerate() {
            sums[0] += weight;
            let (columns, values) = self.row(row);
            for (&column, value) in columns.iter().zip(values) {
                sums[column as usize] += weight * value;
            }
        }
        let total = sums[0];
        sums.iter().map(|sum| sum / total).collect()
    }

    /// Sums over the rows whose weight is not zero. `each` gives a row's
    /// curvature and residual, both with the weight in them.
    ///
    /// The rows are cut into parts by their number alone, and parts are added
    /// in order: the result does not depend on the number of threads.
    pub(in crate::train) fn moments(
        &self,
        weights: &[f64],
        each: impl Fn(usize) -> (f64, f64) + Sync,
    ) -> Moments {
        let width = self.width();
        let parts = (PARTIAL_SUMS_BYTES / (8 * width * width)).clamp(1, MAX_PARTS);
        let size = self.rows().div_ceil(parts).max(1);
        let sums: Vec<(Vec<f64>, Vec<f64>)> = (0..self.rows())
            .step_by(size)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|start| {
                let mut hessian = vec![0.0; width * width];
                let mut gradient = vec![0.0; width];
                for row in start..(start + size).min(self.rows()) {
                    if weights[row] != 0.0 {
                        let (curvature, residual) = each(row);
                        self.add(row, curvature, residual, &mut hessian, &mut gradient);
                    }
                }
                (hessian, gradient)
            })
            .collect();
        let mut sums = sums.into_iter();
        let (mut hessian, mut gradient) = sums.next().unwrap_or_default();
        for (more, more_gradient) in sums {
            hessian.iter_mut().zip(more).for_each(|(sum, x)| *sum += x);
            gradient
                .iter_mut()
                .zip(more_gradient)
                .for_each(|(sum, x)| *sum += x);
        }
        Moments {
            hessian: Array2::from_shape_fn((width, width), |(i, j)| {
                hessian[i.max(j) * width + i.min(j)]
            }),
            gradient,
        }
    }

    fn add(
        &self,
        row: usize,
        curvature: f64,
        residual: f64,
        hessian: &mut [f64],
        gradient: &mut [f64],
    ) {
        let width = self.width();
        let (columns, values) = self.row(row);
        gradient[0] += residual;
        hessian[0] += curvature;
        for (last, (&column, &value)) in columns.iter().zip(values).enumerate() {
            gradient[column as usize] += residual * value;
            let scaled = curvature * value;
            let line = &mut hessian[column as usize * width..][..width];
            line[0] += scaled;
            // Columns rise along a row, so this is the lower triangle.
            for (&other, &x) in columns[..=last].iter().zip(values) {
                line[other as usize] += scaled * x;
            }
        }
    }
}
