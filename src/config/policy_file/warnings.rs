//! The section `[warnings]` of a policy file, read and written.

use serde::{Deserialize, Serialize};

use super::decisions::sound;
use crate::config::document::Document;
use crate::{
    customer::Violations,
    policy::{
        AlarmRules, ByTier, Capacity, Change, ControlGroup, ExpectedPurchasesRule, FeatureRule,
        LevelRule, MovesRule, OverdueRule, RiseRule, SpendRule, WarningRules,
    },
};

/// Numbers that are left out are the usual ones; a signal that is left out is
/// not watched. Single values stand before tables, as TOML wants them.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WarningsToml {
    signals_together: Option<u32>,
    fewest_scorings: Option<u32>,
    fewest_purchases: Option<u32>,
    new_customer_days: Option<u32>,
    cooldown_days: Option<u32>,
    expiry_days: Option<u32>,
    level: Option<LevelToml>,
    rise: Option<RiseToml>,
    expected_purchases: Option<ExpectedPurchasesToml>,
    overdue: Option<OverdueToml>,
    spend: Option<SpendToml>,
    moves: Option<MovesToml>,
    deadline_days: Option<DeadlinesToml>,
    capacity: Option<CapacityToml>,
    control: Option<ControlToml>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    features: Vec<FeatureToml>,
}

/// A table whose fields are all optional, and stand for a rule that has usual
/// values.
macro_rules! rule {
    ($toml:ident, $rule:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        #[derive(Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        struct $toml {
            $($field: Option<$kind>,)*
        }

        impl $toml {
            fn rule(self) -> $rule {
                let usual = $rule::default();
                $rule {
                    $($field: self.$field.unwrap_or(usual.$field),)*
                }
            }

            fn of(rule: $rule) -> Self {
                let $rule { $($field),* } = rule;
                Self {
                    $($field: Some($field),)*
                }
            }
        }
    };
}

