//! The models that the search tried.

use maud::html;

use super::parts::{Section, head, name, name_within, table, term};
use crate::train::report::{Candidate, ReportData, text::rounded};

pub(super) fn section(data: &ReportData) -> Option<Section> {
    let candidates = &data.candidates;
    let best = candidates
        .iter()
        .min_by(|a, b| a.log_loss.total_cmp(&b.log_loss))?;
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
                td { (standing(candidate, best)) }
            }
        }
    };
    let titles = ["model", "settings", "#log loss", "#AUC", ""];
    Some(Section {
        id: "search",
        title: "What was tried",
        body: html! {
            p {
                "From plain to rich. The first model is chosen whose cross-validated " (term("log-loss", "log loss"))
                " lies above the lowest by at most one " (term("standard-error", "standard error"))
                " of the difference, customer by customer (the one-standard-error rule). That is less than the ± beside each figure, "
                "for what all models find hard or easy does not count."
            }
            (table("Candidate models, cross-validated", &head(&titles), &rows))
        },
    })
}

fn standing(candidate: &Candidate, best: &Candidate) -> &'static str {
    match (candidate.chosen, candidate == best) {
        (true, true) => "✓ chosen, and lowest",
        (true, false) => "✓ chosen",
        (false, true) => "lowest",
        (false, false) => "",
    }
}
