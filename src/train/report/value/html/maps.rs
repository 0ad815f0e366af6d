//! What the model says of every frequency and recency.

use maud::{Markup, html};

use crate::train::report::{
    PairAxis, ReportError,
    charts::{HeatMap, Picture, Scale, heatmap},
    html::parts::{Section, figure, table, term},
    text::{compact, count, percent, rounded},
    value::{
        data::{FrequencyRecencyMaps, ValueReportData},
        words::{chosen, days, unit},
    },
};

/// At most so many rows and columns stand in the tables.
const MOST: usize = 16;

pub(super) fn section(data: &ValueReportData) -> Result<Option<Section>, ReportError> {
    let Some(maps) = &data.maps else {
        return Ok(None);
    };
    let horizon = days(maps.horizon_days);
    let across = PairAxis::Levels(maps.recency.iter().map(|&time| compact(time)).collect());
    let up = PairAxis::Levels(maps.frequency.iter().map(|&x| count(x.into())).collect());
    let along = format!("recency, {}", unit(maps.unit));
    let draw = |id, title, description, values: &[Vec<f64>], most| {
        let picture = Picture {
            id,
            title,
            description,
            width: 390,
            height: 340,
        };
        let heat = HeatMap {
            across: &across,
            across_name: &along,
            up: &up,
            up_name: "repeat purchases",
            values,
            scale: Scale::Rising(most),
        };
        heatmap(&picture, &heat)
    };
    let alive = draw(
        "map-alive",
        "P(alive)",
        "Probability that a customer is still alive, by repeat purchases and recency.",
        &maps.p_alive,
        Some(1.0),
    )?;
    let expected = draw(
        "map-expected",
        "Expected purchases",
        "Expected purchases within the horizon, by repeat purchases and recency.",
        &maps.expected_purchases,
        None,
    )?;
    Ok(Some(Section {
        id: "maps",
        title: "What frequency and recency say",
        body: html! {
            p {
                "For a customer whose first purchase was " (rounded(maps.observation, 1)) " "
                (unit(maps.unit)) " ago. " (term("recency", "Recency"))
                " is the time from the first purchase to the last, so that those on the right bought just now. Where there can be no customer, the map is empty."
            }
            @if chosen(data).is_some_and(|fit| fit.name == "BG/NBD") {
                p.note {
                    "P(alive) of BG/NBD is 1 for every customer with one purchase, for in that model nobody leaves before buying again. Rank such customers by expected purchases or by the probability of no purchase."
                }
            }
            div.two {
                (figure("P(alive)", &html! { "How probable it is that the customer will buy again at all." }, &alive))
                (figure("Expected purchases", &html! { "Within the next " (horizon) ". Many purchases long ago mean less than a few of late." }, &expected))
            }
            details {
                summary { "The maps in figures" }
                (numbers("P(alive)", maps, &maps.p_alive, |value| percent(value, 0)))
                (numbers(&format!("Expected purchases within {horizon}"), maps, &maps.expected_purchases, |value| rounded(value, 2)))
            }
        },
    }))
}

fn numbers(
    caption: &str,
    maps: &FrequencyRecencyMaps,
    values: &[Vec<f64>],
    write: fn(f64) -> String,
) -> Markup {
    let titles = html! {
        tr {
            th scope="col" { "purchases ↓ recency →" }
            @for time in maps.recency.iter().take(MOST) { th.n scope="col" { (compact(*time)) } }
        }
    };
    let rows = html! {
        @for (x, row) in maps.frequency.iter().zip(values).take(MOST) {
            tr {
                th scope="row" { (count((*x).into())) }
                @for &value in row.iter().take(MOST) {
                    td.n { @if value.is_finite() { (write(value)) } }
                }
            }
        }
    };
    table(caption, &titles, &rows)
}
