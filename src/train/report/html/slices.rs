//! How the model does on parts of the customers.

use maud::{Markup, html};

use super::parts::{Section, cut, head, name, table, term};
use crate::train::report::{
    ReportData, Slice,
    text::{NONE, count, interval, percent, rounded, signed},
    verdict::{SliceConcern, slice_concerns},
};

/// At most so many slices are listed: those that do worse first, then the largest.
const MOST_SLICES: usize = 200;

pub(super) fn section(data: &ReportData) -> Option<Section> {
    if data.slices.is_empty() {
        return None;
    }
    let mut slices: Vec<(&Slice, Vec<SliceConcern>)> = data
        .slices
        .iter()
        .map(|slice| (slice, slice_concerns(slice, &data.performance.held_out)))
        .collect();
    slices.sort_by(|(a, worse_a), (b, worse_b)| {
        let by_name = || (&a.column, &a.value).cmp(&(&b.column, &b.value));
        let (grave_a, grave_b) = (worse_a.len(), worse_b.len());
        grave_b
            .cmp(&grave_a)
            .then(b.rows.cmp(&a.rows))
            .then_with(by_name)
    });
    let rows = html! {
        @for (slice, concerns) in slices.iter().take(MOST_SLICES) { (row(slice, concerns)) }
    };
    let titles = [
        "column",
        "value",
        "#rows",
        "#churn",
        "#AUC",
        "#log loss",
        "#calibration gap",
        "does worse in",
    ];
    Some(Section {
        id: "slices",
        title: "Where it does better and worse",
        body: html! {
            p {
                "Held-out customers, cut by one column at a time. A lower AUC within a slice is common, for its customers are alike in what cuts the slice. A "
                (term("calibration-gap", "calibration gap")) " is not: there, probabilities mislead. What chance explains is not marked."
            }
            (table("Slices", &head(&titles), &rows))
            (cut(slices.len(), MOST_SLICES, "slices"))
        },
    })
}

fn row(slice: &Slice, concerns: &[SliceConcern]) -> Markup {
    html! {
        tr.worse[!concerns.is_empty()] {
            th scope="row" { (name(&slice.column)) }
            td { (name(&slice.value)) }
            td.n { (count(slice.rows)) }
            td.n { (percent(slice.prevalence, 1)) }
            td.n {
                @match &slice.area_under_curve {
                    None => (NONE),
                    Some(area) => {
                        (rounded(area.value, 3))
                        @if let Some(interval) = interval(area, 3) {
                            " " span.interval { "(" (interval) ")" }
                        }
                    }
                }
            }
            td.n { (rounded(slice.log_loss, 3)) }
            td.n { (signed(slice.calibration_gap * 100.0, 1)) " pp" }
            td {
                @for concern in concerns {
                    span.flag {
                        "▼ "
                        @match concern {
                            SliceConcern::Ranking => "ranking",
                            SliceConcern::Calibration => "probabilities",
                        }
                    }
                    " "
                }
            }
        }
    }
}
