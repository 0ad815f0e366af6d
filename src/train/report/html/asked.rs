//! What was asked for.

use maud::{Markup, html};

use super::parts::{Section, head, name, name_within, table};
use crate::train::report::{
    Asked, ReportData,
    text::{clean, count, percent},
};

pub(super) fn section(data: &ReportData) -> Section {
    let asked = &data.asked;
    Section {
        id: "asked",
        title: "What was asked",
        body: html! {
            dl.facts {
                (fact("Churn means", &name_within(&asked.definition, 300)))
                (fact("Outcome", &html! { "column " code { (name(&asked.target)) } " is " code { (name(&asked.positive)) } }))
                (fact("Horizon", &horizon(asked)))
                (fact("Rows", &html! {
                    (count(asked.rows)) ", of which " (count(asked.fitted_rows)) " were fitted on and "
                    (count(asked.held_out_rows)) " held out"
                }))
                (fact("Churn in the data", &html! { (percent(data.watch.prevalence, 1)) }))
                (fact("Split", &html! { (name_within(&asked.split, 200)) ", seed " (asked.seed) }))
                (fact("Trainer", &html! { "holdfast-train " (name(&asked.trainer_version)) }))
            }
            (files(asked))
            @if let Some(command) = &asked.command {
                h3 { "Command" }
                pre tabindex="0" { (clean(command)) }
            }
            details {
                summary { "Resolved configuration" }
                pre tabindex="0" { (config(asked)) }
            }
        },
    }
}

fn fact(what: &str, value: &Markup) -> Markup {
    html! { dt { (what) } dd { (value) } }
}

fn config(asked: &Asked) -> String {
    let lines: Vec<String> = asked.config_toml.lines().map(clean).collect();
    lines.join("\n")
}

fn horizon(asked: &Asked) -> Markup {
    html! {
        @match asked.horizon_days {
            Some(days) => { (count(days.into())) " days" },
            None => "not stated",
        }
    }
}

fn files(asked: &Asked) -> Markup {
    const MOST: usize = 50;
    let rows = html! {
        @for file in asked.files.iter().take(MOST) {
            tr {
                th scope="row" { (name(&file.name)) }
                td.n { (count(file.rows)) }
                td { code.digest { (name_within(&file.sha256, 64)) } }
            }
        }
    };
    html! {
        (table("Files that were read", &head(&["file", "#rows", "SHA-256"]), &rows))
        (super::parts::cut(asked.files.len(), MOST, "files"))
    }
}
