//! What is known of every customer at a cut-off, and what came after it.

use super::worth::key;
use crate::{
    customer::{Counting, Day, PurchaseHistory, PurchaseSummary, Refunds, TimeUnit},
    model::value::{Counted, RepeatSpend},
};

/// Where the known ends and the hold-out begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::train) struct CutOff {
    /// The last day that is known.
    pub(in crate::train) as_of: Day,
    /// The last day that is looked at.
    pub(in crate::train) until: Day,
    pub(in crate::train) unit: TimeUnit,
    pub(in crate::train) refunds: Refunds,
    /// What the purchase model counts: so are the purchases after the cut-off,
    /// where the first opportunity begins with the day after it.
    pub(in crate::train) counting: Counting,
}

/// One customer, without a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::train) struct Known {
    pub(in crate::train) summary: PurchaseSummary,
    /// Mean money of what the summary's frequency counts; `None` without it.
    pub(in crate::train) mean_repeat_spend: Option<f64>,
    /// Money of all purchases so far.
    pub(in crate::train) money: f64,
    /// Purchases after the cut-off.
    pub(in crate::train) later_purchases: u32,
    /// Money of these.
    pub(in crate::train) later_money: f64,
}

/// All customers who had bought by the cut-off; those with equal summaries
/// stand together, in an order that is not the log's.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::train) struct Customers {
    sorted: Vec<Known>,
}

impl CutOff {
    /// From the cut-off to the last day, in units of time; where opportunities
    /// are counted, the whole ones.
    pub(in crate::train) fn horizon(self) -> f64 {
        f64::from(self.counted_until().days_since(self.as_of)) / self.unit.days()
    }

    /// The last day that is counted: opportunities that end later are left out.
    pub(in crate::train) fn counted_until(self) -> Day {
        let days = self.until.days_since(self.as_of);
        let days = self.counting.countable_days(days, self.unit);
        self.as_of.plus_days(i64::from(days)).unwrap_or(self.until)
    }

    fn known(self, history: PurchaseHistory<'_>) -> Option<Known> {
        let Self {
            as_of,
            until,
            unit,
            refunds,
            counting,
        } = self;
        let (summary, mean_repeat_spend) = history.counted(counting, as_of, unit, refunds)?;
        let before = history.through(as_of).days().iter();
        let (later_purchases, later_money) = counting.between(history, as_of, until, unit, refunds);
        Some(Known {
            summary,
            mean_repeat_spend,
            money: before.map(|day| day.money(refunds)).sum(),
            later_purchases,
            later_money,
        })
    }
}

impl Customers {
    pub(in crate::train) fn at<'h>(
        cut_off: CutOff,
        histories: impl Iterator<Item = PurchaseHistory<'h>>,
    ) -> Self {
        let mut sorted: Vec<Known> = histories
            .filter_map(|history| cut_off.known(history))
            .collect();
        let spend = |known: &Known| known.mean_repeat_spend.unwrap_or(f64::NEG_INFINITY);
        // By everything, so that sums do not depend on the order of the log.
        sorted.sort_by(|a, b| {
            key(&a.summary)
                .cmp(&key(&b.summary))
                .then(a.later_purchases.cmp(&b.later_purchases))
                .then(a.later_money.total_cmp(&b.later_money))
                .then(a.money.total_cmp(&b.money))
                .then(spend(a).total_cmp(&spend(b)))
        });
        Self { sorted }
    }

    pub(in crate::train) fn all(&self) -> &[Known] {
        &self.sorted
    }

    /// Customers with equal summaries, together.
    pub(in crate::train) fn groups(&self) -> Vec<&[Known]> {
        self.sorted
            .chunk_by(|a, b| key(&a.summary) == key(&b.summary))
            .collect()
    }

    /// Each summary once, with how many customers have it.
    pub(in crate::train) fn counted(&self) -> Vec<Counted<PurchaseSummary>> {
        let groups = self.groups().into_iter();
        groups
            .map(|group| Counted {
                item: group[0].summary,
                customers: group.len() as f64,
            })
            .collect()
    }

    pub(in crate::train) fn repeat_customers(&self) -> usize {
        let repeat = |known: &&Known| known.summary.frequency() > 0;
        self.sorted.iter().filter(repeat).count()
    }

    /// Frequency and mean spend of those with a positive mean, in an order that
    /// is not the log's.
    pub(in crate::train) fn repeat_spends(&self) -> Vec<RepeatSpend> {
        let spend = |known: &Known| {
            RepeatSpend::new(
                f64::from(known.summary.frequency()),
                known.mean_repeat_spend?,
            )
            .ok()
        };
        self.sorted.iter().filter_map(spend).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{Occasion, PurchaseDay, Purchases};

    fn bought(days: &[&str]) -> Purchases {
        let mut purchases = Purchases::default();
        for day in days {
            let day = PurchaseDay {
                day: day.parse().unwrap(),
                spend: 10.0,
                returned: 0.0,
                purchases: 1,
            };
            purchases.add(day, Occasion::Day);
        }
        purchases
    }

    #[test]
    fn customers_are_counted_by_what_was_known() {
        let log = [
            bought(&["2020-01-01", "2020-01-08", "2020-03-01"]),
            bought(&["2020-02-01"]),
            bought(&["2020-01-01", "2020-01-08"]),
            bought(&["2020-01-05", "2020-02-20", "2020-02-21"]),
        ];
        let cut_off = CutOff {
            as_of: "2020-01-29".parse().unwrap(),
            until: "2020-02-26".parse().unwrap(),
            unit: TimeUnit::Week,
            refunds: Refunds::Net,
            counting: Counting::Purchases,
        };
        assert_eq!(cut_off.horizon(), 4.0);
        let customers = Customers::at(cut_off, log.iter().map(Purchases::history));
        let counted: Vec<(u32, f64, f64)> = customers
            .counted()
            .iter()
            .map(|counted| {
                let summary = counted.item;
                (summary.frequency(), summary.recency(), counted.customers)
            })
            .collect();
        assert_eq!(counted, [(0, 0.0, 1.0), (1, 1.0, 2.0)]);
        assert_eq!(customers.all()[0].later_purchases, 2);
        assert_eq!(customers.all()[0].later_money, 20.0);
        assert_eq!(customers.repeat_customers(), 2);
        assert_eq!(customers.repeat_spends().len(), 2);
        let backwards = Customers::at(cut_off, log.iter().rev().map(Purchases::history));
        assert_eq!(customers, backwards);
    }
}
