//! Metrics as they stand at one moment: what `/metrics` writes and what a collector
//! is sent are made of the same walk over the counters.

use super::Histogram;

/// Metrics, one family after the other.
#[derive(Debug, Default, PartialEq)]
pub struct Families(Vec<Family>);

/// Samples of one name.
#[derive(Debug, PartialEq)]
pub struct Family {
    pub(in crate::telemetry) name: &'static str,
    pub(in crate::telemetry) help: &'static str,
    pub(in crate::telemetry) kind: Kind,
    pub(in crate::telemetry) samples: Vec<Sample>,
}

/// What the samples of a family are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::telemetry) enum Kind {
    /// Only grows.
    Counter,
    /// Rises and falls.
    Gauge,
    /// How often a number was how large.
    Histogram,
}

/// One of a family.
#[derive(Debug, PartialEq)]
pub(in crate::telemetry) struct Sample {
    pub(in crate::telemetry) labels: Vec<(&'static str, String)>,
    pub(in crate::telemetry) value: Value,
}

/// What a sample says.
#[derive(Debug, PartialEq)]
pub(in crate::telemetry) enum Value {
    One(Number),
    Many {
        /// How many were at most so large.
        ends: Vec<(f64, u64)>,
        count: u64,
        sum: f64,
    },
}

/// A number, whole or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole one.
    Whole(u64),
    /// Any other.
    Real(f64),
}

/// Names and values.
type Labels<'l> = [(&'static str, &'l str)];

impl Families {
    /// Begins a family of counters; the name ends in `_total`.
    pub fn counter(&mut self, name: &'static str, help: &'static str) -> &mut Family {
        self.family(name, help, Kind::Counter)
    }

    /// Begins a family of gauges.
    pub fn gauge(&mut self, name: &'static str, help: &'static str) -> &mut Family {
        self.family(name, help, Kind::Gauge)
    }

    /// Begins a family of histograms.
    pub fn histogram(&mut self, name: &'static str, help: &'static str) -> &mut Family {
        self.family(name, help, Kind::Histogram)
    }

    pub(in crate::telemetry) fn iter(&self) -> impl Iterator<Item = &Family> {
        self.0.iter()
    }

    fn family(&mut self, name: &'static str, help: &'static str, kind: Kind) -> &mut Family {
        let samples = Vec::new();
        let family = Family {
            name,
            help,
            kind,
            samples,
        };
        let at = self.0.len();
        self.0.push(family);
        &mut self.0[at]
    }
}

impl Family {
    /// Adds a sample.
    pub fn sample(&mut self, labels: &Labels<'_>, value: impl Into<Number>) {
        self.add(labels, Value::One(value.into()));
    }

    /// Adds a histogram.
    pub fn histogram(&mut self, labels: &Labels<'_>, histogram: &Histogram) {
        let (ends, count) = histogram.cumulative();
        let sum = histogram.sum();
        self.add(labels, Value::Many { ends, count, sum });
    }

    fn add(&mut self, labels: &Labels<'_>, value: Value) {
        let labels = labels.iter();
        let labels = labels.map(|(name, value)| (*name, (*value).to_owned()));
        let labels = labels.collect();
        self.samples.push(Sample { labels, value });
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self::Whole(number)
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<usize> for Number {
    fn from(number: usize) -> Self {
        Self::Whole(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}
