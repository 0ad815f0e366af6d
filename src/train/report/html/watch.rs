//! What to watch in production.

use maud::{Markup, html};

use super::parts::{Section, cut, head, name, name_within, table, term};
use crate::train::report::{
    Baseline, LevelCount, ReportData, ReportError, WatchedFeature,
    charts::{self, Picture},
    text::{NONE, percent, rounded, short},
};

/// At most so many features are listed.
const MOST_FEATURES: usize = 20;
/// From these a feature has moved, and far. The usual
/// cut-offs of the population stability index (Siddiqi 2006).
const MOVED: f64 = 0.1;
const MOVED_FAR: f64 = 0.25;

pub(super) fn section(data: &ReportData) -> Result<Section, ReportError> {
    let watch = &data.watch;
    let mut rows = Vec::new();
    for (index, feature) in watch.features.iter().enumerate().take(MOST_FEATURES) {
        rows.push(row(index, feature)?);
    }
    let rows = html! { @for row in &rows { (row) } };
    let titles = [
        "feature",
        "how it lay in training",
        "#missing",
        "#PSI, fitted to held out",
    ];
    let scores = charts::histogram(
        &Picture {
            id: "watch-scores",
            title: "Probabilities in training",
            description: "Histogram of the churn probabilities that the model gave in training.",
            width: 390,
            height: 0,
        },
        &watch.probabilities,
    )?;
    Ok(Section {
        id: "watch",
        title: "What to watch in production",
        body: html! {
            div.two {
                ul.plain {
                    li {
                        strong { "Churn itself. " } "It was " (percent(watch.prevalence, 1))
                        " in training. When it moves by a tenth of that, below " (percent(watch.prevalence * 0.9, 1))
                        " or above " (percent((watch.prevalence * 1.1).min(1.0), 1)) ", recalibrate on recent customers."
                    }
                    li {
                        strong { "The features. " } "A " (term("psi", "population stability index")) " of "
                        (MOVED) " says that a feature has moved; from " (MOVED_FAR) " on, fit again."
                    }
                    li { strong { "Missing values. " } "A share that doubles usually means that a source has broken." }
                    li {
                        strong { "The ranking. " } "Once outcomes are known, an AUC below "
                        (rounded(floor(data), 3)) " is worse than chance explains."
                    }
                }
                @if !watch.probabilities.is_empty() {
                    figure { h3 { "Probabilities in training" } (scores) figcaption { "The same picture in production should look like this one." } }
                }
            }
            @if !watch.features.is_empty() {
                (table("Features to watch", &head(&titles), &rows))
                (cut(watch.features.len(), MOST_FEATURES, "features"))
            }
        },
    })
}

/// The lowest AUC that the held-out rows are consistent with.
fn floor(data: &ReportData) -> f64 {
    let area = &data.performance.held_out.area_under_curve;
    area.interval.map_or(area.value, |interval| interval.low)
}

fn row(index: usize, feature: &WatchedFeature) -> Result<Markup, ReportError> {
    let id = format!("watch-{index}");
    let title = format!("{} in training", feature.feature);
    let baseline = match &feature.baseline {
        Baseline::Histogram(bins) => {
            let picture = Picture {
                id: &id,
                title: &title,
                description: "Histogram of the training rows.",
                width: 300,
                height: 0,
            };
            html! { div.spark { (charts::histogram(&picture, bins)?) } }
        }
        Baseline::Levels(levels) => html! { (name_within(&shares(levels), 160)) },
    };
    Ok(html! {
        tr {
            th scope="row" { (name(&feature.feature)) }
            td.wide { (baseline) }
            td.n { (percent(feature.missing_share, 1)) }
            td.n { (stability(feature.stability_index)) }
        }
    })
}

fn stability(index: Option<f64>) -> Markup {
    html! {
        @match index {
            None => (NONE),
            Some(index) => {
                (rounded(index, 3))
                @if index >= MOVED_FAR { " " span.flag { "▼ far" } }
                @else if index >= MOVED { " " span.flag { "▼ moved" } }
            }
        }
    }
}

/// The most frequent values with their shares.
fn shares(levels: &[LevelCount]) -> String {
    const MOST: usize = 5;
    let total: u64 = levels.iter().map(|level| level.rows).sum();
    let mut levels: Vec<&LevelCount> = levels.iter().collect();
    levels.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.name.cmp(&b.name)));
    let mut named: Vec<String> = levels
        .iter()
        .take(MOST)
        .map(|level| {
            let share = percent(level.rows as f64 / total.max(1) as f64, 1);
            format!("{} {share}", short(&level.name, 24))
        })
        .collect();
    if levels.len() > MOST {
        named.push(format!("{} more", levels.len() - MOST));
    }
    named.join(" · ")
}
