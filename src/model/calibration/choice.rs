//! Which calibration to use, if any.

use std::collections::BTreeSet;

use super::{Calibration, CalibrationError, CalibrationMethod};
use crate::model::{log_loss, mean_and_error};

/// A chosen calibration, and what it was chosen from.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Fitted to all rows; `None` when no calibration is better than none by
    /// more than chance.
    pub calibration: Option<Calibration>,
    /// Mean log loss of the scores as they are.
    pub uncalibrated_log_loss: f64,
    /// Every method, in the order of [`CalibrationMethod::ALL`].
    pub candidates: Vec<Candidate>,
}

/// How one method did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The method.
    pub method: CalibrationMethod,
    /// Its log loss on rows that it was not fitted on, or why it has none.
    pub result: Result<CandidateResult, CalibrationError>,
}

/// The log loss of a cross-fitted calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CandidateResult {
    /// Mean over the rows, in nats.
    pub log_loss: f64,
    /// Mean by which it is less than without calibration.
    pub gain: f64,
    /// Standard error of the gain, from the differences row by row.
    pub standard_error: f64,
}

impl CandidateResult {
    /// Whether the gain is more than one standard error.
    #[must_use]
    pub fn helps(&self) -> bool {
        self.gain > self.standard_error
    }
}

/// Chooses by cross-fitting: each fold's rows are calibrated by a fit to the
/// others. The method with the lowest mean log loss is taken, if its gain is
/// more than one standard error; `log_odds` must be out-of-fold predictions.
/// Weights count as in [`CalibrationMethod::fit`].
///
/// # Errors
///
/// As [`CalibrationMethod::fit`] for bad rows; and when there is one fold only.
/// A method that cannot be fitted is no error but a candidate without result.
pub fn choose(
    log_odds: &[f64],
    churned: &[bool],
    weights: Option<&[f64]>,
    fold_of_row: &[u32],
) -> Result<Choice, CalibrationError> {
    super::Observations::new(log_odds, churned, weights)?;
    let weights = &weights.map_or_else(|| vec![1.0; log_odds.len()], <[f64]>::to_vec)[..];
    if fold_of_row.len() != log_odds.len() {
        return Err(CalibrationError::LengthsDiffer);
    }
    let folds: BTreeSet<u32> = fold_of_row.iter().copied().collect();
    if folds.len() < 2 {
        return Err(CalibrationError::OneFold);
    }
    let losses = |scores: &[f64]| -> Vec<f64> {
        let rows = scores.iter().zip(churned);
        rows.map(|(&x, &churned)| log_loss(x, churned)).collect()
    };
    let uncalibrated = losses(log_odds);
    let mut candidates: Vec<Candidate> = CalibrationMethod::ALL
        .into_iter()
        .map(|method| Candidate {
            method,
            result: cross_fitted(method, log_odds, churned, weights, fold_of_row, &folds)
                .map(|calibrated| compare(&uncalibrated, &losses(&calibrated), weights)),
        })
        .collect();
    let calibration = fit_best(&mut candidates, log_odds, churned, weights);
    Ok(Choice {
        calibration,
        uncalibrated_log_loss: mean_and_error(&uncalibrated, weights).0,
        candidates,
    })
}

/// The best that helps, fitted to all rows. One that cannot be fitted to all of
/// them is struck off, and the next is tried.
fn fit_best(
    candidates: &mut [Candidate],
    log_odds: &[f64],
    churned: &[bool],
    weights: &[f64],
) -> Option<Calibration> {
    loop {
        let (best, _) = candidates
            .iter_mut()
            .filter_map(|candidate| {
                let result = candidate.result.ok()?;
                Some((candidate, result.log_loss))
            })
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        if !best.result.is_ok_and(|result| result.helps()) {
            return None;
        }
        match best.method.fit(log_odds, churned, Some(weights)) {
            Ok(calibration) => return Some(calibration),
            Err(error) => best.result = Err(error),
        }
    }
}

/// Each row's log-odds by a calibration that was fitted to the other folds.
fn cross_fitted(
    method: CalibrationMethod,
    log_odds: &[f64],
    churned: &[bool],
    weights: &[f64],
    fold_of_row: &[u32],
    folds: &BTreeSet<u32>,
) -> Result<Vec<f64>, CalibrationError> {
    let mut calibrated = log_odds.to_vec();
    for &fold in folds {
        let others: Vec<usize> = (0..log_odds.len())
            .filter(|&row| fold_of_row[row] != fold)
            .collect();
        let scores: Vec<f64> = others.iter().map(|&row| log_odds[row]).collect();
        let outcomes: Vec<bool> = others.iter().map(|&row| churned[row]).collect();
        let weights: Vec<f64> = others.iter().map(|&row| weights[row]).collect();
        let calibration = method.fit(&scores, &outcomes, Some(&weights))?;
        for (row, score) in calibrated.iter_mut().enumerate() {
            if fold_of_row[row] == fold {
                *score = calibration.apply(*score);
            }
        }
    }
    Ok(calibrated)
}

fn compare(before: &[f64], after: &[f64], weights: &[f64]) -> CandidateResult {
    let gains: Vec<f64> = before.iter().zip(after).map(|(a, b)| a - b).collect();
    let (gain, standard_error) = mean_and_error(&gains, weights);
    CandidateResult {
        log_loss: mean_and_error(after, weights).0,
        gain,
        standard_error,
    }
}
