//! What was known of each customer at the end of each week, and what came of it.

use rayon::prelude::*;

use super::{WarningsError, WarningsRequest, calendar::Calendar};
use crate::{
    customer::{Day, PurchaseHistory, Refunds, Value},
    features::purchases::{DISTINCT_PRODUCTS, PurchaseFeatures},
    model::segments::{Tier, TierEdges},
    policy::{Rhythm, Stage},
    train::transactions::PurchaseLog,
    warning::Purchasing,
};

/// Current value is the money of so many days.
const VALUE_DAYS: u32 = 365;

/// Everybody who is scored, week by week.
#[derive(Debug)]
pub(super) struct Panel {
    /// The names of the features.
    pub(super) names: Vec<String>,
    /// How the features are built.
    pub(super) features: PurchaseFeatures,
    pub(super) weeks: Vec<Week>,
    /// How many customers the log has; each is told by its position.
    pub(super) customers: usize,
}

#[derive(Debug)]
pub(super) struct Week {
    pub(super) as_of: Day,
    pub(super) rows: Vec<Row>,
}

/// A customer at the end of a day.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) customer: usize,
    /// NaN where missing.
    pub(super) values: Box<[f64]>,
    pub(super) purchasing: Purchasing,
    pub(super) tier: Tier,
    pub(super) stage: Stage,
    /// Nothing was bought within the horizon.
    pub(super) churned: bool,
}

/// A row before all customers of its day are known.
struct Unplaced {
    customer: usize,
    values: Box<[f64]>,
    purchasing: Purchasing,
    rhythm: Rhythm,
    money: f64,
    churned: bool,
}

impl Row {
    pub(super) fn last_purchase(&self, as_of: Day) -> Day {
        let ago = i64::from(self.purchasing.days_since_last);
        as_of.plus_days(-ago).unwrap_or(as_of)
    }
}

impl Panel {
    pub(super) fn of(
        request: &WarningsRequest,
        log: &PurchaseLog,
        calendar: &Calendar,
    ) -> Result<Self, WarningsError> {
        let refunds = log.refunds();
        let features = PurchaseFeatures::new(&request.windows_days, refunds)?;
        let told: Vec<usize> = features
            .names()
            .iter()
            .enumerate()
            .filter(|(_, name)| log.has_products() || *name != DISTINCT_PRODUCTS)
            .map(|(at, _)| at)
            .collect();
        let histories: Vec<PurchaseHistory<'_>> = log.iter().map(|(_, history)| history).collect();
        let look = Look {
            request,
            features: &features,
            told: &told,
            refunds,
            horizon_days: calendar.horizon_days,
        };
        let weeks = calendar.days.par_iter();
        let weeks = weeks.map(|&as_of| look.week(as_of, &histories)).collect();
        Ok(Self {
            names: told
                .iter()
                .map(|&at| features.names()[at].clone())
                .collect(),
            weeks,
            customers: histories.len(),
            features,
        })
    }
}

struct Look<'l> {
    request: &'l WarningsRequest,
    features: &'l PurchaseFeatures,
    told: &'l [usize],
    refunds: Refunds,
    horizon_days: u32,
}

impl Look<'_> {
    fn week(&self, as_of: Day, histories: &[PurchaseHistory<'_>]) -> Week {
        let customers = histories.iter().enumerate();
        let unplaced: Vec<Unplaced> = customers
            .filter_map(|(customer, history)| self.row(customer, *history, as_of))
            .collect();
        let groups = &self.request.groups;
        let money: Vec<f64> = unplaced.iter().map(|row| row.money).collect();
        let edges = TierEdges::fit(&money, &groups.tiers.shares);
        let otherwise = groups.lifecycle.gap_days_without_repeats;
        let typical = typical_gap(&unplaced).unwrap_or(otherwise).max(1.0);
        let place = |row: Unplaced| Row {
            customer: row.customer,
            values: row.values,
            purchasing: row.purchasing,
            tier: edges.tier(row.money),
            stage: groups.lifecycle.stage(&row.rhythm, typical, None),
            churned: row.churned,
        };
        Week {
            as_of,
            rows: unplaced.into_iter().map(place).collect(),
        }
    }

    /// `None` for who has not bought often or lately enough.
    fn row(&self, customer: usize, history: PurchaseHistory<'_>, as_of: Day) -> Option<Unplaced> {
        let rules = &self.request.rules;
        let purchasing = Purchasing::of(history, as_of, self.refunds, rules)?;
        let scored = purchasing.purchase_days >= rules.alarms.fewest_purchases
            && purchasing.days_since_last < self.request.active_days;
        if !scored {
            return None;
        }
        let values = self.features.values(history, as_of)?;
        let number = |&at: &usize| match values.get(at) {
            Some(Value::Number(number)) => *number,
            Some(Value::Text(_) | Value::Flag(_) | Value::Missing) | None => f64::NAN,
        };
        let until = as_of.plus_days(i64::from(self.horizon_days))?;
        let mut ahead = history.between(as_of, until);
        Some(Unplaced {
            customer,
            values: self.told.iter().map(number).collect(),
            purchasing,
            rhythm: Rhythm::of(history, as_of, self.refunds),
            money: history.money_within(as_of, VALUE_DAYS, self.refunds),
            churned: !ahead.any(|day| day.purchases(self.refunds) > 0),
        })
    }
}

/// The median of the customers' mean gaps.
fn typical_gap(rows: &[Unplaced]) -> Option<f64> {
    let gaps = rows.iter().filter_map(|row| row.purchasing.mean_gap_days);
    let mut gaps: Vec<f64> = gaps.collect();
    gaps.sort_by(f64::total_cmp);
    let (upper, lower) = (gaps.get(gaps.len() / 2)?, gaps.get((gaps.len() - 1) / 2)?);
    Some(f64::midpoint(*lower, *upper))
}
