//! The verdict, and the figures that are asked for first.

use maud::{Markup, html};

use crate::train::{
    report::{
        html::{
            parts::{Section, tile},
            statements::in_words,
        },
        text::{percent, rounded},
        value::{
            data::ValueReportData,
            verdict::{
                FAR_AHEAD, FEW_REPEATERS, MANY_LINES_LOST, NOTABLE_GAIN, ROUGH_DEVIATION,
                SILENCE_GAP, TRUSTED_DEVIATION, WIDE_INTERVAL, verdict,
            },
            words::{lifetime, money},
        },
    },
    value::CORRELATION_TO_WARN_OF,
};

pub(super) fn section(data: &ValueReportData) -> Section {
    Section {
        id: "verdict",
        title: "Verdict",
        body: html! {
            (in_words(&verdict(data), &tiles(data), &cut_offs()))
            @if !data.remarks.is_empty() {
                h3 { "Remarks" }
                ul.plain {
                    @for remark in data.remarks.iter().take(MOST_REMARKS) {
                        li { (crate::train::report::text::short(remark, 300)) }
                    }
                }
                (crate::train::report::html::parts::cut(data.remarks.len(), MOST_REMARKS, "remarks"))
            }
        },
    }
}

/// At most so many remarks are shown.
const MOST_REMARKS: usize = 30;

fn tiles(data: &ValueReportData) -> Markup {
    let terms = &data.terms;
    html! {
        div.tiles {
            @if let Some(worth) = &data.worth {
                (tile(&money(terms, worth.mean.value), "mean lifetime value", &format!("over {}", lifetime(terms))))
                @if let Some(held) = &worth.concentration {
                    (tile(&percent(held.top_fifth_share, 0), "of the value in the top 20 %", "20 % if all were worth the same"))
                }
            }
            @if let Some(hold_out) = &data.hold_out {
                @let expected = hold_out.model.expected_purchases;
                @if hold_out.purchases > 0 {
                    (tile(&percent(expected / hold_out.purchases as f64, 0), "of actual purchases expected", "100 % is perfect, in the hold-out"))
                }
                (tile(
                    &rounded(hold_out.model.mean_absolute_error, 3),
                    "error per customer",
                    &format!("purchases; naive rate {}", rounded(hold_out.own_rate.mean_absolute_error, 3)),
                ))
            }
        }
    }
}

/// What the words rest on.
fn cut_offs() -> Markup {
    html! {
        details {
            summary { "Where these words come from" }
            ul.plain {
                li {
                    "Purchases and money: all together within " (percent(TRUSTED_DEVIATION, 0)) " hold, within "
                    (percent(ROUGH_DEVIATION, 0)) " are roughly right, beyond that wrong. Errors per customer that are less than "
                    (percent(NOTABLE_GAIN, 0)) " apart are alike."
                }
                li { "No purchase: a caution where the stated and the actual share are more than " (percent(SILENCE_GAP, 0)) " apart." }
                li { "Spend and frequency: a caution where their correlation is beyond ±" (CORRELATION_TO_WARN_OF) "." }
                li { "Worth: a caution where the interval of the mean is wider than " (percent(WIDE_INTERVAL, 0)) " of it." }
                li {
                    "Doubts: fewer than " (FEW_REPEATERS) " customers who bought again, a value that looks more than "
                    (FAR_AHEAD) " times as far ahead as was held out, or more than " (percent(MANY_LINES_LOST, 0))
                    " of the lines left out."
                }
            }
        }
    }
}
