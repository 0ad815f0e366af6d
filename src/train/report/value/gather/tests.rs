use super::{cohorts, indicators, maps, tracking::Days, worth, worth::Valued};
use crate::{
    customer::{Day, Occasion, PurchaseDay, PurchaseHistory, Purchases, Refunds, TimeUnit},
    model::value::{BgNbd, PurchaseModel},
};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn customer(days: &[&str]) -> Purchases {
    let mut purchases = Purchases::default();
    for on in days {
        let bought = PurchaseDay {
            day: day(on),
            spend: 10.0,
            returned: 0.0,
            purchases: 1,
        };
        purchases.add(bought, Occasion::Day);
    }
    purchases
}

fn base() -> Vec<Purchases> {
    vec![
        customer(&["2024-01-03", "2024-01-20", "2024-03-01", "2024-03-30"]),
        customer(&["2024-01-31"]),
        customer(&["2024-02-10", "2024-03-31"]),
        customer(&["2024-03-31"]),
    ]
}

fn histories(base: &[Purchases]) -> Vec<PurchaseHistory<'_>> {
    base.iter().map(Purchases::history).collect()
}

#[test]
fn cohorts_count_whole_months_only() {
    let base = base();
    let all = cohorts::of(&histories(&base), Refunds::Net, day("2024-03-31"));
    let months: Vec<(&str, u64)> = all
        .iter()
        .map(|c| (c.month.as_str(), c.customers))
        .collect();
    assert_eq!(months, [("2024-01", 2), ("2024-02", 1), ("2024-03", 1)]);
    assert_eq!(all[0].active, [1.0, 0.0, 0.5]);
    assert_eq!(all[1].active, [1.0, 1.0]);
    let cut = cohorts::of(&histories(&base), Refunds::Net, day("2024-03-30"));
    assert_eq!(cut[0].active, [1.0, 0.0], "March is not over");
    assert_eq!(cut[2].active, [1.0]);
    assert!(cohorts::of(&[], Refunds::Net, day("2024-03-30")).is_empty());
}

#[test]
fn indicators_follow_their_definitions() {
    let base = base();
    let (last, first) = (day("2024-03-31"), day("2024-01-01"));
    let found = indicators::of(&histories(&base), Refunds::Net, last, first, 31.0);
    assert_eq!(found.window_days, 31);
    // Of the one who bought in February (and 30 days back), one bought in March.
    assert_eq!(
        (found.churn_rate, found.retention_rate),
        (Some(0.5), Some(0.5))
    );
    assert_eq!(found.repurchase_rate, Some(0.5));
    let none = indicators::of(&[], Refunds::Net, last, first, 31.0);
    assert_eq!((none.churn_rate, none.repurchase_rate), (None, None));
    assert_eq!(
        none.with_values(Some(9.0), Some(6.0)).value_to_cost,
        Some(1.5)
    );
}

#[test]
fn tracking_adds_up() {
    let base = base();
    let model = PurchaseModel::BgNbd(BgNbd::new([0.24, 4.41, 0.79, 2.43]).unwrap());
    let (first, last) = (day("2024-01-03"), day("2024-03-31"));
    let days = Days::of(&histories(&base), Refunds::Net, first, last).unwrap();
    assert_eq!(days.period(), 7);
    let tracked = days.tracked(&model, TimeUnit::Week);
    assert_eq!(tracked.len(), 89 / 7);
    let end = tracked[tracked.len() - 1];
    assert_eq!(end.until, day("2024-03-26"));
    assert_eq!(
        end.actual_cumulative, 2.0,
        "the rest came in the unfinished week"
    );
    let weeks = |on: &str| f64::from(end.until.days_since(day(on))) / 7.0;
    let each = ["2024-01-03", "2024-01-31", "2024-02-10"];
    let expected: f64 = each
        .iter()
        .map(|on| model.expected_purchases_of_new(weeks(on)))
        .sum();
    assert!((end.expected_cumulative - expected).abs() < 1e-12);
    let sum: f64 = tracked.iter().map(|period| period.expected).sum();
    assert!((sum - expected).abs() < 1e-12);
    assert!(Days::of(&[], Refunds::Net, last, first).is_none());
}

#[test]
fn worth_is_shared_as_it_is_held() {
    let valued = |amounts: &'static [f64]| Valued {
        amounts,
        by_period: &[],
        total_interval: None,
    };
    let equal = worth::of(&valued(&[2.0; 10])).unwrap();
    let held = equal.concentration.unwrap();
    assert!(held.gini.abs() < 1e-12 && (held.top_fifth_share - 0.2).abs() < 1e-12);
    assert_eq!(equal.histogram.iter().map(|bin| bin.rows).sum::<u64>(), 10);
    let one = worth::of(&valued(&[0.0, 0.0, 0.0, 0.0, 7.0])).unwrap();
    assert_eq!((one.mean.value, one.median), (1.4, 0.0));
    let held = one.concentration.unwrap();
    assert!((held.gini - 0.8).abs() < 1e-12 && (held.top_fifth_share - 1.0).abs() < 1e-12);
    assert_eq!((held.lorenz[0].y, held.lorenz[5].y), (0.0, 1.0));
    assert!(
        worth::of(&valued(&[0.0, 0.0]))
            .unwrap()
            .concentration
            .is_none()
    );
    assert!(worth::of(&valued(&[f64::NAN])).is_none());
    assert!(worth::of(&valued(&[])).is_none());
}

#[test]
fn opportunities_are_mapped_at_whole_times() {
    let times = maps::whole_times(78.0);
    assert_eq!((times.len(), times[1], times[11]), (12, 7.0, 77.0));
    assert_eq!(maps::whole_times(3.0), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(maps::whole_times(0.0), [0.0]);
}

#[test]
fn maps_reach_as_far_as_nearly_all_customers() {
    let (frequency, recency) = maps::axes(vec![0, 0, 1, 30], 78.0).unwrap();
    assert_eq!((frequency[0], frequency[1], frequency[12]), (0, 1, 12));
    assert_eq!((recency[0], recency[12]), (0.0, 78.0));
    let (frequency, _) = maps::axes(vec![100; 500], 78.0).unwrap();
    assert!(frequency[12] >= 100);
    assert!(maps::axes(vec![], 78.0).is_none() && maps::axes(vec![1], 0.0).is_none());
}
