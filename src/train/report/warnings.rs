//! The report of a back-test of early warning: one page.

use maud::{Markup, html};

use super::{
    Point, ReportError,
    charts::{Bar, Frontier, Picture, bars, frontier},
    html::{
        page::Page,
        parts::{Section, figure, files, head, table, tile},
    },
    text::{NONE, count, percent, rounded},
};
use crate::train::warnings::{BackTest, Figures, NO_ADVICE, Ruled, SimpleRule, in_words};

/// The page of a back-test.
///
/// # Errors
///
/// When the charting library refuses to draw a chart.
pub(in crate::train) fn html(found: &BackTest) -> Result<String, ReportError> {
    let (first, last) = found.times.scorings;
    let page = Page {
        title: "Early warning",
        kicker: "Holdfast · back-test of early warning",
        model: &found.name,
        version: None,
        lead: html! {
            (found.times.weeks) " weekly scorings, " (first.to_string()) " to " (last.to_string())
            ", by a model that was trained on nothing but what was known by then."
        },
        trainer_version: env!("CARGO_PKG_VERSION"),
    };
    Ok(page.of(&[
        summary(found),
        best_of_each_week(found)?,
        lead_against_precision(found)?,
        hysteresis(found),
        method(found),
    ]))
}

fn summary(found: &BackTest) -> Section {
    let body = match found.advised().zip(found.advice) {
        None => html! { p { (NO_ADVICE) } },
        Some((advised, advice)) => html! {
            div.tiles {
                (tile(&share(advised.later.precision()), "of the advised alarms were true", "in the later half of the weeks, which the choice did not see"))
                (tile(&percent(advice.later_base_rate, 1), "of all scorings", "were of customers who then bought nothing: what chance finds"))
                (tile(&days(&advised.later), "days of median lead", "before the silence was as long as the horizon"))
                (tile(&share(advised.all.repeat_share()), "repeats", "alarms about who had one before"))
            }
            p { "Advised: " (in_words(&advised.rules)) "." }
            (figures_table("The advised rule", "weeks", &[
                ("earlier half".to_owned(), &advised.earlier),
                ("later half".to_owned(), &advised.later),
                ("all".to_owned(), &advised.all),
            ]))
            p.note {
                "The rule is chosen by the earlier half: of those that repeat little, the one with the most true "
                "alarms beyond what chance would have found. The later half shows whether that holds."
            }
        },
    };
    Section {
        id: "advice",
        title: "Advice",
        body,
    }
}

fn best_of_each_week(found: &BackTest) -> Result<Section, ReportError> {
    let heights: Vec<Bar> = found
        .ranked
        .iter()
        .map(|ranked| Bar {
            name: ranked.by.replace('_', " "),
            value: ranked.figures.precision().unwrap_or(0.0),
            spread: None,
            note: share(ranked.figures.precision()),
        })
        .collect();
    let picture = Picture {
        id: "best-of-each-week",
        title: "Precision of the best of each week",
        description: "A bar for the model, for each simple rule and for chance, as long as the share of the best of each week that left.",
        width: 720,
        height: 200,
    };
    let chart = bars(&picture, &heights, "share that left", false)?;
    let rows: Vec<(String, &Figures)> = found
        .ranked
        .iter()
        .map(|ranked| (ranked.by.replace('_', " "), &ranked.figures))
        .collect();
    let body = html! {
        (figure("Precision of the best of each week", &html! {
            "The customers with the highest score of each week, whoever was among them the week before; of "
            "all scorings, " (percent(found.base_rate, 1)) " were of customers who left."
        }, &chart))
        (figures_table("The best of each week", "by", &rows))
    };
    Ok(Section {
        id: "ranking",
        title: "Who is at the top",
        body,
    })
}

