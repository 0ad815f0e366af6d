use proptest::prelude::*;

use super::*;
use crate::{
    customer::{Day, Occasion, PurchaseDay, Purchases, Refunds},
    model::segments::Tier,
    policy::{
        AlarmRules, ByTier, Capacity, Change, ExpectedPurchasesRule, FeatureRule, LevelRule,
        MovesRule, OverdueRule, RiseRule, SpendRule, Stage, WarningRules,
    },
};

fn day(at: i64) -> Day {
    Day::from_days_since_1970(15_000 + at).unwrap()
}

fn scored(at: i64, churn_probability: f64) -> Observation {
    Observation {
        as_of: day(at),
        churn_probability,
        expected_purchases: None,
        purchasing: None,
        tier: None,
        stage: None,
        features: Vec::new(),
    }
}

/// Only the level, without a cooldown.
fn plain(on: f64, off: f64, scorings: u32) -> WarningRules {
    WarningRules {
        level: LevelRule {
            on,
            off,
            scorings,
            lead_days: 30,
        },
        alarms: AlarmRules {
            cooldown_days: 0,
            expiry_days: 3650,
            signals_together: None,
            ..AlarmRules::default()
        },
        ..WarningRules::default()
    }
}

/// The days of alarms that are raised as soon as they are due, of weekly scorings.
fn raised(rules: &WarningRules, probabilities: &[f64]) -> Vec<usize> {
    let mut watch = Watch::default();
    let mut raised = Vec::new();
    for (week, &probability) in probabilities.iter().enumerate() {
        let at = 7 * i64::try_from(week).unwrap();
        let seen = watch.observe(rules, &scored(at, probability)).unwrap();
        if let Standing::Due(_) = seen.standing {
            watch.raise(rules).unwrap();
            raised.push(week);
        }
    }
    raised
}

#[test]
fn a_level_that_lasts_is_one_alarm_until_it_falls_below_off() {
    let probabilities = [0.1, 0.7, 0.5, 0.7, 0.7, 0.5, 0.7, 0.3, 0.7, 0.7];
    assert_eq!(raised(&plain(0.6, 0.45, 1), &probabilities), [1, 8]);
    assert_eq!(raised(&plain(0.6, 0.45, 2), &probabilities), [4, 9]);
    // Without hysteresis every crossing is an alarm.
    assert_eq!(raised(&plain(0.6, 0.6, 1), &probabilities), [1, 3, 6, 8]);
}

#[test]
fn an_alarm_escalates_expires_and_is_not_raised_again_while_its_cause_lasts() {
    use Standing::{CoolingDown, Due, Open, Watched};

    let mut rules = plain(0.6, 0.45, 1);
    rules.alarms.expiry_days = 21;
    rules.alarms.cooldown_days = 28;
    let mut watch = Watch::default();
    let mut told = Vec::new();
    for (week, probability) in [0.7, 0.7, 0.7, 0.7, 0.7, 0.2, 0.7, 0.7]
        .into_iter()
        .enumerate()
    {
        let at = 7 * i64::try_from(week).unwrap();
        let high = Observation {
            tier: Some(Tier::High),
            ..scored(at, probability)
        };
        let seen = watch.observe(&rules, &high).unwrap();
        let ended = seen.ended.map(|(alarm, ending)| (alarm.escalated, ending));
        told.push((seen.standing, seen.escalated, ended));
        if let Standing::Due(_) = seen.standing {
            let alarm = watch.raise(&rules).unwrap();
            assert_eq!(alarm.deadline, day(at + 3));
            assert_eq!(watch.raise(&rules), Err(CannotRaise::Open(day(at))));
        }
    }
    assert_eq!(
        told,
        [
            (Due(day(0)), false, None),
            (Open, true, None),
            (Open, false, None),
            (Watched, false, Some((true, Ending::Expired))),
            (Watched, false, None),
            (Standing::Quiet, false, None),
            (CoolingDown, false, None),
            (Due(day(42)), false, None),
        ]
    );
}

