//! How much the figures depend on which customers were seen.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::parts::{Section, figure, head, table};
use crate::train::report::{
    FoldFigures, ReportData, ReportError,
    charts::{self, Picture},
    text::{count, rounded},
};

pub(super) fn section(data: &ReportData) -> Result<Option<Section>, ReportError> {
    let folds = &data.folds;
    if folds.is_empty() {
        return Ok(None);
    }
    let rows = html! {
        @for fold in folds {
            tr {
                td.n { (fold.repeat) }
                td.n { (fold.fold) }
                td.n { (count(fold.rows)) }
                td.n { (rounded(fold.area_under_curve, 4)) }
                td.n { (rounded(fold.log_loss, 4)) }
                td.n { (rounded(fold.brier_score, 4)) }
            }
        }
    };
    let titles = [
        "#repeat",
        "#fold",
        "#rows",
        "#AUC",
        "#log loss",
        "#Brier score",
    ];
    Ok(Some(Section {
        id: "folds",
        title: "How stable it is",
        body: html! {
            p { "The model was fitted anew for each fold and measured on the customers left out. Dots close together mean that it hardly matters which customers it has seen." }
            div.three {
                (spread(folds, ("fold-auc", "AUC"), |fold| fold.area_under_curve)?)
                (spread(folds, ("fold-log-loss", "Log loss"), |fold| fold.log_loss)?)
                (spread(folds, ("fold-brier", "Brier score"), |fold| fold.brier_score)?)
            }
            details {
                summary { "Every fold" }
                (table("Folds", &head(&titles), &rows))
            }
        },
    }))
}

fn spread(
    folds: &[FoldFigures],
    (id, title): (&str, &str),
    of: fn(&FoldFigures) -> f64,
) -> Result<Markup, ReportError> {
    let mut repeats: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for fold in folds {
        repeats.entry(fold.repeat).or_default().push(of(fold));
    }
    let groups: Vec<Vec<f64>> = repeats.into_values().collect();
    let mean = folds.iter().map(of).sum::<f64>() / folds.len() as f64;
    let picture = Picture {
        id,
        title,
        description: "One dot for each fold, one line for each repeat.",
        width: 320,
        height: 90 + 22 * i32::try_from(groups.len()).unwrap_or(1).min(20),
    };
    let chart = charts::dots(&picture, title, &groups, mean)?;
    let reading = html! { span.key.orange { "| mean " (rounded(mean, 4)) } };
    Ok(figure(title, &reading, &chart))
}
