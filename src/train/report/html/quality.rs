//! The data and its problems.

use maud::{Markup, html};

use super::parts::{Section, cut, head, name, name_within, table};
use crate::train::report::{
    ColumnFacts, DataQuality, ReportData,
    text::{count, counted, percent, signed},
};

/// More columns are folded away.
const OPEN_COLUMNS: usize = 30;
/// At most so many are listed.
const MOST_COLUMNS: usize = 2000;
/// At most so many sentences or pairs are listed.
const MOST_LINES: usize = 100;

pub(super) fn section(data: &ReportData) -> Section {
    let quality = &data.quality;
    let columns = columns(quality);
    Section {
        id: "data",
        title: "The data and its problems",
        body: html! {
            (counts(quality))
            (warnings(quality))
            (left_out(quality))
            (collinear(quality))
            @if quality.columns.len() > OPEN_COLUMNS {
                details {
                    summary { "All " (quality.columns.len()) " columns" }
                    (columns)
                }
            } @else {
                (columns)
            }
        },
    }
}

fn counts(quality: &DataQuality) -> Markup {
    html! {
        ul.plain {
            li { (counted(quality.rows, "row", "rows")) " in " (counted(quality.columns.len() as u64, "column", "columns")) " were read." }
            @if quality.rows_without_outcome > 0 {
                li { (counted(quality.rows_without_outcome, "row has", "rows have")) " no outcome; set aside." }
            }
            @if quality.duplicate_rows > 0 {
                li { (counted(quality.duplicate_rows, "row repeats", "rows repeat")) " an earlier row in every column." }
            }
            @if quality.duplicate_ids > 0 {
                li { (counted(quality.duplicate_ids, "row repeats", "rows repeat")) " an earlier row's id." }
            }
            @for remark in quality.remarks.iter().take(MOST_LINES) {
                li { (name_within(remark, 400)) }
            }
        }
        (cut(quality.remarks.len(), MOST_LINES, "remarks"))
    }
}

fn warnings(quality: &DataQuality) -> Markup {
    html! {
        @for suspicion in quality.suspicions.iter().take(MOST_LINES) {
            p.warning {
                span.mark aria-hidden="true" { "!" }
                span {
                    strong { (name(&suspicion.column)) } " may know the outcome: "
                    (name_within(&suspicion.evidence, 400))
                }
            }
        }
        (cut(quality.suspicions.len(), MOST_LINES, "warnings"))
    }
}

fn left_out(quality: &DataQuality) -> Markup {
    let rows = html! {
        @for column in quality.left_out.iter().take(MOST_COLUMNS) {
            tr {
                th scope="row" { (name(&column.column)) }
                td { (name_within(&column.reason, 300)) }
            }
        }
    };
    html! {
        @if !quality.left_out.is_empty() {
            (table("Columns left out", &head(&["column", "why"]), &rows))
            (cut(quality.left_out.len(), MOST_COLUMNS, "columns"))
        }
    }
}

fn collinear(quality: &DataQuality) -> Markup {
    let rows = html! {
        @for pair in quality.collinear.iter().take(MOST_LINES) {
            tr {
                th scope="row" { (name(&pair.first)) }
                td { (name(&pair.second)) }
                td.n { (signed(pair.correlation, 3)) }
            }
        }
    };
    html! {
        @if !quality.collinear.is_empty() {
            p { "Some features say nearly the same. Their effects share the credit: read them together." }
            (table("Features that say nearly the same", &head(&["feature", "with", "#correlation"]), &rows))
            (cut(quality.collinear.len(), MOST_LINES, "pairs"))
        }
    }
}

fn columns(quality: &DataQuality) -> Markup {
    let rows = html! {
        @for column in quality.columns.iter().take(MOST_COLUMNS) {
            (row(column, quality.rows))
        }
    };
    let titles = [
        "column",
        "kind",
        "#missing",
        "#distinct",
        "#not of its kind",
    ];
    html! {
        (table("Columns", &head(&titles), &rows))
        (cut(quality.columns.len(), MOST_COLUMNS, "columns"))
    }
}

fn row(column: &ColumnFacts, rows: u64) -> Markup {
    let missing = column.missing as f64 / rows.max(1) as f64;
    html! {
        tr {
            th scope="row" { (name(&column.name)) }
            td { (name(&column.kind)) }
            td.n {
                @if column.missing == 0 { "0" } @else {
                    (count(column.missing)) " (" (percent(missing, 1)) ")"
                }
            }
            td.n { (count(column.distinct)) }
            td.n {
                (count(column.unparsable))
                @if let Some(place) = &column.first_unparsable {
                    ", first on " (name(place))
                }
            }
        }
    }
}
