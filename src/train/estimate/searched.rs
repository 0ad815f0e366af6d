//! Columns by the search, penalties by restricted maximum likelihood.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Fit, OutOfFold, Sample};
use crate::{
    features::Row,
    train::{
        FitError, Settings, TrainError,
        design::Design,
        fit::{Logistic, newton::Problem},
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
    let (drawn, shares) = draw(&sample.churned, settings.seed);
    let pick = |position: &usize| sample.rows[*position];
    let rows: Vec<Row> = drawn
        .iter()
        .map(|position| design.row(&schema, pick(position)))
        .collect::<Result<_, _>>()
        .map_err(FitError::from)?;
    let churned: Vec<bool> = drawn
        .iter()
        .map(|&position| sample.churned[position])
        .collect();
    let weights = rescaled(&drawn, &shares, sample);
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
        loss: Logistic(&sample.churned),
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
            weights,
            fold_of_row,
        }),
    })
}

/// Positions to search on, in order, and the share of each outcome's rows that
/// they are: all rows, or as many as the limit, drawn by the seed. At most half
/// of them are of the rarer outcome.
fn draw(churned: &[bool], seed: u64) -> (Vec<usize>, [f64; 2]) {
    let mut positions: [Vec<usize>; 2] = Default::default();
    for (position, &churned) in churned.iter().enumerate() {
        positions[usize::from(churned)].push(position);
    }
    let sizes = [positions[0].len(), positions[1].len()];
    let rarer = usize::from(sizes[1] <= sizes[0]);
    let mut wanted = sizes;
    if churned.len() > MAX_SEARCH_ROWS {
        wanted[rarer] = sizes[rarer].min(MAX_SEARCH_ROWS / 2);
        wanted[1 - rarer] = sizes[1 - rarer].min(MAX_SEARCH_ROWS - wanted[rarer]);
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = Vec::with_capacity(wanted[0] + wanted[1]);
    for (positions, &wanted) in positions.iter_mut().zip(&wanted) {
        if wanted < positions.len() {
            for next in 0..wanted {
                let other = random.gen_range(next..positions.len());
                positions.swap(next, other);
            }
        }
        drawn.extend_from_slice(&positions[..wanted]);
    }
    drawn.sort_unstable();
    let share = |outcome: usize| wanted[outcome] as f64 / sizes[outcome] as f64;
    (drawn, [share(0), share(1)])
}

/// Weights of the drawn rows that undo the draw, with a mean of 1: to the search
/// a weight is a count of rows.
fn rescaled(drawn: &[usize], shares: &[f64; 2], sample: &Sample<'_>) -> Vec<f64> {
    let weight = |&position: &usize| {
        sample.weights[position] / shares[usize::from(sample.churned[position])]
    };
    let weights: Vec<f64> = drawn.iter().map(weight).collect();
    let mean = weights.iter().sum::<f64>() / drawn.len() as f64;
    weights.iter().map(|weight| weight / mean).collect()
}
