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
mod tests;
