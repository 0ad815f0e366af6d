use super::*;
use crate::customer::{Occasion, Purchases, SentSummary};
use proptest::prelude::*;

const START: i64 = 10_000;

fn day(after: i64) -> Day {
    Day::from_days_since_1970(START + after).unwrap()
}

fn bought(days: &[(i64, f64)]) -> Purchases {
    let mut purchases = Purchases::default();
    for &(after, amount) in days {
        let line = PurchaseDay {
            day: day(after),
            spend: amount.max(0.0),
            returned: (-amount).max(0.0),
            purchases: u32::from(amount > 0.0),
        };
        purchases.add(line, Occasion::Day);
    }
    purchases
}

fn weeks(days: &[(i64, f64)], as_of: i64) -> Option<(u32, f64, f64, Option<f64>)> {
    let purchases = bought(days);
    let (summary, mean) = purchases.history().counted(
        Counting::Opportunities,
        day(as_of),
        TimeUnit::Week,
        Refunds::Net,
    )?;
    let (last, all) = (summary.recency(), summary.observation());
    Some((summary.frequency(), last, all, mean))
}

#[test]
fn opportunities_are_the_whole_units_after_the_first_purchase() {
    // Days 1 to 7 are the first week, 8 to 14 the second, 15 to 21 the third.
    let days = [(0, 5.0), (1, 10.0), (7, 20.0), (15, 30.0), (22, 99.0)];
    assert_eq!(weeks(&days, -1), None);
    assert_eq!(weeks(&days, 0), Some((0, 0.0, 0.0, None)));
    assert_eq!(weeks(&days, 6), Some((0, 0.0, 0.0, None)), "not yet whole");
    assert_eq!(weeks(&days, 7), Some((1, 1.0, 1.0, Some(30.0))));
    assert_eq!(weeks(&days, 14), Some((1, 1.0, 2.0, Some(30.0))));
    assert_eq!(weeks(&days, 20), Some((1, 1.0, 2.0, Some(30.0))));
    assert_eq!(weeks(&days, 21), Some((2, 3.0, 3.0, Some(30.0))));
    assert_eq!(weeks(&days, 27), Some((2, 3.0, 3.0, Some(30.0))));
    let purchases = bought(&days);
    let history = purchases.history();
    let daily = history.opportunities(day(23), TimeUnit::Day, Refunds::Net);
    assert_eq!(daily, PurchaseSummary::new(4.0, 22.0, 23.0).ok());
}

#[test]
fn returns_make_no_opportunity_but_count_as_money() {
    let days = [(0, 5.0), (3, 10.0), (3, -10.0), (9, 40.0), (16, -10.0)];
    assert_eq!(weeks(&days, 21), Some((1, 2.0, 3.0, Some(30.0))));
}

#[test]
fn what_comes_later_is_counted_from_the_cut_off() {
    let purchases = bought(&[(0, 5.0), (11, 10.0), (12, 10.0), (18, 20.0), (25, 40.0)]);
    let later = |counting: Counting, until| {
        let (as_of, until) = (day(10), day(until));
        counting.between(
            purchases.history(),
            as_of,
            until,
            TimeUnit::Week,
            Refunds::Net,
        )
    };
    assert_eq!(later(Counting::Purchases, 26), (4, 80.0));
    assert_eq!(later(Counting::Opportunities, 26), (2, 40.0));
    assert_eq!(later(Counting::Opportunities, 31), (3, 80.0));
    assert_eq!(later(Counting::Opportunities, 16), (0, 0.0));
}

fn of_summary(frequency: f64, recency: f64, observation: f64) -> (PurchaseSummary, Option<f64>) {
    let sent = SentSummary {
        frequency,
        recency_days: recency,
        observation_days: observation,
        mean_repeat_spend: Some(10.0).filter(|_| frequency > 0.0),
        currency: if frequency > 0.0 { "USD" } else { "" },
    };
    let known = SummarisedPurchases::new(sent).unwrap();
    known
        .counted(Counting::Opportunities, TimeUnit::Week)
        .unwrap()
}

#[test]
fn a_summary_is_read_as_the_nearest_in_opportunities() {
    let summary = |x, last, all| PurchaseSummary::new(x, last, all).unwrap();
    assert_eq!(of_summary(0.0, 0.0, 20.0), (summary(0.0, 0.0, 2.0), None));
    assert_eq!(
        of_summary(2.0, 15.0, 30.0),
        (summary(2.0, 3.0, 4.0), Some(10.0))
    );
    // More purchases than weeks, and the last one in a week that has not ended.
    assert_eq!(
        of_summary(6.0, 20.0, 20.0),
        (summary(2.0, 2.0, 2.0), Some(30.0))
    );
    assert_eq!(of_summary(1.0, 5.0, 6.0), (summary(0.0, 0.0, 0.0), None));
    assert_eq!(of_summary(1.0, 0.0, 20.0), (summary(0.0, 0.0, 2.0), None));
}

proptest! {
    #[test]
    fn purchases_in_weeks_of_their_own_are_the_same_from_either(
        weeks in prop::collection::btree_set(0..60_i64, 0..20),
        within in 1..8_i64,
    ) {
        let days: Vec<(i64, f64)> = std::iter::once((0, 5.0))
            .chain(weeks.iter().map(|week| (7 * week + within, 8.0)))
            .collect();
        let purchases = bought(&days);
        let (history, as_of) = (purchases.history(), day(7 * 60));
        let listed = history
            .counted(Counting::Opportunities, as_of, TimeUnit::Week, Refunds::Net)
            .unwrap();
        let usd = "USD".parse().unwrap();
        let known = SummarisedPurchases::of(history, as_of, Refunds::Net, usd).unwrap();
        prop_assert_eq!(known.counted(Counting::Opportunities, TimeUnit::Week).unwrap(), listed);
    }

    #[test]
    fn every_history_is_a_discrete_one(
        after in prop::collection::vec(0..400_i64, 1..60),
        as_of in 0..400_i64,
    ) {
        let days: Vec<(i64, f64)> = after.into_iter().map(|after| (after, 1.0)).collect();
        let purchases = bought(&days);
        for unit in [TimeUnit::Day, TimeUnit::Week] {
            let summary = purchases.history().opportunities(day(as_of), unit, Refunds::Net);
            if let Some(summary) = summary {
                prop_assert!(f64::from(summary.frequency()) <= summary.recency());
                prop_assert!(summary.recency() <= summary.observation());
                prop_assert_eq!(summary.recency().fract() + summary.observation().fract(), 0.0);
            }
        }
    }
}
