//! What the model says of the held-out rows, ranked once.

use super::Findings;
use crate::{
    model::{Ranking, logistic},
    train::{FitError, PlanError, TrainError},
};

/// Scores of the held-out rows.
pub(super) struct Scores {
    /// After calibration.
    pub(super) log_odds: Vec<f64>,
    pub(super) churned: Vec<bool>,
    pub(super) ranking: Ranking,
    /// By the scores before calibration, where there is one.
    pub(super) uncalibrated: Option<Ranking>,
    /// Probabilities, highest first.
    pub(super) falling: Vec<f64>,
    /// What the bootstrap draws together.
    pub(super) groups: Option<Vec<u32>>,
}

impl Scores {
    pub(super) fn of(findings: &Findings<'_>) -> Result<Self, TrainError> {
        let Findings {
            design,
            estimate,
            held_out,
            ..
        } = findings;
        let model = &estimate.model;
        let mut raw = Vec::with_capacity(held_out.len());
        let mut log_odds = Vec::with_capacity(held_out.len());
        for &row in *held_out {
            let row = design.row(model.schema(), row).map_err(FitError::from)?;
            let explanation = model.explain(&row);
            raw.push(explanation.log_odds);
            log_odds.push(explanation.calibrated_log_odds);
        }
        let churned = design.outcomes(held_out);
        let ranking = Ranking::of(&log_odds, &churned).ok_or(PlanError::OneClassInPart)?;
        let uncalibrated = model.calibration().map(|_| Ranking::of(&raw, &churned));
        let mut falling: Vec<f64> = log_odds.iter().copied().map(logistic).collect();
        falling.sort_unstable_by(|a, b| b.total_cmp(a));
        Ok(Self {
            groups: findings.groups(held_out),
            uncalibrated: uncalibrated.flatten(),
            ranking,
            falling,
            log_odds,
            churned,
        })
    }

    /// The lowest probability among a share of the customers, the highest
    /// first; 1 for nobody.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to the number of rows"
    )]
    pub(super) fn lowest_within(&self, share: f64) -> f64 {
        let rows = (share.clamp(0.0, 1.0) * self.falling.len() as f64).round() as usize;
        match rows.checked_sub(1) {
            None => 1.0,
            Some(last) => self.falling[last.min(self.falling.len() - 1)],
        }
    }
}

impl Findings<'_> {
    /// The group of each of some rows, where rows have groups.
    pub(super) fn groups(&self, rows: &[usize]) -> Option<Vec<u32>> {
        let groups = self.design.plan.groups.as_ref()?;
        Some(rows.iter().map(|&row| groups.of_row[row]).collect())
    }
}
