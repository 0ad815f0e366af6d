//! What got worse, by the rules.

use std::borrow::Cow;

use super::{Memory, Observation, memory::Window};
use crate::policy::{Change, Stage, WarningRules};

/// One thing that got worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// The churn probability is high.
    Level,
    /// It rose.
    Rise,
    /// Fewer purchases are expected.
    ExpectedPurchases,
    /// The next purchase is late.
    Overdue,
    /// Spend fell.
    Spend,
    /// A lower tier.
    Tier,
    /// A lower stage.
    Stage,
    /// The feature of the rule at this position.
    Feature(usize),
}

impl Signal {
    /// Its name in the API and in files; that of a feature tells the feature.
    #[must_use]
    pub fn name(self, rules: &WarningRules) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Level => "level",
            Self::Rise => "rise",
            Self::ExpectedPurchases => "expected_purchases",
            Self::Overdue => "overdue",
            Self::Spend => "spend",
            Self::Tier => "tier",
            Self::Stage => "stage",
            Self::Feature(at) => {
                let rule = rules.features.get(at);
                let feature = rule.map_or("unknown", |rule| &rule.feature);
                return Cow::Owned(format!("feature:{feature}"));
            }
        })
    }

    /// How many days are left to act.
    #[must_use]
    pub fn lead_days(self, rules: &WarningRules) -> Option<u32> {
        match self {
            Self::Level => Some(rules.level.lead_days),
            Self::Rise => rules.rise.map(|rule| rule.lead_days),
            Self::ExpectedPurchases => rules.expected_purchases.map(|rule| rule.lead_days),
            Self::Overdue => rules.overdue.map(|rule| rule.lead_days),
            Self::Spend => rules.spend.map(|rule| rule.lead_days),
            Self::Tier | Self::Stage => rules.moves.map(|rule| rule.lead_days),
            Self::Feature(at) => rules.features.get(at).map(|rule| rule.lead_days),
        }
    }

    /// The signals of an observation against what was seen before it, in order.
    pub(super) fn all(
        rules: &WarningRules,
        memory: &Memory,
        seen: &Observation,
        level: bool,
    ) -> Vec<Self> {
        let look = Look {
            rules,
            memory,
            seen,
        };
        let single = [
            (Self::Level, level),
            (Self::Rise, look.rise()),
            (Self::ExpectedPurchases, look.expected_purchases()),
            (Self::Overdue, look.overdue()),
            (Self::Spend, look.spend()),
            (Self::Tier, look.tier()),
            (Self::Stage, look.stage()),
        ];
        let features = (0..rules.features.len()).map(|at| (Self::Feature(at), look.feature(at)));
        let all = single.into_iter().chain(features);
        all.filter(|(_, shows)| *shows)
            .map(|(signal, _)| signal)
            .collect()
    }
}

struct Look<'l> {
    rules: &'l WarningRules,
    memory: &'l Memory,
    seen: &'l Observation,
}

impl Look<'_> {
    fn rise(&self) -> bool {
        self.rules.rise.is_some_and(|rule| {
            let usual = self
                .memory
                .usual_probability(self.window(rule.baseline_days));
            usual.is_some_and(|usual| self.seen.churn_probability - usual >= rule.by)
        })
    }

    fn expected_purchases(&self) -> bool {
        let Some((rule, now)) = self
            .rules
            .expected_purchases
            .zip(self.seen.expected_purchases)
        else {
            return false;
        };
        let usual = self.memory.usual_purchases(self.window(rule.baseline_days));
        usual.is_some_and(|usual| usual > 0.0 && now <= usual * (1.0 - rule.fall))
    }

    fn overdue(&self) -> bool {
        let gaps = self.regular().and_then(|seen| seen.gaps_since_last());
        let rule = self.rules.overdue.zip(gaps);
        rule.is_some_and(|(rule, gaps)| gaps >= rule.gaps)
    }

    fn spend(&self) -> bool {
        let ratio = self.regular().and_then(|seen| seen.spend_ratio);
        let rule = self.rules.spend.zip(ratio);
        rule.is_some_and(|(rule, ratio)| ratio <= rule.ratio)
    }

    fn tier(&self) -> bool {
        let rule = self.rules.moves.filter(|rule| rule.tier);
        rule.zip(self.seen.tier).is_some_and(|(rule, now)| {
            let best = self.memory.best_tier(self.window(rule.window_days));
            best.is_some_and(|best| now < best)
        })
    }

    fn stage(&self) -> bool {
        let rule = self.rules.moves.filter(|rule| rule.stage);
        rule.zip(self.seen.stage).is_some_and(|(rule, now)| {
            let best = self.memory.best_stage(self.window(rule.window_days), rank);
            best.is_some_and(|best| rank(now) < best)
        })
    }

    fn feature(&self, at: usize) -> bool {
        let rule = self.rules.features.get(at);
        let now = self.seen.features.get(at).copied().flatten();
        rule.zip(now).is_some_and(|(rule, now)| {
            let usual = self
                .memory
                .usual_feature(at, self.window(rule.baseline_days));
            usual.is_some_and(|usual| match rule.change {
                Change::Falls(by) => usual - now >= by,
                Change::Rises(by) => now - usual >= by,
            })
        })
    }

    /// The purchases of a customer who has made enough of them to have a rhythm.
    fn regular(&self) -> Option<super::Purchasing> {
        let fewest = self.rules.alarms.fewest_purchases;
        let known = self.seen.purchasing;
        known.filter(|known| known.purchase_days >= fewest)
    }

    fn window(&self, days: u32) -> Window {
        Window {
            before: self.seen.as_of,
            days,
            fewest: self.rules.alarms.fewest_scorings as usize,
        }
    }
}

/// How well a customer of a stage does; a prospect has not begun.
fn rank(stage: Stage) -> u8 {
    match stage {
        Stage::Prospect | Stage::Churned => 0,
        Stage::AtRisk => 1,
        Stage::FirstTime | Stage::Repeat | Stage::WonBack => 2,
    }
}
