//! Features of a purchase history: the one implementation, for the tables that
//! models are trained on and for the purchase list of a request.
//!
//! Everything is as of the end of a day: later purchases change nothing. A
//! *purchase day* is a day that counts as a purchase under the treatment of
//! refunds ([`PurchaseHistory::purchases`]); *money* is what a day brought in
//! under it ([`crate::customer::PurchaseDay::money`]), *bought* leaves refunds
//! aside. A window of w days ends with the day itself and begins w − 1 days
//! before. With the windows 30, 90, 180 and 365:
//!
//! | name | what it is | range | missing |
//! | --- | --- | --- | --- |
//! | `purchases_30_days` … `purchases_365_days` | purchases within the window | 0 and up | never |
//! | `spend_30_days` … `spend_365_days` | money within the window | any; below 0 only where refunds are netted | never |
//! | `purchases_trend_30_90_days` … | purchases a day within the shorter window ÷ those within the longer | 0 to long ÷ short; 1 is steady | none within the longer window |
//! | `spend_trend_30_90_days` … | the same of money bought | 0 to long ÷ short | nothing bought within the longer window |
//! | `days_since_last_purchase` | from the last purchase day | 0 and up | never |
//! | `tenure_days` | from the first purchase day | 0 and up | never |
//! | `mean_gap_days` | mean time between purchase days | 1 and up | fewer than 2 purchase days |
//! | `gap_deviation_days` | standard deviation of these times, with n − 1 | 0 and up | fewer than 3 |
//! | `last_gap_to_mean` | last such time ÷ their mean | above 0 | fewer than 3 |
//! | `days_since_last_to_mean_gap` | time since the last purchase ÷ mean time between | 0 and up | fewer than 2 |
//! | `purchases` | all purchases | 1 and up | never |
//! | `total_spend` | all money | as `spend_…` | never |
//! | `mean_spend` | all money ÷ all purchases | as `spend_…` | never |
//! | `returns_share` | money returned ÷ money bought, at most 1; no such feature where refunds are dropped | 0 to 1 | nothing bought for money |
//! | `distinct_products` | products bought at least once | 1 and up | products are not told |
//! | `share_on_monday` … `share_on_sunday` | share of the purchase days | 0 to 1 | never |
//!
//! Money is in the currency of the history. A customer without a purchase has no
//! features: there is nothing to tell.

mod rules;

use crate::customer::{Day, PurchaseDay, PurchaseHistory, Refunds, Value};
pub use rules::{PurchaseFeatureRules, PurchaseRulesError};

/// The longest window, in days: a century.
pub const MAX_WINDOW_DAYS: u32 = 36_525;
/// The most windows.
pub const MAX_WINDOWS: usize = 20;

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Which features, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseFeatures {
    windows_days: Vec<u32>,
    refunds: Refunds,
    names: Vec<String>,
    quantities: Vec<Quantity>,
}

/// Windows that no features can be built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be 1 to {MAX_WINDOWS} windows of 1 to {MAX_WINDOW_DAYS} days, each longer than the one before"
)]
pub struct InvalidWindows;

/// What a feature tells. Windows are told by their position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    PurchasesWithin(usize),
    SpendWithin(usize),
    /// Of this window against the next longer one.
    PurchasesTrend(usize),
    SpendTrend(usize),
    DaysSinceLast,
    Tenure,
    MeanGap,
    GapDeviation,
    LastGapToMean,
    DaysSinceLastToMeanGap,
    Purchases,
    TotalSpend,
    MeanSpend,
    ReturnsShare,
    DistinctProducts,
    ShareOn(usize),
}

impl PurchaseFeatures {
    /// The windows that are usual.
    pub const WINDOWS_DAYS: [u32; 4] = [30, 90, 180, 365];

    /// Features with these windows, in days, under a treatment of refunds.
    ///
    /// # Errors
    ///
    /// When the windows do not increase, or are too many, empty or too long.
    pub fn new(windows_days: &[u32], refunds: Refunds) -> Result<Self, InvalidWindows> {
        let increase = windows_days.is_sorted_by(|a, b| a < b);
        let within = windows_days
            .iter()
            .all(|days| (1..=MAX_WINDOW_DAYS).contains(days));
        if !increase || !within || !(1..=MAX_WINDOWS).contains(&windows_days.len()) {
            return Err(InvalidWindows);
        }
        Ok(Self::of(windows_days, refunds))
    }

    /// Features with the usual windows.
    #[must_use]
    pub fn usual(refunds: Refunds) -> Self {
        Self::of(&Self::WINDOWS_DAYS, refunds)
    }

