//! Isotonic calibration: churn rates that never fall as scores rise.

use super::{CalibrationError, MAX_LOG_ODDS, Observation, Observations};

/// More points than this say nothing more.
pub const MAX_KNOTS: usize = 200;

/// The likeliest rising steps (pool adjacent violators, Ayer et al. 1955),
/// joined by straight lines in log-odds between the middles of the blocks, and
/// constant beyond the first and the last. The lines keep customers of one
/// block apart. Outcomes count as Platt's targets, so that no rate is 0 or 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Isotonic {
    knots: Vec<Knot>,
}

/// A point that the function goes through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knot {
    /// Log-odds before.
    pub log_odds: f64,
    /// Log-odds after.
    pub calibrated: f64,
}

impl Isotonic {
    /// Checks the points.
    ///
    /// # Errors
    ///
    /// When there are not 2 to [`MAX_KNOTS`], their scores do not rise, their
    /// values fall, or one is not between minus and plus a million.
    pub fn new(knots: Vec<Knot>) -> Result<Self, CalibrationError> {
        let in_range = |x: f64| x.abs() <= MAX_LOG_ODDS;
        let sound = (2..=MAX_KNOTS).contains(&knots.len())
            && knots
                .iter()
                .all(|knot| in_range(knot.log_odds) && in_range(knot.calibrated))
            && knots.windows(2).all(|pair| {
                pair[0].log_odds < pair[1].log_odds && pair[0].calibrated <= pair[1].calibrated
            });
        if sound {
            Ok(Self { knots })
        } else {
            Err(CalibrationError::Knots)
        }
    }

    /// The points, by rising score.
    #[must_use]
    pub fn knots(&self) -> &[Knot] {
        &self.knots
    }

    pub(super) fn apply(&self, log_odds: f64) -> f64 {
        let above = self.knots.partition_point(|knot| knot.log_odds <= log_odds);
        match (
            above.checked_sub(1).map(|below| self.knots[below]),
            self.knots.get(above),
        ) {
            (Some(low), Some(high)) => {
                let share = (log_odds - low.log_odds) / (high.log_odds - low.log_odds);
                let rise = (high.calibrated - low.calibrated) * share;
                (low.calibrated + rise).min(high.calibrated)
            }
            (Some(end), None) => end.calibrated,
            (None, Some(end)) => end.calibrated,
            (None, None) => log_odds,
        }
    }

    pub(super) fn fit(observations: &Observations) -> Result<Self, CalibrationError> {
        let targets = observations.targets();
        let blocks = limited(pooled(&observations.rows), MAX_KNOTS);
        if blocks.len() < 2 {
            return Err(CalibrationError::NotRising);
        }
        let knots = blocks.iter().map(|block| {
            // Pooling targets and pooling rates give the same blocks, since one
            // is a rising straight line of the other.
            let rate = targets.stayer + block.rate() * (targets.churner - targets.stayer);
            Knot {
                log_odds: block.log_odds / block.weight,
                calibrated: (rate / (1.0 - rate)).ln(),
            }
        });
        Self::new(knots.collect())
    }
}

/// Rows that get one churn rate, as sums.
#[derive(Debug, Clone, Copy)]
struct Block {
    weight: f64,
    churners: f64,
    log_odds: f64,
}

impl Block {
    fn rate(&self) -> f64 {
        self.churners / self.weight
    }

    fn join(&mut self, other: &Self) {
        self.weight += other.weight;
        self.churners += other.churners;
        self.log_odds += other.log_odds;
    }
}

/// Blocks of rising churn rates, by rising score.
fn pooled(rows: &[Observation]) -> Vec<Block> {
    let mut rows: Vec<&Observation> = rows.iter().filter(|row| row.weight > 0.0).collect();
    rows.sort_by(|a, b| a.log_odds.total_cmp(&b.log_odds));
    let mut blocks: Vec<Block> = Vec::new();
    for ties in rows.chunk_by(|a, b| a.log_odds == b.log_odds) {
        let mut block = Block {
            weight: 0.0,
            churners: 0.0,
            log_odds: 0.0,
        };
        for row in ties {
            block.weight += row.weight;
            block.churners += if row.churned { row.weight } else { 0.0 };
            block.log_odds += row.weight * row.log_odds;
        }
        while let Some(below) = blocks.pop_if(|below| below.rate() >= block.rate()) {
            block.join(&below);
        }
        blocks.push(block);
    }
    blocks
}

/// At most `limit` blocks: where there are more, neighbours are joined until
/// each has its share of the rows.
fn limited(blocks: Vec<Block>, limit: usize) -> Vec<Block> {
    if blocks.len() <= limit {
        return blocks;
    }
    let total: f64 = blocks.iter().map(|block| block.weight).sum();
    let share = total / (limit - 1) as f64;
    let mut joined: Vec<Block> = Vec::with_capacity(limit);
    for block in blocks {
        match joined.last_mut() {
            Some(last) if last.weight < share => last.join(&block),
            _ => joined.push(block),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(outcomes: &[(f64, bool)]) -> Vec<Observation> {
        outcomes
            .iter()
            .map(|&(log_odds, churned)| Observation {
                log_odds,
                churned,
                weight: 1.0,
            })
            .collect()
    }

    #[test]
    fn violators_are_pooled() {
        let rows = rows(&[
            (1.0, false),
            (2.0, true),
            (3.0, false),
            (4.0, true),
            (5.0, true),
        ]);
        let blocks = pooled(&rows);
        let rates: Vec<(f64, f64)> = blocks.iter().map(|b| (b.weight, b.rate())).collect();
        assert_eq!(rates, [(1.0, 0.0), (2.0, 0.5), (2.0, 1.0)]);
    }

    #[test]
    fn many_blocks_become_few_that_still_rise() {
        let blocks: Vec<Block> = (0..1000)
            .map(|index| Block {
                weight: f64::from(index % 7 + 1),
                churners: f64::from(index % 7 + 1) * f64::from(index) / 1000.0,
                log_odds: f64::from(index),
            })
            .collect();
        let few = limited(blocks, 50);
        assert!((25..=50).contains(&few.len()), "{}", few.len());
        assert!(few.is_sorted_by(|a, b| a.rate() < b.rate()));
    }
}
