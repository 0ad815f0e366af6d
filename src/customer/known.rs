//! What a caller tells of a customer's purchases: each of them, or their
//! summary.

use super::{
    Currency, Day, MAX_OBSERVATION, Occasion, PurchaseDay, PurchaseHistory, PurchaseSummary,
    Purchases, Refunds, TimeUnit, Violations, products::Products,
};

/// The most purchases that one customer may carry.
pub const MAX_PURCHASES: usize = 10_000;
/// The largest amount of money of one purchase, refund or mean.
pub const MAX_AMOUNT: f64 = 1e12;

/// What is known of a customer's purchases; valid by construction.
#[derive(Debug, Clone, PartialEq)]
pub enum KnownPurchases {
    /// Each of them.
    Listed(ListedPurchases),
    /// Their summary.
    Summarised(SummarisedPurchases),
}

/// A customer's purchases, none after `as_of`.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedPurchases {
    as_of: Day,
    currency: Currency,
    /// Day and money; negative where it is a refund.
    lines: Vec<(Day, f64)>,
    /// For each distinct product, the day it was first bought; sorted.
    first_bought: Vec<Day>,
}

/// A summary of purchases, in days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SummarisedPurchases {
    in_days: PurchaseSummary,
    /// Mean money of the repeat purchases, and its currency.
    mean_repeat_spend: Option<(f64, Currency)>,
}

/// A purchase, as it is sent.
#[derive(Debug, Clone, Copy)]
pub struct SentPurchase<'a> {
    /// When, such as `2011-12-09`.
    pub day: &'a str,
    /// Money; negative for a refund; `None` where it was left out.
    pub amount: Option<f64>,
    /// What was bought; may be left out.
    pub products: &'a [String],
}

/// A summary, as it is sent; times in days.
#[derive(Debug, Clone, Copy, Default)]
pub struct SentSummary<'a> {
    /// Repeat purchases.
    pub frequency: f64,
    /// From the first purchase to the last.
    pub recency_days: f64,
    /// From the first purchase to the end of the observation.
    pub observation_days: f64,
    /// Mean money of the repeat purchases.
    pub mean_repeat_spend: Option<f64>,
    /// The currency of that mean; empty without one.
    pub currency: &'a str,
}

impl ListedPurchases {
    /// Checks a list.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, by the paths `as_of`, `history.currency`,
    /// `history.purchases[3].amount`.
    pub fn new<'a>(
        as_of: &str,
        currency: &str,
        purchases: impl ExactSizeIterator<Item = SentPurchase<'a>>,
    ) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let as_of = match as_of {
            "" => {
                violations.push("as_of", "is required with a purchase history");
                None
            }
            text => parsed(text, "as_of", &mut violations),
        };
        let currency = parsed::<Currency>(currency, "history.currency", &mut violations);
        if purchases.len() == 0 {
            violations.push("history.purchases", "must not be empty");
        }
        if purchases.len() > MAX_PURCHASES {
            let text = format!("must be at most {MAX_PURCHASES}; send a summary instead");
            violations.push("history.purchases", text);
            return Err(violations);
        }
        let mut lines = Vec::with_capacity(purchases.len());
        let mut products = Products::default();
        for (at, purchase) in purchases.enumerate() {
            let SentPurchase {
                day,
                amount,
                products: named,
            } = purchase;
            let field = |name: &str| format!("history.purchases[{at}].{name}");
            let day = match day.parse::<Day>() {
                Ok(day) if as_of.is_some_and(|as_of| day > as_of) => {
                    violations.push(&field("day"), "must not be after `as_of`");
                    None
                }
                Ok(day) => Some(day),
                Err(error) => {
                    violations.push(&field("day"), error.to_string());
                    None
                }
            };
            let bought = day.filter(|_| amount.is_some_and(|amount| amount >= 0.0));
            if let Err(description) = products.add(named, bought) {
                violations.push(&field("products"), description);
            }
            match amount {
                Some(amount) if amount.abs() <= MAX_AMOUNT => {
                    lines.extend(day.map(|day| (day, amount)));
                }
                Some(_) => violations.push(
                    &field("amount"),
                    format!("must be a number of -{MAX_AMOUNT:e} to {MAX_AMOUNT:e}"),
                ),
                None => violations.push(&field("amount"), "is required"),
            }
        }
        if let Err(description) = products.check_number() {
            violations.push("history.purchases", description);
        }
        match (as_of, currency) {
            (Some(as_of), Some(currency)) if violations.total() == 0 => Ok(Self {
                as_of,
                currency,
                lines,
                first_bought: products.first_bought(),
            }),
            _ => Err(violations),
        }
    }

    /// The last day that is known.
    #[must_use]
    pub fn as_of(&self) -> Day {
        self.as_of
    }

    /// What the amounts are in.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether a purchase names what was bought.
    #[must_use]
    pub fn has_products(&self) -> bool {
        !self.first_bought.is_empty()
    }

    /// The history that they make: each line is a purchase, or a refund where
    /// its amount is negative.
    #[must_use]
    pub fn collapse(&self, occasion: Occasion) -> Purchases {
        let mut lines = self.lines.clone();
        // Sums do not depend on the order in which lines are sent.
        lines.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut purchases = Purchases::default();
        for (day, amount) in lines {
            let bought = amount >= 0.0;
            let line = PurchaseDay {
                day,
                spend: if bought { amount } else { 0.0 },
                returned: if bought { 0.0 } else { -amount },
                purchases: u32::from(bought),
            };
            purchases.add(line, occasion);
        }
        purchases.add_products(self.first_bought.iter().copied());
        purchases
    }
}

