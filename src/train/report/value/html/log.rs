//! The purchase log: what is in it, and what cleaning did.

use maud::{Markup, html};

use crate::train::report::{
    html::parts::{Section, cut, fact, head, name_within, table},
    text::{NONE, count, percent},
    value::{
        data::{CleaningStep, LogFacts, ValueReportData, ValueTerms},
        words::{self, money},
    },
};

/// At most so many rules are listed.
const MOST: usize = 60;

pub(super) fn section(data: &ValueReportData) -> Section {
    let LogFacts {
        lines,
        lines_used,
        purchases,
        customers,
        repeat_customers,
        first_day,
        last_day,
        spend,
        returned,
        occasion,
        refunds,
    } = &data.log;
    let amount = |amount: f64| html! { (money(&data.terms, amount)) };
    Section {
        id: "log",
        title: "The purchase log",
        body: html! {
            dl.facts {
                (fact("Lines", &html! { (count(*lines)) " read, " (count(*lines_used)) " used" }))
                (fact("Purchases", &html! { (count(*purchases)) ", " (words::occasion(*occasion)) }))
                (fact("Customers", &html! {
                    (count(*customers)) ", of whom " (count(*repeat_customers)) " ("
                    (percent(*repeat_customers as f64 / (*customers).max(1) as f64, 1)) ") bought more than once"
                }))
                (fact("Days", &html! { (first_day) " to " (last_day) }))
                @if let Some(spend) = spend { (fact("Money", &amount(*spend))) }
                @if let Some(returned) = returned { (fact("Returned", &amount(*returned))) }
                (fact("Refunds", &html! { (words::refunds(*refunds)) }))
            }
            @if !data.cleaning.is_empty() { (cleaning(&data.terms, &data.cleaning)) }
        },
    }
}

fn cleaning(terms: &ValueTerms, steps: &[CleaningStep]) -> Markup {
    let rows = html! {
        @for step in steps.iter().take(MOST) {
            tr {
                th scope="row" { (name_within(&step.rule, 80)) }
                td { (name_within(&step.treatment, 60)) }
                td.n { (count(step.lines)) }
                td.n { (step.money.map_or_else(|| NONE.to_owned(), |amount| money(terms, amount))) }
                td { (step.first.as_deref().map_or_else(|| html! { (NONE) }, |first| name_within(first, 60))) }
            }
        }
    };
    html! {
        (table("What cleaning did", &head(&["rule", "treatment", "#lines", "#money", "first"]), &rows))
        (cut(steps.len(), MOST, "rules"))
    }
}
