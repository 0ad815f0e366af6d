//! Calibration in bins of equal size, and the decomposition of the Brier score.

use super::{Interval, Ranking, Sample, whole};
use crate::model::special::NORMAL_95;

const BINS: usize = 10;

/// What was said and what happened, for a tenth of the rows. Equal scores stay
/// together, in the bin where their middle falls, so sizes differ where there
/// are ties.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// How many rows.
    pub rows: u64,
    /// How many of them churned.
    pub churners: u64,
    /// Mean predicted probability, in [0, 1].
    pub mean_probability: f64,
    /// The share of them that churned, in [0, 1].
    pub churn_rate: f64,
    /// 95 % interval of that share (Wilson 1927).
    pub interval: Interval,
}

/// Brier score = reliability − resolution + uncertainty + within-bins, to
/// rounding, on the bins of the calibration error.
///
/// The first three are Murphy's (1973), which are complete only where a bin
/// holds one forecast. The fourth makes up for the rest: variance of the
/// forecasts within their bins less twice their covariance with what happened
/// (Stephenson, Coelho and Jolliffe 2008).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BrierDecomposition {
    /// Mean squared distance of forecasts from churn rates; 0 is calibrated.
    pub reliability: f64,
    /// Variance of the churn rates between bins; more is better.
    pub resolution: f64,
    /// Prevalence × (1 − prevalence): what the data alone decide.
    pub uncertainty: f64,
    /// Variance less twice the covariance within bins; below 0 where forecasts
    /// rank rows well inside their bins.
    pub within_bins: f64,
}

/// Sums over one bin.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bin {
    rows: f64,
    churners: f64,
    probability: f64,
    squared_probability: f64,
    churners_probability: f64,
}

impl Bin {
    pub(super) fn rows(&self) -> f64 {
        self.rows
    }

    /// Mean probability less churn rate.
    pub(super) fn gap(&self) -> f64 {
        (self.probability - self.churners) / self.rows
    }

    fn churn_rate(&self) -> f64 {
        self.churners / self.rows
    }
}

impl Sample<'_> {
    /// From the lowest scores to the highest; empty bins are left out.
    pub(super) fn bins(&self) -> Vec<Bin> {
        let mut bins = [Bin::default(); BINS];
        for ((score, here), (_, above)) in self.ties().zip(self.cumulative()) {
            let middle = 1.0 - (above.rows() - here.rows() / 2.0) / self.total.rows();
            let bin = &mut bins[bin_at(middle)];
            bin.rows += here.rows();
            bin.churners += here.churners;
            bin.probability += here.rows() * score.probability;
            bin.squared_probability += here.rows() * score.probability.powi(2);
            bin.churners_probability += here.churners * score.probability;
        }
        bins.into_iter().filter(|bin| bin.rows > 0.0).collect()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to 10"
)]
fn bin_at(share_of_rows_below: f64) -> usize {
    ((share_of_rows_below * BINS as f64) as usize).min(BINS - 1)
}

impl BrierDecomposition {
    pub(super) fn of(bins: &[Bin], prevalence: f64) -> Self {
        let rows: f64 = bins.iter().map(Bin::rows).sum();
        let mean = |term: &dyn Fn(&Bin) -> f64| bins.iter().map(term).sum::<f64>() / rows;
        Self {
            reliability: mean(&|bin| bin.rows * bin.gap().powi(2)),
            resolution: mean(&|bin| bin.rows * (bin.churn_rate() - prevalence).powi(2)),
            uncertainty: prevalence * (1.0 - prevalence),
            within_bins: mean(&|bin| {
                let variance = bin.squared_probability - bin.probability.powi(2) / bin.rows;
                let covariance = bin.churners_probability - bin.probability * bin.churn_rate();
                variance - 2.0 * covariance
            }),
        }
    }
}

impl Ranking {
    /// What was said and what happened in ten bins of equal size, from the
    /// lowest scores to the highest; fewer where ties fill several.
    #[must_use]
    pub fn calibration_bins(&self) -> Vec<CalibrationBin> {
        let bins = self.observed().bins();
        bins.iter()
            .map(|bin| CalibrationBin {
                rows: whole(bin.rows),
                churners: whole(bin.churners),
                mean_probability: bin.probability / bin.rows,
                churn_rate: bin.churn_rate(),
                interval: wilson(bin.churners, bin.rows),
            })
            .collect()
    }
}

/// Wilson's score interval of a share, at 95 %.
fn wilson(hits: f64, rows: f64) -> Interval {
    let square = NORMAL_95 * NORMAL_95;
    let share = hits / rows;
    let centre = share + square / (2.0 * rows);
    let spread = NORMAL_95 * (share * (1.0 - share) / rows + square / (4.0 * rows * rows)).sqrt();
    let scale = 1.0 + square / rows;
    Interval {
        // At 0 and 1 rounding must not leave the share outside.
        low: ((centre - spread) / scale).clamp(0.0, share),
        high: ((centre + spread) / scale).clamp(share, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_share_is_wilsons() {
        // 10 of 100 has [0.0552, 0.1744] in the textbooks.
        let tenth = wilson(10.0, 100.0);
        assert!((tenth.low - 0.055_229).abs() < 1e-6, "{tenth:?}");
        assert!((tenth.high - 0.174_366).abs() < 1e-6, "{tenth:?}");
        assert_eq!(wilson(0.0, 5.0).low, 0.0);
        assert_eq!(wilson(5.0, 5.0).high, 1.0);
    }

    #[test]
    fn ties_stay_in_one_bin() {
        let churned: Vec<bool> = (0..40).map(|row| row % 4 == 0).collect();
        let log_odds: Vec<f64> = (0..40)
            .map(|row| if row < 20 { -1.0 } else { 1.0 })
            .collect();
        let bins = Ranking::of(&log_odds, &churned).unwrap().calibration_bins();
        assert_eq!(
            bins.iter().map(|bin| bin.rows).collect::<Vec<_>>(),
            [20, 20]
        );
        assert!(bins[0].mean_probability < bins[1].mean_probability);
    }
}
