//! What customers are worth, and who holds the value.

use maud::{Markup, html};

use crate::train::report::{
    Figure, ReportError,
    charts::{Column, Picture, columns, distribution, lorenz},
    html::parts::{Section, fact, figure, term},
    text::{count, percent, rounded},
    value::{
        data::{Concentration, ValueReportData, ValueTerms, Worth},
        words::{currency, lifetime, money, period},
    },
};

pub(super) fn section(data: &ValueReportData) -> Result<Option<Section>, ReportError> {
    let Some(worth) = &data.worth else {
        return Ok(None);
    };
    let terms = &data.terms;
    let mut pictures = Vec::new();
    if !worth.histogram.is_empty() {
        pictures.push(histogram(terms, worth)?);
    }
    if let Some(held) = &worth.concentration {
        pictures.push(concentration(held)?);
    }
    if worth.by_period.len() > 1 {
        pictures.push(by_period(terms, worth)?);
    }
    Ok(Some(Section {
        id: "worth",
        title: "What customers are worth",
        body: html! {
            p {
                "The " (term("clv", "lifetime value")) " of the " (count(worth.customers))
                " customers at the end of " (data.asked.observed_until) ", over the next " (lifetime(terms))
                ", at a margin of " (percent(terms.margin, 1)) " of spend and a discount of "
                (percent(terms.discount_rate, 2)) " a " (period(terms)) "."
            }
            dl.facts {
                (fact("In all", &of(terms, &worth.total)))
                (fact("Mean", &of(terms, &worth.mean)))
                (fact("Median", &html! { (money(terms, worth.median)) }))
                @if let Some(held) = &worth.concentration {
                    (fact("Top 20 % of customers", &html! { "hold " (percent(held.top_fifth_share, 1)) " of the value" }))
                    (fact("Gini", &html! { (rounded(held.gini, 3)) }))
                }
            }
            @if worth.total.interval.is_some() {
                p.note {
                    "Intervals tell how sure the parameters are; how customers differ from what is expected of them comes on top."
                }
            }
            div.two { @for picture in &pictures { (picture) } }
        },
    }))
}

fn of(terms: &ValueTerms, figure: &Figure) -> Markup {
    html! {
        (money(terms, figure.value))
        @if let Some(interval) = figure.interval {
            " " span.interval {
                "(" (money(terms, interval.low)) " to " (money(terms, interval.high)) ", "
                (percent(terms.confidence, 0)) " interval)"
            }
        }
    }
}

fn histogram(terms: &ValueTerms, worth: &Worth) -> Result<Markup, ReportError> {
    let unit = currency(terms);
    let picture = Picture {
        id: "worth-histogram",
        title: "Lifetime values",
        description: "Histogram of customers by their lifetime value.",
        width: 390,
        height: 290,
    };
    let chart = distribution(
        &picture,
        &worth.histogram,
        &format!("lifetime value, {unit}"),
        "customers",
    )?;
    let shown: u64 = worth.histogram.iter().map(|bin| bin.rows).sum();
    let beyond = worth.customers.saturating_sub(shown);
    let end = worth.histogram.last().map_or(0.0, |bin| bin.to);
    let reading = html! {
        "How many customers are worth how much."
        @if beyond > 0 {
            " " (count(beyond)) " are worth more than " (money(terms, end)) " and are not drawn."
        }
    };
    Ok(figure("Lifetime values", &reading, &chart))
}

fn concentration(held: &Concentration) -> Result<Markup, ReportError> {
    let picture = Picture {
        id: "worth-lorenz",
        title: "Concentration",
        description: "Lorenz curve: share of the value by share of customers, the least valuable first.",
        width: 390,
        height: 290,
    };
    let chart = lorenz(&picture, &held.lorenz)?;
    let reading = html! {
        "On the dashed line all customers are worth the same; the further below it, the fewer hold most of the value. "
        (term("gini", "Gini")) " " (rounded(held.gini, 3)) "."
    };
    Ok(figure("Concentration", &reading, &chart))
}

fn by_period(terms: &ValueTerms, worth: &Worth) -> Result<Markup, ReportError> {
    let bars: Vec<Column> = worth
        .by_period
        .iter()
        .take(120)
        .enumerate()
        .map(|(index, &value)| Column {
            name: (index + 1).to_string(),
            actual: None,
            expected: value,
        })
        .collect();
    let picture = Picture {
        id: "worth-periods",
        title: "When the value comes",
        description: "Value of all customers that each period brings, discounted.",
        width: 390,
        height: 290,
    };
    let along = format!("{} from now", period(terms));
    let chart = columns(&picture, &bars, &along, &currency(terms))?;
    let reading =
        html! { "What all customers bring in each " (period(terms)) ", discounted to today." };
    Ok(figure("When it comes", &reading, &chart))
}
