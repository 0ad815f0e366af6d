//! Segments side by side, and current against potential value.

use maud::{Markup, html};

use super::cohorts::heat;
use crate::train::report::{
    html::parts::{Section, cut, head, name, name_within, table, term},
    text::{NONE, count, percent, short},
    value::{
        data::{
            Level, MatrixCell, SegmentRow, SegmentTable, Tiering, ValueMatrix, ValueReportData,
            ValueTerms,
        },
        words::money,
    },
};

/// At most so many segmentations, segments of one, and tiers.
const MOST_TABLES: usize = 12;
const MOST_SEGMENTS: usize = 60;
/// At most so many rows and columns of the matrix.
const MOST_LEVELS: usize = 10;

pub(super) fn segments(data: &ValueReportData) -> Option<Section> {
    if data.segments.is_empty() {
        return None;
    }
    Some(Section {
        id: "segments",
        title: "Segments",
        body: html! {
            @for segments in data.segments.iter().take(MOST_TABLES) {
                (segmentation(&data.terms, segments))
            }
            (cut(data.segments.len(), MOST_TABLES, "segmentations"))
        },
    })
}

fn segmentation(terms: &ValueTerms, segments: &SegmentTable) -> Markup {
    let shown = segments.rows.iter().take(MOST_SEGMENTS);
    let most = shown
        .clone()
        .filter_map(|row| row.value_share)
        .fold(0.0, f64::max);
    let rows = html! { @for row in shown { (segment(terms, row, most)) } };
    let titles = html! {
        tr {
            th scope="col" { "segment" }
            th.n scope="col" { "customers" }
            th.n scope="col" { "share" }
            th.n scope="col" { "mean " (term("current-value", "current value")) }
            th.n scope="col" { "mean " (term("clv", "lifetime value")) }
            th.n scope="col" { "share of value" }
            th.n scope="col" { (term("churn", "churn")) }
        }
    };
    html! {
        h3 { (name_within(&segments.title, 80)) }
        p { (short(&segments.rule, 400)) }
        (table(&short(&segments.title, 80), &titles, &rows))
        (cut(segments.rows.len(), MOST_SEGMENTS, "segments"))
    }
}

fn segment(terms: &ValueTerms, row: &SegmentRow, most: f64) -> Markup {
    html! {
        tr {
            th scope="row" { (name(&row.name)) }
            td.n { (count(row.customers)) }
            td.n { (percent(row.customer_share, 1)) }
            td.n { (amount(terms, row.mean_current_value)) }
            td.n { (amount(terms, row.mean_potential_value)) }
            @match row.value_share {
                None => td.n { (NONE) },
                Some(share) => td.n.heat style={ "--heat:" (heat(share, most)) } { (percent(share, 1)) },
            }
            td.n { (rate(row.churn)) }
        }
    }
}

fn amount(terms: &ValueTerms, amount: Option<f64>) -> String {
    amount.map_or_else(|| NONE.to_owned(), |amount| money(terms, amount))
}

fn rate(share: Option<f64>) -> String {
    share.map_or_else(|| NONE.to_owned(), |share| percent(share, 1))
}

pub(super) fn matrix(data: &ValueReportData) -> Option<Section> {
    let matrix = data.matrix.as_ref()?;
    Some(Section {
        id: "matrix",
        title: "Current and potential value",
        body: html! {
            p {
                "What customers brought in over the last " (count(matrix.current_days.into()))
                " days, from bottom to top, against what they are expected to bring, from left to right. Colours show the share of the potential value."
            }
            (cells(&data.terms, matrix))
            @if let Some(tiering) = &matrix.tiering { (tiers(tiering)) }
        },
    })
}

fn cells(terms: &ValueTerms, matrix: &ValueMatrix) -> Markup {
    let most = matrix.cells.iter().flatten().map(|cell| cell.value_share);
    let most = most.filter(|share| share.is_finite()).fold(0.0, f64::max);
    let titles = html! {
        tr {
            th scope="col" { "current ↑ potential →" }
            @for level in matrix.potential.iter().take(MOST_LEVELS) { th.n scope="col" { (level_of(terms, level)) } }
        }
    };
    let lines: Vec<_> = matrix
        .current
        .iter()
        .zip(&matrix.cells)
        .take(MOST_LEVELS)
        .collect();
    let rows = html! {
        @for (level, cells) in lines.into_iter().rev() {
            tr {
                th scope="row" { (level_of(terms, level)) }
                @for cell in cells.iter().take(MOST_LEVELS) { (cell_of(cell, most)) }
            }
        }
    };
    table("Customers by current and potential value", &titles, &rows)
}

/// The name of a level, and where it begins.
fn level_of(terms: &ValueTerms, level: &Level) -> Markup {
    html! {
        (name(&level.name))
        @if let Some(from) = level.from_value { br; span.hint { "from " (money(terms, from)) } }
    }
}

fn cell_of(cell: &MatrixCell, most: f64) -> Markup {
    html! {
        td.n.heat style={ "--heat:" (heat(cell.value_share, most)) } {
            strong { (count(cell.customers)) } " (" (percent(cell.customer_share, 1)) ")"
            br;
            (percent(cell.value_share, 1)) " of value"
            @if let Some(tier) = &cell.tier { br; "tier " (name_within(tier, 20)) }
        }
    }
}

fn tiers(tiering: &Tiering) -> Markup {
    let rows = html! {
        @for tier in tiering.tiers.iter().take(MOST_LEVELS) {
            tr {
                th scope="row" { (name(&tier.name)) }
                td.n { (count(tier.customers)) }
                td.n { (percent(tier.customer_share, 1)) }
                td.n { (percent(tier.value_share, 1)) }
                td.n { (rate(tier.churn)) }
            }
        }
    };
    let titles = ["tier", "#customers", "#share", "#share of value", "#churn"];
    html! {
        h3 { "Value tiers" }
        p { (short(&tiering.rule, 400)) }
        (table("Value tiers", &head(&titles), &rows))
    }
}
