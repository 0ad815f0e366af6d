//! A segmentation as people read it on a terminal.

use std::fmt;

use super::Segmented;
use crate::{
    artifact::SegmentationContent,
    model::segments::{Tier, TierEdges},
    policy::{Group, SegmentationFacts, SegmentationSummary},
    train::{
        assess::terminal::{TextTable, folded, name, percent},
        report::compact,
    },
};

impl fmt::Display for Segmented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            identity,
            content,
            cleaning,
            output,
        } = self;
        writeln!(f, "Log\n{cleaning}\n")?;
        writeln!(
            f,
            "Published {} version {}, digest {}",
            identity.name, identity.version, identity.digest
        )?;
        write!(f, "{}", SegmentationText(content))?;
        if let Some(output) = output {
            writeln!(f, "\nCustomers\n{}", folded(&output.display().to_string()))?;
        }
        Ok(())
    }
}

/// What is inside a segmentation.
#[derive(Debug)]
pub(in crate::train) struct SegmentationText<'c>(pub(in crate::train) &'c SegmentationContent);

impl fmt::Display for SegmentationText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SegmentationContent {
            segmentation,
            facts,
            summary,
        } = self.0;
        writeln!(f, "{}", folded(&told(facts, summary)))?;
        let value = format!("value of {} days", segmentation.value_days);
        for (title, groups) in [
            ("Segments", &summary.segments),
            ("Value tiers", &summary.tiers),
            ("Lifecycle stages", &summary.stages),
            ("Clusters", &summary.clusters),
        ] {
            if let ("Lifecycle stages", Some(counts)) = (title, &summary.tier_matrix) {
                let title = "Customers by tier of current value (rows) and of potential value";
                write!(f, "\n{title}\n{}", matrix(counts))?;
            }
            write!(f, "\n{title}\n{}", table(groups, &value))?;
        }
        for (cluster, profile) in summary.profiles.iter().enumerate() {
            let told = format!("{}: {}", cluster + 1, profile.words);
            writeln!(f, "{}", folded(&told))?;
        }
        writeln!(f, "\nEdges")?;
        let scales = &segmentation.scales;
        for (what, scale, sign) in [
            ("days since last purchase", &scales.recency, -1.0),
            ("purchases, the first included", &scales.frequency, 1.0),
            ("mean spend of a purchase", &scales.monetary, 1.0),
        ] {
            let steps = scale.steps().iter().map(|step| {
                // 0 and not -0.
                let from = sign * step.from + 0.0;
                format!("{} from {}", step.score.get(), compact(from))
            });
            let few = match scale.steps().len() {
                5 => String::new(),
                1 => " (one score only: all customers have equal values)".to_owned(),
                n => format!(" ({n} scores only: many customers have equal values)"),
            };
            let steps: Vec<String> = steps.collect();
            let line = format!("{what}: score {}{few}", steps.join(", "));
            writeln!(f, "{}", folded(&line))?;
        }
        let line = format!(
            "current value: {}; typical gap {} days",
            begins(&segmentation.current_edges),
            compact(segmentation.typical_gap_days)
        );
        writeln!(f, "{}", folded(&line))?;
        if let Some((edges, used)) = &segmentation.potential {
            let line = format!("potential value by {}: {}", used.model, begins(edges));
            writeln!(f, "{}", folded(&line))?;
        }
        Ok(())
    }
}

fn begins(edges: &TierEdges) -> String {
    let edge = |edge: Option<f64>| edge.map_or_else(|| "nobody".to_owned(), compact);
    let from = |edge: Option<f64>| edge.map_or("", |_| "from ");
    let (medium, high) = (edges.medium(), edges.high());
    format!(
        "medium {}{}, high {}{}",
        from(medium),
        edge(medium),
        from(high),
        edge(high)
    )
}

/// Customers by both tiers.
fn matrix(counts: &[[u64; 3]; 3]) -> TextTable {
    let mut table = TextTable::new(1, &["current", "low", "medium", "high"]);
    for (tier, row) in Tier::ALL.iter().zip(counts) {
        let [low, medium, high] = row.map(|customers| customers.to_string());
        table.row([tier.to_string(), low, medium, high]);
    }
    table
}

fn told(facts: &SegmentationFacts, summary: &SegmentationSummary) -> String {
    let tried = facts.silhouettes.iter();
    let tried = tried.map(|(k, silhouette)| format!("{k}: {silhouette:.3}"));
    let tried: Vec<String> = tried.collect();
    let watched = match &summary.follow_up {
        None => "the log is too short to tell who left".to_owned(),
        Some(watched) => format!(
            "left: no purchase after {} up to {}, by group as of the first of them",
            watched.from, watched.to
        ),
    };
    format!(
        "{} {} as of {}, and {} without a purchase; money {}; {watched}; clusters by silhouette ({})",
        facts.customers,
        if facts.customers == 1 {
            "customer"
        } else {
            "customers"
        },
        facts.as_of,
        facts.prospects,
        facts
            .currency
            .as_deref()
            .map_or("in the log's currency", |code| code),
        if tried.is_empty() {
            "none tried".to_owned()
        } else {
            tried.join(", ")
        },
    )
}

fn table(groups: &[Group], value: &str) -> TextTable {
    let potential = groups.iter().any(|group| group.potential_value.is_some());
    let mut titles = vec!["", "customers", "share", value, "share", "left"];
    if potential {
        titles.push("potential value");
    }
    let mut table = TextTable::new(1, &titles);
    let customers: u64 = groups.iter().map(|group| group.customers).sum();
    let whole: f64 = groups.iter().map(|group| group.current_value).sum();
    // Of a sum with negative parts there are no shares.
    let parts = groups.iter().all(|group| group.current_value >= 0.0);
    let whole = if parts { whole } else { 0.0 };
    let share = |part: f64, whole: f64| {
        if whole > 0.0 {
            percent(part / whole)
        } else {
            "–".to_owned()
        }
    };
    for group in groups {
        let left = group.churned.and_then(|churned| churned.share());
        let mut cells = vec![
            name(&group.name),
            group.customers.to_string(),
            share(group.customers as f64, customers as f64),
            compact(group.current_value),
            share(group.current_value, whole),
            left.map_or_else(|| "–".to_owned(), percent),
        ];
        cells.extend(group.potential_value.map(compact));
        table.row_of(cells);
    }
    table
}
