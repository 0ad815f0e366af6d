//! `report.html`: one self-contained page, without scripts and without a network.

mod asked;
mod calibration;
mod coefficients;
mod curves;
mod drivers;
mod effects;
mod figures;
mod folds;
pub(super) mod glossary;
pub(super) mod page;
mod pairs;
pub(super) mod parts;
mod profit;
mod quality;
mod search;
mod slices;
pub(super) mod statements;
mod verdict;
mod watch;

use maud::html;

use super::{
    ReportData, ReportError,
    text::{count, short},
};
use page::Page;
use parts::Section;

/// The report as one HTML page.
///
/// # Errors
///
/// When the charting library refuses to draw a chart.
pub fn html(data: &ReportData) -> Result<String, ReportError> {
    let sections: Vec<Section> = [
        Some(verdict::section(data)),
        Some(asked::section(data)),
        Some(quality::section(data)),
        Some(figures::section(data)),
        search::section(data),
        Some(curves::section(data)?),
        Some(calibration::section(data)?),
        profit::section(data)?,
        Some(drivers::section(data)?),
        Some(effects::section(data)?),
        pairs::section(data)?,
        slices::section(data),
        folds::section(data)?,
        coefficients::section(data),
        Some(watch::section(data)?),
        Some(glossary::section()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let asked = &data.asked;
    let page = Page {
        title: "Churn model",
        kicker: "Holdfast · report of a churn model",
        model: &asked.model,
        version: asked.version.as_deref(),
        lead: html! {
            "Churn: " (short(&asked.definition, 200))
            @if let Some(days) = asked.horizon_days {
                ", within " (count(days.into())) " days"
            }
            "."
        },
        trainer_version: &asked.trainer_version,
    };
    Ok(page.of(&sections))
}
