//! Purchases at discrete opportunities: of the whole units of time after a
//! customer's first purchase, in how many it bought (Fader, Hardie and Shang
//! 2010).
//!
//! The opportunity i holds the days first + (i − 1) · unit + 1 to first +
//! i · unit. A unit that has not ended is none yet, so that what was bought in
//! it is left out.

use super::{
    Day, PurchaseDay, PurchaseHistory, PurchaseSummary, Refunds, SummarisedPurchases, TimeUnit,
    Violations,
};

/// What a purchase model counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Every purchase, at any time.
    Purchases,
    /// Units of time with a purchase.
    Opportunities,
}

/// A summary, and the mean money of what its frequency counts; `None` where that
/// is 0 or the money is not known.
type Counted = (PurchaseSummary, Option<f64>);

impl Counting {
    /// The days of a time to come that can be counted: all of them, or those of
    /// its whole opportunities.
    #[must_use]
    pub fn countable_days(self, days: i32, unit: TimeUnit) -> i32 {
        match (self, unit) {
            (Self::Purchases, _) | (Self::Opportunities, TimeUnit::Day) => days,
            (Self::Opportunities, TimeUnit::Week) => days - days.rem_euclid(7),
        }
    }

    /// How often a customer bought in the days after `as_of`, up to and with
    /// the day `until`, and the money of these days. The first opportunity
    /// begins on the day after `as_of`; those that end after `until` are left
    /// out.
    #[must_use]
    pub fn between(
        self,
        history: PurchaseHistory<'_>,
        as_of: Day,
        until: Day,
        unit: TimeUnit,
        refunds: Refunds,
    ) -> (u32, f64) {
        let days = self.countable_days(until.days_since(as_of), unit);
        let (mut count, mut last, mut money) = (0_u32, 0.0, 0.0);
        for day in history.between(as_of, until) {
            if day.day.days_since(as_of) > days {
                break;
            }
            money += day.money(refunds);
            let purchases = day.purchases(refunds);
            let at = opportunity(day, as_of, unit);
            match self {
                Self::Purchases => count = count.saturating_add(purchases),
                Self::Opportunities if purchases > 0 && at > last => {
                    count += 1;
                    last = at;
                }
                Self::Opportunities => {}
            }
        }
        (count, money)
    }
}

/// The number, from 1, of the opportunity that holds a day; 0 and less up to
/// the day they are counted from.
fn opportunity(day: &PurchaseDay, from: Day, unit: TimeUnit) -> f64 {
    (f64::from(day.day.days_since(from)) / unit.days()).ceil()
}

impl PurchaseHistory<'_> {
    /// The summary in opportunities at the end of `as_of`: how many of them had
    /// a purchase, the number of the last one that had, and how many there
    /// were: the whole units since the first purchase. `None` before the first
    /// purchase.
    #[must_use]
    pub fn opportunities(
        self,
        as_of: Day,
        unit: TimeUnit,
        refunds: Refunds,
    ) -> Option<PurchaseSummary> {
        let known = self.through(as_of);
        let first = known.purchases(refunds).next()?.day;
        let all = (f64::from(as_of.days_since(first)) / unit.days()).floor();
        let (mut bought, mut last) = (0.0, 0.0);
        for day in known.purchases(refunds) {
            let at = opportunity(day, first, unit);
            if at > last && at <= all {
                bought += 1.0;
                last = at;
            }
        }
        PurchaseSummary::new(bought, last, all).ok()
    }

    /// Mean money of the opportunities with a purchase at the end of `as_of`;
    /// refunds of the other opportunities count where they are netted. `None`
    /// without such an opportunity.
    #[must_use]
    pub fn mean_opportunity_spend(
        self,
        as_of: Day,
        unit: TimeUnit,
        refunds: Refunds,
    ) -> Option<f64> {
        let summary = self.opportunities(as_of, unit, refunds)?;
        let first = self.purchases(refunds).next()?.day;
        let counted = |day: &&PurchaseDay| {
            let at = opportunity(day, first, unit);
            at > 0.0 && at <= summary.observation()
        };
        let days = self.days().iter().filter(counted);
        let money: f64 = days.map(|day| day.money(refunds)).sum();
        (summary.frequency() > 0).then(|| money / f64::from(summary.frequency()))
    }

    /// The summary at the end of `as_of` that a model wants, with the mean money
    /// of what it counts. `None` before the first purchase.
    #[must_use]
    pub fn counted(
        self,
        counting: Counting,
        as_of: Day,
        unit: TimeUnit,
        refunds: Refunds,
    ) -> Option<Counted> {
        Some(match counting {
            Counting::Purchases => (
                self.summary(as_of, unit, refunds)?,
                self.mean_repeat_spend(as_of, refunds),
            ),
            Counting::Opportunities => (
                self.opportunities(as_of, unit, refunds)?,
                self.mean_opportunity_spend(as_of, unit, refunds),
            ),
        })
    }
}

impl SummarisedPurchases {
    /// The summary that a model wants, with the mean money of what it counts.
    ///
    /// In opportunities it is the nearest that a summary in days allows: the
    /// whole units of the observation; the last one with a purchase is that of
    /// the recency; each of the purchases was in an opportunity of its own, as
    /// far as there are as many up to the last. The money is kept.
    ///
    /// # Errors
    ///
    /// None: what is counted is at most what is there.
    pub fn counted(&self, counting: Counting, unit: TimeUnit) -> Result<Counted, Violations> {
        let mean = self.mean_repeat_spend().map(|(mean, _)| mean);
        match counting {
            Counting::Purchases => Ok((self.summary(unit)?, mean)),
            Counting::Opportunities => {
                let known = self.in_days();
                let all = (known.observation() / unit.days()).floor();
                let last = (known.recency() / unit.days()).ceil().min(all);
                let purchases = f64::from(known.frequency());
                let bought = purchases.min(last);
                let mean = mean
                    .filter(|_| bought > 0.0)
                    .map(|mean| mean * (purchases / bought));
                Ok((PurchaseSummary::new(bought, last, all)?, mean))
            }
        }
    }
}

#[cfg(test)]
mod tests;
