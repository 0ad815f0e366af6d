//! The purchase models that were tried.

use maud::{Markup, html};

use crate::train::report::{
    html::parts::{Section, name, name_within, table, term},
    text::{NONE, compact, count, rounded, whole},
    value::data::{Choice, Convergence, Parameter, PurchaseFit, ValueReportData},
};

pub(super) fn section(data: &ValueReportData) -> Option<Section> {
    if data.purchase_fits.is_empty() {
        return None;
    }
    let rows = html! {
        @for fit in &data.purchase_fits { (row(fit, "")) }
        @if let Some(fit) = &data.published { (row(fit, ", on all days")) }
    };
    let titles = html! {
        tr {
            th scope="col" { "model" }
            th.n scope="col" { (term("log-likelihood", "log-likelihood")) }
            th.n scope="col" { (term("log-score", "log score")) }
            th.n scope="col" { (term("mae", "mean absolute error")) }
            th.n scope="col" { "expected purchases" }
            th scope="col" { "parameters (" (term("standard-error", "standard errors")) ")" }
            th scope="col" { "" }
        }
    };
    Some(Section {
        id: "models",
        title: "The models that were tried",
        body: html! {
            p {
                (reason(data.choice))
                @if data.published.is_some() {
                    " All were fitted to the calibration; the chosen one was then fitted again on all days, and that fit is published."
                }
            }
            (table("Purchase models", &titles, &rows))
            (endings(&data.purchase_fits))
        },
    })
}

fn reason(choice: Option<Choice>) -> &'static str {
    match choice {
        Some(Choice::BestLogScore) => {
            "The model was chosen to which what came in the hold-out was the most probable; of those that the hold-out cannot tell apart, the first."
        }
        Some(Choice::LeastError) => {
            "The model with the least mean absolute error in the hold-out was chosen."
        }
        Some(Choice::HighestLikelihood) => {
            "Without a hold-out, the model with the highest log-likelihood was chosen; all have the same number of parameters."
        }
        Some(Choice::AskedFor) => "The model was asked for.",
        None => "Only one model was tried.",
    }
}

fn row(fit: &PurchaseFit, days: &str) -> Markup {
    let held_out = fit.hold_out.as_ref();
    let figure = |figure: Option<f64>, decimals| {
        figure.map_or_else(|| NONE.to_owned(), |figure| rounded(figure, decimals))
    };
    html! {
        tr.chosen[fit.chosen] {
            th scope="row" { (name(&fit.name)) (days) }
            td.n { (figure(fit.log_likelihood, 2)) }
            td.n { (figure(held_out.and_then(|of| of.log_score), 4)) }
            td.n { (figure(held_out.map(|of| of.mean_absolute_error), 4)) }
            td.n { (held_out.map_or_else(|| NONE.to_owned(), |of| whole(of.expected_purchases))) }
            td.wide {
                @match &fit.failure {
                    Some(failure) => { "not fitted: " (name_within(failure, 160)) }
                    None => (parameters(&fit.parameters)),
                }
            }
            td { @if !days.is_empty() { "published" } @else if fit.chosen { "✓ chosen" } }
        }
    }
}

/// Parameters with their standard errors, on one line.
pub(super) fn parameters(parameters: &[Parameter]) -> Markup {
    html! {
        @for (index, parameter) in parameters.iter().take(12).enumerate() {
            @if index > 0 { ", " }
            (name_within(&parameter.name, 20)) "\u{A0}" (of_any_size(parameter.value))
            @if let Some(error) = parameter.standard_error {
                " " span.interval { "(±" (of_any_size(error)) ")" }
            }
        }
    }
}

/// Parameters range from a hundredth to thousands.
fn of_any_size(value: f64) -> String {
    match value.abs() {
        size if (0.001..10_000.0).contains(&size) => rounded(value, 4),
        _ => compact(value),
    }
}

/// How the solver ended, for those who doubt it.
fn endings(fits: &[PurchaseFit]) -> Markup {
    html! {
        details {
            summary { "How the fits ended" }
            ul.plain {
                @for fit in fits {
                    @if let Some(end) = &fit.convergence { li { (name(&fit.name)) ": " (ending(end)) } }
                }
            }
        }
    }
}

pub(super) fn ending(end: &Convergence) -> Markup {
    html! {
        @if end.weak_prior { span.flag { "▼ converged only with a weak prior on the parameters of leaving" } }
        @else if end.converged { "converged" } @else { span.flag { "▼ did not converge" } }
        "; largest slope of the mean log-likelihood " (compact(end.gradient_norm)) ", "
        (count(end.starts.into())) " starts, " (count(end.evaluations)) " evaluations"
    }
}
