//! The coefficients, for statisticians.

use maud::{Markup, html};

use super::parts::{Section, cut, head, name_within, table};
use crate::train::report::{
    Coefficient, ReportData,
    text::{NONE, rounded, signed},
};

/// At most so many are listed; the artefact holds all.
const MOST_COEFFICIENTS: usize = 1500;

pub(super) fn section(data: &ReportData) -> Option<Section> {
    let coefficients = &data.coefficients;
    if coefficients.is_empty() {
        return None;
    }
    let rows = html! {
        @for coefficient in coefficients.iter().take(MOST_COEFFICIENTS) { (row(coefficient)) }
    };
    let titles = ["column", "#coefficient", "#standard error", "#z"];
    Some(Section {
        id: "coefficients",
        title: "Coefficients",
        body: html! {
            p { "For statisticians. The fit is penalised, so that coefficients are drawn towards zero; standard errors hold for the penalty as it was chosen." }
            details {
                summary { "All " (coefficients.len()) " coefficients" }
                (table("Coefficients on the scale of the log-odds", &head(&titles), &rows))
                (cut(coefficients.len(), MOST_COEFFICIENTS, "coefficients"))
            }
        },
    })
}

fn row(coefficient: &Coefficient) -> Markup {
    let error = coefficient.standard_error.filter(|error| *error > 0.0);
    html! {
        tr {
            th scope="row" { (name_within(&coefficient.column, 80)) }
            td.n { (signed(coefficient.estimate, 4)) }
            td.n { (error.map_or_else(|| NONE.to_owned(), |error| rounded(error, 4))) }
            td.n { (error.map_or_else(|| NONE.to_owned(), |error| signed(coefficient.estimate / error, 1))) }
        }
    }
}
