//! The headline figures with their intervals.

use maud::{Markup, html};

use super::parts::{Section, head, table, term};
use crate::train::report::{
    BrierParts, Figure, Figures, PlainComparison, ReportData,
    text::{NONE, count, interval, percent, rounded, signed},
};

/// A figure's place in the glossary, its name, which way is better, its
/// decimals, and where it stands.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    usize,
    fn(&Figures) -> Option<Figure>,
);

const LINES: [Line; 10] = [
    ("auc", "AUC", "higher", 4, |f| Some(f.area_under_curve)),
    ("pr-auc", "PR-AUC", "higher", 4, |f| f.pr_area_under_curve),
    ("gini", "Gini", "higher", 4, |f| f.gini),
    ("ks", "KS", "higher", 4, |f| f.kolmogorov_smirnov),
    ("log-loss", "Log loss", "lower", 4, |f| Some(f.log_loss)),
    ("brier", "Brier score", "lower", 4, |f| Some(f.brier_score)),
    ("calibration-error", "Calibration error", "lower", 4, |f| {
        f.calibration_error
    }),
    ("lift", "Top-decile lift", "higher", 2, |f| {
        Some(f.top_decile_lift)
    }),
    ("mp", "Maximum profit", "higher", 3, |f| f.maximum_profit),
    ("empc", "EMPC", "higher", 3, |f| f.expected_maximum_profit),
];

pub(super) fn section(data: &ReportData) -> Section {
    let performance = &data.performance;
    let held_out = &performance.held_out;
    let folds = performance.cross_validated.as_ref();
    let rows = html! {
        tr {
            th scope="row" { "Rows, and churn among them" }
            td.n { (count(held_out.rows)) ", " (percent(held_out.prevalence, 1)) }
            @if let Some(folds) = folds {
                td.n { (count(folds.rows)) ", " (percent(folds.prevalence, 1)) }
            }
            td {}
        }
        @for (id, name, better, decimals, of) in LINES {
            @let measured = (of(held_out), folds.and_then(of));
            @if measured.0.is_some() || measured.1.is_some() {
                tr {
                    th scope="row" { (term(id, name)) }
                    (cell(measured.0, decimals))
                    @if folds.is_some() { (cell(measured.1, decimals)) }
                    td { (better) }
                }
            }
        }
    };
    let titles: &[&str] = if folds.is_some() {
        &["figure", "#held out", "#cross-validated", "better is"]
    } else {
        &["figure", "#held out", "better is"]
    };
    Section {
        id: "figures",
        title: "How good it is",
        body: html! {
            p {
                "Measured on customers that the model had not seen."
                @if performance.bootstrap_samples > 0 {
                    " In brackets: where the figure lies with "
                    (percent(performance.confidence, 0)) " confidence ("
                    (count(performance.bootstrap_samples.into())) " " (term("bootstrap", "bootstrap")) " samples)."
                }
            }
            (table("Headline figures", &head(titles), &rows))
            @if let Some(parts) = &held_out.brier_parts { (decomposition(parts, held_out)) }
            @if let Some(plain) = &performance.plain { (comparison(plain)) }
        },
    }
}

fn cell(figure: Option<Figure>, decimals: usize) -> Markup {
    html! {
        @match figure {
            None => td.n { (NONE) },
            Some(figure) => td.n {
                (rounded(figure.value, decimals))
                (in_brackets(&figure, decimals))
            },
        }
    }
}

fn comparison(plain: &PlainComparison) -> Markup {
    html! {
        p {
            "Against a plain logistic regression on the same rows, AUC changes by "
            (signed(plain.area_gained.value, 4)) (in_brackets(&plain.area_gained, 4))
            ", and log loss is lower by " (rounded(plain.log_loss_saved.value, 4))
            (in_brackets(&plain.log_loss_saved, 4)) "."
        }
    }
}

fn in_brackets(figure: &Figure, decimals: usize) -> Markup {
    html! {
        @if let Some(interval) = interval(figure, decimals) {
            " " span.interval { "(" (interval) ")" }
        }
    }
}

fn decomposition(parts: &BrierParts, held_out: &Figures) -> Markup {
    html! {
        p {
            "The Brier score of " (rounded(held_out.brier_score.value, 4)) " is "
            (rounded(parts.uncertainty, 4)) " that the share of churners alone leaves open, less "
            (rounded(parts.resolution, 4)) " gained by telling customers apart, plus "
            (rounded(parts.reliability, 4)) " lost by probabilities that are off."
        }
    }
}
