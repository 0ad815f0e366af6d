//! The section of a policy file on what to do: `[[playbook]]`.

use std::{collections::BTreeMap, str::FromStr};

use serde::Deserialize;

use super::decisions::sound;
use crate::config::document::Document;
use crate::{
    customer::Violations,
    model::segments::Tier,
    policy::{Action, CauseGroup, Condition, OneOf, Playbook, PlaybookRule, RiskBand, Stage},
};

/// What stands for a part that is not known.
const UNKNOWN: &str = "unknown";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleToml {
    name: String,
    tier: Option<OneOrMore>,
    band: Option<OneOrMore>,
    cause: Option<OneOrMore>,
    stage: Option<OneOrMore>,
    code: String,
    channel: String,
    cost: f64,
    success: f64,
    text: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "must be a name, or a list of names")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::More(names) => names,
        }
    }
}

/// A part of a situation: its names, and the position of each.
trait Part: FromStr {
    const NAMES: &'static str;
    /// How many values are known.
    const KNOWN: usize;

    fn position(self) -> usize;
}

impl Part for Tier {
    const NAMES: &'static str = "low, medium, high";
    const KNOWN: usize = Self::ALL.len();

    fn position(self) -> usize {
        self.index()
    }
}

impl Part for RiskBand {
    const NAMES: &'static str = "low, medium, high, critical";
    const KNOWN: usize = Self::ALL.len();

    fn position(self) -> usize {
        self.index()
    }
}

impl Part for CauseGroup {
    const NAMES: &'static str =
        "engagement, price, service, product, contract, payment, competitor, profile, other";
    const KNOWN: usize = Self::ALL.len();

    fn position(self) -> usize {
        self.index()
    }
}

impl Part for Stage {
    const NAMES: &'static str = "prospect, first-time, repeat, at-risk, churned, won-back";
    const KNOWN: usize = Self::ALL.len();

    fn position(self) -> usize {
        self.index()
    }
}

pub(super) fn read(document: &mut Document<'_>) -> Option<Playbook> {
    let (entries, complete) = match document.entries::<RuleToml>("playbook")? {
        Ok(entries) => (entries, true),
        Err(entries) => (entries, false),
    };
    let mut violations = Violations::default();
    let mut rules = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        match rule(entry) {
            Ok(rule) => rules.push(rule),
            // Where entries are missing, positions are not theirs.
            Err(faults) if complete => violations.extend(faults.within(&format!("playbook[{at}]"))),
            Err(_) => {}
        }
    }
    document.blame(&violations);
    // What rules that are at fault would have decided is not known.
    if complete && violations.total() == 0 {
        sound(document, Playbook::new(rules))
    } else {
        None
    }
}

fn rule(entry: &RuleToml) -> Result<PlaybookRule, Violations> {
    let RuleToml {
        name,
        tier,
        band,
        cause,
        stage,
        code,
        channel,
        cost,
        success,
        text,
    } = entry;
    let mut violations = Violations::default();
    if name.trim().is_empty() || name.len() > 100 {
        violations.push("name", "must be 1 to 100 bytes");
    }
    let when = Condition {
        tiers: one_of::<Tier>("tier", tier.as_ref(), &mut violations),
        bands: one_of::<RiskBand>("band", band.as_ref(), &mut violations),
        causes: one_of::<CauseGroup>("cause", cause.as_ref(), &mut violations),
        stages: one_of::<Stage>("stage", stage.as_ref(), &mut violations),
    };
    let action = Action::new(code, channel, *cost, *success, text.clone());
    match action {
        Ok(action) if violations.total() == 0 => Ok(PlaybookRule {
            name: name.clone(),
            when,
            action,
        }),
        action => {
            violations.extend(action.err().unwrap_or_default());
            Err(violations)
        }
    }
}

fn one_of<P: Part>(field: &str, stated: Option<&OneOrMore>, violations: &mut Violations) -> OneOf {
    let Some(stated) = stated else {
        return OneOf::ANY;
    };
    if stated.names().is_empty() {
        violations.push(field, "must have an entry; leave it out for any");
    }
    let mut positions = Vec::new();
    for name in stated.names() {
        match name.parse::<P>() {
            Ok(part) => positions.push(part.position()),
            Err(_) if name == UNKNOWN => positions.push(P::KNOWN),
            Err(_) => {
                let names = P::NAMES;
                violations.push(
                    field,
                    format!("must be of {names}, {UNKNOWN}; leave it out for any"),
                );
            }
        }
    }
    OneOf::of(positions)
}
