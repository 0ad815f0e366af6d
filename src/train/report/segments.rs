//! The report of a segmentation: one page.

use maud::{Markup, html};

use super::{
    PairAxis, ReportError,
    charts::{Bar, HeatMap, Picture, Scale, bars, heatmap},
    html::{
        page::Page,
        parts::{Section, figure, head, name, table, tile},
    },
    text::{NONE, compact, count, percent, short},
};
use crate::{artifact::SegmentationContent, policy::Group};

/// The page of a segmentation.
///
/// # Errors
///
/// When the charting library refuses to draw a chart.
pub(in crate::train) fn html(
    model: &str,
    content: &SegmentationContent,
) -> Result<String, ReportError> {
    let facts = &content.facts;
    let page = Page {
        title: "Segmentation",
        kicker: "Holdfast · report of a segmentation",
        model,
        version: None,
        lead: html! {
            (count(facts.customers)) " customers as of " (facts.as_of.to_string()) "; money "
            @match &facts.currency {
                Some(currency) => { "in " (short(currency, 10)) "." }
                None => "in the currency of the log.",
            }
        },
        trainer_version: &facts.trainer_version,
    };
    Ok(page.of(&[
        segments(content)?,
        scores(content)?,
        tiers(content),
        Section {
            id: "stages",
            title: "Lifecycle stages",
            body: groups("Lifecycle stages", &content.summary.stages),
        },
        clusters(content),
        moves(content),
    ]))
}

fn segments(content: &SegmentationContent) -> Result<Section, ReportError> {
    let summary = &content.summary;
    let heights: Vec<Bar> = summary
        .segments
        .iter()
        .map(|group| Bar {
            name: group.name.clone(),
            value: group.customers as f64,
            spread: None,
            note: count(group.customers),
        })
        .collect();
    let picture = Picture {
        id: "segment-sizes",
        title: "Customers by segment",
        description: "A bar for each named segment, as long as it has customers.",
        width: 720,
        height: 320,
    };
    let chart = bars(&picture, &heights, "customers", false)?;
    let watched = match &summary.follow_up {
        None => "The log is too short to tell who left.".to_owned(),
        Some(watched) => format!(
            "Left: of those in the group at the end of {}, who made no purchase up to {}.",
            watched.from, watched.to
        ),
    };
    let body = html! {
        div.tiles {
            (tile(&count(content.facts.customers), "customers", "with a purchase by the cut-off"))
            (tile(&count(content.facts.prospects), "prospects", "without one"))
        }
        (figure("Customers by segment", &html! {
            "Segments are ranges of the scores for recency, frequency (all purchases, the first "
            "included) and mean spend of a purchase, as the policy names them."
        }, &chart))
        p.note {
            "Value: money of the last " (count(content.segmentation.value_days.into())) " days. "
            (watched)
        }
        (groups("Segments by size, value and loss", &summary.segments))
    };
    Ok(Section {
        id: "segments",
        title: "Segments",
        body,
    })
}

fn scores(content: &SegmentationContent) -> Result<Section, ReportError> {
    let axis = |count: &str| {
        let level = |score: usize| format!("{count}{score}");
        PairAxis::Levels((1..=5).map(level).collect())
    };
    let values: Vec<Vec<f64>> = content
        .summary
        .recency_frequency
        .iter()
        .map(|row| row.iter().map(|customers| *customers as f64).collect())
        .collect();
    let picture = Picture {
        id: "recency-frequency",
        title: "Customers by recency and frequency score",
        description: "A map of five by five cells, darker where there are more customers.",
        width: 640,
        height: 320,
    };
    let heat = HeatMap {
        across: &axis("F"),
        across_name: "frequency score",
        up: &axis("R"),
        up_name: "recency score",
        values: &values,
        scale: Scale::Counts,
    };
    let chart = heatmap(&picture, &heat)?;
    let scales = &content.segmentation.scales;
    let rows = html! {
        @for (what, scale, sign) in [
            ("days since the last purchase", &scales.recency, -1.0),
            ("purchases", &scales.frequency, 1.0),
            ("mean spend of a purchase", &scales.monetary, 1.0),
        ] {
            @for step in scale.steps() {
                tr {
                    th scope="row" { (what) }
                    td.n { (step.score.get()) }
                    td.n { (compact(sign * step.from + 0.0)) }
                }
            }
        }
    };
    let body = html! {
        (figure("Customers by recency and frequency score", &html! {
            "5 is best in each. Equal values have equal scores, so that some scores can be empty."
        }, &chart))
        p.note { "For days the score begins at the largest number, and holds down to the next score's." }
        (table("Where each score begins", &head(&["measure", "#score", "#begins at"]), &rows))
    };
    Ok(Section {
        id: "scores",
        title: "Scores",
        body,
    })
}

