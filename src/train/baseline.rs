//! What drift is measured against: how features and scores lie in the rows that
//! were fitted.

use rayon::prelude::*;

use super::{
    FitError,
    design::Design,
    plan::{PlannedFeature, Values},
};
use crate::{
    features::{Feature, FeatureKind},
    model::{Baseline, ChurnModel, Distribution, FeatureBaseline, Histogram, logistic},
};

/// Bins of about equal size: the usual ten of a stability index.
const BINS: usize = 10;
/// Bins of the probabilities.
const PROBABILITY_BINS: u8 = 20;
/// Quantiles are those of as many rows at most, evenly spread.
const MAX_SAMPLE: usize = 100_000;
/// Rows that are scored in one go.
const CHUNK: usize = 4096;

/// The baseline of `rows`, which count as in [`Design`].
///
/// # Errors
///
/// When a row does not fit the model's schema; those that it was fitted on do.
pub(super) fn of(
    design: &Design<'_>,
    model: &ChurnModel,
    rows: &[usize],
) -> Result<Baseline, FitError> {
    let chunks: Vec<Vec<f64>> = rows
        .par_chunks(CHUNK)
        .map(|rows| design.log_odds(model, rows))
        .collect::<Result<_, _>>()?;
    let log_odds = chunks.concat();
    let features = design
        .plan
        .features
        .par_iter()
        .zip(model.schema().features());
    let places: Vec<usize> = rows.iter().map(|&row| design.plan.rows[row]).collect();
    Ok(Baseline {
        rows: rows.len() as u64,
        churned: design
            .outcomes(rows)
            .iter()
            .filter(|churned| **churned)
            .count() as u64,
        features: features
            .map(|(planned, feature)| of_feature(planned, feature, &places))
            .collect(),
        probabilities: probabilities(&log_odds),
        log_odds: by_quantiles(&log_odds),
    })
}

/// The same features with other scores: calibrated log-odds of other rows.
pub(super) fn with_scores(baseline: Baseline, log_odds: &[f64]) -> Baseline {
    Baseline {
        log_odds: by_quantiles(log_odds),
        probabilities: probabilities(log_odds),
        ..baseline
    }
}

/// Counts of a feature in other rows, by the bins of its baseline; those without
/// a value last. Rows are those of the table.
pub(super) fn counts(
    baseline: &FeatureBaseline,
    planned: &PlannedFeature<'_>,
    feature: &Feature,
    places: &[usize],
) -> Vec<u64> {
    let values = match (&baseline.values, &planned.values) {
        (Distribution::Numbers(histogram), Values::Numbers(numbers)) => {
            let found = places.iter().map(|&row| numbers[row]);
            Distribution::Numbers(Histogram::with_edges(histogram.edges().to_vec(), found))
        }
        _ => distribution(planned, feature, places),
    };
    let counted = FeatureBaseline {
        name: String::new(),
        missing: missing(planned, places),
        values,
    };
    counted.counts()
}

fn of_feature(
    planned: &PlannedFeature<'_>,
    feature: &Feature,
    places: &[usize],
) -> FeatureBaseline {
    FeatureBaseline {
        name: feature.name.clone(),
        missing: missing(planned, places),
        values: distribution(planned, feature, places),
    }
}

fn missing(planned: &PlannedFeature<'_>, places: &[usize]) -> u64 {
    let missing = places.iter().filter(|&&row| planned.is_missing(row));
    missing.count() as u64
}

fn distribution(planned: &PlannedFeature<'_>, feature: &Feature, places: &[usize]) -> Distribution {
    match &planned.values {
        Values::Numbers(numbers) => {
            let present = places.iter().map(|&row| numbers[row]);
            let present: Vec<f64> = present.filter(|number| !number.is_nan()).collect();
            Distribution::Numbers(by_quantiles(&present))
        }
        Values::Texts(texts) => {
            let categories: &[String] = match &feature.kind {
                FeatureKind::Text(categories) => categories,
                FeatureKind::Number(_) | FeatureKind::Flag(_) => &[],
            };
            let mut counts = vec![0; categories.len() + 1];
            for (code, count) in texts.counts(places).into_iter().enumerate() {
                let text = texts.text(code);
                let known = categories.binary_search_by(|category| category.as_str().cmp(text));
                counts[known.unwrap_or(categories.len())] += count as u64;
            }
            Distribution::Texts(counts)
        }
        Values::Flags(_, flags) => {
            let mut counts = [0; 2];
            for flag in places.iter().filter_map(|&row| flags[row]) {
                counts[usize::from(flag)] += 1;
            }
            Distribution::Flags(counts)
        }
    }
}

/// Of log-odds, by bins of equal width.
fn probabilities(log_odds: &[f64]) -> Histogram {
    Histogram::with_edges(
        (0..=PROBABILITY_BINS)
            .map(|edge| f64::from(edge) / f64::from(PROBABILITY_BINS))
            .collect(),
        log_odds.iter().copied().map(logistic),
    )
}

/// `values` are numbers.
fn by_quantiles(values: &[f64]) -> Histogram {
    let stride = values.len().div_ceil(MAX_SAMPLE).max(1);
    let sample = values.iter().copied().step_by(stride).collect();
    Histogram::by_quantiles(sample, BINS, values.iter().copied())
}
