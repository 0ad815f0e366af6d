//! What acting on the scores would earn, and the advised threshold.

use maud::html;

use super::parts::{Section, figure, head, name, table, term};
use crate::train::report::{
    ReportData, ReportError,
    charts::{self, Picture},
    text::{compact, percent},
};

pub(super) fn section(data: &ReportData) -> Result<Option<Section>, ReportError> {
    let Some(profit) = &data.profit else {
        return Ok(None);
    };
    let picture = Picture {
        id: "profit-chart",
        title: "Profit",
        description: "Profit by share of customers contacted, with the advised threshold marked.",
        width: 390,
        height: 290,
    };
    let chart = charts::profit(&picture, profit)?;
    let advised = profit.advised;
    let reading = html! {
        "Contact more customers and more churners are kept, until those who would have stayed anyway cost too much. "
        span.key.orange { "● the advised threshold" }
    };
    let rows = html! {
        @for (assumption, value) in &profit.assumptions {
            tr { th scope="row" { (name(assumption)) } td.n { (name(value)) } }
        }
    };
    Ok(Some(Section {
        id: "profit",
        title: "What acting on it would earn",
        body: html! {
            div.two {
                (figure("Profit", &reading, &chart))
                div {
                    @if advised.share_contacted > 0.0 {
                    p {
                        "Advice: contact customers with a probability of " strong { (percent(advised.threshold, 1)) }
                        " or more. That is " strong { (percent(advised.share_contacted, 1)) } " of them, and earns "
                        strong { (compact(advised.profit)) " " (name(&profit.unit)) } "."
                    }
                    } @else {
                        p { "Advice: contact nobody. With these costs, no campaign by this model pays." }
                    }
                    p {
                        "The threshold is advice and no part of the model. The highest risk is not always the best target: "
                        "keep a " (term("control-group", "control group")) " when you measure a campaign."
                    }
                    (table("Assumptions", &head(&["assumption", "#value"]), &rows))
                }
            }
        },
    }))
}
