//! Recency, frequency and monetary value, and their scores (Hughes 1994).

use super::{Quintile, QuintileScale};
use crate::customer::{Day, PurchaseHistory, Refunds, Violations};

/// The largest mean spend, of either sign, in the log's currency.
pub const MAX_MONEY: f64 = 1e15;

/// What a customer's purchases come to, as RFM scores count them.
///
/// Frequency here is the number of *all* purchases, the first included, unlike
/// in a [`PurchaseSummary`](crate::customer::PurchaseSummary).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rfm {
    days_since_last: u32,
    purchases: u32,
    mean_spend: f64,
}

impl Rfm {
    /// Checks the three numbers.
    ///
    /// # Errors
    ///
    /// Every one that is out of bounds.
    pub fn new(days_since_last: u32, purchases: u32, mean_spend: f64) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        if purchases == 0 {
            violations.push("purchases", "must be at least 1");
        }
        if !(-MAX_MONEY..=MAX_MONEY).contains(&mean_spend) {
            violations.push(
                "mean_spend",
                format!("must be finite and at most {MAX_MONEY:e} in size"),
            );
        }
        if violations.total() > 0 {
            return Err(violations);
        }
        Ok(Self {
            days_since_last,
            purchases,
            mean_spend,
        })
    }

    /// A customer's numbers at the end of `as_of`; `None` before the first
    /// purchase. Refunds of any day lower the spend where they are netted.
    ///
    /// # Errors
    ///
    /// When the spend is beyond [`MAX_MONEY`].
    pub fn of(
        history: PurchaseHistory<'_>,
        as_of: Day,
        refunds: Refunds,
    ) -> Result<Option<Self>, Violations> {
        let known = history.through(as_of);
        let Some(last) = known.purchases(refunds).next_back() else {
            return Ok(None);
        };
        let days_since_last = as_of.days_since(last.day).unsigned_abs();
        let purchases = known
            .purchases(refunds)
            .fold(0_u32, |sum, day| sum.saturating_add(day.purchases(refunds)));
        let money: f64 = known.days().iter().map(|day| day.money(refunds)).sum();
        Self::new(days_since_last, purchases, money / f64::from(purchases)).map(Some)
    }

    /// Recency: days from the last purchase to the day of the score.
    #[must_use]
    pub fn days_since_last(&self) -> u32 {
        self.days_since_last
    }

    /// Frequency: how many purchases, the first included; at least 1.
    #[must_use]
    pub fn purchases(&self) -> u32 {
        self.purchases
    }

    /// Monetary value: mean spend of a purchase, in the log's currency.
    #[must_use]
    pub fn mean_spend(&self) -> f64 {
        self.mean_spend
    }
}

/// The three scores of a customer; 5 is best in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RfmScores {
    /// 5 for those who bought most recently.
    pub recency: Quintile,
    /// 5 for those who bought most often.
    pub frequency: Quintile,
    /// 5 for those who spend most in a purchase.
    pub monetary: Quintile,
}

/// The fitted edges of the three scores.
#[derive(Debug, Clone, PartialEq)]
pub struct RfmScales {
    /// Of minus the days since the last purchase, so that higher is better.
    pub recency: QuintileScale,
    /// Of the number of purchases.
    pub frequency: QuintileScale,
    /// Of the mean spend in a purchase.
    pub monetary: QuintileScale,
}

impl RfmScales {
    /// Fits the edges to the customers of training; `None` when there are
    /// none.
    #[must_use]
    pub fn fit(customers: &[Rfm]) -> Option<Self> {
        let fit = |measure: fn(&Rfm) -> f64| QuintileScale::fit(customers.iter().map(measure)).ok();
        Some(Self {
            recency: fit(recent)?,
            frequency: fit(frequent)?,
            monetary: fit(Rfm::mean_spend)?,
        })
    }

    /// The scores of a customer.
    #[must_use]
    pub fn score(&self, customer: &Rfm) -> RfmScores {
        RfmScores {
            recency: self.recency.score(recent(customer)),
            frequency: self.frequency.score(frequent(customer)),
            monetary: self.monetary.score(customer.mean_spend),
        }
    }
}

fn recent(customer: &Rfm) -> f64 {
    -f64::from(customer.days_since_last)
}

fn frequent(customer: &Rfm) -> f64 {
    f64::from(customer.purchases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{Occasion, PurchaseDay, Purchases};

    fn history(days: &[(&str, f64, f64)]) -> Purchases {
        let mut purchases = Purchases::default();
        for (day, spend, returned) in days {
            let new = PurchaseDay {
                day: day.parse().unwrap(),
                spend: *spend,
                returned: *returned,
                purchases: u32::from(*spend > 0.0),
            };
            purchases.add(new, Occasion::Day);
        }
        purchases
    }

    fn at(day: &str) -> Day {
        day.parse().unwrap()
    }

    #[test]
    fn frequency_counts_the_first_purchase_too() {
        let purchases = history(&[
            ("2011-01-01", 10.0, 0.0),
            ("2011-01-11", 20.0, 0.0),
            ("2011-02-01", 99.0, 0.0),
        ]);
        let rfm = Rfm::of(purchases.history(), at("2011-01-21"), Refunds::Net);
        assert_eq!(rfm, Ok(Some(Rfm::new(10, 2, 15.0).unwrap())));
        let before = Rfm::of(purchases.history(), at("2010-12-31"), Refunds::Net);
        assert_eq!(before, Ok(None));
    }

    #[test]
    fn refunds_lower_the_spend_where_they_are_netted() {
        let purchases = history(&[("2011-01-01", 10.0, 0.0), ("2011-01-05", 0.0, 4.0)]);
        let mean = |refunds| {
            let rfm = Rfm::of(purchases.history(), at("2011-01-05"), refunds);
            rfm.unwrap().unwrap().mean_spend()
        };
        assert_eq!(mean(Refunds::Net), 6.0);
        assert_eq!(mean(Refunds::Keep), 10.0);
    }

    #[test]
    fn those_who_bought_last_score_best() {
        let customers: Vec<Rfm> = (0..5)
            .map(|i| Rfm::new(10 * i, 5 - i, 1.0).unwrap())
            .collect();
        let scales = RfmScales::fit(&customers).unwrap();
        let score = |customer| {
            let RfmScores {
                recency,
                frequency,
                monetary,
            } = scales.score(&customer);
            [recency.get(), frequency.get(), monetary.get()]
        };
        assert_eq!(score(customers[0]), [5, 5, 3]);
        assert_eq!(score(customers[4]), [1, 1, 3]);
        assert_eq!(score(Rfm::new(9999, 1, 0.0).unwrap()), [1, 1, 3]);
        assert_eq!(RfmScales::fit(&[]), None);
    }

    #[test]
    fn numbers_out_of_bounds_are_refused() {
        assert!(Rfm::new(0, 0, f64::NAN).unwrap_err().total() == 2);
        assert!(Rfm::new(0, 1, 0.0).is_ok());
        let purchases = history(&[("2011-01-01", 1e300, 0.0)]);
        assert!(Rfm::of(purchases.history(), at("2011-01-05"), Refunds::Net).is_err());
    }
}
