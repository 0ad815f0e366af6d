//! When a customer's scores over time are a warning, and when a warning is an
//! alarm; `docs/warnings.md` tells the rules by example.

mod alarms;
mod signals;

pub use alarms::{AlarmRules, ByTier, Capacity, ControlGroup};
pub use signals::{
    Change, ExpectedPurchasesRule, FeatureRule, LevelRule, MAX_WATCHED_FEATURES, MovesRule,
    OverdueRule, RiseRule, SpendRule,
};

use crate::customer::Violations;

/// The longest window, lead time or wait, in days.
pub const MAX_WARNING_DAYS: u32 = 3650;

/// When to warn of a customer, and how.
///
/// A *signal* is one thing that got worse. A signal alone puts the customer on
/// watch. An alarm needs a level that lasted ([`LevelRule`]), or several signals
/// at once ([`AlarmRules::signals_together`]).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WarningRules {
    /// The churn probability is high.
    pub level: LevelRule,
    /// It rose.
    pub rise: Option<RiseRule>,
    /// Fewer purchases are expected than were.
    pub expected_purchases: Option<ExpectedPurchasesRule>,
    /// The customer is late by the customer's own gap between purchases.
    pub overdue: Option<OverdueRule>,
    /// The customer spends less than before.
    pub spend: Option<SpendRule>,
    /// The customer moved down in tier or stage.
    pub moves: Option<MovesRule>,
    /// Features that got worse.
    pub features: Vec<FeatureRule>,
    /// What follows from signals.
    pub alarms: AlarmRules,
}

impl WarningRules {
    /// Checks what a file states, by paths such as `warnings.level.off`.
    ///
    /// # Errors
    ///
    /// Every number out of bounds or order.
    pub fn checked(self) -> Result<Self, Violations> {
        let Self {
            level,
            rise,
            expected_purchases,
            overdue,
            spend,
            moves,
            features,
            alarms,
        } = &self;
        let mut faults = Faults::default();
        level.check(&mut faults);
        if let Some(rise) = rise {
            rise.check(&mut faults);
        }
        if let Some(expected_purchases) = expected_purchases {
            expected_purchases.check(&mut faults);
        }
        if let Some(overdue) = overdue {
            overdue.check(&mut faults);
        }
        if let Some(spend) = spend {
            spend.check(&mut faults);
        }
        if let Some(moves) = moves {
            moves.check(&mut faults);
        }
        signals::check_features(features, &mut faults);
        alarms.check(&mut faults);
        faults.0.into_result(self)
    }

    /// For how long a scoring is to be remembered, in days.
    #[must_use]
    pub fn memory_days(&self) -> u32 {
        let features = self.features.iter().map(|rule| rule.baseline_days);
        let single = [
            self.rise.map(|rule| rule.baseline_days),
            self.expected_purchases.map(|rule| rule.baseline_days),
            self.moves.map(|rule| rule.window_days),
        ];
        features
            .chain(single.into_iter().flatten())
            .max()
            .unwrap_or(0)
    }
}

/// What is wrong, by paths below `warnings`.
#[derive(Debug, Default)]
struct Faults(Violations);

impl Faults {
    fn must(&mut self, sound: bool, field: &str, what: impl Into<String>) {
        if !sound {
            self.0.push(&format!("warnings.{field}"), what.into());
        }
    }

    /// A window or a lead time.
    fn days(&mut self, days: u32, field: &str) {
        let sound = (1..=MAX_WARNING_DAYS).contains(&days);
        self.must(
            sound,
            field,
            format!("must be 1 to {MAX_WARNING_DAYS} days"),
        );
    }

    /// A time that may be none.
    fn wait(&mut self, days: u32, field: &str) {
        let sound = days <= MAX_WARNING_DAYS;
        self.must(
            sound,
            field,
            format!("must be 0 to {MAX_WARNING_DAYS} days"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::Violation;

    #[test]
    fn the_usual_rules_are_sound_and_remember_as_long_as_their_windows() {
        let rules = WarningRules::default().checked().unwrap();
        assert_eq!(rules.memory_days(), 0);
        let rules = WarningRules {
            rise: Some(RiseRule::default()),
            moves: Some(MovesRule {
                window_days: 90,
                ..MovesRule::default()
            }),
            ..WarningRules::default()
        };
        assert_eq!(rules.memory_days(), 90);
    }

    #[test]
    fn every_number_out_of_bounds_is_told() {
        let rules = WarningRules {
            level: LevelRule {
                on: 0.5,
                off: 0.6,
                scorings: 0,
                lead_days: 0,
            },
            overdue: Some(OverdueRule {
                gaps: f64::NAN,
                ..OverdueRule::default()
            }),
            spend: Some(SpendRule {
                short_days: 90,
                long_days: 90,
                ..SpendRule::default()
            }),
            features: vec![FeatureRule {
                feature: String::new(),
                change: Change::Falls(-1.0),
                baseline_days: 30,
                lead_days: 30,
            }],
            ..WarningRules::default()
        };
        let violations = rules.checked().unwrap_err();
        let fields: Vec<&str> = violations.listed().iter().map(Violation::field).collect();
        assert_eq!(
            fields,
            [
                "warnings.level.off",
                "warnings.level.scorings",
                "warnings.level.lead_days",
                "warnings.overdue.gaps",
                "warnings.spend.long_days",
                "warnings.features[0].name",
                "warnings.features[0].falls_by",
            ]
        );
    }
}
