//! Purchases over time, actual and expected.

use maud::{Markup, html};

use crate::{
    customer::Day,
    train::report::{
        Point, ReportError,
        charts::{OverTime, Picture, over_time},
        html::parts::{Section, figure, head, table},
        text::{counted, percent, whole},
        value::data::{TrackedPeriod, Tracking, ValueReportData},
    },
};

pub(super) fn section(data: &ValueReportData) -> Result<Option<Section>, ReportError> {
    let Some(tracking) = data.tracking.as_ref().filter(|t| t.periods.len() > 1) else {
        return Ok(None);
    };
    let span = length(tracking.period_days);
    let cumulative = draw(
        &Picture {
            id: "tracking-cumulative",
            title: "Repeat purchases since the start",
            description: "Repeat purchases of all customers since the start of the log, actual and expected.",
            width: 390,
            height: 300,
        },
        tracking,
        |period| (period.actual_cumulative, period.expected_cumulative),
    )?;
    let each = draw(
        &Picture {
            id: "tracking-each",
            title: "Repeat purchases by period",
            description: "Repeat purchases of all customers in each period, actual and expected.",
            width: 390,
            height: 300,
        },
        tracking,
        |period| (period.actual, period.expected),
    )?;
    let key = html! {
        span.key.orange { "— what came" } " " span.key.blue { "— what the model expects" }
    };
    Ok(Some(Section {
        id: "tracking",
        title: "Purchases over time",
        body: html! {
            p {
                "Repeat purchases of all customers together; what was expected follows from the days of their first purchases alone. "
                @if tracking.calibration_end.is_some() {
                    "The model has not seen what lies right of the dashed line."
                }
            }
            div.two {
                (figure("Since the start", &html! { (key) }, &cumulative))
                (figure(&format!("In each {span}"), &html! { (key) }, &each))
            }
            (totals(tracking))
        },
    }))
}

fn length(days: u32) -> String {
    match days {
        1 => "day".to_owned(),
        7 => "week".to_owned(),
        days => counted(days.into(), "day", "days"),
    }
}

fn draw(
    picture: &Picture<'_>,
    tracking: &Tracking,
    of: fn(&TrackedPeriod) -> (f64, f64),
) -> Result<Markup, ReportError> {
    let at = |day: Day| f64::from(day.days_since_1970());
    let points = |which: fn((f64, f64)) -> f64| -> Vec<Point> {
        tracking
            .periods
            .iter()
            .map(|period| Point {
                x: at(period.until),
                y: which(of(period)),
            })
            .collect()
    };
    let lines = OverTime {
        actual: &points(|(actual, _)| actual),
        expected: &points(|(_, expected)| expected),
        mark: tracking
            .calibration_end
            .map(|end| (at(end), "calibration ends")),
        x_label: "end of the period",
        y_label: "repeat purchases",
        x_format: date,
        y_least: 1.0,
    };
    over_time(picture, &lines)
}

/// A day of an axis.
fn date(days: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounded; what is no day is written as nothing"
    )]
    let day = Day::from_days_since_1970(days.round() as i64);
    day.map_or_else(String::new, |day| day.to_string())
}

/// Both parts of time in figures.
fn totals(tracking: &Tracking) -> Markup {
    let sum = |within: &dyn Fn(Day) -> bool| {
        let periods = tracking.periods.iter().filter(|p| within(p.until));
        periods.fold((0.0, 0.0), |sums, period| {
            (sums.0 + period.actual, sums.1 + period.expected)
        })
    };
    let parts: Vec<(&str, (f64, f64))> = match tracking.calibration_end {
        None => vec![("all", sum(&|_| true))],
        Some(end) => vec![
            ("calibration", sum(&|day| day <= end)),
            ("after it", sum(&|day| day > end)),
        ],
    };
    let rows = html! {
        @for (name, (actual, expected)) in parts {
            tr {
                th scope="row" { (name) }
                td.n { (whole(actual)) }
                td.n { (whole(expected)) }
                td.n { @if actual > 0.0 { (percent(expected / actual, 1)) } }
            }
        }
    };
    let titles = [
        "repeat purchases",
        "#came",
        "#expected",
        "#expected of came",
    ];
    table("Repeat purchases in all", &head(&titles), &rows)
}
