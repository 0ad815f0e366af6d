//! What all customers are worth at the end of the log.

use rayon::prelude::*;

use super::customers::{Customers, Known};
use crate::model::value::{ValueInput, ValueModel};

/// Lifetime values, without names.
pub(super) struct Worths {
    /// Of each customer.
    pub(super) amounts: Vec<f64>,
    /// The sum of what each period brings.
    pub(super) by_period: Vec<f64>,
}

impl Worths {
    /// `None` for a model that knows no money.
    pub(super) fn of(customers: &Customers, model: &ValueModel) -> Option<Self> {
        let groups = customers.groups();
        let purchases: Vec<Vec<f64>> = groups
            .par_iter()
            .map(|group| model.discounted_purchases(&group[0].summary))
            .collect();
        let margin = model.parts().terms.margin;
        let mut amounts = Vec::with_capacity(customers.all().len());
        let mut by_period = vec![0.0; model.parts().terms.periods as usize];
        for (group, purchases) in groups.iter().zip(&purchases) {
            let all: f64 = purchases.iter().sum();
            let mut money = 0.0;
            for known in *group {
                let spend = model.expected_spend(&input(known))? * margin;
                amounts.push(all * spend);
                money += spend;
            }
            for (sum, purchases) in by_period.iter_mut().zip(purchases) {
                *sum += purchases * money;
            }
        }
        Some(Self { amounts, by_period })
    }
}

fn input(known: &Known) -> ValueInput {
    ValueInput {
        summary: known.summary,
        mean_repeat_spend: known.mean_repeat_spend,
    }
}
