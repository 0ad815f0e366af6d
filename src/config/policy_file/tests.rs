use super::*;
use crate::{
    model::segments::{Tier, TierBy, TierShares},
    policy::{CauseGroup, RiskBand, Situation, Stage},
};

const HEAD: &str = "name = 'mine'\nversion = '7'\n";

fn groups(text: &str) -> Result<GroupRules, PolicyFaults> {
    let (stated, faults) = stated(Document::parse(text));
    if faults.is_empty() {
        Ok(stated.groups.or_usual())
    } else {
        Err(faults)
    }
}

#[test]
fn what_a_file_does_not_say_is_as_usual() {
    assert_eq!(groups("").unwrap(), GroupRules::default());
    let written = write(&GroupRules::default());
    assert_eq!(groups(&written).unwrap(), GroupRules::default());
    let by_value = groups("tiers.by = 'value'\nlifecycle.churned_gaps = 9").unwrap();
    assert_eq!(by_value.tiers.shares, TierShares::usual(TierBy::Value));
    assert_eq!(by_value.lifecycle.churned_gaps, 9.0);
    let mine = parse(HEAD).unwrap();
    let built_in = built_in().unwrap();
    assert_eq!(mine.bands, built_in.bands);
    assert_eq!(mine.playbook, built_in.playbook);
    assert_eq!(mine.identity.version, "7");
    assert_ne!(mine.identity.digest, built_in.identity.digest);
    assert_eq!(mine.groups, StatedGroupRules::default());
}

#[test]
fn every_fault_is_told_at_once_with_its_line() {
    let text = "\
name = ' '
segments = [{ name = 'a', scores = [{ recency = [2, 5] }] },
            { name = 'b', scores = [{ recency = [1, 2] }] }]
tiers.shares = [0.5, 0.5, 0.5]
lifecycle.at_risk_gaps = 0

[[bands]]
name = 'low'
from = 0.0
to = 0.2
[[bands]]
name = 'medium'
from = 0.3
to = 0.6
[[bands]]
name = 'high'
from = 0.5
to = 0.8
[[bands]]
name = 'critical'
from = 0.8
to = 1.0

[causes]
price = ['price*', 'PRICE*']

[[playbook]]
name = 'a'
tier = 'highest'
code = 'A'
channel = 'phone'
cost = -1
success = 2
text.de = 'Anrufen'

[contract_value]
feature = 'fee'
currency = 'euro'
margin = 0
periods = 0
churn_days = -1
discount_rate = nan

[contract_value.tiers]
medium = 9
high = 1

[unheard_of]
a = 1
";
    let faults = parse(text).unwrap_err();
    let told: Vec<String> = faults.listed().iter().map(ToString::to_string).collect();
    for begins in [
        "line 1: version: is required",
        "line 1: name: must be 1 to 100 bytes",
        "line 2: segments: both `a` and `b` hold R2 F1 M1",
        "line 4: tiers.shares: must be three shares",
        "line 5: lifecycle.at_risk_gaps: must be above 0",
        "line 13: bands[1].from: leaves a hole",
        "line 17: bands[2].from: overlaps",
        "line 25: causes.price[1]: is there twice",
        "line 29: playbook[0].tier: must be of low, medium, high, unknown",
        "line 32: playbook[0].cost",
        "line 33: playbook[0].success",
        "line 34: playbook[0].text: must be there in English",
        "line 40: contract_value.periods: must be 1 to",
        "line 38: contract_value.currency: must be a currency's code",
        "line 39: contract_value.margin: must be a share",
        "line 41: contract_value.churn_days: must be above 0",
        "line 42: contract_value.discount_rate: must be 0 to 10",
        "line 44: contract_value.tiers: the edges",
        "line 48: unheard_of: is not known",
    ] {
        let found = told.iter().any(|fault| fault.starts_with(begins));
        assert!(found, "{begins} in {told:#?}");
    }
    assert_eq!(told.len(), 19, "{told:#?}");
    assert!(faults.listed().is_sorted_by_key(|fault| fault.line));
}

