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
