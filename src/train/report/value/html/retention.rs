//! Contracts: who renews.

use maud::html;

use crate::train::report::{
    Point, ReportError,
    charts::{OverTime, Picture, over_time},
    html::parts::{Section, figure, head, name, table, term},
    text::{NONE, percent, rounded, short},
    value::{data::ValueReportData, html::fits::parameters},
};

/// At most so many renewal periods stand in the table.
const MOST: usize = 40;

pub(super) fn section(data: &ValueReportData) -> Result<Option<Section>, ReportError> {
    let Some(retention) = &data.retention else {
        return Ok(None);
    };
    let points = |of: &dyn Fn(usize) -> Option<f64>| -> Vec<Point> {
        let points = retention.survival.iter().enumerate();
        points
            .filter_map(|(index, point)| {
                Some(Point {
                    x: f64::from(point.period),
                    y: of(index)?,
                })
            })
            .collect()
    };
    let period = short(&retention.period, 20);
    let actual = points(&|index| retention.survival[index].actual);
    let expected = points(&|index| Some(retention.survival[index].expected));
    let chart = over_time(
        &Picture {
            id: "survival",
            title: "Contracts that are left",
            description: "Share of contracts that are still held, by renewal periods since the start, actual and expected.",
            width: 390,
            height: 300,
        },
        &OverTime {
            actual: &actual,
            expected: &expected,
            mark: None,
            x_label: "renewal periods since the start",
            y_label: "contracts left",
            x_format: |x| rounded(x, usize::from(x.fract() != 0.0)),
            y_least: 1.0,
        },
    )?;
    let rows = html! {
        @for point in retention.survival.iter().take(MOST) {
            tr {
                th.n scope="row" { (point.period) }
                td.n { (point.actual.map_or_else(|| NONE.to_owned(), |share| percent(share, 1))) }
                td.n { (percent(point.expected, 1)) }
            }
        }
    };
    let reading = html! {
        span.key.orange { "— what was observed" } " " span.key.blue { "— what the model expects" }
    };
    Ok(Some(Section {
        id: "retention",
        title: "Contracts that are renewed",
        body: html! {
            p {
                "The share of contracts still held after so many renewals, one each " (name(&period))
                ": a " (term("sbg", "shifted beta-geometric")) " model with "
                (parameters(&retention.parameters)) ", log-likelihood " (rounded(retention.log_likelihood, 2)) "."
            }
            div.two {
                (figure("Contracts that are left", &reading, &chart))
                div { (table("Contracts that are left", &head(&["#renewals", "#observed", "#expected"]), &rows)) }
            }
        },
    }))
}
