//! Purchase history: what a customer bought, day by day.
//!
//! The same code collapses a log for training and a request's list in the
//! service: lines go in through [`Purchases::add`], and everything that is
//! computed from a history starts from [`PurchaseHistory`].

use super::{Day, PurchaseSummary, TimeUnit};

/// What is returned of a day's purchases, as a share, that counts as all of it: the
/// same amounts added in another order differ in their last digits.
const NEARLY_ALL: f64 = 1.0 - 1e-9;

/// What becomes of negative amounts: refunds and cancelled invoices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Refunds {
    /// They lower what the customer brought in; a day whose refunds are as
    /// large as its purchases is no purchase.
    #[default]
    Net,
    /// They are left out as if they had never been.
    Drop,
    /// They are kept apart: spend is what was bought, and what was returned is
    /// told beside it.
    Keep,
}

/// What counts as one purchase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Occasion {
    /// All that a customer buys on one day, as BTYD models assume.
    #[default]
    Day,
    /// Each invoice.
    Invoice,
}

/// All that a customer bought and returned on one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseDay {
    /// The day.
    pub day: Day,
    /// Money for what was bought, refunds not subtracted; 0 or more.
    pub spend: f64,
    /// Money for what was returned; 0 or more.
    pub returned: f64,
    /// How many purchases it counts as, as [`Occasion`] has it; 0 for a day
    /// of returns only.
    pub purchases: u32,
}

impl PurchaseDay {
    /// Adds what else was bought and returned on the day.
    fn merge(&mut self, other: Self, occasion: Occasion) {
        self.spend += other.spend;
        self.returned += other.returned;
        self.purchases = match occasion {
            Occasion::Day => self.purchases.max(other.purchases),
            Occasion::Invoice => self.purchases.saturating_add(other.purchases),
        };
    }

    /// What the day brought in under a treatment of refunds; negative when
    /// more was returned than bought.
    #[must_use]
    pub fn money(&self, refunds: Refunds) -> f64 {
        match refunds {
            Refunds::Net => self.spend - self.returned,
            Refunds::Drop | Refunds::Keep => self.spend,
        }
    }

    /// How many purchases the day counts as under a treatment of refunds.
    #[must_use]
    pub fn purchases(&self, refunds: Refunds) -> u32 {
        let all_returned = self.returned > 0.0 && self.returned >= self.spend * NEARLY_ALL;
        let cancelled = refunds == Refunds::Net && all_returned;
        if cancelled { 0 } else { self.purchases }
    }
}

/// A customer's purchases, in the making.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Purchases {
    /// By day, each once.
    days: Vec<PurchaseDay>,
    /// For each distinct product, the day it was first bought; sorted.
    first_bought: Vec<Day>,
}

/// A customer's purchase history: days in order, each once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseHistory<'a> {
    days: &'a [PurchaseDay],
    first_bought: &'a [Day],
}

impl Purchases {
    /// Adds what was bought or returned on one day to what is there of that
    /// day: money is summed; purchases are summed by invoice, and are at most
    /// one by day.
    pub fn add(&mut self, new: PurchaseDay, occasion: Occasion) {
        if !self.add_in_order(new, occasion) {
            let place = self.days.partition_point(|there| there.day < new.day);
            self.days.insert(place, new);
        }
    }

    /// As [`Purchases::add`], unless the day would have to stand between others:
    /// then nothing is added, and the answer is `false`. Adding many such days
    /// is quicker by [`Purchases::add_all`].
    pub(crate) fn add_in_order(&mut self, new: PurchaseDay, occasion: Occasion) -> bool {
        // Logs are mostly in order of time.
        let place = match self.days.last() {
            Some(last) if last.day == new.day => Ok(self.days.len() - 1),
            Some(last) if last.day > new.day => {
                self.days.binary_search_by_key(&new.day, |there| there.day)
            }
            Some(_) | None => Err(self.days.len()),
        };
        match place {
            Ok(place) => self.days[place].merge(new, occasion),
            Err(place) if place == self.days.len() => self.days.push(new),
            Err(_) => return false,
        }
        true
    }

    /// Adds days in any order, in time that does not grow with the square of
    /// their number.
    pub(crate) fn add_all(&mut self, new: impl Iterator<Item = PurchaseDay>, occasion: Occasion) {
        self.days.extend(new);
        self.days.sort_by_key(|day| day.day);
        self.days.dedup_by(|later, kept| {
            let same = later.day == kept.day;
            if same {
                kept.merge(*later, occasion);
            }
            same
        });
    }

