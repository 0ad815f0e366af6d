//! Columns by the search, penalties by restricted maximum likelihood.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Fit, OutOfFold, Sample};
use crate::{
    features::Row,
    train::{
        FitError, Settings, TrainError,
        design::Design,
        fit::newton::Problem,
        search::{Found, Search},
    },
};

/// Columns are sought on at most so many rows; coefficients are fitted on all.
const MAX_SEARCH_ROWS: usize = 50_000;

pub(super) fn fit(
    design: &Design<'_>,
    sample: &Sample<'_>,
    settings: &Settings,
) -> Result<Fit, TrainError> {
    let schema = design.schema(sample.rows, settings.knots)?;
    let drawn = draw(sample.rows.len(), settings.seed);
    let pick = |position: &usize| sample.rows[*position];
    let rows: Vec<Row<'_>> = drawn
        .iter()
        .map(|position| design.row(&schema, pick(position)))
        .collect::<Result<_, _>>()
        .map_err(FitError::from)?;
    let churned: Vec<bool> = drawn
        .iter()
        .map(|&position| sample.churned[position])
        .collect();
    let weights: Vec<f64> = drawn
        .iter()
        .map(|&position| sample.weights[position])
        .collect();
    let fold_of_row: Vec<u32> = drawn
        .iter()
        .map(|&position| sample.fold_of_row[position])
        .collect();
    let monotone = design.monotone();
    let Found {
        candidate,
        ladder,
        chosen,
        out_of_fold,
    } = Search {
        schema: &schema,
        rows: &rows,
        churned: &churned,
        weights: &weights,
        fold_of_row: &fold_of_row,
        monotone: &monotone,
        shapes: settings.shapes,
        max_pairs: settings.max_pairs,
    }
    .run()?;

    let basis = &candidate.layout.basis;
    let penalties = basis.spread(&candidate.fit.penalties);
    let all = if drawn.len() == sample.rows.len() {
        candidate.encoded
    } else {
        design.encode(&candidate.schema, sample.rows)?
    };
    let problem = Problem {
        encoded: &all,
        churned: &sample.churned,
        weights: &sample.weights,
        basis,
    };
    let minimum = problem.minimise(&penalties, candidate.fit.parameters)?;
    Ok(Fit {
        fitted: problem.fitted(&minimum)?,
        means: all.means(&sample.weights),
        schema: candidate.schema,
        ladder,
        chosen,
        out_of_fold: Some(OutOfFold {
            log_odds: out_of_fold,
            churned,
            fold_of_row,
        }),
    })
}

/// Positions to search on, in order: all, or as many as the limit, drawn by the
/// seed.
fn draw(count: usize, seed: u64) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..count).collect();
    if count > MAX_SEARCH_ROWS {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        for next in 0..MAX_SEARCH_ROWS {
            positions.swap(next, random.gen_range(next..count));
        }
        positions.truncate(MAX_SEARCH_ROWS);
        positions.sort_unstable();
    }
    positions
}
