//! What was asked for.

use maud::{Markup, html};

use super::parts::{Section, fact, files, name, name_within, settings};
use crate::train::report::{
    Asked, ReportData,
    text::{count, percent},
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
                @if let Some(rules) = &asked.purchase_features {
                    (fact("Features from purchases", &name_within(rules, 300)))
                }
                (fact("Rows", &html! {
                    (count(asked.rows)) ", of which " (count(asked.fitted_rows)) " were fitted on and "
                    (count(asked.held_out_rows)) " held out"
                }))
                (fact("Churn in the data", &html! { (percent(data.watch.prevalence, 1)) }))
                (fact("Split", &html! { (name_within(&asked.split, 200)) ", seed " (asked.seed) }))
                (fact("Trainer", &html! { "holdfast-train " (name(&asked.trainer_version)) }))
            }
            (files(&asked.files))
            (settings(asked.command.as_deref(), &asked.config_toml))
        },
    }
}

fn horizon(asked: &Asked) -> Markup {
    html! {
        @match asked.horizon_days {
            Some(days) => { (count(days.into())) " days" },
            None => "not stated",
        }
    }
}
