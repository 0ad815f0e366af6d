//! How good the whole recipe is, on rows that no part of it saw.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::{
    PlanError, Progress, Settings, TrainError,
    design::Design,
    estimate::Estimate,
    split::{Folds, Split},
};
use crate::model::{ChurnModel, Metrics};

/// One fold of a cross-validation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fold {
    /// Which repetition of the folds, from 0.
    pub(super) repeat: u32,
    /// On the rows that it left out.
    pub(super) metrics: Metrics,
}

/// Every row predicted by models that did not see it.
#[derive(Debug)]
pub(super) struct CrossValidated {
    pub(super) folds: Vec<Fold>,
    /// Mean over the folds.
    pub(super) mean: Metrics,
    /// Of the first repetition: the rows that were left out, and their
    /// calibrated log-odds.
    pub(super) rows: Vec<usize>,
    pub(super) log_odds: Vec<f64>,
}

impl CrossValidated {
    /// How many folds there were in each repetition.
    pub(super) fn count(&self) -> u32 {
        let first = self.folds.iter().filter(|fold| fold.repeat == 0);
        u32::try_from(first.count()).unwrap_or(u32::MAX)
    }
}

/// With more cells than this, folds run one after the other, to save memory.
const MAX_CELLS_AT_ONCE: usize = 10_000_000;

/// Metrics of a model on some rows.
pub(super) fn measure(
    design: &Design<'_>,
    model: &ChurnModel,
    rows: &[usize],
) -> Result<Metrics, TrainError> {
    let log_odds = design.log_odds(model, rows)?;
    Ok(Metrics::of(&log_odds, &design.outcomes(rows)).ok_or(PlanError::OneClassInPart)?)
}

/// Runs the whole recipe, search and calibration too, without each fold in
/// turn. `None` when no folds are wanted.
pub(super) fn cross_validate(
    design: &Design<'_>,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Option<CrossValidated>, TrainError> {
    let repeated =
        Split::of(design.plan).repeated(settings.folds, settings.repeats, settings.seed)?;
    let parts: Vec<(u32, usize, &Folds)> = (0..)
        .zip(&repeated)
        .flat_map(|(repeat, folds)| (0..folds.len()).map(move |fold| (repeat, fold, folds)))
        .collect();
    let steps = parts.len();
    let begun = AtomicUsize::new(0);
    let run = |(repeat, fold, folds): (u32, usize, &Folds)| {
        let (fitted, left_out) = folds.parts(fold);
        progress.step(
            "cross-validating",
            begun.fetch_add(1, Ordering::Relaxed) + 1,
            steps,
        );
        let model = Estimate::of(design, &fitted, settings)?.model;
        let metrics = measure(design, &model, &left_out)?;
        let log_odds = match repeat {
            0 => design.log_odds(&model, &left_out)?,
            _ => Vec::new(),
        };
        Ok((Fold { repeat, metrics }, left_out, log_odds))
    };
    let cells = design.plan.rows.len() * design.plan.features.len();
    let run: Vec<(Fold, Vec<usize>, Vec<f64>)> = if cells > MAX_CELLS_AT_ONCE {
        parts
            .into_iter()
            .map(run)
            .collect::<Result<_, TrainError>>()?
    } else {
        parts
            .into_par_iter()
            .map(run)
            .collect::<Result<_, TrainError>>()?
    };
    let metrics: Vec<Metrics> = run.iter().map(|(fold, ..)| fold.metrics).collect();
    let Some(mean) = Metrics::mean(&metrics) else {
        return Ok(None);
    };
    let mut validated = CrossValidated {
        folds: Vec::with_capacity(steps),
        mean,
        rows: Vec::new(),
        log_odds: Vec::new(),
    };
    for (fold, left_out, log_odds) in run {
        if fold.repeat == 0 {
            validated.rows.extend(left_out);
            validated.log_odds.extend(log_odds);
        }
        validated.folds.push(fold);
    }
    Ok(Some(validated))
}
