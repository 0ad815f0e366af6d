//! Whether probabilities can be taken at their word.

use maud::{Markup, html};

use super::parts::{Section, figure, head, name, table, term};
use crate::train::report::{
    CalibrationBin, CalibrationCandidate, ReportData, ReportError,
    charts::{self, Picture},
    text::{NONE, count, percent, rounded, signed},
};

pub(super) fn section(data: &ReportData) -> Result<Section, ReportError> {
    let curves = &data.curves;
    let picture = Picture {
        id: "calibration-chart",
        title: "Calibration",
        description: "Share of customers who left, by the probability that the model stated, in bins.",
        width: 390,
        height: 370,
    };
    let chart = charts::calibration(&picture, &curves.calibration, &curves.uncalibrated)?;
    let reading = html! {
        "On the dashed line, of 100 customers with a probability of 30 % just 30 leave. "
        span.key.blue { "● as published, with its interval" }
        @if !curves.uncalibrated.is_empty() {
            " " span.key.orange { "▲ before calibration" }
        }
    };
    Ok(Section {
        id: "calibration",
        title: "Whether probabilities can be trusted",
        body: html! {
            div.two {
                (figure("Stated and observed", &reading, &chart))
                div { (bins(&curves.calibration)) }
            }
            @if !data.calibrations.is_empty() { (candidates(&data.calibrations)) }
        },
    })
}

fn bins(bins: &[CalibrationBin]) -> Markup {
    let rows = html! {
        @for bin in bins {
            tr {
                td.n { (percent(bin.mean_probability, 1)) }
                td.n { (percent(bin.churn_rate, 1)) }
                td.n {
                    @if let Some(interval) = bin.interval {
                        (percent(interval.low, 1)) " to " (percent(interval.high, 1))
                    }
                }
                td.n { (count(bin.rows)) }
            }
        }
    };
    let titles = ["#stated", "#left", "#interval", "#customers"];
    table("Stated and observed, by bin", &head(&titles), &rows)
}

fn candidates(candidates: &[CalibrationCandidate]) -> Markup {
    let rows = html! {
        @for candidate in candidates {
            tr.chosen[candidate.chosen] {
                th scope="row" { (name(&candidate.name)) }
                td.n { (candidate.log_loss.map_or_else(|| "could not be fitted".to_owned(), |loss| rounded(loss, 5))) }
                td.n { (candidate.gain.map_or_else(|| NONE.to_owned(), |gain| signed(gain, 5))) }
                td.n { (candidate.gain_standard_error.map_or_else(|| NONE.to_owned(), |error| rounded(error, 5))) }
                td { @if candidate.chosen { "✓ chosen" } }
            }
        }
    };
    let titles = ["calibration", "#log loss", "#saved", "#standard error", ""];
    html! {
        p {
            "Ways of " (term("calibration", "calibrating")) " were compared on predictions for customers that were left out of the fit. "
            "The one with the lowest log loss is stored with the model; none, when none saves more than one standard error."
        }
        (table("Ways of calibrating", &head(&titles), &rows))
    }
}