fn lead_against_precision(found: &BackTest) -> Result<Section, ReportError> {
    let ruled = |rules: &[&Ruled]| -> Vec<Point> {
        rules.iter().filter_map(|rule| point(&rule.all)).collect()
    };
    let mut best: Vec<&Ruled> = found.grid.iter().filter(|rule| rule.on_frontier).collect();
    let lead = |rule: &Ruled| rule.all.lead_days.map_or(0.0, |lead| lead.median);
    best.sort_by(|a, b| lead(a).total_cmp(&lead(b)));
    let simple = |wanted: SimpleRule| -> Vec<Point> {
        let of = found.simple.iter().filter(|(rule, _)| *rule == wanted);
        let figures = of.flat_map(|(_, thresholds)| thresholds.iter().map(|(_, figures)| figures));
        figures.filter_map(point).collect()
    };
    let nowhere = Point {
        x: f64::NAN,
        y: f64::NAN,
    };
    let picture = Picture {
        id: "frontier",
        title: "Lead time against precision",
        description: "A dot for each rule of the grid by the median lead of its true alarms and by its precision; a line joins those that none outdoes in both. Crosses are thresholds on days since the last purchase, triangles on the customer's own gaps. The dashed line is the base rate.",
        width: 720,
        height: 380,
    };
    let chart = frontier(
        &picture,
        &Frontier {
            rules: &ruled(&found.grid.iter().collect::<Vec<_>>()),
            best: &ruled(&best),
            recency: &simple(SimpleRule::Recency),
            own_gap: &simple(SimpleRule::OwnGap),
            advised: found
                .advised()
                .and_then(|rule| point(&rule.all))
                .unwrap_or(nowhere),
            base_rate: found.base_rate,
        },
    )?;
    let frontier: Vec<(String, &Figures)> = best
        .iter()
        .map(|rule| (in_words(&rule.rules), &rule.all))
        .collect();
    let thresholds: Vec<(String, &Figures)> = found
        .simple
        .iter()
        .flat_map(|(rule, thresholds)| {
            let row = move |(threshold, figures)| (format!("{threshold} {}", rule.unit()), figures);
            thresholds
                .iter()
                .map(|(threshold, figures)| (threshold, figures))
                .map(row)
        })
        .collect();
    let body = html! {
        (figure("Lead time against precision", &html! {
            "Right is earlier, up is surer. Dots: rules on the model, the advised one large and orange; the line joins "
            "those that no other outdoes in both. Crosses: days since the last purchase. Triangles: the customer's own "
            "gaps. Dashed: chance."
        }, &chart))
        (figures_table("Rules that no other outdoes in both", "rule", &frontier))
        (figures_table("Rules without a model", "alarm from", &thresholds))
    };
    Ok(Section {
        id: "frontier-of-rules",
        title: "Earlier or surer",
        body,
    })
}

fn hysteresis(found: &BackTest) -> Section {
    let hysteresis = &found.hysteresis;
    let on = hysteresis.on;
    let body = html! {
        p {
            "The advised level alone, without a capacity, a cooldown or other signals: over as soon as the probability is "
            "below where it began, and over only below another, lower one."
        }
        (figures_table("What hysteresis does", "level", &[
            (format!("on {on}, off {on}"), &hysteresis.without),
            (format!("on {on}, off {}", hysteresis.off), &hysteresis.with),
        ]))
    };
    Section {
        id: "hysteresis",
        title: "Repeats",
        body,
    }
}

fn method(found: &BackTest) -> Section {
    let times = &found.times;
    let trainings = html! {
        @for training in &found.trainings {
            tr {
                th scope="row" { (training.as_of.to_string()) }
                td { (training.latest.to_string()) }
                td.n { (count(training.rows as u64)) }
                td.n { (percent(training.churned as f64 / training.rows.max(1) as f64, 1)) }
            }
        }
    };
    let body = html! {
        p {
            "An alarm is true if the customer buys nothing in the " (times.horizon_days) " days after it. Scored are "
            "customers who had bought within the " (times.active_days) " days before, and often enough for the policy. "
            "The alarms of the first " (times.weeks - times.counted_weeks) " weeks are stock, and not counted. The lead "
            "of a true alarm is how many days were left until the silence was as long as the horizon, which is when "
            "everybody sees it."
        }
        @if let Some(model) = found.model {
            p {
                "What the models of the past said of all " (count(found.scorings as u64)) " scorings: AUC "
                (rounded(model.area_under_curve, 4)) ", log loss " (rounded(model.log_loss, 4)) "."
            }
        }
        (table(
            "Trainings, each on what was known by then",
            &head(&["first scoring", "latest cut-off", "#rows", "#left"]),
            &trainings,
        ))
        (files(&found.sources))
    };
    Section {
        id: "method",
        title: "How it was measured",
        body,
    }
}

fn figures_table(caption: &str, what: &str, rows: &[(String, &Figures)]) -> Markup {
    let titles = [
        what,
        "#alarms",
        "#a week",
        "#precision",
        "#found",
        "#repeats",
        "#lead, days",
        "#middle half",
    ];
    let rows = html! {
        @for (name, figures) in rows {
            tr {
                th scope="row" { (name) }
                td.n { (count(figures.alarms as u64)) }
                td.n { (rounded(figures.a_week(), 1)) }
                td.n { (share(figures.precision())) }
                td.n { (share(figures.recall())) }
                td.n { (share(figures.repeat_share())) }
                td.n { (days(figures)) }
                td.n {
                    @match figures.lead_days {
                        Some(lead) => { (rounded(lead.lower, 0)) " to " (rounded(lead.upper, 0)) }
                        None => (NONE),
                    }
                }
            }
        }
    };
    table(caption, &head(&titles), &rows)
}

fn share(share: Option<f64>) -> String {
    share.map_or_else(|| NONE.to_owned(), |share| percent(share, 1))
}

fn days(figures: &Figures) -> String {
    let lead = figures.lead_days;
    lead.map_or_else(|| NONE.to_owned(), |lead| rounded(lead.median, 0))
}

/// Of few alarms there is no place worth showing.
fn point(figures: &Figures) -> Option<Point> {
    let (x, y) = figures.place()?;
    Some(Point { x, y })
}
