//! Features on histories made by hand, and what holds of all histories.

use proptest::prelude::*;

use super::*;
use crate::customer::{Occasion, Purchases};

const NET: Refunds = Refunds::Net;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn history(lines: &[(&str, f64)]) -> Purchases {
    let mut purchases = Purchases::default();
    for &(on, money) in lines {
        purchases.add(
            PurchaseDay {
                day: day(on),
                spend: money.max(0.0),
                returned: (-money).max(0.0),
                purchases: u32::from(money >= 0.0),
            },
            Occasion::Day,
        );
    }
    purchases
}

/// `None` is a missing value.
fn told(purchases: &Purchases, as_of: &str, refunds: Refunds, name: &str) -> Option<f64> {
    let features = PurchaseFeatures::usual(refunds);
    let mut named = features.named(purchases.history(), day(as_of)).unwrap();
    match named.find(|(found, _)| *found == name).unwrap().1 {
        Value::Number(number) => Some(number),
        Value::Text(_) | Value::Flag(_) | Value::Missing => None,
    }
}

#[track_caller]
fn check(purchases: &Purchases, as_of: &str, expected: &[(&str, Option<f64>)]) {
    for (name, value) in expected {
        assert_eq!(told(purchases, as_of, NET, name), *value, "{name}");
    }
}

#[test]
fn a_history_is_told_as_of_a_day() {
    // Gaps of 10, 30 and 20 days, up to Saturday 2011-03-12.
    let purchases = history(&[
        ("2011-01-11", 10.0),
        ("2011-01-21", 30.0),
        ("2011-02-20", 20.0),
        ("2011-03-12", 60.0),
        ("2011-06-01", 999.0),
    ]);
    check(
        &purchases,
        "2011-03-22",
        &[
            ("purchases_30_days", Some(1.0)),
            ("purchases_90_days", Some(4.0)),
            ("purchases_365_days", Some(4.0)),
            ("spend_30_days", Some(60.0)),
            ("spend_90_days", Some(120.0)),
            ("purchases_trend_30_90_days", Some(0.75)),
            ("purchases_trend_90_180_days", Some(2.0)),
            ("spend_trend_30_90_days", Some(1.5)),
            ("days_since_last_purchase", Some(10.0)),
            ("tenure_days", Some(70.0)),
            ("mean_gap_days", Some(20.0)),
            ("gap_deviation_days", Some(10.0)),
            ("last_gap_to_mean", Some(1.0)),
            ("days_since_last_to_mean_gap", Some(0.5)),
            ("purchases", Some(4.0)),
            ("total_spend", Some(120.0)),
            ("mean_spend", Some(30.0)),
            ("returns_share", Some(0.0)),
            ("distinct_products", None),
            ("share_on_monday", Some(0.0)),
            ("share_on_friday", Some(0.25)),
            ("share_on_saturday", Some(0.25)),
            ("share_on_sunday", Some(0.25)),
        ],
    );
}

#[test]
fn a_window_ends_with_the_day_and_begins_one_less_before() {
    let purchases = history(&[("2011-03-01", 10.0)]);
    for (as_of, within) in [
        ("2011-03-01", 1.0),
        ("2011-03-30", 1.0),
        ("2011-03-31", 0.0),
    ] {
        check(&purchases, as_of, &[("purchases_30_days", Some(within))]);
    }
}

#[test]
fn what_one_purchase_does_not_tell_is_missing() {
    let purchases = history(&[("2010-01-01", 10.0)]);
    check(
        &purchases,
        "2011-03-22",
        &[
            ("purchases_365_days", Some(0.0)),
            ("purchases_trend_180_365_days", None),
            ("spend_trend_30_90_days", None),
            ("mean_gap_days", None),
            ("gap_deviation_days", None),
            ("last_gap_to_mean", None),
            ("days_since_last_to_mean_gap", None),
            ("mean_spend", Some(10.0)),
        ],
    );
    let two = history(&[("2010-01-01", 0.0), ("2010-01-03", 0.0)]);
    check(
        &two,
        "2010-01-03",
        &[
            ("mean_gap_days", Some(2.0)),
            ("gap_deviation_days", None),
            ("last_gap_to_mean", None),
            ("days_since_last_to_mean_gap", Some(0.0)),
            ("returns_share", None),
            ("spend_trend_30_90_days", None),
            ("purchases_trend_30_90_days", Some(3.0)),
        ],
    );
}

#[test]
fn there_is_nothing_to_tell_before_the_first_purchase() {
    let features = PurchaseFeatures::usual(NET);
    let purchases = history(&[("2011-01-02", -5.0), ("2011-02-01", 10.0)]);
    let tell = |as_of| features.values(purchases.history(), day(as_of));
    assert_eq!(tell("2011-01-01"), None);
    assert_eq!(tell("2011-01-31"), None, "only a return");
    assert!(tell("2011-02-01").is_some());
    assert_eq!(
        features.values(Purchases::default().history(), day("2011-01-01")),
        None
    );
}

