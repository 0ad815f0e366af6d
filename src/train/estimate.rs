//! One model from one set of rows: the columns, their coefficients, the
//! calibration.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::{
    Direction, FitError, Settings, Shapes, TrainError,
    design::Design,
    fit::{self, Basis, Encoded, newton::Problem},
    search::{self, Candidate, Found, Rung, Search},
    split,
};
use crate::{
    features::{Row, Schema},
    model::{ChurnModel, Coefficient},
};

/// A model, and what is known of how it came about.
#[derive(Debug)]
pub(super) struct Estimate {
    pub(super) model: ChurnModel,
    /// What was tried, the plainest first.
    pub(super) ladder: Vec<Rung>,
    /// Which of them it is.
    pub(super) chosen: usize,
    /// Of each coefficient, from the penalised likelihood.
    pub(super) standard_errors: Vec<f64>,
}

/// Columns are sought on at most so many rows; coefficients are fitted on all.
const SEARCH_ROWS: usize = 50_000;
/// A plain fit with more encoded cells is faster by Newton's method.
const MAX_LINFA_CELLS: usize = 1 << 21;

impl Estimate {
    /// Fits a model on `rows`.
    pub(super) fn of(
        design: &Design<'_>,
        rows: &[usize],
        settings: &Settings,
    ) -> Result<Self, TrainError> {
        match settings.ridge_penalty {
            Some(penalty) => Self::plain(design, rows, penalty, settings),
            None => Self::searched(design, rows, settings),
        }
    }
}
