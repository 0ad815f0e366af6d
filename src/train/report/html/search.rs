//! The models that the search tried.

use maud::html;

use super::parts::{Section, head, name, name_within, table, term};
use crate::train::report::{Candidate, ReportData, text::rounded};

pub(super) fn section(data: &ReportData) -> Option<Section> {
    let candidates = &data.candidates;
    let best = candidates
        .iter()
        .min_by(|a, b| a.log_loss.total_cmp(&b.log_loss))?;
    let bar = best.log_loss + best.log_loss_standard_error;
    let rows = html! {
        @for candidate in candidates {
            tr.chosen[candidate.chosen] {
                th scope="row" { (name(&candidate.name)) }
                td { (name_within(&candidate.parameters, 120)) }
                td.n {
                    (rounded(candidate.log_loss, 4)) " ± "
                    (rounded(candidate.log_loss_standard_error, 4))
                }
                td.n { (rounded(candidate.area_under_curve, 4)) }
                td { (standing(candidate, best, bar)) }
            }
        }
    };
    let titles = ["model", "settings", "#log loss", "#AUC", ""];
    Some(Section {
        id: "search",
        title: "What was tried",
        body: html! {
            p {
                "Of all models whose cross-validated " (term("log-loss", "log loss"))
                " lies within one " (term("standard-error", "standard error"))
                " of the best, up to " (rounded(bar, 4))
                ", the simplest is chosen (the one-standard-error rule)."
            }
            (table("Candidate models, cross-validated", &head(&titles), &rows))
        },
    })
}

fn standing(candidate: &Candidate, best: &Candidate, bar: f64) -> &'static str {
    match (candidate.chosen, candidate == best) {
        (true, true) => "✓ chosen, and lowest",
        (true, false) => "✓ chosen",
        (false, true) => "lowest",
        (false, false) if candidate.log_loss <= bar => "within one standard error",
        (false, false) => "",
    }
}
