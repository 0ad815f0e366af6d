//! Scores sorted once; every figure is read off the sorted order.

use crate::model::logistic;

/// Scores of a set of rows from the highest to the lowest, equal ones together.
///
/// Making one costs the only sort; every figure is then one pass.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// The rows, highest score first.
    order: Vec<usize>,
    /// What happened, in that order.
    churned: Vec<bool>,
    /// The distinct scores, highest first.
    scores: Vec<Score>,
    counts: Vec<Counts>,
}

/// One distinct score, and what each outcome costs there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Score {
    pub(super) log_odds: f64,
    pub(super) probability: f64,
    /// -ln P(churn) and -ln P(stay): exact in the tails, without clipping.
    pub(super) loss_if_churned: f64,
    pub(super) loss_if_stayed: f64,
    /// Where its rows end in the order.
    end: usize,
}

/// Rows by outcome; a row drawn twice counts twice.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) churners: f64,
    pub(super) stayers: f64,
}

/// A ranking with the number of times that each row counts: as observed, or as
/// drawn by a bootstrap. Both outcomes are present.
#[derive(Debug)]
pub(crate) struct Sample<'a> {
    scores: &'a [Score],
    counts: Vec<Counts>,
    pub(super) total: Counts,
}

impl Ranking {
    /// Sorts log-odds with what happened. `None` unless both outcomes are
    /// present and every row has a number for its score.
    #[must_use]
    pub fn of(log_odds: &[f64], churned: &[bool]) -> Option<Self> {
        if log_odds.len() != churned.len() || log_odds.iter().any(|x| x.is_nan()) {
            return None;
        }
        let mut order: Vec<usize> = (0..log_odds.len()).collect();
        // By row where scores are equal: -0.0 equals 0.0.
        order.sort_unstable_by(|&a, &b| log_odds[b].total_cmp(&log_odds[a]).then(a.cmp(&b)));
        let churned: Vec<bool> = order.iter().map(|&row| churned[row]).collect();
        let mut scores = Vec::new();
        let mut end = 0;
        for ties in order.chunk_by(|&a, &b| log_odds[a] == log_odds[b]) {
            end += ties.len();
            scores.push(Score::new(log_odds[ties[0]], end));
        }
        let mut ranking = Self {
            order,
            churned,
            scores,
            counts: Vec::new(),
        };
        ranking.counts = ranking.count(|_| 1);
        ranking.sample_of(ranking.counts.clone())?;
        Some(ranking)
    }

    /// The rows as they are.
    pub(crate) fn observed(&self) -> Sample<'_> {
        let counts = self.counts.clone();
        let total = Counts::total(&counts);
        Sample {
            scores: &self.scores,
            counts,
            total,
        }
    }

    /// The rows, each `times(row)` times. `None` unless both outcomes are
    /// among them.
    pub(crate) fn resampled(&self, times: impl Fn(usize) -> u32) -> Option<Sample<'_>> {
        self.sample_of(self.count(times))
    }

    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.order.len()
    }

    fn sample_of(&self, counts: Vec<Counts>) -> Option<Sample<'_>> {
        let total = Counts::total(&counts);
        (total.churners > 0.0 && total.stayers > 0.0).then_some(Sample {
            scores: &self.scores,
            counts,
            total,
        })
    }

    fn count(&self, times: impl Fn(usize) -> u32) -> Vec<Counts> {
        let mut start = 0;
        let mut counts = Vec::with_capacity(self.scores.len());
        for score in &self.scores {
            let mut of_outcome = [0; 2];
            for (&row, &churned) in self.order[start..score.end]
                .iter()
                .zip(&self.churned[start..score.end])
            {
                of_outcome[usize::from(churned)] += u64::from(times(row));
            }
            counts.push(Counts {
                churners: of_outcome[1] as f64,
                stayers: of_outcome[0] as f64,
            });
            start = score.end;
        }
        counts
    }
}

impl Score {
    fn new(log_odds: f64, end: usize) -> Self {
        let rest = (-log_odds.abs()).exp().ln_1p();
        Self {
            log_odds,
            probability: logistic(log_odds),
            loss_if_churned: (-log_odds).max(0.0) + rest,
            loss_if_stayed: log_odds.max(0.0) + rest,
            end,
        }
    }
}

impl Counts {
    pub(super) fn rows(self) -> f64 {
        self.churners + self.stayers
    }

    pub(super) fn add(&mut self, other: Self) {
        self.churners += other.churners;
        self.stayers += other.stayers;
    }

    pub(super) fn less(self, other: Self) -> Self {
        Self {
            churners: self.churners - other.churners,
            stayers: self.stayers - other.stayers,
        }
    }

    fn total(counts: &[Self]) -> Self {
        let mut total = Self::default();
        for &part in counts {
            total.add(part);
        }
        total
    }
}

impl Sample<'_> {
    /// The distinct scores that were drawn, highest first, with their rows.
    pub(super) fn ties(&self) -> impl Iterator<Item = (&Score, Counts)> + Clone {
        self.scores
            .iter()
            .zip(self.counts.iter().copied())
            .filter(|(_, counts)| counts.rows() > 0.0)
    }

    /// The same, each with all rows that score as high or higher.
    pub(super) fn cumulative(&self) -> impl Iterator<Item = (&Score, Counts)> {
        self.ties()
            .scan(Counts::default(), |above, (score, counts)| {
                above.add(counts);
                Some((score, *above))
            })
    }

    pub(super) fn prevalence(&self) -> f64 {
        self.total.churners / self.total.rows()
    }
}
