//! The map from a fit's parameters to the coefficients of encoded columns.
//!
//! A smoothness penalty on a curve's heights is plain ridge on the parameters of
//! a well-chosen basis of them, so that every penalty here is ridge.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis, Slice};

/// Parameters that share some columns. Column 0 and parameter 0 are the
/// intercept's and stand in no term.
#[derive(Debug, Clone)]
pub(in crate::train) struct Term {
    /// The columns, counted with the intercept.
    pub(in crate::train) columns: Range<usize>,
    /// Coefficients of the columns for each unit of each parameter; one
    /// parameter for each column where there is no map.
    pub(in crate::train) map: Option<Array2<f64>>,
    /// Which of the penalties the parameters have.
    pub(in crate::train) group: usize,
    /// Whether no parameter may be below zero.
    pub(in crate::train) nonnegative: bool,
}

impl Term {
    fn parameters(&self) -> usize {
        self.map.as_ref().map_or(self.columns.len(), Array2::ncols)
    }
}

/// All terms of a fit.
#[derive(Debug, Clone, Default)]
pub(in crate::train) struct Basis {
    terms: Vec<Term>,
    /// The parameters of each term, counted with the intercept.
    parameters: Vec<Range<usize>>,
    groups: usize,
}

impl Basis {
    /// One parameter for each of `width` columns, all with one penalty.
    pub(in crate::train) fn plain(width: usize) -> Self {
        let mut basis = Self::default();
        let group = basis.group();
        basis.push(Term {
            columns: 1..width,
            map: None,
            group,
            nonnegative: false,
        });
        basis
    }

    /// A new group of parameters that share a penalty.
    pub(in crate::train) fn group(&mut self) -> usize {
        self.groups += 1;
        self.groups - 1
    }

    pub(in crate::train) fn push(&mut self, term: Term) {
        let start = self.parameters();
        self.parameters.push(start..start + term.parameters());
        self.terms.push(term);
    }

    pub(in crate::train) fn groups(&self) -> usize {
        self.groups
    }

    /// How many parameters there are, the intercept among them.
    pub(in crate::train) fn parameters(&self) -> usize {
        self.parameters.last().map_or(1, |range| range.end)
    }

    /// Each term's group and parameters.
    pub(in crate::train) fn blocks(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        let groups = self.terms.iter().map(|term| term.group);
        groups.zip(self.parameters.iter().cloned())
    }

    /// A penalty for each parameter, of one for each group; none on the
    /// intercept.
    pub(in crate::train) fn spread(&self, penalties: &[f64]) -> Vec<f64> {
        let mut spread = vec![0.0; self.parameters()];
        for (group, range) in self.blocks() {
            spread[range].fill(penalties[group]);
        }
        spread
    }

    /// For each parameter, whether it may not be below zero.
    pub(in crate::train) fn nonnegative(&self) -> Vec<bool> {
        let mut nonnegative = vec![false; self.parameters()];
        for (term, range) in self.terms.iter().zip(&self.parameters) {
            nonnegative[range.clone()].fill(term.nonnegative);
        }
        nonnegative
    }

    /// The coefficients of `width` columns.
    pub(in crate::train) fn coefficients(&self, parameters: &[f64], width: usize) -> Vec<f64> {
        let mut coefficients = vec![0.0; width];
        coefficients[0] = parameters[0];
        for (term, range) in self.terms.iter().zip(&self.parameters) {
            let own = &parameters[range.clone()];
            let out = &mut coefficients[term.columns.clone()];
            match &term.map {
                None => out.iter_mut().zip(own).for_each(|(out, own)| *out += own),
                Some(map) => {
                    for (row, out) in out.iter_mut().enumerate() {
                        *out += own
                            .iter()
                            .enumerate()
                            .map(|(k, own)| map[(row, k)] * own)
                            .sum::<f64>();
                    }
                }
            }
        }
        coefficients
    }

    /// The variance of each of `width` columns' coefficients, from the covariance
    /// of the parameters.
    pub(in crate::train) fn variances(
        &self,
        covariance: ArrayView2<'_, f64>,
        width: usize,
    ) -> Vec<f64> {
        let mut makeup = vec![Vec::new(); width];
        makeup[0].push((0, 1.0));
        for (term, range) in self.terms.iter().zip(&self.parameters) {
            for (row, column) in term.columns.clone().enumerate() {
                match &term.map {
                    None => makeup[column].push((range.start + row, 1.0)),
                    Some(map) => {
                        makeup[column].extend(range.clone().zip(map.row(row).iter().copied()));
                    }
                }
            }
        }
        let variance = |terms: &Vec<(usize, f64)>| {
            let pairs = terms.iter().flat_map(|a| terms.iter().map(move |b| (a, b)));
            pairs
                .map(|((i, x), (j, y))| x * y * covariance[(*i, *j)])
                .sum()
        };
        makeup.iter().map(variance).collect()
    }

    /// A gradient by columns as one by parameters.
    pub(in crate::train) fn gradient(&self, by_column: &[f64]) -> Vec<f64> {
        let mut gradient = Vec::with_capacity(self.parameters());
        gradient.push(by_column[0]);
        for term in &self.terms {
            let own = &by_column[term.columns.clone()];
            match &term.map {
                None => gradient.extend(own),
                Some(map) => gradient.extend(
                    map.columns()
                        .into_iter()
                        .map(|column| column.iter().zip(own).map(|(m, g)| m * g).sum::<f64>()),
                ),
            }
        }
        gradient
    }

    /// A matrix of second derivatives by columns as one by parameters.
    pub(in crate::train) fn hessian(&self, by_column: ArrayView2<'_, f64>) -> Array2<f64> {
        let half = self.mapped(by_column);
        self.mapped(half.t())
    }

    /// `matrix`, symmetric on at least one side, times the whole map.
    fn mapped(&self, matrix: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut mapped = Array2::zeros((matrix.nrows(), self.parameters()));
        mapped.column_mut(0).assign(&matrix.column(0));
        for (term, range) in self.terms.iter().zip(&self.parameters) {
            let from = matrix.slice_axis(Axis(1), Slice::from(term.columns.clone()));
            let mut to = mapped.slice_axis_mut(Axis(1), Slice::from(range.clone()));
            match &term.map {
                None => to.assign(&from),
                Some(map) => to.assign(&from.dot(map)),
            }
        }
        mapped
    }
}
