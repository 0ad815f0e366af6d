//! Cause groups: reasons summed by theme.

use std::{collections::HashMap, str::FromStr};

use crate::customer::Violations;

/// A theme of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CauseGroup {
    /// How much and how lately the customer buys or uses.
    Engagement,
    /// What it costs.
    Price,
    /// How the customer is looked after.
    Service,
    /// What is bought, and what of it is used.
    Product,
    /// What was agreed, and for how long.
    Contract,
    /// How it is paid.
    Payment,
    /// What others offer.
    Competitor,
    /// Who the customer is.
    Profile,
    /// What no pattern of the policy names.
    Other,
}

impl CauseGroup {
    /// All groups.
    pub const ALL: [Self; 9] = [
        Self::Engagement,
        Self::Price,
        Self::Service,
        Self::Product,
        Self::Contract,
        Self::Payment,
        Self::Competitor,
        Self::Profile,
        Self::Other,
    ];

    /// Its name in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Engagement => "engagement",
            Self::Price => "price",
            Self::Service => "service",
            Self::Product => "product",
            Self::Contract => "contract",
            Self::Payment => "payment",
            Self::Competitor => "competitor",
            Self::Profile => "profile",
            Self::Other => "other",
        }
    }

    /// Its position in [`Self::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        let mut all = Self::ALL.into_iter();
        all.position(|group| group == self).unwrap_or_default()
    }
}

impl FromStr for CauseGroup {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|group| group.as_str() == text).ok_or(())
    }
}

/// What a group adds to the log-odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CauseSum {
    /// Which group.
    pub group: CauseGroup,
    /// The sum of the contributions of its effects; above zero, it raises the
    /// probability of churn.
    pub contribution: f64,
}

/// Which feature belongs to which group, by name or by the beginning of the
/// name. Case, blanks, `_`, `-` and `.` do not count: `MonthlyCharges` and
/// `monthly_charges` are one name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CauseRules {
    names: HashMap<String, CauseGroup>,
    /// The longest first.
    prefixes: Vec<(String, CauseGroup)>,
}

/// The group of one effect: of a feature, or of two together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectCause {
    /// All of it belongs to one group.
    Whole(CauseGroup),
    /// Half of it belongs to each.
    Halves([CauseGroup; 2]),
}

impl CauseRules {
    /// Checks patterns: a name, or the beginning of one with `*` after it.
    /// Paths are those of a policy file: `causes.price[3]`.
    ///
    /// # Errors
    ///
    /// Every pattern that is empty or stands twice.
    pub fn new(patterns: &[(CauseGroup, Vec<String>)]) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let mut rules = Self::default();
        for (group, patterns) in patterns {
            for (at, pattern) in patterns.iter().enumerate() {
                let field = format!("causes.{}[{at}]", group.as_str());
                let (name, is_prefix) = match pattern.strip_suffix('*') {
                    Some(prefix) => (plain(prefix), true),
                    None => (plain(pattern), false),
                };
                if name.is_empty() {
                    violations.push(&field, "must name a feature, or how its name begins");
                    continue;
                }
                let twice = if is_prefix {
                    let twice = rules.prefixes.iter().any(|(prefix, _)| *prefix == name);
                    rules.prefixes.push((name, *group));
                    twice
                } else {
                    rules.names.insert(name, *group).is_some()
                };
                if twice {
                    violations.push(
                        &field,
                        "is there twice, but for case, blanks, `_`, `-` and `.`",
                    );
                }
            }
        }
        rules
            .prefixes
            .sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        violations.into_result(rules)
    }

    /// The group of a feature: by its name, else by the longest beginning that
    /// fits, else [`CauseGroup::Other`].
    #[must_use]
    pub fn group(&self, feature: &str) -> CauseGroup {
        let name = plain(feature);
        if let Some(group) = self.names.get(&name) {
            return *group;
        }
        let mut prefixes = self.prefixes.iter();
        let fits = prefixes.find(|(prefix, _)| name.starts_with(prefix.as_str()));
        fits.map_or(CauseGroup::Other, |(_, group)| *group)
    }

    /// The group of an effect of these features, one or two.
    #[must_use]
    pub fn of_effect(&self, features: &[&str]) -> EffectCause {
        match *features {
            [first, second] => {
                let groups = [first, second].map(|feature| self.group(feature));
                if groups[0] == groups[1] {
                    EffectCause::Whole(groups[0])
                } else {
                    EffectCause::Halves(groups)
                }
            }
            [feature, ..] => EffectCause::Whole(self.group(feature)),
            [] => EffectCause::Whole(CauseGroup::Other),
        }
    }
}

