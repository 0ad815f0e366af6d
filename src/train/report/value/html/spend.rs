//! What customers spend at a time, and the regression of future spend.

use maud::{Markup, html};

use super::{
    fits::{ending, parameters},
    hold_out::spend_table,
};
use crate::train::{
    report::{
        html::parts::{Section, cut, fact, head, name, name_within, table, term},
        text::{NONE, count, rounded, signed},
        value::{
            data::{SpendFit, SpendRegression, ValueReportData, ValueTerms},
            words::money,
        },
    },
    value::CORRELATION_TO_WARN_OF,
};

/// At most so many coefficients are listed.
const MOST: usize = 100;

pub(super) fn section(data: &ValueReportData) -> Option<Section> {
    if data.spend.is_none() && data.spend_regression.is_none() {
        return None;
    }
    Some(Section {
        id: "spend",
        title: "What customers spend",
        body: html! {
            @if let Some(spend) = &data.spend { (fitted(&data.terms, spend)) }
            @if let Some(regression) = &data.spend_regression { (regressed(&data.terms, regression)) }
        },
    })
}

fn fitted(terms: &ValueTerms, spend: &SpendFit) -> Markup {
    html! {
        p {
            "The mean spend per purchase of a customer is drawn towards that of all, the more so the fewer purchases there are. The "
            (term("gamma-gamma", "model")) " takes it that spend does not depend on frequency."
        }
        dl.facts {
            (fact("Model", &html! { (name(&spend.name)) ": " (parameters(&spend.parameters)) }))
            (fact("Log-likelihood", &html! { (rounded(spend.log_likelihood, 2)) }))
            (fact("Fit", &ending(&spend.convergence)))
            (fact("Fitted on", &html! {
                (count(spend.customers)) " customers with repeat purchases of positive spend"
                @if spend.customers_without_spend > 0 {
                    "; " (count(spend.customers_without_spend)) " whose spend was not positive were left out"
                }
            }))
            (fact("Mean spend per purchase", &html! {
                (spend.population_mean.map_or_else(|| NONE.to_owned(), |mean| money(terms, mean)))
            }))
            (fact("Correlation with frequency", &correlation(spend)))
        }
    }
}

fn correlation(spend: &SpendFit) -> Markup {
    html! {
        @match &spend.spend_by_frequency {
            None => (NONE),
            Some(correlation) => {
                (signed(correlation.value, 3)) " "
                span.interval {
                    "(" (signed(correlation.interval.low, 3)) " to " (signed(correlation.interval.high, 3)) ")"
                }
                @if correlation.value.abs() > CORRELATION_TO_WARN_OF {
                    " " span.flag { "▼ beyond ±" (CORRELATION_TO_WARN_OF) }
                }
            }
        }
    }
}

fn regressed(terms: &ValueTerms, regression: &SpendRegression) -> Markup {
    let rows = html! {
        @for coefficient in regression.coefficients.iter().take(MOST) {
            tr {
                th scope="row" { (name(&coefficient.column)) }
                td.n { (signed(coefficient.estimate, 5)) }
                td.n { (coefficient.standard_error.map_or_else(|| NONE.to_owned(), |error| rounded(error, 5))) }
            }
        }
    };
    html! {
        h3 { "Regression of future spend" }
        p {
            (name_within(&regression.name, 120)) ", fitted on " (count(regression.customers))
            " customers, for those without a purchase log."
        }
        @if let Some(hold_out) = &regression.hold_out { (spend_table(terms, hold_out)) }
        details {
            summary { "Coefficients" }
            (table("Coefficients, on the scale of the link", &head(&["feature", "#estimate", "#standard error"]), &rows))
            (cut(regression.coefficients.len(), MOST, "coefficients"))
        }
    }
}