    fn of(windows_days: &[u32], refunds: Refunds) -> Self {
        let quantities = quantities(windows_days.len(), refunds);
        let names = quantities
            .iter()
            .map(|quantity| quantity.name(windows_days));
        Self {
            names: names.collect(),
            windows_days: windows_days.to_vec(),
            refunds,
            quantities,
        }
    }

    /// The features' names, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The windows, in days, the shortest first.
    #[must_use]
    pub fn windows_days(&self) -> &[u32] {
        &self.windows_days
    }

    /// The treatment of refunds.
    #[must_use]
    pub fn refunds(&self) -> Refunds {
        self.refunds
    }

    /// The values at the end of `as_of`, in the order of the names; `None`
    /// before the first purchase. Each is finite or missing.
    #[must_use]
    pub fn values(&self, history: PurchaseHistory<'_>, as_of: Day) -> Option<Vec<Value<'static>>> {
        let facts = Facts::of(history.through(as_of), as_of, self)?;
        let value = |quantity: &Quantity| match facts.tell(*quantity) {
            // Only money beyond the range of numbers is not finite.
            Some(number) if number.is_finite() => Value::Number(number),
            _ => Value::Missing,
        };
        Some(self.quantities.iter().map(value).collect())
    }

    /// The values with their names, as a snapshot takes them.
    #[must_use]
    pub fn named(
        &self,
        history: PurchaseHistory<'_>,
        as_of: Day,
    ) -> Option<impl ExactSizeIterator<Item = (&str, Value<'static>)>> {
        let values = self.values(history, as_of)?;
        Some(self.names.iter().map(String::as_str).zip(values))
    }
}

fn quantities(windows: usize, refunds: Refunds) -> Vec<Quantity> {
    let trends = 0..windows - 1;
    let mut quantities: Vec<Quantity> = (0..windows)
        .map(Quantity::PurchasesWithin)
        .chain((0..windows).map(Quantity::SpendWithin))
        .chain(trends.clone().map(Quantity::PurchasesTrend))
        .chain(trends.map(Quantity::SpendTrend))
        .collect();
    quantities.extend([
        Quantity::DaysSinceLast,
        Quantity::Tenure,
        Quantity::MeanGap,
        Quantity::GapDeviation,
        Quantity::LastGapToMean,
        Quantity::DaysSinceLastToMeanGap,
        Quantity::Purchases,
        Quantity::TotalSpend,
        Quantity::MeanSpend,
    ]);
    if refunds != Refunds::Drop {
        quantities.push(Quantity::ReturnsShare);
    }
    quantities.push(Quantity::DistinctProducts);
    quantities.extend((0..WEEKDAYS.len()).map(Quantity::ShareOn));
    quantities
}

impl Quantity {
    fn name(self, windows: &[u32]) -> String {
        let trend = |of: &str, short: usize| {
            format!("{of}_trend_{}_{}_days", windows[short], windows[short + 1])
        };
        match self {
            Self::PurchasesWithin(window) => format!("purchases_{}_days", windows[window]),
            Self::SpendWithin(window) => format!("spend_{}_days", windows[window]),
            Self::PurchasesTrend(short) => trend("purchases", short),
            Self::SpendTrend(short) => trend("spend", short),
            Self::DaysSinceLast => "days_since_last_purchase".to_owned(),
            Self::Tenure => "tenure_days".to_owned(),
            Self::MeanGap => "mean_gap_days".to_owned(),
            Self::GapDeviation => "gap_deviation_days".to_owned(),
            Self::LastGapToMean => "last_gap_to_mean".to_owned(),
            Self::DaysSinceLastToMeanGap => "days_since_last_to_mean_gap".to_owned(),
            Self::Purchases => "purchases".to_owned(),
            Self::TotalSpend => "total_spend".to_owned(),
            Self::MeanSpend => "mean_spend".to_owned(),
            Self::ReturnsShare => "returns_share".to_owned(),
            Self::DistinctProducts => DISTINCT_PRODUCTS.to_owned(),
            Self::ShareOn(weekday) => format!("share_on_{}", WEEKDAYS[weekday]),
        }
    }
}

/// The feature that histories without products lack.
pub const DISTINCT_PRODUCTS: &str = "distinct_products";

/// What was bought and returned in some time.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// Of the window, in days; all time counts as 1.
    days: f64,
    purchases: f64,
    money: f64,
    bought: f64,
    returned: f64,
}

/// Times between purchase days.
#[derive(Debug, Clone, Copy)]
struct Gaps {
    count: usize,
    mean: f64,
    /// Σ (gap − mean)².
    squares: f64,
    last: f64,
}

