//! What drives churn: importance of the features, and cause groups.

use maud::html;

use super::parts::{Section, cut, figure, head, name, name_within, table, term};
use crate::train::report::{
    Effect, ReportData, ReportError,
    charts::{self, Bar, Picture},
    text::{clean, listed, percent, rounded},
};

/// At most so many features are compared in the chart.
const MOST_BARS: usize = 20;

pub(super) fn section(data: &ReportData) -> Result<Section, ReportError> {
    let effects = by_importance(data);
    let importance: Vec<Bar> = effects
        .iter()
        .take(MOST_BARS)
        .map(|effect| {
            bar(
                &effect.feature,
                effect.importance,
                rounded(effect.importance, 3),
            )
        })
        .collect();
    let picture = Picture {
        id: "importance",
        title: "Importance of the features",
        description: "Mean absolute contribution of each feature to the log-odds, the largest first.",
        width: 390,
        height: 0,
    };
    let importance = charts::bars(&picture, &importance, "mean |log-odds|", false)?;
    let mut causes: Vec<_> = data.causes.iter().collect();
    causes.sort_by(|a, b| {
        b.share
            .total_cmp(&a.share)
            .then_with(|| a.group.cmp(&b.group))
    });
    let bars: Vec<Bar> = causes
        .iter()
        .map(|cause| bar(&cause.group, cause.share, percent(cause.share, 1)))
        .collect();
    let picture = Picture {
        id: "causes",
        title: "Causes of churn in the base",
        description: "Share of each cause group in what pushes churn up.",
        ..picture
    };
    let chart = charts::bars(&picture, &bars, "share", false)?;
    let rows = html! {
        @for cause in &causes {
            tr {
                th scope="row" { (name(&cause.group)) }
                td.n { (percent(cause.share, 1)) }
                td.wide { (name_within(&listed(&cause.features.iter().take(6).map(|f| clean(f)).collect::<Vec<_>>()), 160)) }
            }
        }
    };
    Ok(Section {
        id: "drivers",
        title: "What drives churn",
        body: html! {
            div.two {
                (figure("Importance", &html! { "How much each feature moves the " (term("log-odds", "log-odds")) " on average, up or down." }, &importance))
                @if !bars.is_empty() {
                    (figure("Causes", &html! { "Everything that raises the risk of the customers in the base, added up by cause." }, &chart))
                }
            }
            (cut(effects.len(), MOST_BARS, "features"))
            @if !causes.is_empty() {
                (table("Cause groups", &head(&["cause", "#share", "strongest features"]), &rows))
            }
        },
    })
}

/// The largest first; equal ones by name, so that the page never changes by itself.
pub(super) fn by_importance(data: &ReportData) -> Vec<&Effect> {
    let mut effects: Vec<&Effect> = data.effects.iter().collect();
    effects.sort_by(|a, b| {
        b.importance
            .total_cmp(&a.importance)
            .then_with(|| a.feature.cmp(&b.feature))
    });
    effects
}

fn bar(name: &str, value: f64, note: String) -> Bar {
    Bar {
        name: name.to_owned(),
        value,
        spread: None,
        note,
    }
}
