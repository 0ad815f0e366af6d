//! How often a number was how large.

use std::time::Duration;

use super::{Counter, nanoseconds};

/// Upper ends of the buckets, in seconds; one more has no end.
const SECONDS: [f64; 15] = [
    0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    10.0,
];
/// Upper ends for differences of probabilities.
const DIFFERENCES: [f64; 10] = [0.0, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5];
/// Upper ends for the stages of scoring, in seconds.
const STAGES: [f64; 15] = [
    0.000_000_25,
    0.000_000_5,
    0.000_001,
    0.000_002_5,
    0.000_005,
    0.000_01,
    0.000_025,
    0.000_05,
    0.000_1,
    0.000_25,
    0.001,
    0.005,
    0.025,
    0.1,
    1.0,
];
/// Upper ends for probabilities.
const PROBABILITIES: [f64; 20] = [
    0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85,
    0.9, 0.95, 1.0,
];
/// What a sum counts in.
const PARTS: f64 = 1e9;

/// Numbers of at least 0 by size, with their sum to nine places.
#[derive(Debug)]
pub struct Histogram {
    ends: &'static [f64],
    /// One for each end, and one for all that is larger.
    buckets: Vec<Counter>,
    billionths: Counter,
}

impl Histogram {
    fn new(ends: &'static [f64]) -> Self {
        Self {
            ends,
            buckets: (0..=ends.len()).map(|_| Counter::default()).collect(),
            billionths: Counter::default(),
        }
    }

    /// Of durations.
    #[must_use]
    pub fn of_durations() -> Self {
        Self::new(&SECONDS)
    }

    /// Of the durations of stages, from a quarter of a microsecond on.
    #[must_use]
    pub fn of_stages() -> Self {
        Self::new(&STAGES)
    }

    /// Of probabilities.
    #[must_use]
    pub fn of_probabilities() -> Self {
        Self::new(&PROBABILITIES)
    }

    /// Of absolute differences of probabilities.
    #[must_use]
    pub fn of_differences() -> Self {
        Self::new(&DIFFERENCES)
    }

    /// Counts a duration.
    pub fn observe_duration(&self, duration: Duration) {
        self.count(duration.as_secs_f64(), nanoseconds(duration));
    }

    /// Counts a number from 0 to 1.
    pub fn observe(&self, number: f64) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to what fits"
        )]
        let billionths = (number.clamp(0.0, 1.0) * PARTS).round() as u64;
        self.count(number, billionths);
    }

    fn count(&self, number: f64, billionths: u64) {
        let bucket = self.ends.partition_point(|end| *end < number);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.add(1);
        }
        self.billionths.add(billionths);
    }

    /// How many numbers are at most each end, and how many there are at all.
    pub(super) fn cumulative(&self) -> (Vec<(f64, u64)>, u64) {
        let mut all = 0;
        let mut buckets = self.buckets.iter();
        let ends = self.ends.iter().zip(buckets.by_ref());
        let ends = ends.map(|(end, bucket)| {
            all += bucket.get();
            (*end, all)
        });
        let ends = ends.collect();
        all += buckets.next().map_or(0, Counter::get);
        (ends, all)
    }

    pub(super) fn sum(&self) -> f64 {
        self.billionths.get() as f64 / PARTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_in_the_first_bucket_that_reaches_it() {
        let histogram = Histogram::of_differences();
        for number in [0.0, 0.001, 0.3, 0.9] {
            histogram.observe(number);
        }
        let (ends, all) = histogram.cumulative();
        let counts: Vec<u64> = ends.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [1, 2, 2, 2, 2, 2, 2, 2, 2, 3]);
        assert_eq!((all, histogram.sum()), (4, 1.201));
        let durations = Histogram::of_durations();
        durations.observe_duration(Duration::from_millis(1));
        durations.observe_duration(Duration::from_secs(60));
        let (ends, all) = durations.cumulative();
        assert_eq!((ends[2], ends[3], all), ((0.0005, 0), (0.001, 1), 2));
        assert_eq!(durations.sum(), 60.001);
    }
}
