//! A calibration, and each row calibrated by a fit that did not see it.

use super::{FOLDS, RecalibrationMethod};
use crate::model::{Calibration, CalibrationError, choose, log_loss};

/// What was fitted.
#[derive(Debug)]
pub(super) struct Fit {
    /// To all rows.
    pub(super) calibration: Option<Calibration>,
    /// Log-odds of each row; where the method is chosen, the choice is made anew
    /// without the row's fold too.
    pub(super) cross_fitted: Vec<f64>,
}

impl Fit {
    pub(super) fn of(
        method: RecalibrationMethod,
        log_odds: &[f64],
        churned: &[bool],
        fold_of_row: &[u32],
    ) -> Result<Self, CalibrationError> {
        let mut cross_fitted = log_odds.to_vec();
        for fold in 0..FOLDS {
            let others: Vec<usize> = (0..log_odds.len())
                .filter(|&row| fold_of_row[row] != fold)
                .collect();
            let calibration = fit(
                method,
                &others.iter().map(|&row| log_odds[row]).collect::<Vec<_>>(),
                &others.iter().map(|&row| churned[row]).collect::<Vec<_>>(),
                &others
                    .iter()
                    .map(|&row| fold_of_row[row])
                    .collect::<Vec<_>>(),
            )?;
            let Some(calibration) = calibration else {
                continue;
            };
            for (row, score) in cross_fitted.iter_mut().enumerate() {
                if fold_of_row[row] == fold {
                    *score = calibration.apply(*score);
                }
            }
        }
        Ok(Self {
            calibration: fit(method, log_odds, churned, fold_of_row)?,
            cross_fitted,
        })
    }
}

fn fit(
    method: RecalibrationMethod,
    log_odds: &[f64],
    churned: &[bool],
    fold_of_row: &[u32],
) -> Result<Option<Calibration>, CalibrationError> {
    match method {
        RecalibrationMethod::Nothing => Ok(None),
        RecalibrationMethod::Only(method) => Ok(Some(method.fit(log_odds, churned, None)?)),
        RecalibrationMethod::Auto => Ok(choose(log_odds, churned, None, fold_of_row)?.calibration),
    }
}

/// Mean fall of the log loss, and its standard error; rows of one group count as
/// one draw.
pub(super) fn gain(
    before: &[f64],
    after: &[f64],
    churned: &[bool],
    groups: Option<&[u32]>,
) -> (f64, f64) {
    let gains: Vec<f64> = (0..churned.len())
        .map(|row| log_loss(before[row], churned[row]) - log_loss(after[row], churned[row]))
        .collect();
    let rows = gains.len() as f64;
    let mean = gains.iter().sum::<f64>() / rows;
    let sums = match groups {
        None => gains.iter().map(|gain| gain - mean).collect(),
        Some(groups) => {
            let count = groups.iter().max().map_or(0, |&most| most as usize + 1);
            let mut sums = vec![0.0; count];
            for (gain, &group) in gains.iter().zip(groups) {
                sums[group as usize] += gain - mean;
            }
            sums
        }
    };
    let units = sums.len() as f64;
    let squares: f64 = sums.iter().map(|sum| sum * sum).sum();
    (mean, (squares * units / (units - 1.0)).sqrt() / rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_one_row_are_rows() {
        let churned = [true, false, true, false];
        let before = [0.0; 4];
        let after = [1.0, -0.5, 0.2, 0.3];
        let rows = gain(&before, &after, &churned, None);
        let groups = gain(&before, &after, &churned, Some(&[0, 1, 2, 3]));
        assert_eq!(rows, groups);
        let (mean, error) = gain(&before, &before, &churned, None);
        assert_eq!((mean, error), (0.0, 0.0));
    }
}
