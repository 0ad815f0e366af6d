//! `report.html` of a value model: what to think of it, then pictures with
//! their figures, then how it came about.

mod asked;
mod cohorts;
mod fits;
mod glossary;
mod groups;
mod hold_out;
mod indicators;
mod log;
mod maps;
mod retention;
mod spend;
mod tracking;
mod verdict;
mod worth;

use maud::html;

use super::{
    data::ValueReportData,
    words::{lifetime, models},
};
use crate::train::report::{
    ReportError,
    html::{page::Page, parts::Section},
};

/// The report as one HTML page.
///
/// # Errors
///
/// When the charting library refuses to draw a chart.
pub fn html(data: &ValueReportData) -> Result<String, ReportError> {
    let sections: Vec<Section> = [
        Some(verdict::section(data)),
        indicators::section(data),
        tracking::section(data)?,
        hold_out::section(data)?,
        worth::section(data)?,
        maps::section(data)?,
        retention::section(data)?,
        cohorts::section(data),
        groups::segments(data),
        groups::matrix(data),
        fits::section(data),
        spend::section(data),
        Some(log::section(data)),
        Some(asked::section(data)),
        Some(glossary::section()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let asked = &data.asked;
    let page = Page {
        title: "Value model",
        kicker: "Holdfast · report of a value model",
        model: &asked.model,
        version: asked.version.as_deref(),
        lead: html! {
            (models(data)) ", known until " (asked.observed_until)
            @if data.worth.is_some() {
                "; values over " (lifetime(&data.terms))
            }
            "."
        },
        trainer_version: &asked.trainer_version,
    };
    Ok(page.of(&sections))
}
