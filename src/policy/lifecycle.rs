//! Lifecycle stages, by how overdue the next purchase is.

use std::str::FromStr;

use crate::customer::{Day, PurchaseHistory, Refunds, Violations};

/// Where a customer stands in the life of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// No purchase so far.
    Prospect,
    /// One purchase so far, not long ago.
    FirstTime,
    /// Several purchases, the last not long ago.
    Repeat,
    /// The next purchase is overdue.
    AtRisk,
    /// The next purchase is so overdue that none is expected.
    Churned,
    /// Had churned, but has bought again.
    WonBack,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 6] = [
        Self::Prospect,
        Self::FirstTime,
        Self::Repeat,
        Self::AtRisk,
        Self::Churned,
        Self::WonBack,
    ];

    /// Its name in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::FirstTime => "first-time",
            Self::Repeat => "repeat",
            Self::AtRisk => "at-risk",
            Self::Churned => "churned",
            Self::WonBack => "won-back",
        }
    }

    /// Its position in [`Self::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        let mut all = Self::ALL.into_iter();
        all.position(|stage| stage == self).unwrap_or_default()
    }
}

impl FromStr for Stage {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|stage| stage.as_str() == text).ok_or(())
    }
}

/// How a customer's purchases follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rhythm {
    /// Days with a purchase.
    purchase_days: u32,
    /// From the first of them to the last.
    span_days: u32,
    /// From the last but one to the last; 0 with fewer than two.
    last_gap_days: u32,
    /// From the last of them to today.
    days_since_last: u32,
}

impl Rhythm {
    /// A rhythm by its numbers: how many days with a purchase, days from the
    /// first of them to the last, from the last but one to the last, and from
    /// the last to today. `None` when they contradict each other.
    #[must_use]
    pub fn new(
        purchase_days: u32,
        span_days: u32,
        last_gap_days: u32,
        days_since_last: u32,
    ) -> Option<Self> {
        let possible = match purchase_days {
            0 => span_days == 0 && last_gap_days == 0 && days_since_last == 0,
            1 => span_days == 0 && last_gap_days == 0,
            2 => span_days == last_gap_days,
            _ => last_gap_days <= span_days,
        };
        possible.then_some(Self {
            purchase_days,
            span_days,
            last_gap_days,
            days_since_last,
        })
    }

    /// The rhythm at the end of `as_of`.
    #[must_use]
    pub fn of(history: PurchaseHistory<'_>, as_of: Day, refunds: Refunds) -> Self {
        let known = history.through(as_of);
        let mut days = known.purchases(refunds).map(|bought| bought.day);
        let Some(first) = days.next() else {
            return Self::default();
        };
        let mut rhythm = Self {
            purchase_days: 1,
            ..Self::default()
        };
        let mut last = first;
        for day in days {
            rhythm.purchase_days = rhythm.purchase_days.saturating_add(1);
            rhythm.last_gap_days = day.days_since(last).unsigned_abs();
            last = day;
        }
        rhythm.span_days = last.days_since(first).unsigned_abs();
        rhythm.days_since_last = as_of.days_since(last).unsigned_abs();
        rhythm
    }

    /// Mean days from one purchase to the next; `None` with fewer than two
    /// days of purchases.
    #[must_use]
    pub fn mean_gap_days(&self) -> Option<f64> {
        (self.purchase_days >= 2)
            .then(|| f64::from(self.span_days) / f64::from(self.purchase_days - 1))
    }

    /// The gap that is expected after the last purchase: the mean of the
    /// customer's own gaps and, as one more, the typical gap of all customers.
    fn expected_gap_days(&self, typical: f64) -> f64 {
        let gaps = self.purchase_days.saturating_sub(1);
        (f64::from(self.span_days) + typical) / (f64::from(gaps) + 1.0)
    }

    /// The rhythm as it was on the day before the last purchase.
    fn before_last(&self) -> Option<Self> {
        (self.purchase_days >= 2).then_some(Self {
            purchase_days: self.purchase_days - 1,
            span_days: self.span_days.saturating_sub(self.last_gap_days),
            last_gap_days: 0,
            days_since_last: self.last_gap_days,
        })
    }

    /// How many expected gaps have passed since the last purchase.
    fn overdue(&self, typical: f64) -> f64 {
        f64::from(self.days_since_last) / self.expected_gap_days(typical)
    }
}

/// What lateness is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifecycleMeasure {
    /// Days since the last purchase in units of the customer's expected gap.
    Gaps,
    /// The probability of no purchase within the value model's horizon; gaps
    /// where it is not known.
    Probability,
}

impl LifecycleMeasure {
    /// Its name in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gaps => "gaps",
            Self::Probability => "probability",
        }
    }
}

/// When a customer is at risk, churned or won back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LifecycleRules {
    /// What lateness is measured by.
    pub measure: LifecycleMeasure,
    /// At risk when more than this many expected gaps have passed.
    pub at_risk_gaps: f64,
    /// Churned when more than this many have; a purchase after so long wins
    /// the customer back.
    pub churned_gaps: f64,
    /// At risk from this probability of no purchase on.
    pub at_risk_probability: f64,
    /// Churned from this one on.
    pub churned_probability: f64,
    /// The typical gap where no customer of the training data bought twice.
    pub gap_days_without_repeats: f64,
}

impl Default for LifecycleRules {
    fn default() -> Self {
        Self {
            measure: LifecycleMeasure::Gaps,
            at_risk_gaps: 2.0,
            churned_gaps: 4.0,
            at_risk_probability: 0.5,
            churned_probability: 0.9,
            gap_days_without_repeats: 90.0,
        }
    }
}