    /// Tells on which day a product was bought for the first time: once for
    /// each distinct product.
    pub fn add_product(&mut self, first_bought: Day) {
        let place = self
            .first_bought
            .partition_point(|day| *day <= first_bought);
        self.first_bought.insert(place, first_bought);
    }

    /// As [`Purchases::add_product`], for many products in any order.
    pub fn add_products(&mut self, first_bought: impl Iterator<Item = Day>) {
        self.first_bought.extend(first_bought);
        self.first_bought.sort_unstable();
    }

    /// Gives back room that was kept for more.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.days.shrink_to_fit();
        self.first_bought.shrink_to_fit();
    }

    /// The history so far.
    #[must_use]
    pub fn history(&self) -> PurchaseHistory<'_> {
        PurchaseHistory {
            days: &self.days,
            first_bought: &self.first_bought,
        }
    }
}

impl<'a> PurchaseHistory<'a> {
    /// The days with purchases or returns, in order.
    #[must_use]
    pub fn days(&self) -> &'a [PurchaseDay] {
        self.days
    }

    /// How many distinct products were bought; 0 where products are not told.
    #[must_use]
    pub fn distinct_products(&self) -> usize {
        self.first_bought.len()
    }

    /// What was known at the end of `as_of`.
    #[must_use]
    pub fn through(self, as_of: Day) -> Self {
        let end = self.days.partition_point(|day| day.day <= as_of);
        let bought = self.first_bought.partition_point(|day| *day <= as_of);
        Self {
            days: &self.days[..end],
            first_bought: &self.first_bought[..bought],
        }
    }

    /// What came after `as_of`, up to and with the day `until`.
    pub fn between(self, as_of: Day, until: Day) -> impl Iterator<Item = &'a PurchaseDay> {
        let start = self.days.partition_point(|day| day.day <= as_of);
        self.days[start..]
            .iter()
            .take_while(move |day| day.day <= until)
    }

    /// Money of the last `days` days, `as_of` among them, under a treatment of
    /// refunds; below zero when more was returned than bought.
    #[must_use]
    pub fn money_within(self, as_of: Day, days: u32, refunds: Refunds) -> f64 {
        let known = self.through(as_of).days;
        let start = as_of
            .plus_days(-i64::from(days))
            .map_or(0, |before| known.partition_point(|day| day.day <= before));
        // The sum of nothing is -0, which nobody wants to read.
        known[start..]
            .iter()
            .map(|day| day.money(refunds))
            .sum::<f64>()
            + 0.0
    }

    /// The days that count as purchases.
    #[must_use]
    pub fn purchases(self, refunds: Refunds) -> impl DoubleEndedIterator<Item = &'a PurchaseDay> {
        self.days
            .iter()
            .filter(move |day| day.purchases(refunds) > 0)
    }

    /// Frequency, recency and observation at the end of `as_of`; `None` before
    /// the first purchase.
    #[must_use]
    pub fn summary(self, as_of: Day, unit: TimeUnit, refunds: Refunds) -> Option<PurchaseSummary> {
        let known = self.through(as_of);
        let first = known.purchases(refunds).next()?.day;
        let last = known.purchases(refunds).next_back()?.day;
        let total: f64 = known
            .purchases(refunds)
            .map(|day| f64::from(day.purchases(refunds)))
            .sum();
        let time = |days: i32| f64::from(days) / unit.days();
        PurchaseSummary::new(
            total - 1.0,
            time(last.days_since(first)),
            time(as_of.days_since(first)),
        )
        .ok()
    }

    /// Mean money of the repeat purchases at the end of `as_of`, as the
    /// Gamma-Gamma model wants it: the first purchase is left out (of several
    /// on the first day, its share of that day). Where refunds are netted,
    /// those of other days count as well, so that it may be negative. `None`
    /// without a repeat purchase.
    #[must_use]
    pub fn mean_repeat_spend(self, as_of: Day, refunds: Refunds) -> Option<f64> {
        let known = self.through(as_of).days;
        let first = known.iter().position(|day| day.purchases(refunds) > 0)?;
        let on_first_day = f64::from(known[first].purchases(refunds));
        let mut repeats = on_first_day - 1.0;
        let mut money = known[first].money(refunds) * repeats / on_first_day;
        for day in &known[first + 1..] {
            repeats += f64::from(day.purchases(refunds));
            money += day.money(refunds);
        }
        (repeats > 0.0).then(|| money / repeats)
    }
}

#[cfg(test)]
mod tests;
