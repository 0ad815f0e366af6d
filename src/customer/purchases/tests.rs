use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn bought(on: &str, spend: f64) -> PurchaseDay {
    PurchaseDay {
        day: day(on),
        spend,
        returned: 0.0,
        purchases: 1,
    }
}

fn returned(on: &str, money: f64) -> PurchaseDay {
    PurchaseDay {
        day: day(on),
        spend: 0.0,
        returned: money,
        purchases: 0,
    }
}

/// Customer 1 of the CDNOW sample.
fn first_of_cdnow() -> Purchases {
    let mut purchases = Purchases::default();
    for (on, spend) in [
        ("1997-08-02", 14.96),
        ("1997-01-01", 29.33),
        ("1997-12-12", 26.48),
        ("1997-01-18", 29.73),
    ] {
        purchases.add(bought(on, spend), Occasion::Day);
    }
    purchases
}

#[test]
fn the_summary_is_that_of_the_literature() {
    let purchases = first_of_cdnow();
    let history = purchases.history();
    let as_of = day("1997-09-30");
    let summary = history
        .summary(as_of, TimeUnit::Week, Refunds::Net)
        .unwrap();
    assert_eq!(summary.frequency(), 2);
    assert_eq!(summary.recency(), 213.0 / 7.0);
    assert_eq!(summary.observation(), 272.0 / 7.0);
    let spend = history.mean_repeat_spend(as_of, Refunds::Net).unwrap();
    assert!((spend - 22.345).abs() < 1e-12);
    let later = history.between(as_of, day("1998-06-30"));
    assert_eq!(later.count(), 1);
    assert_eq!(
        history.summary(day("1996-12-31"), TimeUnit::Week, Refunds::Net),
        None
    );
}

#[test]
fn a_day_is_one_purchase_and_an_invoice_another() {
    for (occasion, frequency) in [(Occasion::Day, 1), (Occasion::Invoice, 2)] {
        let mut purchases = Purchases::default();
        for on in ["2011-01-01", "2011-01-01", "2011-01-03"] {
            purchases.add(bought(on, 10.0), occasion);
        }
        let history = purchases.history();
        let summary = history
            .summary(day("2011-01-10"), TimeUnit::Day, Refunds::Net)
            .unwrap();
        assert_eq!(summary.frequency(), frequency);
        assert_eq!(summary.recency(), 2.0);
        let spend = history.mean_repeat_spend(day("2011-01-10"), Refunds::Net);
        assert_eq!(spend, Some(10.0));
    }
}

#[test]
fn a_purchase_returned_the_same_day_is_none() {
    let mut purchases = Purchases::default();
    purchases.add(bought("2011-01-01", 10.0), Occasion::Day);
    purchases.add(bought("2011-01-05", 77.0), Occasion::Day);
    purchases.add(returned("2011-01-05", 77.0), Occasion::Day);
    purchases.add(returned("2011-01-08", 3.0), Occasion::Day);
    let frequency = |refunds| {
        let history = purchases.history();
        let summary = history.summary(day("2011-01-10"), TimeUnit::Day, refunds);
        summary.unwrap().frequency()
    };
    assert_eq!(frequency(Refunds::Net), 0);
    assert_eq!(frequency(Refunds::Keep), 1);
    let mean = |refunds| {
        let history = purchases.history();
        history.mean_repeat_spend(day("2011-01-10"), refunds)
    };
    assert_eq!(mean(Refunds::Net), None);
    assert_eq!(mean(Refunds::Keep), Some(77.0));
}

#[test]
fn rounding_keeps_no_returned_purchase() {
    let mut purchases = Purchases::default();
    for money in [0.1, 0.2, 0.3] {
        purchases.add(bought("2011-01-05", money), Occasion::Day);
    }
    for money in [0.3, 0.2, 0.1] {
        purchases.add(returned("2011-01-05", money), Occasion::Day);
    }
    let day = purchases.history().days()[0];
    assert_ne!(day.spend, day.returned);
    assert_eq!(day.purchases(Refunds::Net), 0);
}

#[test]
fn money_is_that_of_the_last_days() {
    let purchases = first_of_cdnow();
    let within = |days| {
        let history = purchases.history();
        history.money_within(day("1997-08-02"), days, Refunds::Net)
    };
    assert_eq!(within(1), 14.96);
    assert_eq!(within(196), 14.96);
    assert!((within(197) - 44.69).abs() < 1e-12);
    assert!((within(u32::MAX) - 74.02).abs() < 1e-12);
    // No purchase is 0, not -0.
    let history = purchases.history();
    let none = history.money_within(day("1998-12-31"), 365, Refunds::Net);
    assert_eq!(none.to_bits(), 0.0_f64.to_bits());
}

/// Nobody's lines may take time that grows with the square of their number.
#[test]
fn a_customer_may_have_a_million_lines() {
    let mut purchases = Purchases::default();
    let start = day("1980-01-01");
    // 10,000 days in a scattered order, each a hundred times.
    let lines = (0..1_000_000_i64).map(|n| PurchaseDay {
        day: start.plus_days(n * 7919 % 10_000).unwrap(),
        spend: 1.0,
        returned: 0.0,
        purchases: 1,
    });
    purchases.add_all(lines, Occasion::Day);
    let history = purchases.history();
    assert_eq!(history.days().len(), 10_000);
    assert_eq!(
        history.money_within(day("2020-01-01"), u32::MAX, Refunds::Net),
        1e6
    );
    let last = start.plus_days(9_999).unwrap();
    let summary = history.summary(last, TimeUnit::Day, Refunds::Net).unwrap();
    assert_eq!(summary.frequency(), 9_999);
}

#[test]
fn products_are_counted_as_of_a_day() {
    let mut purchases = first_of_cdnow();
    for on in ["1997-08-02", "1997-01-01", "1997-12-12"] {
        purchases.add_product(day(on));
    }
    let known = purchases.history().through(day("1997-09-30"));
    assert_eq!(known.distinct_products(), 2);
    assert_eq!(known.days().len(), 3);
}