impl LifecycleRules {
    /// Checks the rules.
    ///
    /// # Errors
    ///
    /// Every number that is out of bounds or order.
    pub fn checked(self) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let mut rising = |[low, high]: [f64; 2], most: f64, [first, second]: [&str; 2]| {
            let bounds = 0.0..=most;
            if !(low > 0.0 && bounds.contains(&low)) {
                violations.push(first, format!("must be above 0 and at most {most}"));
            }
            if !(high >= low && bounds.contains(&high)) {
                violations.push(second, format!("must be from `{first}` to {most}"));
            }
        };
        rising(
            [self.at_risk_gaps, self.churned_gaps],
            1e4,
            ["lifecycle.at_risk_gaps", "lifecycle.churned_gaps"],
        );
        rising(
            [self.at_risk_probability, self.churned_probability],
            1.0,
            [
                "lifecycle.at_risk_probability",
                "lifecycle.churned_probability",
            ],
        );
        if !(1.0..=1e5).contains(&self.gap_days_without_repeats) {
            violations.push(
                "lifecycle.gap_days_without_repeats",
                "must be from 1 to 100000 days",
            );
        }
        if violations.total() == 0 {
            Ok(self)
        } else {
            Err(violations)
        }
    }

    /// The stage of a customer. `typical_gap_days`, 1 or more, is that of all
    /// customers of the training data.
    #[must_use]
    pub fn stage(
        &self,
        rhythm: &Rhythm,
        typical_gap_days: f64,
        p_no_purchase: Option<f64>,
    ) -> Stage {
        if rhythm.purchase_days == 0 {
            return Stage::Prospect;
        }
        let probability = p_no_purchase.filter(|_| self.measure == LifecycleMeasure::Probability);
        let (at_risk, churned) = if let Some(p) = probability {
            (p >= self.at_risk_probability, p >= self.churned_probability)
        } else {
            let overdue = rhythm.overdue(typical_gap_days);
            (overdue > self.at_risk_gaps, overdue > self.churned_gaps)
        };
        let returned = rhythm
            .before_last()
            .is_some_and(|before| before.overdue(typical_gap_days) > self.churned_gaps);
        match (churned, at_risk, returned, rhythm.purchase_days) {
            (true, ..) => Stage::Churned,
            (false, true, ..) => Stage::AtRisk,
            (false, false, true, _) => Stage::WonBack,
            (false, false, false, 1) => Stage::FirstTime,
            (false, false, false, _) => Stage::Repeat,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{Occasion, PurchaseDay, Purchases};

    fn rhythm(bought_on: &[i64], as_of: i64) -> Rhythm {
        let at = |day| Day::from_days_since_1970(day).unwrap();
        let mut purchases = Purchases::default();
        for day in bought_on {
            let new = PurchaseDay {
                day: at(*day),
                spend: 1.0,
                returned: 0.0,
                purchases: 1,
            };
            purchases.add(new, Occasion::Day);
        }
        Rhythm::of(purchases.history(), at(as_of), Refunds::Net)
    }

    #[test]
    fn stages_go_by_the_customers_own_gap() {
        let stage = |bought_on: &[i64], as_of| {
            LifecycleRules::default().stage(&rhythm(bought_on, as_of), 30.0, None)
        };
        assert_eq!(stage(&[], 100), Stage::Prospect);
        assert_eq!(stage(&[50], 49), Stage::Prospect);
        assert_eq!(stage(&[50], 50), Stage::FirstTime);
        assert_eq!(stage(&[50], 111), Stage::AtRisk);
        assert_eq!(stage(&[50], 171), Stage::Churned);
        // Expected gap: (20 + 30) / 3.
        let weekly = [0, 10, 20];
        assert_eq!(stage(&weekly, 53), Stage::Repeat);
        assert_eq!(stage(&weekly, 54), Stage::AtRisk);
        assert_eq!(stage(&weekly, 87), Stage::Churned);
        assert_eq!(stage(&[0, 10, 20, 90], 91), Stage::WonBack);
        assert_eq!(stage(&[0, 10, 20, 90, 95], 96), Stage::Repeat);
        assert_eq!(stage(&[0, 10, 20, 90], 900), Stage::Churned);
    }

    #[test]
    fn stages_go_by_the_probability_where_the_rules_say_so() {
        let rules = LifecycleRules {
            measure: LifecycleMeasure::Probability,
            ..LifecycleRules::default()
        };
        let stage = |p| rules.stage(&rhythm(&[0, 10], 500), 30.0, p);
        assert_eq!(stage(Some(0.1)), Stage::Repeat);
        assert_eq!(stage(Some(0.5)), Stage::AtRisk);
        assert_eq!(stage(Some(0.9)), Stage::Churned);
        assert_eq!(stage(None), Stage::Churned);
    }

    #[test]
    fn numbers_out_of_order_are_told_at_once() {
        assert!(LifecycleRules::default().checked().is_ok());
        let wrong = LifecycleRules {
            at_risk_gaps: f64::NAN,
            churned_gaps: 2.0,
            at_risk_probability: 0.9,
            churned_probability: 0.8,
            gap_days_without_repeats: 0.0,
            ..LifecycleRules::default()
        };
        let told = wrong.checked().unwrap_err();
        assert_eq!(told.total(), 4, "{told}");
    }

    #[test]
    fn the_mean_gap_needs_two_days() {
        assert_eq!(rhythm(&[5], 9).mean_gap_days(), None);
        assert_eq!(rhythm(&[5, 9, 11], 11).mean_gap_days(), Some(3.0));
    }
}
