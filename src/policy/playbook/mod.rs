//! The playbook: what to do for which customer.
//!
//! A [`Situation`] is tier × band × leading cause × stage, each of which may be
//! unknown: 1,400 in all. The first rule that fits decides. A playbook is
//! checked by going through all situations once; what it found is the table
//! that decisions are looked up in.

mod action;
mod rule;

use super::{CauseGroup, RiskBand, Stage};
use crate::{customer::Violations, model::segments::Tier};
pub use action::{Action, FALLBACK_LANGUAGE, is_language};
pub use rule::{Condition, OneOf, PlaybookRule};

/// The most rules.
pub const MAX_RULES: usize = 1000;

/// Tiers, bands, causes and stages, each with *unknown* after them.
const SIZES: [usize; 4] = [
    Tier::ALL.len() + 1,
    RiskBand::ALL.len() + 1,
    CauseGroup::ALL.len() + 1,
    Stage::ALL.len() + 1,
];
const SITUATIONS: usize = SIZES[0] * SIZES[1] * SIZES[2] * SIZES[3];

/// What a decision depends on; `None` where it is not known, and of causes also
/// where nothing raises the probability of churn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    /// The value tier.
    pub tier: Option<Tier>,
    /// The risk band.
    pub band: Option<RiskBand>,
    /// The leading cause.
    pub cause: Option<CauseGroup>,
    /// The lifecycle stage.
    pub stage: Option<Stage>,
}

impl Situation {
    /// Where each part stands among the values it can have, *unknown* last.
    fn positions(self) -> [usize; 4] {
        let Self {
            tier,
            band,
            cause,
            stage,
        } = self;
        [
            tier.map_or(Tier::ALL.len(), Tier::index),
            band.map_or(RiskBand::ALL.len(), RiskBand::index),
            cause.map_or(CauseGroup::ALL.len(), CauseGroup::index),
            stage.map_or(Stage::ALL.len(), Stage::index),
        ]
    }

    /// Of [`SITUATIONS`].
    fn number(self) -> usize {
        let [tier, band, cause, stage] = self.positions();
        ((tier * SIZES[1] + band) * SIZES[2] + cause) * SIZES[3] + stage
    }

    fn all() -> impl Iterator<Item = Self> {
        let tiers = known_or_not(Tier::ALL);
        tiers.flat_map(|tier| {
            known_or_not(RiskBand::ALL).flat_map(move |band| {
                known_or_not(CauseGroup::ALL).flat_map(move |cause| {
                    known_or_not(Stage::ALL).map(move |stage| Self {
                        tier,
                        band,
                        cause,
                        stage,
                    })
                })
            })
        })
    }
}

fn known_or_not<T, const N: usize>(all: [T; N]) -> impl Iterator<Item = Option<T>> {
    all.into_iter().map(Some).chain([None])
}

/// Rules of which exactly one decides in every situation, and each in some.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    rules: Vec<PlaybookRule>,
    /// For each situation, the position of its rule.
    decided: Vec<u16>,
}

impl Playbook {
    /// Checks rules. Paths are those of a policy file: `playbook[3]`.
    ///
    /// # Errors
    ///
    /// Every fault: no rule or too many, names given twice, rules that never
    /// decide because earlier ones do, situations that no rule fits.
    pub fn new(rules: Vec<PlaybookRule>) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        if rules.len() > MAX_RULES {
            let fault = format!("must be at most {MAX_RULES} rules");
            return Err(Violations::of("playbook", fault));
        }
        for (at, rule) in rules.iter().enumerate() {
            let earlier = rules[..at].iter().position(|other| other.name == rule.name);
            if let Some(earlier) = earlier {
                let fault = format!("is also the name of playbook[{earlier}]");
                violations.push(&format!("playbook[{at}].name"), fault);
            }
        }
        let mut used = vec![false; rules.len()];
        let mut decided = Vec::with_capacity(SITUATIONS);
        let mut open = false;
        for situation in Situation::all() {
            let positions = situation.positions();
            let rule = rules.iter().position(|rule| rule.when.fits(positions));
            if let Some(rule) = rule {
                used[rule] = true;
            }
            open |= rule.is_none();
            // There are at most `MAX_RULES`.
            decided.push(u16::try_from(rule.unwrap_or_default()).unwrap_or_default());
        }
        for (at, _) in used.iter().enumerate().filter(|(_, used)| !**used) {
            let fault = "never decides: earlier rules take every customer that it fits; move it \
                         up, or remove it";
            violations.push(&format!("playbook[{at}]"), fault);
        }
        if open {
            let fault = "needs a last rule without conditions, for whoever no other rule fits";
            violations.push("playbook", fault);
        }
        violations.into_result(Self { rules, decided })
    }

    /// The rules, in the order that they are tried in.
    #[must_use]
    pub fn rules(&self) -> &[PlaybookRule] {
        &self.rules
    }

    /// The position of the rule that decides.
    #[must_use]
    pub fn position(&self, situation: Situation) -> usize {
        usize::from(self.decided[situation.number()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn rule(name: &str, when: Condition) -> PlaybookRule {
        let text = |language: &str, text: &str| (language.to_owned(), text.to_owned());
        let texts = [text("en", "Call."), text("zh", "致电。")];
        let action = Action::new("CALL", "phone", 10.0, 0.25, texts.into()).unwrap();
        PlaybookRule {
            name: name.to_owned(),
            when,
            action,
        }
    }

    fn high_tier() -> Condition {
        Condition {
            tiers: OneOf::of([Tier::High.index()]),
            ..Condition::ANY
        }
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let service = Condition {
            causes: OneOf::of([CauseGroup::Service.index()]),
            ..high_tier()
        };
        let rules = vec![
            rule("service", service),
            rule("high", high_tier()),
            rule("rest", Condition::ANY),
        ];
        let playbook = Playbook::new(rules).unwrap();
        let mut situation = Situation::default();
        assert_eq!(playbook.position(situation), 2);
        situation.tier = Some(Tier::High);
        assert_eq!(playbook.position(situation), 1);
        situation.cause = Some(CauseGroup::Service);
        assert_eq!(playbook.position(situation), 0);
        situation.tier = Some(Tier::Low);
        assert_eq!(playbook.position(situation), 2);
    }

    #[test]
    fn situations_are_numbered_in_their_order() {
        let numbers: Vec<usize> = Situation::all().map(Situation::number).collect();
        assert_eq!(numbers, (0..SITUATIONS).collect::<Vec<_>>());
    }

    #[test]
    fn rules_that_never_decide_and_open_playbooks_are_refused() {
        let fields = |rules| -> Vec<String> {
            let faults = Playbook::new(rules).unwrap_err();
            let fields = faults.listed().iter().map(|fault| fault.field().to_owned());
            fields.collect()
        };
        assert_eq!(fields(vec![]), ["playbook"]);
        assert_eq!(fields(vec![rule("a", high_tier())]), ["playbook"]);
        let twice = vec![
            rule("a", high_tier()),
            rule("a", high_tier()),
            rule("rest", Condition::ANY),
            rule("more", Condition::ANY),
        ];
        assert_eq!(
            fields(twice),
            ["playbook[1].name", "playbook[1]", "playbook[3]"]
        );
    }
}