#[test]
fn signals_alone_are_a_watch_and_together_an_alarm() {
    let mut rules = plain(0.9, 0.5, 1);
    rules.alarms.signals_together = Some(2);
    rules.rise = Some(RiseRule {
        by: 0.2,
        baseline_days: 28,
        lead_days: 5,
    });
    rules.expected_purchases = Some(ExpectedPurchasesRule::default());
    rules.moves = Some(MovesRule::default());
    rules.features = vec![FeatureRule {
        feature: "complaints".to_owned(),
        change: Change::Rises(1.0),
        baseline_days: 28,
        lead_days: 30,
    }];
    let seen = |at: i64, p: f64| Observation {
        expected_purchases: Some(2.0),
        tier: Some(Tier::High),
        stage: Some(Stage::Repeat),
        features: vec![Some(0.0)],
        ..scored(at, p)
    };
    let before = || {
        let mut watch = Watch::default();
        for at in [0, 7, 14] {
            let seen = watch.observe(&rules, &seen(at, 0.2)).unwrap();
            assert_eq!(seen.standing, Standing::Quiet);
        }
        watch
    };
    let shows = |observation: Observation| {
        let seen = before().observe(&rules, &observation).unwrap();
        (seen.signals, seen.standing)
    };
    let rise = seen(21, 0.4);
    assert_eq!(shows(rise.clone()), (vec![Signal::Rise], Standing::Watched));
    let single = [
        (
            Signal::ExpectedPurchases,
            Observation {
                expected_purchases: Some(1.0),
                ..seen(21, 0.2)
            },
        ),
        (
            Signal::Tier,
            Observation {
                tier: Some(Tier::Medium),
                ..seen(21, 0.2)
            },
        ),
        (
            Signal::Stage,
            Observation {
                stage: Some(Stage::AtRisk),
                ..seen(21, 0.2)
            },
        ),
        (
            Signal::Feature(0),
            Observation {
                features: vec![Some(1.0)],
                ..seen(21, 0.2)
            },
        ),
    ];
    for (signal, observation) in single {
        assert_eq!(
            shows(observation.clone()),
            (vec![signal], Standing::Watched)
        );
        let both = Observation {
            churn_probability: 0.4,
            ..observation
        };
        assert_eq!(
            shows(both),
            (vec![Signal::Rise, signal], Standing::Due(day(21)))
        );
    }
    assert_eq!(Signal::Feature(0).name(&rules), "feature:complaints");
    // The shortest lead time goes before the tier's deadline.
    let mut watch = before();
    let both = Observation {
        tier: Some(Tier::Low),
        ..rise
    };
    watch.observe(&rules, &both).unwrap();
    let alarm = watch.raise(&rules).unwrap();
    assert_eq!(
        (alarm.deadline, alarm.usual_probability),
        (day(26), Some(0.2))
    );
}

#[test]
fn new_and_sparse_customers_are_watched_and_not_alarmed_about() {
    let mut rules = plain(0.6, 0.45, 1);
    rules.overdue = Some(OverdueRule::default());
    rules.spend = Some(SpendRule::default());
    rules.alarms.fewest_purchases = 3;
    rules.alarms.new_customer_days = 60;
    let history = |days: &[i64]| {
        let mut purchases = Purchases::default();
        for &at in days {
            let bought = PurchaseDay {
                day: day(at),
                spend: 10.0,
                returned: 0.0,
                purchases: 1,
            };
            purchases.add(bought, Occasion::Day);
        }
        purchases
    };
    let standing = |bought: &[i64], at: i64| {
        let bought = history(bought);
        let purchasing = Purchasing::of(bought.history(), day(at), Refunds::Net, &rules);
        let seen = Observation {
            purchasing,
            ..scored(at, 0.9)
        };
        let seen = Watch::default().observe(&rules, &seen).unwrap();
        (seen.signals, seen.standing)
    };
    let level = || vec![Signal::Level];
    assert_eq!(standing(&[0, 10], 100), (level(), Standing::Watched));
    assert_eq!(standing(&[0, 10, 20], 50).1, Standing::Watched);
    let all = vec![Signal::Level, Signal::Overdue, Signal::Spend];
    assert_eq!(standing(&[0, 10, 20], 100), (all, Standing::Due(day(100))));
    // Who buys as ever is neither late nor spending less.
    assert_eq!(
        standing(&[0, 30, 60, 90], 100),
        (level(), Standing::Due(day(100)))
    );
    assert_eq!(standing(&[], 100), (level(), Standing::Due(day(100))));
}

