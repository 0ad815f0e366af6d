//! Each rule on a small log of its own, and logs as they are met.

mod cleaning;
mod files;

use std::{fmt::Write as _, fs, path::PathBuf};

use proptest::prelude::*;

use super::*;
use crate::{
    customer::{Day, Occasion, PurchaseDay, Refunds, TimeUnit},
    train::{MissingSpellings, Silent, TableFault},
};

/// A log in columns `id,time,amount`, and what it is said to be.
fn options(paths: Vec<PathBuf>) -> LogOptions {
    LogOptions {
        paths,
        columns: LogColumns {
            customer: "id".to_owned(),
            time: "time".to_owned(),
            money: MoneyColumns::Amount("amount".to_owned()),
            invoice: None,
            product: None,
            currency: None,
        },
        dialect: Dialect::default(),
        time_format: TimeFormat::Auto,
        time_zone: TimeZone::utc(),
        times_in: None,
        missing: MissingSpellings::default(),
        currency: None,
        cleaning: CleaningRules::default(),
        occasion: Occasion::Day,
    }
}

fn read_files(
    texts: &[&[u8]],
    change: impl FnOnce(&mut LogOptions),
) -> Result<PurchaseLog, LogError> {
    let directory = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let path = directory.path().join(format!("log{index}.csv"));
        fs::write(&path, text).unwrap();
        paths.push(path);
    }
    let mut options = options(paths);
    change(&mut options);
    read_log(&options, &Silent)
}

fn read(text: &str, change: impl FnOnce(&mut LogOptions)) -> Result<PurchaseLog, LogError> {
    read_files(&[text.as_bytes()], change)
}

/// Invoice lines: quantity × price, invoice and product.
fn by_invoice(options: &mut LogOptions) {
    options.columns.money = MoneyColumns::QuantityPrice {
        quantity: "quantity".to_owned(),
        price: "price".to_owned(),
    };
    options.columns.invoice = Some("invoice".to_owned());
    options.columns.product = Some("product".to_owned());
}

/// All days: `id day spend returned purchases`.
fn days(log: &PurchaseLog) -> Vec<String> {
    let days = log.iter().flat_map(|(id, history)| {
        let days = history.days().iter().map(move |day| {
            let &PurchaseDay {
                day,
                spend,
                returned,
                purchases,
            } = day;
            format!("{id} {day} {spend} {returned} {purchases}")
        });
        days.collect::<Vec<_>>()
    });
    days.collect()
}

/// Lines of a rule, and what became of them.
fn outcome(log: &PurchaseLog, rule: Rule) -> (u64, &'static str) {
    let mut outcomes = log.cleaning().rules.iter();
    let found = outcomes.find(|outcome| outcome.rule == rule);
    found.map_or((0, "not asked for"), |outcome| {
        (outcome.lines, outcome.treatment.as_str())
    })
}

fn error(read: Result<PurchaseLog, LogError>) -> String {
    read.err().unwrap().to_string()
}

#[test]
fn the_cdnow_sample_reads_as_it_is() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/cdnow/CDNOW_sample.txt");
    let mut options = options(vec![path]);
    options.dialect.header = HeaderLine::Absent;
    options.columns.customer = "2".to_owned();
    options.columns.time = "3".to_owned();
    options.columns.money = MoneyColumns::Amount("5".to_owned());
    options.currency = Some("USD".to_owned());
    let log = read_log(&options, &Silent).unwrap();
    assert_eq!(log.customers(), 2357);
    assert_eq!(log.cleaning().read.lines, 6919);
    assert_eq!(format!("{:.2}", log.cleaning().read.amount), "244091.94");
    assert_eq!(log.first_day().to_string(), "1997-01-01");
    assert_eq!(log.last_day().to_string(), "1998-06-30");
    assert_eq!(log.currency(), Some("USD"));
    let (id, history) = log.iter().next().unwrap();
    let as_of: Day = "1997-09-30".parse().unwrap();
    let summary = history
        .summary(as_of, TimeUnit::Week, Refunds::Net)
        .unwrap();
    assert_eq!((id, summary.frequency()), ("0001", 2));
    assert_eq!(log.sources()[0].rows, 6919);
}

#[test]
fn lines_collapse_to_days_or_invoices() {
    let text = "id,time,quantity,price,invoice,product\n\
        17850.0,2010-12-01 08:26:00,6,2.5,536365,A\n\
        17850.0,2010-12-01 08:26:00,2,2.5,536365,B\n\
        17850.0,2010-12-01 09:00:00,1,4,536366,A\n\
        9,2010-12-02 09:00:00,1,4,536367,\n\
        17850.0,2010-12-01 08:27:00,1,1,536365,C\n";
    let log = read(text, by_invoice).unwrap();
    assert_eq!(
        days(&log),
        ["9 2010-12-02 4 0 1", "17850 2010-12-01 25 0 1"]
    );
    let products: Vec<usize> = log.iter().map(|(_, h)| h.distinct_products()).collect();
    assert_eq!(products, [0, 3]);
    assert_eq!(log.cleaning().read.invoices, Some(3));
    let log = read(text, |options| {
        by_invoice(options);
        options.occasion = Occasion::Invoice;
    });
    let log = log.unwrap();
    assert_eq!(
        days(&log),
        ["9 2010-12-02 4 0 1", "17850 2010-12-01 25 0 2"]
    );
    assert_eq!(log.cleaning().kept.purchases, 3);
}

#[test]
fn one_customer_may_have_a_long_history_in_any_order() {
    let last: Day = "2500-01-01".parse().unwrap();
    let mut text = "id,time,amount,product\n".to_owned();
    for day in 0..100_000 {
        let on = last.plus_days(-day).unwrap();
        writeln!(text, "1,{on},1,p{day}").unwrap();
    }
    let log = read(&text, |options| {
        options.columns.product = Some("product".to_owned());
    });
    let log = log.unwrap();
    let (_, history) = log.iter().next().unwrap();
    assert_eq!(history.days().len(), 100_000);
    assert_eq!(history.distinct_products(), 100_000);
    assert!(history.days().is_sorted_by_key(|day| day.day));
    assert_eq!(log.last_day(), last);
}

proptest! {
    /// Amounts are such that sums of them are exact.
    #[test]
    fn the_order_of_lines_does_not_matter(
        lines in prop::collection::vec((0..4_u8, 1..28_u8, -8..40_i32, 0..6_u8, 0..3_u8), 1..60),
        turned in 0..60_usize,
        by_invoices in any::<bool>(),
    ) {
        let text = |lines: &[(u8, u8, i32, u8, u8)]| {
            let mut text = "id,time,quantity,price,invoice,product\n9,2011-02-01,1,1,x,y\n".to_owned();
            for (id, day, money, invoice, product) in lines {
                writeln!(text, "{id},2011-01-{day:02},{money},0.25,{invoice},{product}").unwrap();
            }
            text
        };
        let read = |lines: &[(u8, u8, i32, u8, u8)]| {
            let log = read(&text(lines), |options| {
                by_invoice(options);
                if by_invoices {
                    options.occasion = Occasion::Invoice;
                }
            });
            let log = log.unwrap();
            let products: Vec<usize> = log.iter().map(|(_, h)| h.distinct_products()).collect();
            (days(&log), products)
        };
        let mut other = lines.clone();
        other.rotate_left(turned % lines.len());
        other.reverse();
        prop_assert_eq!(read(&lines), read(&other));
    }
}
