//! What acting on the scores would earn on the held-out rows.

use super::{Findings, scores::Scores};
use crate::{
    model::{ProfitParameters, thinned},
    train::report::{
        Profit, ProfitPoint,
        text::{compact, percent},
    },
};

/// Points of the curve, at most.
const MAX_POINTS: usize = 300;

pub(super) fn of(findings: &Findings<'_>, scores: &Scores) -> Profit {
    let measure = &findings.training.settings.profit;
    let best = scores.ranking.assess(measure).maximum_profit;
    let curve = thinned(&scores.ranking.profit_curve(measure), MAX_POINTS);
    Profit {
        assumptions: assumptions(measure.parameters()),
        unit: "per customer of the base".to_owned(),
        curve: curve
            .into_iter()
            .map(|point| ProfitPoint {
                threshold: scores.lowest_within(point.x),
                share_contacted: point.x,
                profit: point.y,
            })
            .collect(),
        advised: ProfitPoint {
            threshold: best.threshold.unwrap_or(1.0),
            share_contacted: best.share_contacted,
            profit: best.per_customer,
        },
    }
}

fn assumptions(parameters: &ProfitParameters) -> Vec<(String, String)> {
    let ProfitParameters {
        alpha,
        beta,
        customer_value,
        offer_cost,
        contact_cost,
    } = *parameters;
    let rate = alpha / (alpha + beta);
    let deviation = (rate * (1.0 - rate) / (alpha + beta + 1.0)).sqrt();
    let accepted = format!("{} ± {}", percent(rate, 0), percent(deviation, 0));
    [
        ("worth of a customer who stays", compact(customer_value)),
        ("cost of the offer, for who takes it", compact(offer_cost)),
        ("cost of contacting a customer", compact(contact_cost)),
        ("churners who accept the offer and stay", accepted),
        ("stayers who take the offer", percent(1.0, 0)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}
