//! Indicators of the company.

use maud::{Markup, html};

use crate::train::report::{
    html::parts::{Section, head, table, term},
    text::{percent, rounded, signed},
    value::{
        data::{Indicators, ValueReportData},
        words::{days, lifetime, money},
    },
};

pub(super) fn section(data: &ValueReportData) -> Option<Section> {
    let rows = rows(data);
    if rows.is_empty() {
        return None;
    }
    let body = html! {
        @for (name, figure, meaning) in &rows {
            tr {
                th scope="row" { (name) }
                td.n { (figure) }
                td { (meaning) }
            }
        }
    };
    Some(Section {
        id: "indicators",
        title: "The company in figures",
        body: table(
            "Indicators",
            &head(&["indicator", "#figure", "what it says"]),
            &body,
        ),
    })
}

fn rows(data: &ValueReportData) -> Vec<(Markup, String, String)> {
    let Indicators {
        window_days,
        churn_rate,
        retention_rate,
        repurchase_rate,
        renewal_rate,
        average_lifetime_value,
        acquisition_cost,
        value_to_cost,
        satisfaction,
        net_promoter_score,
    } = &data.indicators;
    let terms = &data.terms;
    let window = days(f64::from(*window_days));
    let share = |share: &f64| percent(*share, 1);
    let amount = |amount: &f64| money(terms, *amount);
    let lines: [(Markup, Option<String>, String); 9] = [
        (
            term("churn", "Churn rate"),
            churn_rate.as_ref().map(share),
            format!(
                "of those who bought in the {window} before the last {window}, the share who did not buy in the last"
            ),
        ),
        (
            html! { "Retention rate" },
            retention_rate.as_ref().map(share),
            "the share who did".to_owned(),
        ),
        (
            html! { "Repurchase rate" },
            repurchase_rate.as_ref().map(share),
            "customers with more than one purchase, of all".to_owned(),
        ),
        (
            html! { "Renewal rate" },
            renewal_rate.as_ref().map(share),
            "contracts renewed, of those that came due".to_owned(),
        ),
        (
            html! { "Average " (term("clv", "CLV")) },
            average_lifetime_value.as_ref().map(amount),
            format!("expected over {}, discounted", lifetime(terms)),
        ),
        (
            term("cac", "CAC"),
            acquisition_cost.as_ref().map(amount),
            "what it costs to win a customer, as given".to_owned(),
        ),
        (
            html! { "CLV / CAC" },
            value_to_cost.map(|ratio| rounded(ratio, 2)),
            "above 1, a customer brings more than it costs to win one".to_owned(),
        ),
        (
            term("csat", "CSAT"),
            satisfaction.as_ref().map(share),
            "satisfied answers, as given".to_owned(),
        ),
        (
            term("nps", "NPS"),
            net_promoter_score.map(|score| signed(score, 0)),
            "promoters less detractors, −100 to 100, as given".to_owned(),
        ),
    ];
    lines
        .into_iter()
        .filter_map(|(name, figure, meaning)| Some((name, figure?, meaning)))
        .collect()
}