/// Contributions summed by group, the one that raises the log-odds most first;
/// ties in the order of [`CauseGroup::ALL`]. Groups that add nothing are left
/// out.
///
/// Contributions lie on a binary grid on which they add exactly; so do their
/// halves, which need one bit more than there is to spare.
#[must_use]
pub fn cause_sums(effects: impl Iterator<Item = (EffectCause, f64)>) -> Vec<CauseSum> {
    let mut sums = [0.0; CauseGroup::ALL.len()];
    for (cause, contribution) in effects {
        match cause {
            EffectCause::Whole(group) => sums[group.index()] += contribution,
            EffectCause::Halves(groups) => {
                for group in groups {
                    sums[group.index()] += contribution / 2.0;
                }
            }
        }
    }
    let sums = CauseGroup::ALL.into_iter().zip(sums);
    let mut sums: Vec<CauseSum> = sums
        .filter(|(_, contribution)| *contribution != 0.0)
        .map(|(group, contribution)| CauseSum {
            group,
            contribution,
        })
        .collect();
    sums.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    sums
}

/// The group that raises the log-odds most, if any raises them.
#[must_use]
pub fn leading_cause(sums: &[CauseSum]) -> Option<CauseGroup> {
    let first = sums.first().filter(|first| first.contribution > 0.0);
    first.map(|first| first.group)
}

/// A name as patterns see it.
pub(super) fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '.'));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> CauseRules {
        let of = |group, patterns: &[&str]| {
            let patterns = patterns.iter().map(|&pattern| pattern.to_owned());
            (group, patterns.collect::<Vec<_>>())
        };
        CauseRules::new(&[
            of(CauseGroup::Price, &["MonthlyCharges", "price*"]),
            of(CauseGroup::Service, &["price_of_support", "support*"]),
            of(CauseGroup::Product, &["price_list*"]),
        ])
        .unwrap()
    }

    #[test]
    fn names_come_before_the_longest_beginning() {
        for (feature, group) in [
            ("monthly_charges", CauseGroup::Price),
            ("Price per unit", CauseGroup::Price),
            ("price_of_support", CauseGroup::Service),
            ("PriceListSize", CauseGroup::Product),
            ("SUPPORT-calls", CauseGroup::Service),
            ("tenure", CauseGroup::Other),
        ] {
            assert_eq!(rules().group(feature), group, "{feature}");
        }
    }

    #[test]
    fn patterns_that_say_nothing_or_too_much_are_refused() {
        let patterns = ["*", "", "Unit Price", "unit_price"].map(str::to_owned);
        let faults = CauseRules::new(&[(CauseGroup::Price, patterns.to_vec())]).unwrap_err();
        assert_eq!(faults.total(), 3, "{faults}");
        assert_eq!(faults.listed()[2].field(), "causes.price[3]");
    }

    #[test]
    fn sums_are_of_all_effects_and_the_largest_leads() {
        let rules = rules();
        let sums = cause_sums(
            [
                (rules.of_effect(&["price"]), 0.5),
                (rules.of_effect(&["support"]), 1.0),
                (rules.of_effect(&["price", "support"]), -0.25),
                (rules.of_effect(&["price", "price_a"]), 0.125),
                (rules.of_effect(&["tenure"]), -2.0),
                (rules.of_effect(&["price_list"]), 0.0),
            ]
            .into_iter(),
        );
        let told: Vec<(CauseGroup, f64)> = sums
            .iter()
            .map(|sum| (sum.group, sum.contribution))
            .collect();
        assert_eq!(
            told,
            [
                (CauseGroup::Service, 0.875),
                (CauseGroup::Price, 0.5),
                (CauseGroup::Other, -2.0)
            ]
        );
        assert_eq!(leading_cause(&sums), Some(CauseGroup::Service));
        assert_eq!(leading_cause(&sums[2..]), None);
    }
}