impl SummarisedPurchases {
    /// Checks a summary.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, by paths such as `summary.frequency`.
    pub fn new(sent: SentSummary<'_>) -> Result<Self, Violations> {
        let SentSummary {
            frequency,
            recency_days,
            observation_days,
            mean_repeat_spend,
            currency,
        } = sent;
        let mut violations = Violations::default();
        let in_days = PurchaseSummary::new(frequency, recency_days, observation_days);
        if let Err(found) = &in_days {
            for violation in found.listed() {
                let field = match violation.field() {
                    "frequency" => "summary.frequency",
                    "recency" => "summary.recency_days",
                    _ => "summary.observation_days",
                };
                violations.push(field, violation.description().to_owned());
            }
        }
        let mean_repeat_spend = mean_repeat_spend.and_then(|mean| {
            let sound = mean.abs() <= MAX_AMOUNT;
            if !sound {
                violations.push(
                    "summary.mean_repeat_spend",
                    format!("must be a number of -{MAX_AMOUNT:e} to {MAX_AMOUNT:e}"),
                );
            }
            if sound && frequency == 0.0 {
                violations.push(
                    "summary.mean_repeat_spend",
                    "must be left out without a repeat purchase",
                );
            }
            let currency = parsed(currency, "summary.currency", &mut violations)?;
            Some((mean, currency))
        });
        let summarised = in_days.map(|in_days| Self {
            in_days,
            mean_repeat_spend,
        });
        match summarised {
            Ok(summarised) if violations.total() == 0 => Ok(summarised),
            _ => Err(violations),
        }
    }

    /// The summary of a history at the end of `as_of`; `None` before the first
    /// purchase.
    #[must_use]
    pub fn of(
        history: PurchaseHistory<'_>,
        as_of: Day,
        refunds: Refunds,
        currency: Currency,
    ) -> Option<Self> {
        let mean = history.mean_repeat_spend(as_of, refunds);
        Some(Self {
            in_days: history.summary(as_of, TimeUnit::Day, refunds)?,
            mean_repeat_spend: mean.map(|mean| (mean, currency)),
        })
    }

    /// Frequency, recency and observation, times in days.
    #[must_use]
    pub fn in_days(&self) -> PurchaseSummary {
        self.in_days
    }

