//! Where the fitted rows lie along a number, for the eye.

use super::Findings;
use crate::{model::Histogram, train::report::HistogramBin};

/// Bins, at most.
const MAX_BINS: f64 = 30.0;
/// What stands for every text that is no category.
pub(super) const OTHER: &str = "(other)";

/// Bins of equal width over a number's values in the fitted rows. Of whole
/// numbers each bin holds as many.
pub(super) fn histogram(findings: &Findings<'_>, numbers: &[f64]) -> Vec<HistogramBin> {
    let plan = findings.design.plan;
    let rows = findings.fitted.iter().map(|&row| numbers[plan.rows[row]]);
    let rows = rows.filter(|number| !number.is_nan());
    let Some((low, high, whole)) = rows.clone().fold(None, |range, x| {
        let (low, high, whole) = range.unwrap_or((x, x, true));
        Some((
            f64::min(low, x),
            f64::max(high, x),
            whole && x.fract() == 0.0,
        ))
    }) else {
        return Vec::new();
    };
    let edges = if whole {
        whole_edges(low, high)
    } else {
        equal_edges(low, high)
    };
    let histogram = Histogram::with_edges(edges, rows);
    bins(&histogram)
}

/// The bins of a histogram, as the report has them.
pub(super) fn bins(histogram: &Histogram) -> Vec<HistogramBin> {
    let edges = histogram.edges().windows(2);
    edges
        .zip(histogram.counts())
        .map(|(ends, &rows)| HistogramBin {
            from: ends[0],
            to: ends[1],
            rows,
        })
        .collect()
}

/// Edges halfway between whole numbers, cut off at both ends. The last bin takes
/// what is left over, if that is less than half a bin.
fn whole_edges(low: f64, high: f64) -> Vec<f64> {
    let width = ((high - low + 1.0) / MAX_BINS).ceil().max(1.0);
    let inner = (1..=30_u8).map(|edge| low - 0.5 + width * f64::from(edge));
    let inner = inner.take_while(|edge| edge + width / 2.0 <= high + 0.5);
    let edges = [low].into_iter().chain(inner).chain([high]);
    let mut edges: Vec<f64> = edges.collect();
    edges.sort_unstable_by(f64::total_cmp);
    edges
}

fn equal_edges(low: f64, high: f64) -> Vec<f64> {
    let share = |edge: u8| f64::from(edge) / MAX_BINS;
    // Ends weighted, so that the difference of huge numbers is finite.
    let edges = (0..=30).map(|edge| low * (1.0 - share(edge)) + high * share(edge));
    let mut edges: Vec<f64> = edges.collect();
    edges.dedup();
    edges.sort_unstable_by(f64::total_cmp);
    edges
}
