//! Cohorts: who came in one month, and how many of them buy later.

use maud::html;

use crate::train::report::{
    html::parts::{Section, name_within, table},
    text::{count, percent},
    value::data::ValueReportData,
};

/// At most so many cohorts, the latest, and so many months of each.
const MOST_COHORTS: usize = 24;
const MOST_MONTHS: usize = 25;

pub(super) fn section(data: &ValueReportData) -> Option<Section> {
    let all = data.cohorts.len();
    if all == 0 {
        return None;
    }
    let cohorts = &data.cohorts[all.saturating_sub(MOST_COHORTS)..];
    let months = cohorts.iter().map(|cohort| cohort.active.len()).max();
    let months = months.unwrap_or(0).min(MOST_MONTHS);
    // Month 0 is 1 for all; colours tell the later ones apart.
    let later = cohorts
        .iter()
        .flat_map(|cohort| cohort.active.iter().skip(1));
    let most = later
        .copied()
        .filter(|share| share.is_finite())
        .fold(0.0, f64::max);
    let titles = html! {
        tr {
            th scope="col" { "first purchase" }
            th.n scope="col" { "customers" }
            @for month in 1..months { th.n scope="col" { "+" (month) } }
        }
    };
    let rows = html! {
        @for cohort in cohorts {
            tr {
                th scope="row" { (name_within(&cohort.month, 12)) }
                td.n { (count(cohort.customers)) }
                @for share in cohort.active.iter().take(months).skip(1) {
                    td.n.heat style={ "--heat:" (heat(*share, most)) } { (percent(*share, 0)) }
                }
            }
        }
    };
    Some(Section {
        id: "cohorts",
        title: "Cohorts",
        body: html! {
            p {
                "Of the customers who first bought in a month, the share who bought in the first, second, … month after it. Read along a line to see how a cohort fades, and down a column to see whether later customers do better."
            }
            (table("Share of each cohort that bought", &titles, &rows))
            @if all > MOST_COHORTS { p.note { "The last " (MOST_COHORTS) " of " (all) " cohorts are shown." } }
        },
    })
}

/// Strength of a cell's colour, 0 to 100.
pub(super) fn heat(share: f64, most: f64) -> u8 {
    let strength = (100.0 * share / most).clamp(0.0, 100.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100; no number becomes 0"
    )]
    let strength = strength as u8;
    strength
}