rule!(
    LevelToml,
    LevelRule {
        on: f64,
        off: f64,
        scorings: u32,
        lead_days: u32
    }
);
rule!(
    RiseToml,
    RiseRule {
        by: f64,
        baseline_days: u32,
        lead_days: u32
    }
);
rule!(
    ExpectedPurchasesToml,
    ExpectedPurchasesRule {
        fall: f64,
        baseline_days: u32,
        lead_days: u32
    }
);
rule!(
    OverdueToml,
    OverdueRule {
        gaps: f64,
        lead_days: u32
    }
);
rule!(
    SpendToml,
    SpendRule {
        short_days: u32,
        long_days: u32,
        ratio: f64,
        lead_days: u32
    }
);
rule!(
    MovesToml,
    MovesRule {
        window_days: u32,
        tier: bool,
        stage: bool,
        lead_days: u32
    }
);

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct DeadlinesToml {
    high: Option<u32>,
    medium: Option<u32>,
    low: Option<u32>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct CapacityToml {
    all: Option<u32>,
    high: Option<u32>,
    medium: Option<u32>,
    low: Option<u32>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ControlToml {
    share: f64,
    #[serde(default)]
    salt: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct FeatureToml {
    name: String,
    falls_by: Option<f64>,
    rises_by: Option<f64>,
    baseline_days: Option<u32>,
    lead_days: Option<u32>,
}

/// The usual days of a watched feature: baseline and lead.
const FEATURE_DAYS: [u32; 2] = [56, 30];

#[derive(Serialize)]
struct Section {
    warnings: WarningsToml,
}

pub(super) fn read(document: &mut Document<'_>) -> Option<WarningRules> {
    let stated = document.section("warnings")?;
    sound(document, rules(stated))
}

/// The section that says these rules, all of them, as TOML.
///
/// # Errors
///
/// None: every rule has a spelling.
pub fn write_warnings(rules: &WarningRules) -> Result<String, toml::ser::Error> {
    let WarningRules {
        level,
        rise,
        expected_purchases,
        overdue,
        spend,
        moves,
        features,
        alarms,
    } = rules;
    let AlarmRules {
        signals_together,
        fewest_scorings,
        fewest_purchases,
        new_customer_days,
        cooldown_days,
        expiry_days,
        deadline_days,
        capacity: Capacity { all, by_tier },
        control,
    } = alarms;
    let warnings = WarningsToml {
        signals_together: Some(signals_together.unwrap_or(0)),
        fewest_scorings: Some(*fewest_scorings),
        fewest_purchases: Some(*fewest_purchases),
        new_customer_days: Some(*new_customer_days),
        cooldown_days: Some(*cooldown_days),
        expiry_days: Some(*expiry_days),
        level: Some(LevelToml::of(*level)),
        rise: rise.map(RiseToml::of),
        expected_purchases: expected_purchases.map(ExpectedPurchasesToml::of),
        overdue: overdue.map(OverdueToml::of),
        spend: spend.map(SpendToml::of),
        moves: moves.map(MovesToml::of),
        deadline_days: Some(DeadlinesToml {
            high: Some(deadline_days.high),
            medium: Some(deadline_days.medium),
            low: Some(deadline_days.low),
        }),
        capacity: Some(CapacityToml {
            all: *all,
            high: by_tier.high,
            medium: by_tier.medium,
            low: by_tier.low,
        }),
        control: Some(ControlToml {
            share: control.share(),
            salt: control.salt().to_owned(),
        }),
        features: features.iter().map(FeatureToml::of).collect(),
    };
    toml::to_string(&Section { warnings })
}

fn rules(stated: WarningsToml) -> Result<WarningRules, Violations> {
    let mut violations = Violations::default();
    let usual = AlarmRules::default();
    let control = stated.control.map(|ControlToml { share, salt }| {
        ControlGroup::new(share, salt).unwrap_or_else(|error| {
            violations.push("warnings.control.share", error.to_string());
            // So that what else is wrong is told.
            ControlGroup::default()
        })
    });
    let mut features = Vec::with_capacity(stated.features.len());
    for (at, feature) in stated.features.into_iter().enumerate() {
        match feature.rule() {
            Some(rule) => features.push(rule),
            None => violations.push(
                &format!("warnings.features[{at}]"),
                "must have one of `falls_by` and `rises_by`",
            ),
        }
    }
    // Places of rules would mislead where some are left out.
    violations.clone().into_result(())?;
    let deadlines = stated
        .deadline_days
        .map_or(usual.deadline_days, |days| ByTier {
            high: days.high.unwrap_or(usual.deadline_days.high),
            medium: days.medium.unwrap_or(usual.deadline_days.medium),
            low: days.low.unwrap_or(usual.deadline_days.low),
        });
    WarningRules {
        level: stated
            .level
            .map_or_else(LevelRule::default, LevelToml::rule),
        rise: stated.rise.map(RiseToml::rule),
        expected_purchases: stated.expected_purchases.map(ExpectedPurchasesToml::rule),
        overdue: stated.overdue.map(OverdueToml::rule),
        spend: stated.spend.map(SpendToml::rule),
        moves: stated.moves.map(MovesToml::rule),
        features,
        alarms: AlarmRules {
            signals_together: match stated.signals_together {
                None => usual.signals_together,
                Some(0) => None,
                Some(together) => Some(together),
            },
            fewest_scorings: stated.fewest_scorings.unwrap_or(usual.fewest_scorings),
            fewest_purchases: stated.fewest_purchases.unwrap_or(usual.fewest_purchases),
            new_customer_days: stated.new_customer_days.unwrap_or(usual.new_customer_days),
            cooldown_days: stated.cooldown_days.unwrap_or(usual.cooldown_days),
            expiry_days: stated.expiry_days.unwrap_or(usual.expiry_days),
            deadline_days: deadlines,
            capacity: stated.capacity.map_or(usual.capacity, |capacity| Capacity {
                all: capacity.all,
                by_tier: ByTier {
                    high: capacity.high,
                    medium: capacity.medium,
                    low: capacity.low,
                },
            }),
            control: control.unwrap_or_default(),
        },
    }
    .checked()
}

impl FeatureToml {
    fn rule(self) -> Option<FeatureRule> {
        let Self {
            name,
            falls_by,
            rises_by,
            baseline_days,
            lead_days,
        } = self;
        let change = match (falls_by, rises_by) {
            (Some(by), None) => Change::Falls(by),
            (None, Some(by)) => Change::Rises(by),
            (None, None) | (Some(_), Some(_)) => return None,
        };
        let [baseline, lead] = FEATURE_DAYS;
        Some(FeatureRule {
            feature: name,
            change,
            baseline_days: baseline_days.unwrap_or(baseline),
            lead_days: lead_days.unwrap_or(lead),
        })
    }

    fn of(rule: &FeatureRule) -> Self {
        let FeatureRule {
            feature,
            change,
            baseline_days,
            lead_days,
        } = rule;
        let (falls_by, rises_by) = match *change {
            Change::Falls(by) => (Some(by), None),
            Change::Rises(by) => (None, Some(by)),
        };
        Self {
            name: feature.clone(),
            falls_by,
            rises_by,
            baseline_days: Some(*baseline_days),
            lead_days: Some(*lead_days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::policy_file::{built_in, parse};

    const HEAD: &str = "name = 'mine'\nversion = '7'\n";

    #[test]
    fn what_is_written_reads_back() {
        let every = WarningRules {
            rise: Some(RiseRule::default()),
            expected_purchases: Some(ExpectedPurchasesRule::default()),
            overdue: Some(OverdueRule::default()),
            spend: Some(SpendRule::default()),
            moves: Some(MovesRule::default()),
            features: vec![
                FeatureRule {
                    feature: "satisfaction".to_owned(),
                    change: Change::Falls(1.0),
                    baseline_days: 90,
                    lead_days: 14,
                },
                FeatureRule {
                    feature: "failed_payments".to_owned(),
                    change: Change::Rises(0.5),
                    baseline_days: 30,
                    lead_days: 3,
                },
            ],
            alarms: AlarmRules {
                signals_together: None,
                capacity: Capacity {
                    all: Some(100),
                    by_tier: ByTier {
                        high: Some(50),
                        ..ByTier::default()
                    },
                },
                control: ControlGroup::new(0.1, "2026".to_owned()).unwrap(),
                ..AlarmRules::default()
            },
            ..WarningRules::default()
        };
        for rules in [every, WarningRules::default(), built_in().unwrap().warnings] {
            let text = format!("{HEAD}{}", write_warnings(&rules).unwrap());
            let read = parse(&text).unwrap_or_else(|faults| panic!("{faults}\n{text}"));
            assert_eq!(read.warnings, rules, "{text}");
        }
    }

    #[test]
    fn a_file_that_says_nothing_has_the_built_in_warnings_and_an_empty_section_only_the_level() {
        let built_in = built_in().unwrap().warnings;
        assert_eq!(parse(HEAD).unwrap().warnings, built_in);
        assert!(built_in.overdue.is_some());
        let bare = parse(&format!("{HEAD}[warnings]\n")).unwrap().warnings;
        assert_eq!(bare, WarningRules::default());
        let some = parse(&format!("{HEAD}[warnings.rise]\nby = 0.3\n")).unwrap();
        let rise = RiseRule {
            by: 0.3,
            ..RiseRule::default()
        };
        assert_eq!(some.warnings.rise, Some(rise));
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text = format!(
            "{HEAD}[warnings]\nsignals_together = 1\nexpiry_days = 0\n[warnings.level]\non = 0.4\n\
             off = 0.5\n[warnings.spend]\nshort_days = 90\n[warnings.capacity]\nall = 4000000000\n"
        );
        let told: Vec<String> = parse(&text)
            .unwrap_err()
            .listed()
            .iter()
            .map(ToString::to_string)
            .collect();
        for begins in [
            "line 4: warnings.signals_together: must be 2 to 100",
            "line 5: warnings.expiry_days: must be 1 to",
            "line 8: warnings.level.off: must be above 0, and at most `on`",
            "line 9: warnings.spend.long_days: must be above `short_days`",
            "line 12: warnings.capacity.all: must be at most",
        ] {
            let found = told.iter().any(|fault| fault.starts_with(begins));
            assert!(found, "{begins} in {told:#?}");
        }
        assert_eq!(told.len(), 5, "{told:#?}");
        let text = format!(
            "{HEAD}[[warnings.features]]\nname = 'a'\n[[warnings.features]]\nname = 'b'\n\
             falls_by = 1\nrises_by = 1\n[warnings.control]\nshare = 2\n"
        );
        let told = parse(&text).unwrap_err().to_string();
        for part in [
            "line 3: warnings.features[0]: must have one of",
            "line 5: warnings.features[1]: must have one of",
            "line 10: warnings.control.share: must be a number from 0 to 1",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let unknown = parse(&format!("{HEAD}[warnings.level]\nup = 0.5\n")).unwrap_err();
        assert!(unknown.to_string().contains("line 4"), "{unknown}");
    }
}
