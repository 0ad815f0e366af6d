//! Encoded rows. The columns of lines have a value in every row and stand side
//! by side; of all others only what is not zero is kept: a curve touches two
//! columns of many, a category one.

use std::{iter, ops::Range};

use ndarray::{Array2, ArrayView2, linalg::general_mat_mul};
use rayon::prelude::*;

use crate::features::{FeatureKind, NumberEncoding, Row, Schema, Shape};

/// Rows by columns; column 0 is the intercept, which is 1 in every row and not
/// stored.
#[derive(Debug, Clone)]
pub(in crate::train) struct Encoded {
    width: usize,
    rows: usize,
    /// The columns of lines, rising.
    lines: Vec<u32>,
    /// Their values, row by row.
    straight: Vec<f64>,
    /// Where each row's other columns start, and the last one's end.
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
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
/// Rows whose straight columns are multiplied at a time: they stay in the cache.
const BLOCK_ROWS: usize = 256;

impl Encoded {
    /// Room for `rows` rows of a schema.
    pub(in crate::train) fn with_capacity(rows: usize, schema: &Schema) -> Self {
        let lines = lines(schema);
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self {
            width: schema.width(),
            rows: 0,
            straight: Vec::with_capacity(rows * lines.len()),
            lines,
            starts,
            columns: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds a row, encoded by its schema.
    pub(in crate::train) fn push_row(&mut self, schema: &Schema, row: &Row) {
        let start = self.straight.len();
        self.straight.resize(start + self.lines.len(), 0.0);
        for effect in 0..schema.effects() {
            schema.encode(effect, row, |column, x| self.push(start, column, x));
        }
        self.end_row();
    }

    /// Adds the rows of another one of the same schema behind the others.
    pub(in crate::train) fn append(&mut self, other: &Self) {
        let before = self.columns.len();
        self.rows += other.rows;
        self.straight.extend_from_slice(&other.straight);
        self.columns.extend_from_slice(&other.columns);
        self.values.extend_from_slice(&other.values);
        self.starts
            .extend(other.starts[1..].iter().map(|end| before + end));
    }

    /// Adds one column of the row whose straight columns start at `start`;
    /// `column` counts from 0, without the intercept.
    fn push(&mut self, start: usize, column: usize, value: f64) {
        // A schema has far fewer than 2^32 columns.
        let column = u32::try_from(column + 1).unwrap_or(u32::MAX);
        if let Ok(line) = self.lines.binary_search(&column) {
            self.straight[start + line] = value;
        } else if value != 0.0 {
            self.columns.push(column);
            self.values.push(value);
        }
    }

    fn end_row(&mut self) {
        self.rows += 1;
        self.starts.push(self.columns.len());
    }

    /// The same rows with more columns behind the others, none of them lines.
    pub(in crate::train) fn extended(
        &self,
        width: usize,
        mut columns: impl FnMut(usize, &mut dyn FnMut(usize, f64)),
    ) -> Self {
        let mut extended = Self {
            width,
            rows: 0,
            lines: self.lines.clone(),
            straight: self.straight.clone(),
            starts: Vec::with_capacity(self.rows + 1),
            columns: Vec::with_capacity(self.columns.len()),
            values: Vec::with_capacity(self.values.len()),
        };
        extended.starts.push(0);
        for row in 0..self.rows {
            let (known, values) = self.bent(row);
            extended.columns.extend(known);
            extended.values.extend(values);
            columns(row, &mut |column, value| extended.push(0, column, value));
            extended.end_row();
        }
        extended
    }

    pub(in crate::train) fn rows(&self) -> usize {
        self.rows
    }

    /// Columns, the intercept among them.
    pub(in crate::train) fn width(&self) -> usize {
        self.width + 1
    }

    /// A row's columns, counted with the intercept, and their values; zeros may
    /// be left out.
    pub(in crate::train) fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let lines = self.lines.iter().zip(self.straight(row..row + 1));
        let (columns, values) = self.bent(row);
        lines
            .chain(columns.iter().zip(values))
            .map(|(&column, &value)| (column as usize, value))
    }

    fn straight(&self, rows: Range<usize>) -> &[f64] {
        let count = self.lines.len();
        &self.straight[rows.start * count..rows.end * count]
    }

    fn bent(&self, row: usize) -> (&[u32], &[f64]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    /// x·`coefficients` for one row.
    pub(in crate::train) fn dot(&self, row: usize, coefficients: &[f64]) -> f64 {
        self.row(row).fold(coefficients[0], |sum, (column, value)| {
            sum + coefficients[column] * value
        })
    }

    /// The weighted mean of each column, the intercept's first.
    pub(in crate::train) fn means(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.width()];
        for (row, &weight) in weights.iter().enumerate() {
            sums[0] += weight;
            for (column, value) in self.row(row) {
                sums[column] += weight * value;
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
        let size = self.rows.div_ceil(parts).max(1);
        let sums: Vec<Sums> = (0..self.rows)
            .step_by(size)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|start| {
                let mut sums = Sums::zero(width, self.lines.len());
                let end = (start + size).min(self.rows);
                for from in (start..end).step_by(BLOCK_ROWS) {
                    self.add(from..end.min(from + BLOCK_ROWS), weights, &each, &mut sums);
                }
                sums
            })
            .collect();
        let sums = sums.into_iter().reduce(Sums::plus);
        sums.unwrap_or_else(|| Sums::zero(width, self.lines.len()))
            .moments(&self.lines)
    }

    fn add(
        &self,
        rows: Range<usize>,
        weights: &[f64],
        each: impl Fn(usize) -> (f64, f64),
        sums: &mut Sums,
    ) {
        let count = self.lines.len();
        let straight = self.straight(rows.clone());
        let mut scaled = vec![0.0; straight.len()];
        for (at, row) in rows.clone().enumerate() {
            if weights[row] != 0.0 {
                let (curvature, residual) = each(row);
                let own = &straight[at * count..][..count];
                scale(&mut scaled[at * count..][..count], own, curvature);
                add_scaled(&mut sums.straight_gradient, own, residual);
                let own = &scaled[at * count..][..count];
                add_scaled(&mut sums.mixed[..count], own, 1.0);
                self.add_bent(row, own, (curvature, residual), sums);
            }
        }
        let shape = (rows.len(), count);
        let views = [straight, &scaled].map(|block| ArrayView2::from_shape(shape, block));
        if let [Ok(straight), Ok(scaled)] = views {
            general_mat_mul(1.0, &scaled.t(), &straight, 1.0, &mut sums.straight);
        }
    }

    /// Adds a row's columns that are no lines; `scaled` are those that are, times
    /// the curvature.
    fn add_bent(
        &self,
        row: usize,
        scaled: &[f64],
        (curvature, residual): (f64, f64),
        sums: &mut Sums,
    ) {
        let width = self.width();
        let (columns, values) = self.bent(row);
        sums.gradient[0] += residual;
        sums.bent[0] += curvature;
        for (last, (&column, &value)) in columns.iter().zip(values).enumerate() {
            let column = column as usize;
            sums.gradient[column] += residual * value;
            let times_curvature = curvature * value;
            let mixed = &mut sums.mixed[column * scaled.len()..][..scaled.len()];
            add_scaled(mixed, scaled, value);
            let line = &mut sums.bent[column * width..][..width];
            line[0] += times_curvature;
            // Columns rise along a row, so this is the lower triangle.
            for (&other, &x) in columns[..=last].iter().zip(values) {
                line[other as usize] += times_curvature * x;
            }
        }
    }
}

/// The columns of numbers that are straight lines, counted with the intercept.
fn lines(schema: &Schema) -> Vec<u32> {
    let features = schema.features().iter().zip(schema.columns());
    features
        .filter_map(|(feature, columns)| match &feature.kind {
            FeatureKind::Number(NumberEncoding {
                shape: Shape::Line, ..
            }) => u32::try_from(columns.start + 1).ok(),
            FeatureKind::Number(_) | FeatureKind::Text(_) | FeatureKind::Flag(_) => None,
        })
        .collect()
}

fn scale(to: &mut [f64], from: &[f64], factor: f64) {
    for (to, from) in iter::zip(to, from) {
        *to = factor * from;
    }
}

fn add_scaled(to: &mut [f64], from: &[f64], factor: f64) {
    for (to, from) in iter::zip(to, from) {
        *to += factor * from;
    }
}

/// Moments of some rows, lines apart from other columns.
struct Sums {
    /// By column; nothing in those of lines.
    gradient: Vec<f64>,
    /// By line.
    straight_gradient: Vec<f64>,
    /// Lines by lines.
    straight: Array2<f64>,
    /// A row for each column that is no line, with a sum for each line.
    mixed: Vec<f64>,
    /// Columns by columns, the lower triangle; nothing in those of lines.
    bent: Vec<f64>,
}

impl Sums {
    fn zero(width: usize, lines: usize) -> Self {
        Self {
            gradient: vec![0.0; width],
            straight_gradient: vec![0.0; lines],
            straight: Array2::zeros((lines, lines)),
            mixed: vec![0.0; width * lines],
            bent: vec![0.0; width * width],
        }
    }

    fn plus(mut self, other: Self) -> Self {
        let Self {
            gradient,
            straight_gradient,
            straight,
            mixed,
            bent,
        } = other;
        self.straight += &straight;
        add_scaled(&mut self.gradient, &gradient, 1.0);
        add_scaled(&mut self.straight_gradient, &straight_gradient, 1.0);
        add_scaled(&mut self.mixed, &mixed, 1.0);
        add_scaled(&mut self.bent, &bent, 1.0);
        self
    }

    fn moments(self, lines: &[u32]) -> Moments {
        let width = self.gradient.len();
        let mut hessian = Array2::from_shape_fn((width, width), |(i, j)| {
            self.bent[i.max(j) * width + i.min(j)]
        });
        let mut gradient = self.gradient;
        for (line, &column) in lines.iter().enumerate() {
            let column = column as usize;
            gradient[column] += self.straight_gradient[line];
            for other in 0..width {
                let mixed = self.mixed[other * lines.len() + line];
                hessian[(column, other)] += mixed;
                hessian[(other, column)] += mixed;
            }
        }
        for (i, &row) in lines.iter().enumerate() {
            for (j, &column) in lines.iter().enumerate() {
                // The product's two halves may differ in their last digits.
                let (high, low) = (i.max(j), i.min(j));
                hessian[(row as usize, column as usize)] = self.straight[(high, low)];
            }
        }
        Moments { hessian, gradient }
    }
}

#[cfg(test)]
mod tests;
