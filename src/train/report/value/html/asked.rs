//! What was asked for.

use maud::html;

use crate::train::report::{
    html::parts::{Section, fact, files, name, settings},
    text::percent,
    value::{
        data::ValueReportData,
        words::{currency, days, lifetime, period, unit},
    },
};

pub(super) fn section(data: &ValueReportData) -> Section {
    let (asked, terms) = (&data.asked, &data.terms);
    Section {
        id: "asked",
        title: "What was asked",
        body: html! {
            dl.facts {
                @if let Some(end) = asked.calibration_end { (fact("Calibration until", &html! { (end) })) }
                (fact("Known until", &html! { (asked.observed_until) }))
                @if terms.currency.is_some() { (fact("Currency", &html! { (currency(terms)) })) }
                (fact("Time is counted in", &html! { (unit(terms.unit)) }))
                (fact("Horizon of purchases and churn", &html! { (days(terms.horizon_days)) }))
                (fact("Lifetime value", &html! {
                    (lifetime(terms)) ", discount " (percent(terms.discount_rate, 3)) " a " (period(terms))
                    ", margin " (percent(terms.margin, 1)) " of spend"
                }))
                (fact("Confidence of intervals", &html! { (percent(terms.confidence, 0)) }))
                (fact("Trainer", &html! { "holdfast-train " (name(&asked.trainer_version)) }))
            }
            (files(&asked.files))
            (settings(asked.command.as_deref(), &asked.config_toml))
        },
    }
}
