//! ROC, precision-recall, gains and lift, with the table of deciles.

use maud::{Markup, html};

use super::parts::{Section, figure, head, table, term};
use crate::train::report::{
    Decile, ReportData, ReportError,
    charts::{self, Picture},
    text::{count, percent, rounded},
};

pub(super) fn section(data: &ReportData) -> Result<Section, ReportError> {
    let curves = &data.curves;
    let prevalence = data.performance.held_out.prevalence;
    let roc = charts::roc(
        &picture(
            "roc",
            "ROC curve",
            "Share of churners found, by share of others with a score as high.",
        ),
        &curves.roc,
    )?;
    let precision = charts::precision_recall(
        &picture(
            "pr",
            "Precision and recall",
            "Share of churners among those contacted, by share of churners found.",
        ),
        &curves.precision_recall,
        prevalence,
    )?;
    let gains = charts::gains(
        &picture(
            "gains",
            "Gains",
            "Share of churners found, by share of customers contacted.",
        ),
        &curves.gains,
    )?;
    let lift = charts::lift(
        &picture(
            "lift",
            "Lift by decile",
            "Churn in each tenth of the customers, as a multiple of the average.",
        ),
        &curves.deciles,
    )?;
    Ok(Section {
        id: "ranking",
        title: "How well it ranks",
        body: html! {
            p { "All curves are of held-out customers. The dashed line is what picking at random gives." }
            div.two {
                (figure("Gains", &html! { "Contact the customers from the highest score down: so many of those who will leave are reached." }, &gains))
                (figure("Lift by decile", &html! { "A good model has tall bars on the left and short ones on the right, without jumps." }, &lift))
                (figure("ROC curve", &html! { "The closer to the upper left corner, the better. The area beneath is the " (term("auc", "AUC")) "." }, &roc))
                (figure("Precision and recall", &html! { "How clean a list of suspects is, by how complete it is. The area beneath is the " (term("pr-auc", "PR-AUC")) "." }, &precision))
            }
            (deciles(&curves.deciles))
        },
    })
}

fn picture<'a>(id: &'a str, title: &'a str, description: &'a str) -> Picture<'a> {
    Picture {
        id,
        title,
        description,
        width: 390,
        height: 290,
    }
}

fn deciles(deciles: &[Decile]) -> Markup {
    let rows = html! {
        @for (index, decile) in deciles.iter().enumerate() {
            tr {
                th.n scope="row" { (index + 1) }
                td.n { (count(decile.rows)) }
                td.n { (count(decile.churned)) }
                td.n { (percent(decile.churned as f64 / decile.rows.max(1) as f64, 1)) }
                td.n { (percent(decile.mean_probability, 1)) }
                td.n { (percent(decile.lowest_probability, 1)) }
                td.n { (rounded(decile.lift, 2)) }
                td.n { (percent(decile.cumulative_capture, 1)) }
            }
        }
    };
    let titles = [
        "#tenth",
        "#customers",
        "#left",
        "#churn",
        "#mean probability",
        "#lowest probability",
        "#lift",
        "#churners found so far",
    ];
    table("Deciles, highest score first", &head(&titles), &rows)
}