#[test]
fn one_entry_of_a_wrong_type_does_not_hide_the_next() {
    let text = format!(
        "{HEAD}[[bands]]\nname = 'lower'\n[[bands]]\nname = 'low'\nfrom = 'zero'\nto = 1\n\
         [tiers]\nsizes = 3\n[[playbook]]\nname = 'a'\ncode = 3\n"
    );
    let faults = parse(&text).unwrap_err();
    let lines: Vec<usize> = faults.listed().iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [4, 7, 10, 13], "{faults}");
    let faults = parse("name = \nversion = '1'\n[[bands]\n").unwrap_err();
    assert!(
        faults.listed().iter().any(|fault| fault.line == 1),
        "{faults}"
    );
    assert!(
        faults.listed().iter().any(|fault| fault.line == 3),
        "{faults}"
    );
}

#[test]
fn playbooks_without_a_last_rule_or_with_rules_that_never_decide_are_refused() {
    let rule = |name: &str, when: &str| {
        format!(
            "[[playbook]]\nname = '{name}'\n{when}\ncode = 'A'\nchannel = 'email'\ncost = 0\n\
             success = 0\ntext = {{ en = 'Write.' }}\n"
        )
    };
    let told = |rules: &[String]| match parse(&format!("{HEAD}{}", rules.concat())) {
        Ok(_) => String::new(),
        Err(faults) => faults.to_string(),
    };
    let high = rule("high", "tier = 'high'");
    let again = rule("again", "tier = 'high'\ncause = ['price', 'unknown']");
    let rest = rule("rest", "");
    assert_eq!(told(&[high.clone(), rest.clone()]), "");
    let open = told(std::slice::from_ref(&high));
    assert!(
        open.contains("line 3: playbook: needs a last rule"),
        "{open}"
    );
    let never = told(&[high, again, rest]);
    assert!(
        never.contains("line 11: playbook[1]: never decides"),
        "{never}"
    );
}

#[test]
fn the_built_in_policy_is_sound_and_speaks_two_languages() {
    let policy = built_in().unwrap();
    assert_eq!(policy.identity.name, "holdfast-default");
    for rule in policy.playbook.rules() {
        for language in ["en", "zh"] {
            let (spoken, text) = rule.action.text(language);
            assert_eq!(spoken, language, "{}", rule.name);
            let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert_eq!(chinese, language == "zh", "{text}");
        }
    }
}

#[test]
fn the_built_in_policy_spends_on_those_who_are_worth_it() {
    let policy = built_in().unwrap();
    let rule = |situation| &policy.playbook.rules()[policy.playbook.position(situation)];
    let situation = |tier, band, cause| Situation {
        tier: Some(tier),
        band: Some(band),
        cause,
        stage: None,
    };
    let bands = RiskBand::ALL;
    for band in bands {
        for cause in CauseGroup::ALL.into_iter().map(Some).chain([None]) {
            let costs = Tier::ALL.map(|tier| rule(situation(tier, band, cause)).action.cost());
            assert!(costs.is_sorted(), "{band:?} {cause:?}: {costs:?}");
        }
    }
    for tier in Tier::ALL {
        for band in [RiskBand::High, RiskBand::Critical] {
            for (cause, part) in [
                (CauseGroup::Service, "SERVICE"),
                (CauseGroup::Price, "PRICE"),
                (CauseGroup::Product, "ADOPTION"),
            ] {
                let code = rule(situation(tier, band, Some(cause))).action.code();
                assert!(code.contains(part), "{code}");
            }
        }
    }
    for stage in Stage::ALL {
        let lost = Situation {
            stage: Some(stage),
            ..situation(Tier::High, RiskBand::Critical, None)
        };
        assert!(!rule(lost).action.code().is_empty());
    }
    // The shipped models' features have a cause.
    for (feature, group) in [
        ("MonthlyCharges", CauseGroup::Price),
        ("TechSupport", CauseGroup::Service),
        ("InternetService", CauseGroup::Product),
        ("Contract", CauseGroup::Contract),
        ("PaymentMethod", CauseGroup::Payment),
        ("tenure", CauseGroup::Engagement),
        ("gender", CauseGroup::Profile),
        ("days_since_last_purchase", CauseGroup::Engagement),
        ("returns_share", CauseGroup::Product),
    ] {
        assert_eq!(policy.causes.group(feature), group, "{feature}");
    }
}
