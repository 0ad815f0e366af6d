//! How far the figures could be off: percentile intervals by the bootstrap
//! (Efron 1979), for one model or for the difference of two.
//!
//! Rows, or whole customers, are drawn with replacement. A replicate is a count
//! for each row on the ranking that was sorted once, so it costs one pass. Each
//! has its own stream of random numbers: results do not depend on how many
//! threads there are.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::model::{
    Assessment, Better, CalibrationLine, Figure, Interval, ProfitMeasure, Ranking, Sample,
};

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// How many times; 200 or more for ends that are worth a digit. A million
    /// rows take about 0.2 s each on one core.
    pub replicates: u32,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self {
            replicates: 200,
            seed: 42,
        }
    }
}

/// Scores with what is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    /// Log-odds of churn, one for each row.
    pub log_odds: &'a [f64],
    /// What happened.
    pub churned: &'a [bool],
    /// The customer of each row, where customers have several: they are drawn
    /// whole (cluster bootstrap). Any numbers will do.
    pub groups: Option<&'a [u32]>,
}

/// Two models' scores of the same rows.
#[derive(Debug, Clone, Copy)]
pub struct ScoredTwice<'a> {
    /// Log-odds by the model in place.
    pub champion: &'a [f64],
    /// Log-odds by the one that would replace it.
    pub challenger: &'a [f64],
    /// What happened.
    pub churned: &'a [bool],
    /// As in [`Scored`].
    pub groups: Option<&'a [u32]>,
}

/// A figure of two models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FigureDifference {
    /// Which figure.
    pub figure: Figure,
    /// Of the model in place.
    pub champion: f64,
    /// Of the one that would replace it.
    pub challenger: f64,
    /// 95 % interval of challenger less champion.
    pub interval: Interval,
    /// Share of the replicates in which the challenger is better, equal ones
    /// counting half; in [0, 1].
    pub challenger_better: f64,
}

impl FigureDifference {
    /// Challenger less champion.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.challenger - self.champion
    }
}

/// The figures that models are compared by.
const COMPARED: [Figure; 4] = [
    Figure::AreaUnderCurve,
    Figure::LogLoss,
    Figure::BrierScore,
    Figure::MaximumProfit,
];

impl Bootstrap {
    /// The 95 % interval of each figure. A figure has none when it is not
    /// defined in half of the replicates or more: with a handful of churners
    /// most draws may hold none, and then no interval can be trusted.
    ///
    /// Intervals of the calibration error lie too high, since drawn rows are
    /// noisier than the rows themselves.
    ///
    /// `None` where [`Ranking::of`] gives none, or groups are not one per row.
    #[must_use]
    pub fn intervals(
        &self,
        scored: Scored<'_>,
        profit: &ProfitMeasure,
    ) -> Option<BTreeMap<Figure, Interval>> {
        let ranking = Ranking::of(scored.log_odds, scored.churned)?;
        let units = Units::of(scored.groups, ranking.rows())?;
        let near = ranking.assess(profit).calibration_line;
        let near = near.unwrap_or(CalibrationLine::FLAT);
        let replicates: Vec<Assessment> = self
            .draw(&units, |times| {
                Some(ranking.resampled(times)?.assess(profit, near))
            })
            .collect();
        let intervals = Figure::ALL.into_iter().filter_map(|figure| {
            let values = replicates.iter().filter_map(|drawn| figure.of(drawn));
            Some((figure, self.percentiles(values.collect())?))
        });
        Some(intervals.collect())
    }

