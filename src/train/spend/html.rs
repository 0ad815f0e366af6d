//! `report.html` of a spend model: what it predicts, how well, and from what.

use maud::{Markup, html};

use super::text::{figures, fit, warnings, within};
use crate::{
    artifact::{ModelName, SpendContent},
    train::{
        assess::effects::effects,
        report::frame::{Page, Section, count, fact, files, head, name, rounded, settings, table},
    },
};

/// More points of one effect are not shown.
const MOST_POINTS: usize = 60;

/// The report as one HTML page.
pub(super) fn html(model: &ModelName, content: &SpendContent, configuration: &str) -> String {
    let sections = [
        quality(content),
        how(content),
        drivers(content),
        asked(content, configuration),
    ];
    let definition = &content.definition;
    let page = Page {
        title: "Spend model",
        kicker: "Holdfast · report of a spend model",
        model: model.as_str(),
        version: None,
        lead: html! {
            "Expected spend in " (definition.currency.as_str()) (within(definition)) ": "
            (name(&definition.description)) "."
        },
        trainer_version: &content.training.trainer_version,
    };
    page.of(&sections)
}

fn facts(told: Vec<(&'static str, String)>) -> Markup {
    html! { dl { @for (what, told) in told { (fact(what, &html! { (told) })) } } }
}

fn quality(content: &SpendContent) -> Section {
    let held_out = &content.evaluation.held_out;
    let rows = html! {
        @for (at, tenth) in held_out.tenths.iter().enumerate() {
            tr {
                th scope="row" { (at + 1) }
                td.n { (count(tenth.rows)) }
                td.n { (rounded(tenth.predicted, 2)) }
                td.n { (rounded(tenth.actual, 2)) }
            }
        }
    };
    Section {
        id: "quality",
        title: "How well it predicts",
        body: html! {
            @for warning in warnings(content) { p.note { "▼ " (warning) "." } }
            p { "Figures of rows that were held out before fitting. Deviance explained compares with predicting the mean of the fitted rows for everyone; the Gini index is 1 for the order of what was really spent and 0 for a random one." }
            (facts(figures(held_out)))
            (table(
                "Mean spend by tenths of the prediction, the lowest first",
                &head(&["tenth", "#rows", "#predicted", "#actual"]),
                &rows,
            ))
        },
    }
}

fn how(content: &SpendContent) -> Section {
    Section {
        id: "fit",
        title: "How it was fitted",
        body: html! {
            p { "A Tweedie model with a log link: contributions add up to the logarithm of expected spend." }
            (facts(fit(content)))
        },
    }
}

fn drivers(content: &SpendContent) -> Section {
    let mut effects = effects(content.model.additive());
    effects.sort_by(|a, b| b.range.total_cmp(&a.range));
    let rows = html! {
        @for effect in &effects {
            @for (at, (label, height)) in effect.points.iter().take(MOST_POINTS).enumerate() {
                tr {
                    th scope="row" { @if at == 0 { (name(&effect.name)) } }
                    td { (name(label)) }
                    td.n { "× " (rounded(height.exp(), 3)) }
                }
            }
        }
    };
    Section {
        id: "drivers",
        title: "What moves it",
        body: html! {
            p { "By what each value multiplies the spend of a customer at the training mean; between two values of a number the effect is a straight line on the logarithm. The strongest features first. They are associations, not causes." }
            (table("Effects", &head(&["feature", "value", "#factor"]), &rows))
        },
    }
}

fn asked(content: &SpendContent, configuration: &str) -> Section {
    let training = &content.training;
    let left_out = html! {
        @for column in training.excluded_columns.iter().take(100) {
            tr { th scope="row" { (name(&column.name)) } td { (name(&column.reason)) } }
        }
    };
    Section {
        id: "asked",
        title: "What was asked",
        body: html! {
            (files(&training.sources))
            @if !training.excluded_columns.is_empty() {
                (table("Columns left out", &head(&["column", "why"]), &left_out))
            }
            (settings(None, configuration))
        },
    }
}
