//! How long the stages of scoring take.
//!
//! Of rows, one in 64 is timed: reading the clock takes longer than some stages do.
//! Every message of columns is.

use std::time::Instant;

use super::{Families, Histogram};
use crate::telemetry::{sample::one_in, trace};

/// Of so many rows, one is timed.
const ROWS: u32 = 64;

/// What is done for a customer, or a message of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// From bytes to what can be scored.
    Decode,
    /// From there to a score: the features are encoded as they are added up, so that
    /// the two are one stage.
    Score,
    /// From the score to the bytes of its answer.
    Answer,
}

/// How long each stage took.
#[derive(Debug)]
pub struct Stages {
    rows: [Histogram; 3],
    columns: [Histogram; 3],
}

/// Times one customer, or one message of columns, or nothing.
#[derive(Debug)]
pub struct Watch<'s>(Option<Running<'s>>);

#[derive(Debug)]
struct Running<'s> {
    since: Instant,
    counted: Option<&'s [Histogram; 3]>,
    /// Whether it is told of the call, too.
    traced: bool,
}

impl Stage {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Decode, "decode"),
        (Self::Score, "score"),
        (Self::Answer, "answer"),
    ];

    pub(in crate::telemetry) fn name(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        let named = all.find(|(stage, _)| *stage == self);
        named.map_or("", |(_, name)| name)
    }
}

impl Default for Stages {
    fn default() -> Self {
        let histograms = || [(); 3].map(|()| Histogram::of_stages());
        Self {
            rows: histograms(),
            columns: histograms(),
        }
    }
}

impl Stages {
    /// For a row that begins now, if it is one of those that are timed: some of all,
    /// and the first ones of a call that is traced.
    #[must_use]
    pub fn of_row(&self) -> Watch<'_> {
        Watch::start(one_in(ROWS).then_some(&self.rows))
    }

    /// For a message of columns that begins now.
    #[must_use]
    pub fn of_columns(&self) -> Watch<'_> {
        Watch::start(Some(&self.columns))
    }

    pub(super) fn write(&self, families: &mut Families) {
        let Self { rows, columns } = self;
        let durations = families.histogram(
            "holdfast_stage_duration_seconds",
            "Time of each stage: of one in 64 rows, and of every message of columns.",
        );
        for (shape, histograms) in [("row", rows), ("columns", columns)] {
            for ((_, stage), histogram) in Stage::ALL.iter().zip(histograms) {
                durations.histogram(&[("shape", shape), ("stage", stage)], histogram);
            }
        }
    }
}

impl<'s> Watch<'s> {
    fn start(counted: Option<&'s [Histogram; 3]>) -> Self {
        let traced = trace::times_stages();
        Self((traced || counted.is_some()).then(|| Running {
            since: Instant::now(),
            counted,
            traced,
        }))
    }

    /// Times nothing.
    #[must_use]
    pub fn off() -> Self {
        Self(None)
    }

    /// A stage ends, and the next one begins.
    pub fn lap(&mut self, stage: Stage) {
        let Some(Running {
            since,
            counted,
            traced,
        }) = &mut self.0
        else {
            return;
        };
        let now = Instant::now();
        let histograms = counted.iter().flat_map(|counted| counted.iter());
        let mut histograms = histograms.zip(Stage::ALL);
        if let Some((histogram, _)) = histograms.find(|(_, (of, _))| *of == stage) {
            histogram.observe_duration(now.duration_since(*since));
        }
        if *traced {
            trace::stage(stage, *since, now);
        }
        *since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lap_is_of_its_stage() {
        let stages = Stages::default();
        let mut watch = stages.of_columns();
        watch.lap(Stage::Decode);
        watch.lap(Stage::Answer);
        Watch::off().lap(Stage::Score);
        let counts = stages.columns.each_ref().map(|h| h.cumulative().1);
        assert_eq!(counts, [1, 0, 1]);
        for _ in 0..100 * ROWS {
            stages.of_row().lap(Stage::Score);
        }
        let (_, timed) = stages.rows[1].cumulative();
        assert!((50..200).contains(&timed), "{timed}");
    }
}