    /// The summary in a unit of time.
    ///
    /// # Errors
    ///
    /// None: times only become shorter.
    pub fn summary(&self, unit: TimeUnit) -> Result<PurchaseSummary, Violations> {
        let time = |days: f64| (days / unit.days()).min(MAX_OBSERVATION);
        PurchaseSummary::new(
            f64::from(self.in_days.frequency()),
            time(self.in_days.recency()),
            time(self.in_days.observation()),
        )
    }

    /// Mean money of the repeat purchases, and its currency.
    #[must_use]
    pub fn mean_repeat_spend(&self) -> Option<(f64, Currency)> {
        self.mean_repeat_spend
    }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    text: &str,
    field: &str,
    violations: &mut Violations,
) -> Option<T> {
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            violations.push(field, error.to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(violations: &Violations) -> Vec<&str> {
        let listed = violations.listed().iter();
        listed.map(crate::customer::Violation::field).collect()
    }

    fn sent<'a>(
        lines: &'a [(&'a str, Option<f64>)],
    ) -> impl ExactSizeIterator<Item = SentPurchase<'a>> {
        lines.iter().map(|&(day, amount)| SentPurchase {
            day,
            amount,
            products: &[],
        })
    }

    #[test]
    fn every_line_at_fault_is_named() {
        let lines = [
            ("2011-01-01", Some(10.0)),
            ("2011-13-01", Some(f64::NAN)),
            ("2011-02-01", None),
            ("2011-03-02", Some(f64::INFINITY)),
        ];
        let refused = ListedPurchases::new("2011-03-01", "usd", sent(&lines)).unwrap_err();
        assert_eq!(
            fields(&refused),
            [
                "history.currency",
                "history.purchases[1].day",
                "history.purchases[1].amount",
                "history.purchases[2].amount",
                "history.purchases[3].day",
                "history.purchases[3].amount",
            ]
        );
        let refused = ListedPurchases::new("", "USD", sent(&[])).unwrap_err();
        assert_eq!(fields(&refused), ["as_of", "history.purchases"]);
        let many = vec![("2011-01-01", Some(1.0)); MAX_PURCHASES + 1];
        let refused = ListedPurchases::new("2011-03-01", "USD", sent(&many)).unwrap_err();
        assert_eq!(fields(&refused), ["history.purchases"]);
    }

    #[test]
    fn the_order_of_lines_does_not_matter() {
        let mut lines = vec![
            ("2011-01-05", Some(0.1)),
            ("2011-01-05", Some(0.7)),
            ("2011-01-01", Some(10.0)),
            ("2011-01-05", Some(-0.3)),
        ];
        let collapsed = |lines: &[(&str, Option<f64>)]| {
            let listed = ListedPurchases::new("2011-03-01", "USD", sent(lines)).unwrap();
            listed.collapse(Occasion::Day)
        };
        let first = collapsed(&lines);
        lines.reverse();
        assert_eq!(collapsed(&lines), first);
        assert_eq!(first.history().days().len(), 2);
    }

    #[test]
    fn a_summary_is_checked_in_days_and_read_in_weeks() {
        let sent = SentSummary {
            frequency: 2.0,
            recency_days: 213.0,
            observation_days: 272.0,
            mean_repeat_spend: Some(22.345),
            currency: "USD",
        };
        let summary = SummarisedPurchases::new(sent).unwrap();
        let weeks = summary.summary(TimeUnit::Week).unwrap();
        assert_eq!(weeks.recency().to_bits(), (213.0_f64 / 7.0).to_bits());
        let wrong = SentSummary {
            frequency: 0.5,
            recency_days: 300.0,
            mean_repeat_spend: Some(f64::NAN),
            currency: "",
            ..sent
        };
        let refused = SummarisedPurchases::new(wrong).unwrap_err();
        assert_eq!(
            fields(&refused),
            [
                "summary.frequency",
                "summary.recency_days",
                "summary.mean_repeat_spend",
                "summary.currency",
            ]
        );
    }
}
