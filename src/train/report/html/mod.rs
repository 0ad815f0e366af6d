//! `report.html`: one self-contained page, without scripts and without a network.

mod asked;
mod calibration;
mod coefficients;
mod curves;
mod drivers;
mod effects;
mod figures;
mod folds;
mod glossary;
mod pairs;
mod parts;
mod profit;
mod quality;
mod search;
mod slices;
mod verdict;
mod watch;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    ReportData, ReportError,
    text::{clean, count, short},
};
use parts::Section;

const STYLE: &str = include_str!("style.css");

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
    Ok(page(data, &sections).into_string())
}

fn page(data: &ReportData, sections: &[Section]) -> Markup {
    let asked = &data.asked;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Churn model " (clean(&asked.model)) ": report" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.kicker { "Holdfast · report of a churn model" }
                    h1 title=(clean(&asked.model)) {
                        (short(&asked.model, 60))
                        @if let Some(version) = &asked.version {
                            " " span.version { "version " (short(version, 30)) }
                        }
                    }
                    p.lead {
                        "Churn: " (short(&asked.definition, 200))
                        @if let Some(days) = asked.horizon_days {
                            ", within " (count(days.into())) " days"
                        }
                        "."
                    }
                }
                div.columns {
                    nav aria-label="Contents" {
                        h2 { "Contents" }
                        ol {
                            @for section in sections {
                                li { a href={ "#" (section.id) } { (section.title) } }
                            }
                        }
                    }
                    main {
                        @for section in sections {
                            section id=(section.id) {
                                h2 { (section.title) }
                                (section.body)
                            }
                        }
                    }
                }
                footer {
                    "Made by holdfast-train " (short(&asked.trainer_version, 30))
                    ". The same data, settings and release give the same page. It holds no customer and loads nothing."
                }
            }
        }
    }
}
