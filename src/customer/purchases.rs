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
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn bought(on: &str, spend: f64) -> PurchaseDay {
        PurchaseDay {
            day: day(on),
            spend,
            returned: 0.0,
            purchases: 1,
        }
    }

    fn returned(on: &str, money: f64) -> PurchaseDay {
        PurchaseDay {
            day: day(on),
            spend: 0.0,
            returned: money,
            purchases: 0,
        }
    }

    /// Customer 1 of the CDNOW sample.
    fn first_of_cdnow() -> Purchases {
        let mut purchases = Purchases::default();
        for (on, spend) in [
            ("1997-08-02", 14.96),
            ("1997-01-01", 29.33),
            ("1997-12-12", 26.48),
            ("1997-01-18", 29.73),
        ] {
            purchases.add(bought(on, spend), Occasion::Day);
        }
        purchases
    }

    #[test]
    fn the_summary_is_that_of_the_literature() {
        let purchases = first_of_cdnow();
        let history = purchases.history();
        let as_of = day("1997-09-30");
        let summary = history
            .summary(as_of, TimeUnit::Week, Refunds::Net)
            .unwrap();
        assert_eq!(summary.frequency(), 2);
        assert_eq!(summary.recency(), 213.0 / 7.0);
        assert_eq!(summary.observation(), 272.0 / 7.0);
        let spend = history.mean_repeat_spend(as_of, Refunds::Net).unwrap();
        assert!((spend - 22.345).abs() < 1e-12);
        let later = history.between(as_of, day("1998-06-30"));
        assert_eq!(later.count(), 1);
        assert_eq!(
            history.summary(day("1996-12-31"), TimeUnit::Week, Refunds::Net),
            None
        );
    }

    #[test]
    fn a_day_is_one_purchase_and_an_invoice_another() {
        for (occasion, frequency) in [(Occasion::Day, 1), (Occasion::Invoice, 2)] {
            let mut purchases = Purchases::default();
            for on in ["2011-01-01", "2011-01-01", "2011-01-03"] {
                purchases.add(bought(on, 10.0), occasion);
            }
            let history = purchases.history();
            let summary = history
                .summary(day("2011-01-10"), TimeUnit::Day, Refunds::Net)
                .unwrap();
            assert_eq!(summary.frequency(), frequency);
            assert_eq!(summary.recency(), 2.0);
            let spend = history.mean_repeat_spend(day("2011-01-10"), Refunds::Net);
            assert_eq!(spend, Some(10.0));
        }
    }

    #[test]
    fn a_purchase_returned_the_same_day_is_none() {
        let mut purchases = Purchases::default();
        purchases.add(bought("2011-01-01", 10.0), Occasion::Day);
        purchases.add(bought("2011-01-05", 77.0), Occasion::Day);
        purchases.add(returned("2011-01-05", 77.0), Occasion::Day);
        purchases.add(returned("2011-01-08", 3.0), Occasion::Day);
        let frequency = |refunds| {
            let history = purchases.history();
            let summary = history.summary(day("2011-01-10"), TimeUnit::Day, refunds);
            summary.unwrap().frequency()
        };
        assert_eq!(frequency(Refunds::Net), 0);
        assert_eq!(frequency(Refunds::Keep), 1);
        let mean = |refunds| {
            let history = purchases.history();
            history.mean_repeat_spend(day("2011-01-10"), refunds)
        };
        assert_eq!(mean(Refunds::Net), None);
        assert_eq!(mean(Refunds::Keep), Some(77.0));
    }

    #[test]
    fn rounding_keeps_no_returned_purchase() {
        let mut purchases = Purchases::default();
        for money in [0.1, 0.2, 0.3] {
            purchases.add(bought("2011-01-05", money), Occasion::Day);
        }
        for money in [0.3, 0.2, 0.1] {
            purchases.add(returned("2011-01-05", money), Occasion::Day);
        }
        let day = purchases.history().days()[0];
        assert_ne!(day.spend, day.returned);
        assert_eq!(day.purchases(Refunds::Net), 0);
    }

    #[test]
    fn money_is_that_of_the_last_days() {
        let purchases = first_of_cdnow();
        let within = |days| {
            let history = purchases.history();
            history.money_within(day("1997-08-02"), days, Refunds::Net)
        };
        assert_eq!(within(1), 14.96);
        assert_eq!(within(196), 14.96);
        assert!((within(197) - 44.69).abs() < 1e-12);
        assert!((within(u32::MAX) - 74.02).abs() < 1e-12);
        // No purchase is 0, not -0.
        let history = purchases.history();
        let none = history.money_within(day("1998-12-31"), 365, Refunds::Net);
        assert_eq!(none.to_bits(), 0.0_f64.to_bits());
    }

    /// Nobody's lines may take time that grows with the square of their number.
    #[test]
    fn a_customer_may_have_a_million_lines() {
        let mut purchases = Purchases::default();
        let start = day("1980-01-01");
        // 10,000 days in a scattered order, each a hundred times.
        let lines = (0..1_000_000_i64).map(|n| PurchaseDay {
            day: start.plus_days(n * 7919 % 10_000).unwrap(),
            spend: 1.0,
            returned: 0.0,
            purchases: 1,
        });
        purchases.add_all(lines, Occasion::Day);
        let history = purchases.history();
        assert_eq!(history.days().len(), 10_000);
        assert_eq!(
            history.money_within(day("2020-01-01"), u32::MAX, Refunds::Net),
            1e6
        );
        let last = start.plus_days(9_999).unwrap();
        let summary = history.summary(last, TimeUnit::Day, Refunds::Net).unwrap();
        assert_eq!(summary.frequency(), 9_999);
    }

    #[test]
    fn products_are_counted_as_of_a_day() {
        let mut purchases = first_of_cdnow();
        for on in ["1997-08-02", "1997-01-01", "1997-12-12"] {
            purchases.add_product(day(on));
        }
        let known = purchases.history().through(day("1997-09-30"));
        assert_eq!(known.distinct_products(), 2);
        assert_eq!(known.days().len(), 3);
    }
}