#[test]
fn refunds_are_treated_as_stated() {
    let purchases = history(&[
        ("2011-01-01", 100.0),
        ("2011-01-05", 50.0),
        ("2011-01-05", -50.0),
        ("2011-01-10", -20.0),
    ]);
    let tell = |refunds, name| told(&purchases, "2011-01-11", refunds, name);
    assert_eq!(tell(Refunds::Net, "purchases"), Some(1.0));
    assert_eq!(tell(Refunds::Net, "total_spend"), Some(80.0));
    assert_eq!(tell(Refunds::Net, "days_since_last_purchase"), Some(10.0));
    assert_eq!(tell(Refunds::Keep, "purchases"), Some(2.0));
    assert_eq!(tell(Refunds::Keep, "total_spend"), Some(150.0));
    assert_eq!(tell(Refunds::Keep, "returns_share"), Some(70.0 / 150.0));
    assert_eq!(tell(Refunds::Drop, "total_spend"), Some(150.0));
    let dropped = PurchaseFeatures::usual(Refunds::Drop);
    assert!(!dropped.names().contains(&"returns_share".to_owned()));
}

#[test]
fn more_returned_than_bought_is_a_share_of_one() {
    let purchases = history(&[("2011-01-01", 10.0), ("2011-01-05", -50.0)]);
    check(
        &purchases,
        "2011-01-11",
        &[("returns_share", Some(1.0)), ("total_spend", Some(-40.0))],
    );
}

#[test]
fn products_are_counted_where_they_are_told() {
    let mut purchases = history(&[("2011-01-01", 10.0), ("2011-01-05", 50.0)]);
    for on in ["2011-01-01", "2011-01-01", "2011-01-05"] {
        purchases.add_product(day(on));
    }
    check(
        &purchases,
        "2011-01-04",
        &[("distinct_products", Some(2.0))],
    );
    check(
        &purchases,
        "2011-01-05",
        &[("distinct_products", Some(3.0))],
    );
}

#[test]
fn money_beyond_numbers_is_missing_not_infinite() {
    let purchases = history(&[("2011-01-01", f64::MAX), ("2011-01-05", f64::MAX)]);
    check(
        &purchases,
        "2011-01-11",
        &[("total_spend", None), ("mean_gap_days", Some(4.0))],
    );
}

#[test]
fn windows_must_increase() {
    for wrong in [&[][..], &[0], &[30, 30], &[90, 30], &[36_526], &[1; 21]] {
        assert_eq!(PurchaseFeatures::new(wrong, NET), Err(InvalidWindows));
    }
    let one = PurchaseFeatures::new(&[7], NET).unwrap();
    assert_eq!(one.names()[..2], ["purchases_7_days", "spend_7_days"]);
    assert_eq!(
        PurchaseFeatures::new(&PurchaseFeatures::WINDOWS_DAYS, NET),
        Ok(PurchaseFeatures::usual(NET))
    );
}

fn any_history() -> impl Strategy<Value = Vec<(i64, f64)>> {
    prop::collection::vec((14_000..16_000_i64, -100.0..1000.0_f64), 1..60)
}

fn purchases_of(lines: &[(i64, f64)]) -> Purchases {
    let lines: Vec<(String, f64)> = lines
        .iter()
        .map(|&(on, money)| (Day::from_days_since_1970(on).unwrap().to_string(), money))
        .collect();
    let lines: Vec<(&str, f64)> = lines.iter().map(|(on, m)| (on.as_str(), *m)).collect();
    history(&lines)
}

proptest! {
    #[test]
    fn what_comes_later_changes_nothing(lines in any_history(), as_of in 14_000..16_000_i64) {
        let known: Vec<(i64, f64)> = lines.iter().copied().filter(|(on, _)| *on <= as_of).collect();
        let as_of = Day::from_days_since_1970(as_of).unwrap();
        for refunds in [Refunds::Net, Refunds::Drop, Refunds::Keep] {
            let features = PurchaseFeatures::usual(refunds);
            prop_assert_eq!(
                features.values(purchases_of(&lines).history(), as_of),
                features.values(purchases_of(&known).history(), as_of)
            );
        }
    }

    #[test]
    fn ranges_hold_and_windows_nest(lines in any_history(), as_of in 14_000..17_000_i64) {
        let purchases = purchases_of(&lines);
        let as_of = Day::from_days_since_1970(as_of).unwrap();
        let features = PurchaseFeatures::usual(Refunds::Keep);
        let Some(named) = features.named(purchases.history(), as_of) else { return Ok(()) };
        let values: std::collections::HashMap<&str, f64> = named
            .filter_map(|(name, value)| match value {
                Value::Number(number) => Some((name, number)),
                Value::Text(_) | Value::Flag(_) | Value::Missing => None,
            })
            .collect();
        let mut before = [0.0, 0.0];
        for window in PurchaseFeatures::WINDOWS_DAYS {
            let now = ["purchases", "spend"].map(|of| values[&*format!("{of}_{window}_days")]);
            prop_assert!(now[0] >= before[0] && now[1] >= before[1]);
            before = now;
        }
        prop_assert!(before[0] <= values["purchases"]);
        let shares: f64 = values.iter().filter(|(name, _)| name.starts_with("share_on")).map(|(_, v)| v).sum();
        prop_assert!((shares - 1.0).abs() < 1e-12);
        prop_assert!(values["days_since_last_purchase"] <= values["tenure_days"]);
        for (name, value) in &values {
            prop_assert!(value.is_finite() && *value >= 0.0, "{} {}", name, value);
            if name.contains("_trend_30_90") {
                prop_assert!(*value <= 3.0 + 1e-12);
            }
        }
        if let Some(mean) = values.get("mean_gap_days") {
            prop_assert!(*mean >= 1.0);
        }
    }
}