#[test]
fn the_room_of_a_week_goes_to_the_best() {
    let capacity = Capacity {
        all: Some(3),
        by_tier: ByTier {
            high: Some(1),
            medium: None,
            low: Some(1),
        },
    };
    let candidate = |customer: u32, tier: Option<Tier>, priority: f64| Candidate {
        customer,
        tier,
        priority,
    };
    let mut room = Room::of(&capacity);
    let first = room.keep_best(vec![
        candidate(1, Some(Tier::High), 5.0),
        candidate(2, Some(Tier::High), 9.0),
        candidate(4, Some(Tier::Medium), 1.0),
        candidate(3, Some(Tier::Medium), 1.0),
        candidate(5, None, f64::NAN.copysign(-1.0)),
    ]);
    assert_eq!(first, [2, 3, 4]);
    assert!(
        room.keep_best(vec![candidate(6, Some(Tier::Medium), 99.0)])
            .is_empty()
    );
    let all = Room::of(&Capacity::default()).keep_best(vec![candidate(1, None, 0.0)]);
    assert_eq!(all, [1]);
}

/// What may happen: days that go on, stand still or go back, with a probability,
/// and whether a due alarm finds room.
fn happenings() -> impl Strategy<Value = Vec<(i64, f64, bool)>> {
    prop::collection::vec((-3_i64..15, 0.0..=1.0_f64, any::<bool>()), 0..80)
}

fn any_rules() -> impl Strategy<Value = WarningRules> {
    let level = (0.3..0.9_f64, 0.3..=1.0_f64, 1_u32..4);
    (level, prop::option::of(2_u32..4), 0_u32..60, 1_u32..60).prop_map(
        |((on, share, scorings), signals_together, cooldown_days, expiry_days)| {
            let mut rules = plain(on, on * share, scorings);
            rules.rise = Some(RiseRule::default());
            rules.alarms.signals_together = signals_together;
            rules.alarms.cooldown_days = cooldown_days;
            rules.alarms.expiry_days = expiry_days;
            rules
        },
    )
}

proptest! {
    #[test]
    fn a_customer_has_one_alarm_at_most_and_none_too_soon(
        rules in any_rules(),
        happenings in happenings(),
    ) {
        let (mut watch, mut again) = (Watch::default(), Watch::default());
        let (mut at, mut last) = (0, None);
        let (mut open, mut ended): (Option<Day>, Option<Day>) = (None, None);
        for (step, probability, room) in happenings {
            at += step;
            let seen = scored(at, probability);
            let before = watch.clone();
            let result = watch.observe(&rules, &seen);
            prop_assert_eq!(&result, &again.observe(&rules, &seen));
            let Ok(result) = result else {
                // Nothing older or told twice is taken in.
                prop_assert!(last >= Some(at));
                prop_assert_eq!(&watch, &before);
                continue;
            };
            prop_assert!(last < Some(at));
            last = Some(at);
            if let Some((alarm, _)) = &result.ended {
                prop_assert_eq!(open.take(), Some(alarm.raised));
                ended = Some(day(at));
            }
            prop_assert_eq!(watch.open().map(|alarm| alarm.raised), open);
            prop_assert_eq!(result.standing == Standing::Open, open.is_some());
            let due = matches!(result.standing, Standing::Due(_));
            if room {
                let raised = watch.raise(&rules).map(|alarm| alarm.raised);
                prop_assert_eq!(raised.is_ok(), due);
                prop_assert_eq!(raised, again.raise(&rules).map(|alarm| alarm.raised));
                if raised.is_ok() {
                    let wait = i64::from(rules.alarms.cooldown_days);
                    let soon = ended.is_some_and(|end| i64::from(day(at).days_since(end)) < wait);
                    prop_assert!(open.is_none() && !soon);
                    open = Some(day(at));
                }
            }
            prop_assert_eq!(&watch, &again);
            prop_assert!(watch.memory().scorings() <= rules.memory_days() as usize);
        }
    }

    #[test]
    fn between_off_and_on_nothing_changes(
        rules in any_rules(),
        within in prop::collection::vec(0.0..1.0_f64, 1..40),
        high in any::<bool>(),
    ) {
        let mut rules = rules;
        rules.alarms.signals_together = None;
        rules.alarms.expiry_days = 3650;
        let LevelRule { on, off, scorings, .. } = rules.level;
        let mut watch = Watch::default();
        let mut at = 0;
        let begin = if high { on } else { off / 2.0 };
        for _ in 0..scorings {
            watch.observe(&rules, &scored(at, begin)).unwrap();
            at += 7;
        }
        prop_assert_eq!(watch.raise(&rules).is_ok(), high);
        for share in within {
            let probability = off + share * (on - off);
            prop_assume!(probability < on);
            let seen = watch.observe(&rules, &scored(at, probability)).unwrap();
            prop_assert!(seen.ended.is_none());
            prop_assert_eq!(seen.standing == Standing::Open, high);
            prop_assert_eq!(watch.raise(&rules).is_ok(), false);
            at += 7;
        }
    }
}