fn tiers(content: &SegmentationContent) -> Section {
    let shares = &content.segmentation.policy.tiers.shares;
    let [high, medium, low] = shares.shares();
    let edges = &content.segmentation.current_edges;
    let edge = |edge: Option<f64>| edge.map_or_else(|| NONE.to_owned(), compact);
    let body = html! {
        (groups("Value tiers", &content.summary.tiers))
        p.note {
            "Meant to be " (percent(high, 0)) " high, " (percent(medium, 0)) " medium and "
            (percent(low, 0)) " low, shares of " (shares.by().as_str())
            ". Medium begins at a current value of " (edge(edges.medium()))
            ", high at " (edge(edges.high())) "."
        }
        @if let Some((edges, used)) = &content.segmentation.potential {
            p.note {
                "Potential value is the lifetime value that " (short(&used.model, 80)) " tells: medium from "
                (edge(edges.medium())) ", high from " (edge(edges.high()))
                ". The tier of a customer is what the policy makes of both."
            }
        }
        @if let Some(matrix) = content.summary.tier_matrix {
            (table(
                "Customers by tier of current value (rows) and of potential value (columns)",
                &head(&["current", "#low", "#medium", "#high"]),
                &html! {
                    @for (tier, row) in ["low", "medium", "high"].iter().zip(matrix) {
                        tr {
                            th scope="row" { (tier) }
                            @for customers in row { td.n { (count(customers)) } }
                        }
                    }
                },
            ))
        }
    };
    Section {
        id: "tiers",
        title: "Value tiers",
        body,
    }
}

fn clusters(content: &SegmentationContent) -> Section {
    let summary = &content.summary;
    let features = content.segmentation.clusters.features();
    let rows = html! {
        @for (cluster, profile) in summary.profiles.iter().enumerate() {
            tr {
                th scope="row" { (cluster + 1) }
                @for mean in &profile.means { td.n { (mean.map_or_else(|| NONE.to_owned(), compact)) } }
            }
        }
        tr {
            th scope="row" { "all" }
            @for mean in &summary.feature_means { td.n { (mean.map_or_else(|| NONE.to_owned(), compact)) } }
        }
    };
    let titles: Vec<String> = features
        .iter()
        .map(|feature| format!("#{}", short(&feature.name, 40)))
        .collect();
    let mut titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    titles.insert(0, "cluster");
    let tried = html! {
        @for (k, silhouette) in &content.facts.silhouettes {
            tr { th scope="row" { (k) } td.n { (format!("{silhouette:.3}")) } }
        }
    };
    let body = html! {
        (groups("Clusters", &summary.clusters))
        h3 { "What sets clusters apart" }
        ul {
            @for (cluster, profile) in summary.profiles.iter().enumerate() {
                li { "Cluster " (cluster + 1) ": " (short(&profile.words, 300)) "." }
            }
        }
        p.note { "In brackets the mean of the cluster against that of all customers." }
        (table("What clusters are like: means in the features' own units", &head(&titles), &rows))
        @if !content.facts.silhouettes.is_empty() {
        (table("Mean silhouette by number of clusters", &head(&["clusters", "#silhouette"]), &tried))
        }
    };
    Section {
        id: "clusters",
        title: "Clusters",
        body,
    }
}

fn moves(content: &SegmentationContent) -> Section {
    let names: Vec<&str> = content
        .summary
        .segments
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    let body = match &content.summary.follow_up {
        None => html! { p { "The log is too short to tell." } },
        Some(watched) => {
            let titles: Vec<String> = names
                .iter()
                .map(|name| format!("#{}", short(name, 20)))
                .collect();
            let mut titles: Vec<&str> = titles.iter().map(String::as_str).collect();
            titles.insert(0, "from");
            let rows = html! {
                @for (from, row) in names.iter().zip(&watched.segment_moves) {
                    tr {
                        th scope="row" { (name(from)) }
                        @for customers in row { td.n { (count(*customers)) } }
                    }
                }
            };
            let caption = format!(
                "Customers by segment at the end of {} (rows) and of {} (columns)",
                watched.from, watched.to
            );
            table(&caption, &head(&titles), &rows)
        }
    };
    Section {
        id: "moves",
        title: "Movement between segments",
        body,
    }
}

fn groups(caption: &str, groups: &[Group]) -> Markup {
    let customers: u64 = groups.iter().map(|group| group.customers).sum();
    let whole: f64 = groups.iter().map(|group| group.current_value).sum();
    // Of a sum with negative parts there are no shares.
    let parts = groups.iter().all(|group| group.current_value >= 0.0);
    let whole = if parts { whole } else { 0.0 };
    let share = |part: f64, whole: f64| {
        if whole > 0.0 {
            percent(part / whole, 1)
        } else {
            NONE.to_owned()
        }
    };
    let rows = html! {
        @for group in groups {
            tr {
                th scope="row" { (name(&group.name)) }
                td.n { (count(group.customers)) }
                td.n { (share(group.customers as f64, customers as f64)) }
                td.n { (compact(group.current_value)) }
                td.n { (share(group.current_value, whole)) }
                td.n {
                    (group.churned.and_then(|churned| churned.share())
                        .map_or_else(|| NONE.to_owned(), |left| percent(left, 1)))
                }
                @if let Some(potential) = group.potential_value {
                    td.n { (compact(potential)) }
                }
            }
        }
    };
    let mut titles = vec![
        "group",
        "#customers",
        "#share",
        "#value",
        "#share of value",
        "#left",
    ];
    if groups.iter().any(|group| group.potential_value.is_some()) {
        titles.push("#potential value");
    }
    table(caption, &head(&titles), &rows)
}
