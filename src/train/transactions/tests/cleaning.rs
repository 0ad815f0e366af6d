//! The rules of cleaning, one by one.

use super::*;

#[test]
fn refunds_are_netted_dropped_or_kept_apart() {
    let text = "id,time,quantity,price,invoice,product\n\
        1,2011-01-01,2,5,1,A\n\
        1,2011-01-03,-1,5,C2,A\n\
        1,2011-01-04,1,3,C3,A\n\
        1,2011-01-05,1,-9,4,A\n\
        1,2011-01-06,1,0,5,A\n";
    for (refunds, treatment, expected) in [
        (Refunds::Net, "netted", 3),
        (Refunds::Keep, "kept apart", 3),
        (Refunds::Drop, "dropped", 1),
    ] {
        let log = read(text, |options| {
            by_invoice(options);
            options.cleaning.refunds = refunds;
            options.cleaning.cancelled_prefix = Some("C".to_owned());
            options.cleaning.zero_amounts = Keeping::Drop;
        });
        let log = log.unwrap();
        assert_eq!(outcome(&log, Rule::Refund), (2, treatment));
        assert_eq!(outcome(&log, Rule::NegativePrice), (1, "dropped"));
        assert_eq!(outcome(&log, Rule::ZeroAmount), (1, "dropped"));
        assert_eq!(days(&log).len(), expected);
        assert_eq!(days(&log)[0], "1 2011-01-01 10 0 1");
        assert_eq!(log.cleaning().read.negative_lines, 1);
        if refunds != Refunds::Drop {
            assert_eq!(
                days(&log)[1..],
                ["1 2011-01-03 0 5 0", "1 2011-01-04 0 3 0"]
            );
        }
    }
}

#[test]
fn odd_lines_are_counted_with_their_places() {
    let text = "id,time,amount\n\
        ,2011-01-01,5\n\
        1,2011-01-01,5\n\
        1,2011-01-01,5\n\
        1,2010-12-31,5\n\
        NaN,2011-01-01,7\n\
        1,2011-02-01,5\n\
        1,2011-01-02,NaN\n\
        1,2011-01-32,5\n";
    let log = read(text, |options| {
        options.cleaning.bad_lines = BadLines::Drop;
        options.cleaning.duplicates = Keeping::Drop;
        options.cleaning.from = "2011-01-01".parse().ok();
        options.cleaning.until = "2011-01-31".parse().ok();
        options.time_format = TimeFormat::Iso;
    });
    let log = log.unwrap();
    for (rule, lines) in [
        (Rule::NoCustomer, 2),
        (Rule::Duplicate, 1),
        (Rule::BeforeRange, 1),
        (Rule::AfterRange, 1),
        (Rule::UnreadableAmount, 1),
        (Rule::UnreadableTime, 1),
    ] {
        assert_eq!(outcome(&log, rule), (lines, "dropped"), "{rule}");
    }
    assert_eq!(days(&log), ["1 2011-01-01 5 0 1"]);
    let told = log.cleaning().to_string();
    assert!(
        told.contains("no customer: 2 dropped, 12.000 in all; as in line 2, line 6"),
        "{told}"
    );
    assert_eq!(log.cleaning().json()["rules"][1]["lines"], 2);
}

#[test]
fn lines_that_cannot_be_read_are_refused_by_their_place() {
    for (line, place) in [
        (
            "1,2011-01-02,NaN",
            "column `amount`: amount is no finite number",
        ),
        ("1,2011-01-02,1e999", "column `amount`"),
        ("1,2011-01-02,", "column `amount`"),
        ("1,yesterday,5", "column `time`: time cannot be read"),
        ("1,10000-01-01,5", "column `time`"),
    ] {
        let text = format!("id,time,amount\n1,2011-01-01,5\n\n{line}\n");
        let error = error(read(&text, |options| options.time_format = TimeFormat::Iso));
        assert!(error.starts_with("log0.csv, line 4, column"), "{error}");
        assert!(error.contains(place), "{error}");
    }
    let long = format!("id,time,amount\n{},2011-01-01,5\n", "x".repeat(257));
    assert!(error(read(&long, |_| {})).contains("256 bytes"));
}

#[test]
fn one_currency_is_kept() {
    let text = "id,time,amount,currency\n\
        1,2011-01-01,5,GBP\n1,2011-01-02,6,eur\n1,2011-01-03,7,GBP\n";
    let column = |options: &mut LogOptions| {
        options.columns.currency = Some("currency".to_owned());
    };
    let several = error(read(text, column));
    assert!(
        several.contains("line 3: the currency is EUR, but GBP"),
        "{several}"
    );
    let log = read(text, |options| {
        column(options);
        options.currency = Some("EUR".to_owned());
    });
    let log = log.unwrap();
    assert_eq!(outcome(&log, Rule::OtherCurrency), (2, "dropped"));
    assert_eq!(days(&log), ["1 2011-01-02 6 0 1"]);
}
