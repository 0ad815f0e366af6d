//! How good a set of churn scores is.
//!
//! Scores are log-odds of churn. [`Ranking`] sorts them once; the figures
//! ([`Metrics`], [`Assessment`]) and the curves are read off it, as observed or
//! with the rows weighted by a bootstrap.

mod assessment;
mod bins;
mod curves;
mod figure;
mod profit;
mod ranking;

pub use assessment::{Assessment, CalibrationLine};
pub use bins::{BrierDecomposition, CalibrationBin};
pub use curves::{Decile, Point, thinned};
pub use figure::{Better, Figure};
pub use profit::{ExpectedProfit, MaximumProfit, ProfitError, ProfitMeasure, ProfitParameters};
pub use ranking::Ranking;
pub(crate) use ranking::Sample;

/// An interval of plausible values, at 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// Quality of scores on a set of rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    /// How many rows.
    pub rows: u64,
    /// The share of them that churned, in [0, 1].
    pub prevalence: f64,
    /// Area under the receiver operating characteristic, in [0, 1].
    pub area_under_curve: f64,
    /// Mean negative log-likelihood, in nats.
    pub log_loss: f64,
    /// Mean squared error of the probability, in [0, 1].
    pub brier_score: f64,
    /// See [`lift`], for the top tenth.
    pub top_decile_lift: f64,
}

impl Metrics {
    /// Measures log-odds against what happened. `None` unless both outcomes
    /// are present.
    #[must_use]
    pub fn of(log_odds: &[f64], churned: &[bool]) -> Option<Self> {
        Some(Ranking::of(log_odds, churned)?.observed().metrics())
    }

    /// The mean of each figure over several sets; rows are summed. `None` of
    /// nothing.
    #[must_use]
    pub fn mean(sets: &[Self]) -> Option<Self> {
        if sets.is_empty() {
            return None;
        }
        let mean =
            |figure: fn(&Self) -> f64| sets.iter().map(figure).sum::<f64>() / sets.len() as f64;
        Some(Self {
            rows: sets.iter().map(|set| set.rows).sum(),
            prevalence: mean(|set| set.prevalence),
            area_under_curve: mean(|set| set.area_under_curve),
            log_loss: mean(|set| set.log_loss),
            brier_score: mean(|set| set.brier_score),
            top_decile_lift: mean(|set| set.top_decile_lift),
        })
    }
}

/// -ln P(outcome), in nats, from log-odds: without overflow and without
/// clipping.
#[must_use]
pub fn log_loss(log_odds: f64, churned: bool) -> f64 {
    let against = if churned { -log_odds } else { log_odds };
    against.max(0.0) + (-against.abs()).exp().ln_1p()
}

/// Probability that a random churner scores above a random stayer, ties
/// counting half: the Mann–Whitney form of the area under the ROC curve.
/// `None` unless both outcomes are present.
#[must_use]
pub fn area_under_curve(scores: &[f64], churned: &[bool]) -> Option<f64> {
    Some(Ranking::of(scores, churned)?.observed().area_under_curve())
}

/// Share of churners among the `share` of rows with the highest scores,
/// divided by their share among all rows. Where the cut falls among equal
/// scores, these count in proportion. `None` unless both outcomes are present
/// and `share` is above zero.
#[must_use]
pub fn lift(scores: &[f64], churned: &[bool], share: f64) -> Option<f64> {
    let ranking = Ranking::of(scores, churned)?;
    (share > 0.0).then(|| ranking.observed().lift(share))
}

impl Sample<'_> {
    /// The figures that every release has had.
    pub(crate) fn metrics(&self) -> Metrics {
        let (mut loss, mut squares) = (0.0, 0.0);
        for (score, counts) in self.ties() {
            loss += counts.churners * score.loss_if_churned + counts.stayers * score.loss_if_stayed;
            squares += counts.churners * (1.0 - score.probability).powi(2)
                + counts.stayers * score.probability.powi(2);
        }
        let rows = self.total.rows();
        Metrics {
            rows: whole(rows),
            prevalence: self.prevalence(),
            area_under_curve: self.area_under_curve(),
            log_loss: loss / rows,
            brier_score: squares / rows,
            top_decile_lift: self.lift(0.1),
        }
    }

    fn area_under_curve(&self) -> f64 {
        let (mut churners_above, mut wins) = (0.0, 0.0);
        for (_, counts) in self.ties() {
            wins += counts.stayers * (churners_above + counts.churners / 2.0);
            churners_above += counts.churners;
        }
        wins / (self.total.churners * self.total.stayers)
    }

    fn lift(&self, share: f64) -> f64 {
        let wanted = self.total.rows() * share;
        self.highest(wanted).churners / wanted / self.prevalence()
    }
}

/// A count of rows as an integer.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number of rows, at least 0"
)]
fn whole(rows: f64) -> u64 {
    rows as u64
}

#[cfg(test)]
mod tests;
