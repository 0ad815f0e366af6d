//! What to watch in production: how features and scores lay in training.

use super::{Findings, contributions::Contributions, support};
use crate::{
    features::FeatureKind,
    model::{Distribution, stability_index},
    train::{
        baseline,
        plan::Values,
        report::{Baseline, LevelCount, Watch, WatchedFeature},
    },
};

/// From these a feature has moved, and far (Siddiqi 2006).
const MOVED: [f64; 2] = [0.1, 0.25];

/// Features that have moved far come first, then those that have moved, then
/// the others; each by importance.
pub(super) fn of(findings: &Findings<'_>, contributions: &Contributions) -> Watch {
    let plan = findings.design.plan;
    let held_out: Vec<usize> = findings
        .held_out
        .iter()
        .map(|&row| plan.rows[row])
        .collect();
    let ranked = contributions.ranked().into_iter();
    let mut features: Vec<WatchedFeature> = ranked
        .map(|feature| watched(findings, feature, &held_out))
        .collect();
    // Stable: by importance where they have moved alike.
    features.sort_by_key(|feature| {
        let index = feature.stability_index.unwrap_or(0.0);
        MOVED.iter().filter(|&&cut| index < cut).count()
    });
    let baseline = findings.baseline;
    Watch {
        prevalence: baseline.churned as f64 / baseline.rows.max(1) as f64,
        probabilities: support::bins(&baseline.probabilities),
        features,
    }
}

fn watched(findings: &Findings<'_>, position: usize, held_out: &[usize]) -> WatchedFeature {
    let feature = &findings.estimate.model.schema().features()[position];
    let planned = &findings.design.plan.features[position];
    let fitted = &findings.baseline.features[position];
    let found = baseline::counts(fitted, planned, feature, held_out);
    let level = |(name, &rows): (&str, &u64)| LevelCount {
        name: name.to_owned(),
        rows,
    };
    let baseline = match (&fitted.values, &feature.kind, &planned.values) {
        (Distribution::Texts(counts), FeatureKind::Text(categories), _) => {
            let names = categories
                .iter()
                .map(String::as_str)
                .chain([support::OTHER]);
            let counted = names.zip(counts).filter(|(_, rows)| **rows > 0);
            Baseline::Levels(counted.map(level).collect())
        }
        (Distribution::Flags(counts), FeatureKind::Flag(labels), _) => {
            let names = [labels.false_label.as_str(), labels.true_label.as_str()];
            Baseline::Levels(names.into_iter().zip(counts).map(level).collect())
        }
        (_, _, Values::Numbers(numbers)) => {
            Baseline::Histogram(support::histogram(findings, numbers))
        }
        _ => Baseline::Levels(Vec::new()),
    };
    WatchedFeature {
        feature: feature.name.clone(),
        missing_share: fitted.missing as f64 / findings.baseline.rows.max(1) as f64,
        stability_index: stability_index(&fitted.counts(), &found),
        baseline,
    }
}
