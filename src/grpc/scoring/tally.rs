//! Rows of one call, counted where no other call counts.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{
    artifact::Identity,
    scoring::{Arms, ChallengerRows, ColumnScores, Scorer, SplitScorer},
    telemetry::{Metrics, trace},
};

/// Combinations of the arms of three splits, one for each part of a score.
const COMBINATIONS: usize = 8;

/// Rows by what became of them, since they were last told.
#[derive(Debug)]
pub(super) struct Tally<'m> {
    metrics: &'m Metrics,
    /// With a score, by arms.
    scored: [AtomicU64; COMBINATIONS],
    invalid: AtomicU64,
}

impl<'m> Tally<'m> {
    pub(super) fn new(metrics: &'m Metrics) -> Self {
        Self {
            metrics,
            scored: Default::default(),
            invalid: AtomicU64::new(0),
        }
    }

    /// Counts a row.
    pub(super) fn count(&self, arms: Arms, scored: bool) {
        let counter = if scored {
            self.scored.get(arms.index())
        } else {
            Some(&self.invalid)
        };
        if let Some(counter) = counter {
            // Of one call, rows are counted one after the other.
            counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }

    /// Tells what was counted since the last time.
    pub(super) fn tell(&self, scorers: &SplitScorer<'_>) {
        let rows = &self.metrics.rows;
        let invalid = self.invalid.swap(0, Ordering::Relaxed);
        rows.invalid.add(invalid);
        trace::note(|notes| notes.rows(0, invalid));
        for (scored, scorer) in self.scored.iter().zip(scorers.all()) {
            let scored = scored.swap(0, Ordering::Relaxed);
            if scored > 0 {
                rows.scored.add(scored);
                trace::note(|notes| notes.rows(scored, 0));
                tell_versions(self.metrics, scorer, scored);
            }
        }
    }
}

fn tell_versions(metrics: &Metrics, scorer: &Scorer<'_>, rows: u64) {
    for identity in scorer.versions() {
        tell_version(metrics, identity, rows);
    }
}

fn tell_version(metrics: &Metrics, identity: &Identity, rows: u64) {
    let (model, version) = (identity.name.as_str(), identity.version.get());
    metrics.scored(model, version, rows);
    trace::note(|notes| notes.scored_by(model, version));
}

/// Tells the rows of columns.
pub(super) fn tell_columns(metrics: &Metrics, scores: &ColumnScores<'_>) {
    let refused = scores.refused.len();
    let sound = scores.rows - refused;
    metrics.rows.invalid.add(count(refused));
    metrics.rows.scored.add(count(sound));
    trace::note(|notes| notes.rows(count(sound), count(refused)));
    let tell = |model: &Identity, rows: usize| tell_version(metrics, model, count(rows));
    let part = |champion, challenger: Option<&ChallengerRows<'_>>| {
        let challenged = challenger.map_or(0, |challenger| {
            let rows = &challenger.rows;
            let refused = scores.refused.iter().filter(|(row, _)| rows[*row]);
            let challenged = rows.iter().filter(|taken| **taken).count() - refused.count();
            tell(challenger.model, challenged);
            challenged
        });
        tell(champion, sound - challenged);
    };
    if let Some(churn) = &scores.churn {
        let challenger = churn.challenger.as_ref();
        part(churn.model, challenger.map(|challenger| &challenger.rows));
    }
    if let Some(value) = &scores.value {
        part(value.model, value.challenger.as_ref());
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
