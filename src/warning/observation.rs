//! What is seen of a customer at one scoring.

use crate::{
    customer::{Day, PurchaseHistory, Refunds},
    model::segments::Tier,
    policy::{Rhythm, SpendRule, Stage, WarningRules},
};

/// What is seen of a customer at one scoring. What is not known is `None`, and
/// gives no signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The day that the scoring is of.
    pub as_of: Day,
    /// Probability of churn, in [0, 1].
    pub churn_probability: f64,
    /// Purchases expected within the value model's horizon.
    pub expected_purchases: Option<f64>,
    /// How the customer buys.
    pub purchasing: Option<Purchasing>,
    /// The value tier.
    pub tier: Option<Tier>,
    /// The lifecycle stage.
    pub stage: Option<Stage>,
    /// The features that the rules watch, in the rules' order; those left out at
    /// the end are not known.
    pub features: Vec<Option<f64>>,
}

/// How a customer buys, as of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Purchasing {
    /// Days with a purchase.
    pub purchase_days: u32,
    /// Days since the first of them.
    pub tenure_days: u32,
    /// Days since the last of them.
    pub days_since_last: u32,
    /// Mean days from one to the next; `None` with fewer than two.
    pub mean_gap_days: Option<f64>,
    /// Spend a day of the rule's short window ÷ that of its long one; `None`
    /// without a rule, before the long window has passed, or where nothing was
    /// spent in it.
    pub spend_ratio: Option<f64>,
}

impl Purchasing {
    /// At the end of `as_of`; `None` before the first purchase.
    #[must_use]
    pub fn of(
        history: PurchaseHistory<'_>,
        as_of: Day,
        refunds: Refunds,
        rules: &WarningRules,
    ) -> Option<Self> {
        let rhythm = Rhythm::of(history, as_of, refunds);
        let known = history.through(as_of);
        let days = || known.purchases(refunds).map(|bought| bought.day);
        let (first, last) = (days().next()?, days().next_back()?);
        let tenure_days = as_of.days_since(first).unsigned_abs();
        let ratio = |rule: SpendRule| {
            let money = |days: u32| history.money_within(as_of, days, refunds) / f64::from(days);
            let long = money(rule.long_days);
            // A customer of yesterday spends all of the long window in the short one.
            let whole = tenure_days >= rule.long_days && long > 0.0;
            whole.then(|| money(rule.short_days) / long)
        };
        Some(Self {
            purchase_days: u32::try_from(days().count()).unwrap_or(u32::MAX),
            tenure_days,
            days_since_last: as_of.days_since(last).unsigned_abs(),
            mean_gap_days: rhythm.mean_gap_days(),
            spend_ratio: rules.spend.and_then(ratio),
        })
    }

    /// How many of the customer's own gaps have passed since the last purchase.
    #[must_use]
    pub fn gaps_since_last(&self) -> Option<f64> {
        let gap = self.mean_gap_days.filter(|gap| *gap > 0.0)?;
        Some(f64::from(self.days_since_last) / gap)
    }
}
