//! How features and scores lay in training: what drift is measured against.

use crate::features::Cell;

/// The distributions of the rows that a model was fitted on. Of a recalibrated
/// one, the scores are those of the rows of its calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// How many rows.
    pub rows: u64,
    /// How many of them churned.
    pub churned: u64,
    /// One for each feature, in the schema's order.
    pub features: Vec<FeatureBaseline>,
    /// Calibrated log-odds, in bins of about equal size.
    pub log_odds: Histogram,
    /// Calibrated probabilities, in bins of equal width from 0 to 1.
    pub probabilities: Histogram,
}

/// How one feature lay.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureBaseline {
    /// Its name.
    pub name: String,
    /// Rows without a value.
    pub missing: u64,
    /// The rows with one.
    pub values: Distribution,
}

/// Rows by value.
#[derive(Debug, Clone, PartialEq)]
pub enum Distribution {
    /// Of a number, in bins of about equal size.
    Numbers(Histogram),
    /// Of a text: rows of each category of the schema, in its order, then those
    /// of every other text.
    Texts(Vec<u64>),
    /// Of a flag: rows where it is false, and where it is true.
    Flags([u64; 2]),
}

/// Rows by bin. Bin `i` holds the numbers from edge `i` up to, but without, edge
/// `i + 1`; the first and the last bin also hold what lies beyond them.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    edges: Vec<f64>,
    counts: Vec<u64>,
}

/// Why edges and counts are no histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a histogram needs finite edges that do not fall, one more than it has bins")]
pub struct HistogramError;

impl Histogram {
    /// Puts a stored one together. Without bins there are no edges either.
    ///
    /// # Errors
    ///
    /// When the edges fall or are not finite, or are not one more than the
    /// counts.
    pub fn new(edges: Vec<f64>, counts: Vec<u64>) -> Result<Self, HistogramError> {
        let fits = match counts.len() {
            0 => edges.is_empty(),
            bins => edges.len() == bins + 1,
        };
        let rises = edges.is_sorted() && edges.iter().all(|edge| edge.is_finite());
        if fits && rises {
            Ok(Self { edges, counts })
        } else {
            Err(HistogramError)
        }
    }

    /// Counts values into about `bins` bins of equal size, at most one for each
    /// distinct value; the edges are quantiles of `sample`, finite numbers in
    /// any order. NaN is passed over.
    #[must_use]
    pub fn by_quantiles(
        mut sample: Vec<f64>,
        bins: usize,
        values: impl IntoIterator<Item = f64>,
    ) -> Self {
        sample.sort_unstable_by(f64::total_cmp);
        let edges = quantile_edges(&sample, bins);
        Self::with_edges(edges, values)
    }

    /// Counts values into bins with these edges, finite and not falling.
    pub(crate) fn with_edges(edges: Vec<f64>, values: impl IntoIterator<Item = f64>) -> Self {
        let mut histogram = Self {
            counts: vec![0; edges.len().saturating_sub(1)],
            edges,
        };
        for value in values {
            if let Some(bin) = histogram.bin(value) {
                histogram.counts[bin] += 1;
            }
        }
        histogram
    }

    /// The bin that a number belongs to; `None` for NaN, or without bins.
    #[must_use]
    pub fn bin(&self, value: f64) -> Option<usize> {
        let inner = self.edges.len().checked_sub(1)?;
        // One edge alone bounds no bin.
        let above = self
            .edges
            .get(1..inner)?
            .partition_point(|&edge| edge <= value);
        (!value.is_nan()).then_some(above)
    }

    /// The ends of the bins; one more than there are bins, or none.
    #[must_use]
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// Rows of each bin.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }
}

impl FeatureBaseline {
    /// The place of a value among [`Self::counts`]; `None` for one of another kind.
    pub(crate) fn place(&self, cell: Cell) -> Option<usize> {
        let (place, places) = match (&self.values, cell) {
            (Distribution::Numbers(histogram), Cell::Number(number)) => {
                return histogram.bin(number);
            }
            (Distribution::Texts(counts), Cell::Category(category)) => (category, counts.len()),
            (Distribution::Flags(counts), Cell::Flag(flag)) => (usize::from(flag), counts.len()),
            (Distribution::Numbers(histogram), Cell::Missing) => {
                return Some(histogram.counts().len());
            }
            (Distribution::Texts(counts), Cell::Missing) => return Some(counts.len()),
            (Distribution::Flags(counts), Cell::Missing) => return Some(counts.len()),
            (_, Cell::Number(_) | Cell::Category(_) | Cell::Flag(_)) => return None,
        };
        (place < places).then_some(place)
    }

    /// Rows of each bin or value, those without a value last.
    #[must_use]
    pub fn counts(&self) -> Vec<u64> {
        let of_values = match &self.values {
            Distribution::Numbers(histogram) => histogram.counts(),
            Distribution::Texts(counts) => counts,
            Distribution::Flags(counts) => counts,
        };
        of_values.iter().copied().chain([self.missing]).collect()
    }
}