    /// AUC, log loss, Brier score and maximum profit of two models, drawn
    /// together: what both find hard or easy cancels.
    ///
    /// `None` where [`Ranking::of`] gives none for one of them, or groups are
    /// not one per row.
    #[must_use]
    pub fn differences(
        &self,
        scored: ScoredTwice<'_>,
        profit: &ProfitMeasure,
    ) -> Option<Vec<FigureDifference>> {
        let champion = Ranking::of(scored.champion, scored.churned)?;
        let challenger = Ranking::of(scored.challenger, scored.churned)?;
        let units = Units::of(scored.groups, champion.rows())?;
        let replicates: Vec<[f64; COMPARED.len()]> = self
            .draw(&units, |times| {
                let of_champion = compared(&champion.resampled(times)?, profit);
                let of_challenger = compared(&challenger.resampled(times)?, profit);
                Some(std::array::from_fn(|index| {
                    of_challenger[index] - of_champion[index]
                }))
            })
            .collect();
        let champion = compared(&champion.observed(), profit);
        let challenger = compared(&challenger.observed(), profit);
        let differences = COMPARED
            .into_iter()
            .enumerate()
            .filter_map(|(index, figure)| {
                let drawn: Vec<f64> = replicates
                    .iter()
                    .map(|differences| differences[index])
                    .collect();
                Some(FigureDifference {
                    figure,
                    champion: champion[index],
                    challenger: challenger[index],
                    challenger_better: share_better(figure, &drawn),
                    interval: self.percentiles(drawn)?,
                })
            });
        Some(differences.collect())
    }

    /// What is measured in each replicate, in their order; those in which it
    /// cannot be measured are left out.
    fn draw<T: Send>(
        &self,
        units: &Units,
        measure: impl Fn(&dyn Fn(usize) -> u32) -> Option<T> + Sync,
    ) -> impl Iterator<Item = T> {
        let drawn: Vec<Option<T>> = (0..self.replicates)
            .into_par_iter()
            .map(|replicate| {
                let mut random = ChaCha8Rng::seed_from_u64(self.seed);
                random.set_stream(u64::from(replicate));
                let times = units.draw(&mut random);
                measure(&|row| times[units.of_row(row)])
            })
            .collect();
        drawn.into_iter().flatten()
    }

    /// The central 95 % of the values, interpolated between neighbours. `None`
    /// unless more than half of the replicates have one.
    fn percentiles(&self, mut values: Vec<f64>) -> Option<Interval> {
        if values.len() * 2 <= self.replicates as usize {
            return None;
        }
        values.sort_unstable_by(f64::total_cmp);
        Some(Interval {
            low: quantile(&values, 0.025),
            high: quantile(&values, 0.975),
        })
    }
}

/// What is drawn: rows, or groups of rows.
struct Units {
    count: usize,
    /// `None` when each row is its own unit.
    of_row: Option<Vec<usize>>,
}

impl Units {
    fn of(groups: Option<&[u32]>, rows: usize) -> Option<Self> {
        let Some(groups) = groups else {
            return Some(Self {
                count: rows,
                of_row: None,
            });
        };
        let mut distinct = groups.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let of_row = groups
            .iter()
            .map(|group| distinct.partition_point(|other| other < group));
        (groups.len() == rows).then(|| Self {
            count: distinct.len(),
            of_row: Some(of_row.collect()),
        })
    }

    fn of_row(&self, row: usize) -> usize {
        self.of_row.as_ref().map_or(row, |of_row| of_row[row])
    }

    /// How many times each unit comes up in as many draws as there are units.
    fn draw(&self, random: &mut ChaCha8Rng) -> Vec<u32> {
        let mut times = vec![0; self.count];
        for _ in 0..self.count {
            times[random.gen_range(0..self.count)] += 1;
        }
        times
    }
}

/// The figures of [`COMPARED`].
fn compared(sample: &Sample<'_>, profit: &ProfitMeasure) -> [f64; COMPARED.len()] {
    let metrics = sample.metrics();
    [
        metrics.area_under_curve,
        metrics.log_loss,
        metrics.brier_score,
        sample.maximum_profit(profit).per_customer,
    ]
}

/// The share of differences that are in the challenger's favour.
fn share_better(figure: Figure, differences: &[f64]) -> f64 {
    let higher = differences
        .iter()
        .map(|&difference| {
            if difference == 0.0 {
                0.5
            } else {
                f64::from(u8::from(difference > 0.0))
            }
        })
        .sum::<f64>()
        / differences.len() as f64;
    match figure.better() {
        Better::Lower => 1.0 - higher,
        Better::Higher | Better::CloseTo(_) | Better::Neither => higher,
    }
}

/// Of sorted values, at least one, by linear interpolation.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the number of values"
)]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let position = (sorted.len() - 1) as f64 * share;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * position.fract()
}

#[cfg(test)]
mod tests;
