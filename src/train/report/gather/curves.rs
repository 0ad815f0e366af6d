//! Points of the curves on the held-out rows, and the calibrations that were
//! tried.

use super::{Findings, performance::interval, scores::Scores};
use crate::{
    model::{self, CalibrationMethod, Ranking, thinned},
    train::report::{CalibrationBin, CalibrationCandidate, Curves, Decile, Point},
};

/// Points of one curve, at most.
const MAX_POINTS: usize = 300;

pub(super) fn of(findings: &Findings<'_>, scores: &Scores) -> Curves {
    let ranking = &scores.ranking;
    let calibrated = findings.estimate.model.calibration().is_some();
    let before = scores.uncalibrated.as_ref().filter(|_| calibrated);
    Curves {
        roc: points(&ranking.roc()),
        precision_recall: points(&ranking.precision_recall()),
        gains: points(&ranking.gains()),
        deciles: deciles(scores),
        calibration: bins(ranking),
        uncalibrated: before.map(bins).unwrap_or_default(),
    }
}

fn points(points: &[model::Point]) -> Vec<Point> {
    let points = thinned(points, MAX_POINTS).into_iter();
    points.map(|model::Point { x, y }| Point { x, y }).collect()
}

/// Rows and churners are rounded so that their sums over the first tenths are
/// right.
fn deciles(scores: &Scores) -> Vec<Decile> {
    let churners = scores.churned.iter().filter(|churned| **churned).count() as f64;
    let (mut rows_before, mut churners_before) = (0, 0);
    let deciles = scores.ranking.deciles().into_iter();
    deciles
        .map(|decile| {
            let share = f64::from(decile.decile) / 10.0;
            let rows = whole(decile.rows * f64::from(decile.decile));
            let churned = whole(decile.cumulative_gain * churners);
            let this = Decile {
                rows: rows - rows_before,
                churned: churned - churners_before,
                mean_probability: decile.mean_probability,
                lowest_probability: scores.lowest_within(share),
                lift: decile.lift,
                cumulative_capture: decile.cumulative_gain,
            };
            (rows_before, churners_before) = (rows, churned);
            this
        })
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of rows"
)]
fn whole(rows: f64) -> u64 {
    rows.round() as u64
}

fn bins(ranking: &Ranking) -> Vec<CalibrationBin> {
    let bins = ranking.calibration_bins().into_iter();
    bins.map(|bin| CalibrationBin {
        rows: bin.rows,
        mean_probability: bin.mean_probability,
        churn_rate: bin.churn_rate,
        interval: Some(interval(bin.interval)),
    })
    .collect()
}

/// None, then each method in its order.
pub(super) fn calibrations(findings: &Findings<'_>) -> Vec<CalibrationCandidate> {
    let Some(choice) = &findings.estimate.calibration else {
        return Vec::new();
    };
    let stored = findings.estimate.model.calibration();
    let stored: Option<CalibrationMethod> = stored.map(model::Calibration::method);
    let none = CalibrationCandidate {
        name: "none".to_owned(),
        log_loss: Some(choice.uncalibrated_log_loss),
        gain: None,
        gain_standard_error: None,
        chosen: stored.is_none(),
    };
    let methods = choice.candidates.iter().map(|candidate| {
        let result = candidate.result.ok();
        CalibrationCandidate {
            name: candidate.method.label().to_owned(),
            log_loss: result.map(|result| result.log_loss),
            gain: result.map(|result| result.gain),
            gain_standard_error: result.map(|result| result.standard_error),
            chosen: stored == Some(candidate.method),
        }
    });
    [none].into_iter().chain(methods).collect()
}