/// Population stability index (Siddiqi 2006) of two lists of counts by the same
/// bins: Σ (p − q) · ln(p / q) over the shares; 0 for equal shares, in nats. An
/// empty bin counts as half a row. `None` where a list has no rows.
#[must_use]
pub fn stability_index(expected: &[u64], found: &[u64]) -> Option<f64> {
    let total = |counts: &[u64]| counts.iter().sum::<u64>() as f64;
    let (of_expected, of_found) = (total(expected), total(found));
    if expected.len() != found.len() || of_expected == 0.0 || of_found == 0.0 {
        return None;
    }
    let share = |count: u64, total: f64| (count as f64).max(0.5) / total;
    let bins = expected.iter().zip(found);
    let filled = bins.filter(|(expected, found)| **expected + **found > 0);
    let terms = filled.map(|(&p, &q)| {
        let (p, q) = (share(p, of_expected), share(q, of_found));
        (p - q) * (p / q).ln()
    });
    Some(terms.sum())
}

/// Of sorted numbers: the smallest, quantiles, and one beyond the largest, so
/// that a value that fills a bin alone has a bin with a width.
fn quantile_edges(sorted: &[f64], bins: usize) -> Vec<f64> {
    let (Some(&first), Some(&last)) = (sorted.first(), sorted.last()) else {
        return Vec::new();
    };
    let distinct: Vec<f64> = sorted.chunk_by(|a, b| a == b).map(|same| same[0]).collect();
    let mut edges = if distinct.len() <= bins {
        distinct
    } else {
        let quantiles = (0..bins).map(|bin| sorted[bin * sorted.len() / bins]);
        let mut edges: Vec<f64> = quantiles.collect();
        edges.dedup();
        edges
    };
    // A bin alone: as wide as its value is large.
    let width = match edges.as_slice() {
        [.., before, end] if *end == last => end - before,
        [_, ..] if last > first => 0.0,
        _ => first.abs().max(1.0),
    };
    edges.push((last + width).clamp(f64::MIN, f64::MAX));
    edges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_values_have_a_bin_each() {
        let values = [1.0, 2.0, 1.0, 4.0, f64::NAN];
        let histogram = Histogram::by_quantiles(vec![1.0, 2.0, 4.0], 10, values);
        assert_eq!(histogram.edges(), [1.0, 2.0, 4.0, 6.0]);
        assert_eq!(histogram.counts(), [2, 1, 1]);
        let constant = Histogram::by_quantiles(vec![7.0], 10, [7.0, 7.0]);
        assert_eq!(constant.edges(), [7.0, 14.0]);
        let none = Histogram::by_quantiles(Vec::new(), 10, [f64::NAN]);
        assert_eq!(none.bin(3.0), None);
    }

    #[test]
    fn stored_ones_are_checked() {
        assert!(Histogram::new(vec![0.0, 1.0], vec![3]).is_ok());
        assert!(Histogram::new(Vec::new(), Vec::new()).is_ok());
        assert!(Histogram::new(vec![0.0], Vec::new()).is_err());
        assert!(Histogram::new(vec![1.0, 0.0], vec![3]).is_err());
        assert!(Histogram::new(vec![0.0, f64::NAN], vec![3]).is_err());
    }

    #[test]
    fn a_value_has_the_place_of_its_count() {
        let feature = |values| FeatureBaseline {
            name: "f".to_owned(),
            missing: 7,
            values,
        };
        let histogram = Histogram::new(vec![0.0, 1.0, 2.0], vec![5, 6]).unwrap();
        let numbers = feature(Distribution::Numbers(histogram));
        let texts = feature(Distribution::Texts(vec![1, 2]));
        let flags = feature(Distribution::Flags([3, 4]));
        for (feature, cell, count) in [
            (&numbers, Cell::Number(1.5), Some(6)),
            (&numbers, Cell::Number(-9.0), Some(5)),
            (&numbers, Cell::Missing, Some(7)),
            (&numbers, Cell::Flag(true), None),
            (&texts, Cell::Category(1), Some(2)),
            (&texts, Cell::Category(2), None),
            (&texts, Cell::Missing, Some(7)),
            (&flags, Cell::Flag(true), Some(4)),
            (&flags, Cell::Missing, Some(7)),
        ] {
            let place = feature.place(cell);
            assert_eq!(
                place.map(|place| feature.counts()[place]),
                count,
                "{cell:?}"
            );
        }
    }

    #[test]
    fn equal_shares_are_stable() {
        assert_eq!(stability_index(&[10, 20, 0], &[1, 2, 0]), Some(0.0));
        let moved = stability_index(&[50, 50], &[75, 25]).unwrap();
        assert!((moved - 0.25 * 3f64.ln()).abs() < 1e-12);
        assert_eq!(stability_index(&[0], &[1]), None);
        assert_eq!(stability_index(&[1], &[1, 1]), None);
    }

    proptest! {
        #[test]
        fn every_number_is_in_one_bin(
            values in prop::collection::vec(-1e300..1e300f64, 1..200),
            bins in 1..20usize,
        ) {
            let histogram = Histogram::by_quantiles(values.clone(), bins, values.clone());
            prop_assert_eq!(histogram.counts().iter().sum::<u64>(), values.len() as u64);
            prop_assert!(histogram.counts().len() <= bins);
            let (edges, counts) = (histogram.edges().to_vec(), histogram.counts().to_vec());
            prop_assert_eq!(Histogram::new(edges, counts), Ok(histogram));
        }
    }
}
