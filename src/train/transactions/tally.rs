//! What each rule has done so far.

use super::{
    cells::Sum,
    options::{Keeping, LogOptions, MoneyColumns, NegativePrices},
    report::{MAX_EXAMPLES, Rule, RuleOutcome, Treatment},
};
use crate::{customer::Refunds, train::Place};

/// All rules, in the order that they are applied to a line.
const ORDER: [Rule; 13] = [
    Rule::NoCurrency,
    Rule::OtherCurrency,
    Rule::UnreadableAmount,
    Rule::NoCustomer,
    Rule::UnusableCustomer,
    Rule::UnreadableTime,
    Rule::BeforeRange,
    Rule::AfterRange,
    Rule::Future,
    Rule::Duplicate,
    Rule::NegativePrice,
    Rule::ZeroAmount,
    Rule::Refund,
];

/// What the rules did, rule by rule.
pub(super) struct Tally {
    counts: [Count; ORDER.len()],
}

#[derive(Default)]
struct Count {
    lines: u64,
    amount: Sum,
    examples: Vec<Place>,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            counts: std::array::from_fn(|_| Count::default()),
        }
    }

    /// Counts a line.
    pub(super) fn count(&mut self, rule: Rule, amount: f64, place: impl FnOnce() -> Place) {
        let at = ORDER.iter().position(|&there| there == rule);
        let Some(count) = at.and_then(|at| self.counts.get_mut(at)) else {
            return;
        };
        count.lines += 1;
        count.amount.add(amount);
        if count.examples.len() < MAX_EXAMPLES {
            count.examples.push(place());
        }
    }

    /// What the rules that were asked for did.
    pub(super) fn outcomes(self, options: &LogOptions) -> Vec<RuleOutcome> {
        let outcomes = ORDER.into_iter().zip(self.counts);
        let asked = outcomes.filter_map(|(rule, count)| {
            let treatment = treatment(rule, options)?;
            let summed = !matches!(
                rule,
                Rule::NoCurrency | Rule::OtherCurrency | Rule::UnreadableAmount
            );
            Some(RuleOutcome {
                rule,
                treatment,
                lines: count.lines,
                amount: summed.then(|| count.amount.total()),
                examples: count.examples,
            })
        });
        asked.collect()
    }
}

/// What becomes of a rule's lines; `None` where the rule is not asked for.
fn treatment(rule: Rule, options: &LogOptions) -> Option<Treatment> {
    let cleaning = &options.cleaning;
    let keeping = |keeping| match keeping {
        Keeping::Keep => Treatment::Kept,
        Keeping::Drop => Treatment::Dropped,
    };
    let dropped = |asked: bool| asked.then_some(Treatment::Dropped);
    match rule {
        Rule::NoCurrency | Rule::OtherCurrency => dropped(options.columns.currency.is_some()),
        Rule::UnreadableAmount
        | Rule::UnreadableTime
        | Rule::UnusableCustomer
        | Rule::NoCustomer => dropped(true),
        Rule::BeforeRange => dropped(cleaning.from.is_some()),
        Rule::AfterRange => dropped(cleaning.until.is_some()),
        Rule::Future => dropped(cleaning.until.is_none() && cleaning.today.is_some()),
        Rule::Duplicate => Some(keeping(cleaning.duplicates)),
        Rule::NegativePrice => match options.columns.money {
            MoneyColumns::Amount(_) => None,
            MoneyColumns::QuantityPrice { .. } => Some(match cleaning.negative_prices {
                NegativePrices::Drop => Treatment::Dropped,
                NegativePrices::Keep => Treatment::Kept,
            }),
        },
        Rule::ZeroAmount => Some(keeping(cleaning.zero_amounts)),
        Rule::Refund => Some(match cleaning.refunds {
            Refunds::Net => Treatment::Netted,
            Refunds::Drop => Treatment::Dropped,
            Refunds::Keep => Treatment::KeptApart,
        }),
    }
}
