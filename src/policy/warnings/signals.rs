//! What counts as a signal. Each rule has its window, its threshold, and a lead
//! time: how many days are left to act once the signal shows.

use std::collections::BTreeSet;

use super::Faults;
use crate::customer::MAX_FEATURE_NAME_BYTES;

/// The most features that are watched.
pub const MAX_WATCHED_FEATURES: usize = 50;
/// The most scorings that are waited for.
const MAX_SCORINGS: u32 = 100;

/// The churn probability is at or above `on`. It has lasted after `scorings`
/// scorings in a row, and is over only below `off`: between the two, nothing
/// changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelRule {
    /// From this probability on.
    pub on: f64,
    /// Over below this one; at most `on`.
    pub off: f64,
    /// How many scorings in a row make a level that lasts.
    pub scorings: u32,
    /// Days left to act.
    pub lead_days: u32,
}

impl Default for LevelRule {
    fn default() -> Self {
        Self {
            on: 0.6,
            off: 0.45,
            scorings: 1,
            lead_days: 30,
        }
    }
}

/// The churn probability is higher than the customer's own baseline, the median
/// of the scorings of the days before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiseRule {
    /// By so much, in probability.
    pub by: f64,
    /// The days of the baseline, without today.
    pub baseline_days: u32,
    /// Days left to act.
    pub lead_days: u32,
}

impl Default for RiseRule {
    fn default() -> Self {
        Self {
            by: 0.2,
            baseline_days: 56,
            lead_days: 30,
        }
    }
}

/// Fewer purchases are expected than the customer's own baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedPurchasesRule {
    /// By such a share of the baseline.
    pub fall: f64,
    /// The days of the baseline, without today.
    pub baseline_days: u32,
    /// Days left to act.
    pub lead_days: u32,
}

impl Default for ExpectedPurchasesRule {
    fn default() -> Self {
        Self {
            fall: 0.5,
            baseline_days: 56,
            lead_days: 30,
        }
    }
}

/// The last purchase is longer ago than so many of the customer's own mean gaps
/// between purchases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverdueRule {
    /// From so many gaps on.
    pub gaps: f64,
    /// Days left to act.
    pub lead_days: u32,
}

impl Default for OverdueRule {
    fn default() -> Self {
        Self {
            gaps: 2.0,
            lead_days: 30,
        }
    }
}

/// Spend a day of the last `short_days` is at most a share of that of the last
/// `long_days`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendRule {
    /// The recent window.
    pub short_days: u32,
    /// The window that it is compared with, the recent one within.
    pub long_days: u32,
    /// The share.
    pub ratio: f64,
    /// Days left to act.
    pub lead_days: u32,
}

impl Default for SpendRule {
    fn default() -> Self {
        Self {
            short_days: 30,
            long_days: 90,
            ratio: 0.25,
            lead_days: 30,
        }
    }
}

/// The tier or the stage is lower than the best of the days before. Of stages,
/// at risk is lower than all that still buy, and churned is lower than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovesRule {
    /// The days that are looked back on.
    pub window_days: u32,
    /// Whether tiers count.
    pub tier: bool,
    /// Whether stages count.
    pub stage: bool,
    /// Days left to act.
    pub lead_days: u32,
}

impl Default for MovesRule {
    fn default() -> Self {
        Self {
            window_days: 28,
            tier: true,
            stage: true,
            lead_days: 30,
        }
    }
}

/// A feature is worse than the customer's own baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureRule {
    /// Its name.
    pub feature: String,
    /// Which way is worse, and by how much.
    pub change: Change,
    /// The days of the baseline, without today.
    pub baseline_days: u32,
    /// Days left to act.
    pub lead_days: u32,
}

/// A change against the baseline, in the feature's own unit; above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Lower by this much or more, such as satisfaction.
    Falls(f64),
    /// Higher by this much or more, such as complaints.
    Rises(f64),
}

impl LevelRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        let Self {
            on,
            off,
            scorings,
            lead_days,
        } = *self;
        let known = on > 0.0 && on <= 1.0;
        faults.must(known, "level.on", "must be a probability above 0");
        let sound = off > 0.0 && (off <= on || !known);
        faults.must(sound, "level.off", "must be above 0, and at most `on`");
        faults.must(
            (1..=MAX_SCORINGS).contains(&scorings),
            "level.scorings",
            format!("must be 1 to {MAX_SCORINGS}"),
        );
        faults.days(lead_days, "level.lead_days");
    }
}

impl RiseRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        let sound = self.by > 0.0 && self.by < 1.0;
        faults.must(sound, "rise.by", "must be above 0 and below 1");
        faults.days(self.baseline_days, "rise.baseline_days");
        faults.days(self.lead_days, "rise.lead_days");
    }
}

impl ExpectedPurchasesRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        let sound = self.fall > 0.0 && self.fall <= 1.0;
        let what = "must be a share above 0, and at most 1";
        faults.must(sound, "expected_purchases.fall", what);
        faults.days(self.baseline_days, "expected_purchases.baseline_days");
        faults.days(self.lead_days, "expected_purchases.lead_days");
    }
}

impl OverdueRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        let sound = self.gaps > 0.0 && self.gaps <= 1e4;
        faults.must(sound, "overdue.gaps", "must be above 0 and at most 10000");
        faults.days(self.lead_days, "overdue.lead_days");
    }
}

impl SpendRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.days(self.short_days, "spend.short_days");
        faults.days(self.long_days, "spend.long_days");
        let longer = self.long_days > self.short_days;
        faults.must(longer, "spend.long_days", "must be above `short_days`");
        let sound = (0.0..1.0).contains(&self.ratio);
        faults.must(sound, "spend.ratio", "must be from 0 and below 1");
        faults.days(self.lead_days, "spend.lead_days");
    }
}

impl MovesRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.days(self.window_days, "moves.window_days");
        let some = self.tier || self.stage;
        faults.must(some, "moves.tier", "one of `tier` and `stage` must count");
        faults.days(self.lead_days, "moves.lead_days");
    }
}

pub(super) fn check_features(rules: &[FeatureRule], faults: &mut Faults) {
    let few = rules.len() <= MAX_WATCHED_FEATURES;
    let most = format!("must be at most {MAX_WATCHED_FEATURES}");
    faults.must(few, "features", most);
    let mut names = BTreeSet::new();
    for (at, rule) in rules.iter().enumerate() {
        let FeatureRule {
            feature,
            change,
            baseline_days,
            lead_days,
        } = rule;
        let at = |field: &str| format!("features[{at}].{field}");
        let sound = (1..=MAX_FEATURE_NAME_BYTES).contains(&feature.len());
        let what = format!("must name a feature, in at most {MAX_FEATURE_NAME_BYTES} bytes");
        faults.must(sound, &at("name"), what);
        let (falls, by) = match *change {
            Change::Falls(by) => (true, by),
            Change::Rises(by) => (false, by),
        };
        let field = if falls { "falls_by" } else { "rises_by" };
        let sound = by > 0.0 && by.is_finite();
        faults.must(sound, &at(field), "must be a number above 0");
        let once = names.insert((feature, falls));
        faults.must(once, &at("name"), "is watched twice in the same direction");
        faults.days(*baseline_days, &at("baseline_days"));
        faults.days(*lead_days, &at("lead_days"));
    }
}
