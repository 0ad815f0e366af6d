//! What the model foretold for days it had not seen.

use maud::{Markup, html};

use crate::{
    model::{FrequencyFigures, HoldOut, HoldOutFigures, SpendFigures},
    train::report::{
        ReportError,
        charts::{Column, Picture, columns},
        html::parts::{Section, figure, head, table, term},
        text::{NONE, count, percent, rounded, whole},
        value::{
            data::{ValueReportData, ValueTerms},
            words::{days, money},
        },
    },
};

pub(super) fn section(data: &ValueReportData) -> Result<Option<Section>, ReportError> {
    let Some(hold_out) = &data.hold_out else {
        return Ok(None);
    };
    let bars: Vec<Column> = hold_out
        .by_frequency
        .iter()
        .map(|bin| Column {
            name: name(bin),
            actual: Some(bin.actual),
            expected: bin.expected,
        })
        .collect();
    let chart = columns(
        &Picture {
            id: "bins",
            title: "Purchases by frequency",
            description: "Mean purchases in the hold-out, actual and expected, by repeat purchases in the calibration.",
            width: 390,
            height: 320,
        },
        &bars,
        "repeat purchases in the calibration",
        "purchases in the hold-out",
    )?;
    let reading = html! {
        "Bars of a pair should be equally high. "
        span.key.orange { "■ what came" } " " span.key.blue { "■ what was expected" }
    };
    let span = days(hold_out.until.days_since(hold_out.calibration_end).into());
    Ok(Some(Section {
        id: "hold-out",
        title: "What it foretells, and what came",
        body: html! {
            p {
                "The model was fitted on what was known at the end of " (hold_out.calibration_end)
                " and asked for the " (span) " until " (hold_out.until) ", for each of the "
                (count(hold_out.customers)) " customers who had bought by then. They made "
                (count(hold_out.purchases)) " purchases."
            }
            (against_rates(hold_out))
            div.two {
                @if !bars.is_empty() { (figure("Purchases by frequency", &reading, &chart)) }
                div { (bins(&hold_out.by_frequency)) }
            }
            @if let Some(spend) = &hold_out.spend { (spend_table(&data.terms, spend)) }
        },
    }))
}

pub(super) fn name(bin: &FrequencyFigures) -> String {
    let more = if bin.or_more { "+" } else { "" };
    format!("{}{more}", count(bin.frequency.into()))
}

fn against_rates(hold_out: &HoldOut) -> Markup {
    let silent = hold_out.silent_customers as f64 / hold_out.customers.max(1) as f64;
    let lines: [(&str, &HoldOutFigures); 3] = [
        ("the model", &hold_out.model),
        ("everyone at their own rate", &hold_out.own_rate),
        ("everyone at the common rate", &hold_out.common_rate),
    ];
    let rows = html! {
        @for (index, (what, of)) in lines.into_iter().enumerate() {
            tr.chosen[index == 0] {
                th scope="row" { (what) }
                td.n { (whole(of.expected_purchases)) }
                td.n { (rounded(of.mean_absolute_error, 4)) }
                td.n { (rounded(of.root_mean_squared_error, 4)) }
                td.n { (of.area_under_curve.map_or_else(|| NONE.to_owned(), |area| rounded(area, 4))) }
                td.n { (of.silent_share.map_or_else(|| NONE.to_owned(), |share| percent(share, 1))) }
            }
        }
        tr {
            th scope="row" { "what came" }
            td.n { (count(hold_out.purchases)) }
            td.n {} td.n {} td.n {}
            td.n { (percent(silent, 1)) }
        }
    };
    let titles = html! {
        tr {
            th scope="col" { "by" }
            th.n scope="col" { "purchases" }
            th.n scope="col" { (term("mae", "mean absolute error")) }
            th.n scope="col" { (term("rmse", "root mean squared error")) }
            th.n scope="col" { (term("auc", "AUC")) " of no purchase" }
            th.n scope="col" { "without a purchase" }
        }
    };
    html! {
        (table("The model against naive rates, per customer", &titles, &rows))
        p.note {
            "A customer's own rate is that of their repeat purchases since the first; the common rate is that of all together. The own rate says nothing of how many buy nothing."
        }
    }
}

fn bins(bins: &[FrequencyFigures]) -> Markup {
    let rows = html! {
        @for bin in bins {
            tr {
                th.n scope="row" { (name(bin)) }
                td.n { (count(bin.customers)) }
                td.n { (rounded(bin.actual, 3)) }
                td.n { (rounded(bin.expected, 3)) }
            }
        }
    };
    let titles = ["#repeat purchases", "#customers", "#came", "#expected"];
    table("Mean purchases by frequency", &head(&titles), &rows)
}

pub(super) fn spend_table(terms: &ValueTerms, spend: &SpendFigures) -> Markup {
    let rows = html! {
        tr {
            th scope="row" { "the model" }
            td.n { (money(terms, spend.expected)) }
            td.n { (money(terms, spend.mean_absolute_error)) }
        }
        tr {
            th scope="row" { "going on as before" }
            td.n {}
            td.n { (money(terms, spend.naive_mean_absolute_error)) }
        }
        tr {
            th scope="row" { "what came" }
            td.n { (money(terms, spend.actual)) }
            td.n {}
        }
    };
    let titles = ["by", "#money in all", "#mean absolute error per customer"];
    table("Money in the hold-out", &head(&titles), &rows)
}