/// What every feature is computed from.
#[derive(Debug)]
struct Facts {
    windows: Vec<Sums>,
    ever: Sums,
    gaps: Option<Gaps>,
    days_since_last: f64,
    tenure: f64,
    products: usize,
    /// Purchase days on each day of the week, Monday first.
    on_weekday: [u32; 7],
}

impl Facts {
    fn of(known: PurchaseHistory<'_>, as_of: Day, features: &PurchaseFeatures) -> Option<Self> {
        let refunds = features.refunds;
        let first = known.purchases(refunds).next()?.day;
        let last = known.purchases(refunds).next_back()?.day;
        let days = known.days();
        let window = |&length: &u32| {
            let length = i64::from(length);
            let start = days.partition_point(|d| i64::from(as_of.days_since(d.day)) >= length);
            Sums::of(&days[start..], length as f64, refunds)
        };
        let mut on_weekday = [0; 7];
        for day in known.purchases(refunds) {
            on_weekday[day.day.weekday()] += 1;
        }
        Some(Self {
            windows: features.windows_days.iter().map(window).collect(),
            ever: Sums::of(days, 1.0, refunds),
            gaps: Gaps::of(known.purchases(refunds).map(|day| day.day)),
            days_since_last: f64::from(as_of.days_since(last)),
            tenure: f64::from(as_of.days_since(first)),
            products: known.distinct_products(),
            on_weekday,
        })
    }

    fn tell(&self, quantity: Quantity) -> Option<f64> {
        let pair = |short: usize| (&self.windows[short], &self.windows[short + 1]);
        match quantity {
            Quantity::PurchasesWithin(window) => Some(self.windows[window].purchases),
            Quantity::SpendWithin(window) => Some(self.windows[window].money),
            Quantity::PurchasesTrend(short) => {
                let (short, long) = pair(short);
                ratio(short.purchases * (long.days / short.days), long.purchases)
            }
            Quantity::SpendTrend(short) => {
                let (short, long) = pair(short);
                ratio(short.bought * (long.days / short.days), long.bought)
            }
            Quantity::DaysSinceLast => Some(self.days_since_last),
            Quantity::Tenure => Some(self.tenure),
            Quantity::MeanGap => Some(self.gaps?.mean),
            Quantity::GapDeviation => {
                let gaps = self.gaps.filter(|gaps| gaps.count > 1)?;
                Some((gaps.squares / (gaps.count - 1) as f64).sqrt())
            }
            Quantity::LastGapToMean => {
                let gaps = self.gaps.filter(|gaps| gaps.count > 1)?;
                ratio(gaps.last, gaps.mean)
            }
            Quantity::DaysSinceLastToMeanGap => ratio(self.days_since_last, self.gaps?.mean),
            Quantity::Purchases => Some(self.ever.purchases),
            Quantity::TotalSpend => Some(self.ever.money),
            Quantity::MeanSpend => ratio(self.ever.money, self.ever.purchases),
            Quantity::ReturnsShare => {
                ratio(self.ever.returned, self.ever.bought).map(|share| share.min(1.0))
            }
            Quantity::DistinctProducts => (self.products > 0).then_some(self.products as f64),
            Quantity::ShareOn(weekday) => {
                let all: u32 = self.on_weekday.iter().sum();
                ratio(f64::from(self.on_weekday[weekday]), f64::from(all))
            }
        }
    }
}

impl Sums {
    fn of(days: &[PurchaseDay], length: f64, refunds: Refunds) -> Self {
        let mut sums = Self {
            days: length,
            ..Self::default()
        };
        for day in days {
            sums.purchases += f64::from(day.purchases(refunds));
            sums.money += day.money(refunds);
            sums.bought += day.spend;
            sums.returned += day.returned;
        }
        sums
    }
}

impl Gaps {
    /// By Welford's recurrence. `None` for fewer than two days.
    fn of(mut days: impl Iterator<Item = Day>) -> Option<Self> {
        let mut before = days.next()?;
        let mut gaps = Self {
            count: 0,
            mean: 0.0,
            squares: 0.0,
            last: 0.0,
        };
        for day in days {
            gaps.last = f64::from(day.days_since(before));
            gaps.count += 1;
            let apart = gaps.last - gaps.mean;
            gaps.mean += apart / gaps.count as f64;
            gaps.squares += apart * (gaps.last - gaps.mean);
            before = day;
        }
        (gaps.count > 0).then_some(gaps)
    }
}

/// `None` where the denominator is not above zero.
fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    (denominator > 0.0).then(|| numerator / denominator)
}

#[cfg(test)]
mod tests;
