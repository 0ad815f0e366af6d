//! What all customers are worth at the end of the log, and how sure that is.

use rayon::prelude::*;

use super::customers::{Customers, Known};
use crate::{
    customer::PurchaseSummary,
    model::value::{ClvInterval, LnSlopes, ValueInput, ValueModel},
};

/// Lifetime values, without names.
pub(super) struct Worths {
    /// Of each customer.
    pub(super) amounts: Vec<f64>,
    /// The sum of what each period brings.
    pub(super) by_period: Vec<f64>,
    /// Where the sum of all amounts may lie.
    pub(super) total: ClvInterval,
}

impl Worths {
    /// `None` for a model that knows no money.
    pub(super) fn of(customers: &Customers, model: &ValueModel) -> Option<Self> {
        let groups = customers.groups();
        let told: Vec<(Vec<f64>, [f64; 4])> = groups
            .par_iter()
            .map(|group| {
                let summary = &group[0].summary;
                let purchases = model.discounted_purchases(summary);
                (purchases, model.slopes_of_ln_purchases(summary))
            })
            .collect();
        let margin = model.parts().terms.margin;
        let mut amounts = Vec::with_capacity(customers.all().len());
        let mut slopes = Vec::with_capacity(customers.all().len());
        let mut by_period = vec![0.0; model.parts().terms.periods as usize];
        for (group, (purchases, slopes_of_purchases)) in groups.iter().zip(&told) {
            let all: f64 = purchases.iter().sum();
            let mut money = 0.0;
            for known in *group {
                let input = input(known);
                let spend = model.expected_spend(&input)? * margin;
                amounts.push(all * spend);
                slopes.push(LnSlopes {
                    purchases: *slopes_of_purchases,
                    spend: model.slopes_of_ln_spend(&input),
                });
                money += spend;
            }
            for (sum, purchases) in by_period.iter_mut().zip(purchases) {
                *sum += purchases * money;
            }
        }
        let parts = amounts.iter().copied().zip(slopes);
        let total = model.interval(amounts.iter().sum(), &LnSlopes::of_sum(parts));
        Some(Self {
            amounts,
            by_period,
            total,
        })
    }
}

fn input(known: &Known) -> ValueInput {
    ValueInput {
        summary: known.summary,
        mean_repeat_spend: known.mean_repeat_spend,
    }
}

/// Times are not negative, so that their bits are in their order.
pub(super) fn key(summary: &PurchaseSummary) -> (u32, u64, u64) {
    (
        summary.frequency(),
        summary.recency().to_bits(),
        summary.observation().to_bits(),
    )
}
