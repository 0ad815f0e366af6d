//! Each rule on a small log of its own, and logs as they are met.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use parquet::{
    data_type::{DoubleType, Int32Type},
    file::writer::SerializedFileWriter,
    schema::parser::parse_message_type,
};
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
fn times_that_read_in_two_ways_are_asked_about() {
    let text = "id;time;amount\n1;1/12/2010 8:26;5,50\n";
    let comma = |options: &mut LogOptions| options.dialect.decimal_mark = DecimalMark::Comma;
    let unclear = error(read(text, comma));
    assert!(
        unclear.contains("read as %d/%m/%Y %H:%M and as %m/%d/%Y %H:%M"),
        "{unclear}"
    );
    let log = read(text, |options| {
        comma(options);
        options.time_format = "%d/%m/%Y %H:%M".parse().unwrap();
    });
    assert_eq!(days(&log.unwrap()), ["1 2010-12-01 5.5 0 1"]);
    let clear = "id\ttime\tamount\n1\t13.12.2010\t5\n1\t01.02.2011\t5\n";
    assert_eq!(
        read(clear, |_| {}).unwrap().last_day().to_string(),
        "2011-02-01"
    );
}

#[test]
fn days_are_those_of_the_stated_zone() {
    let text = "id,time,amount\n1,2011-07-01T23:30:00Z,5\n";
    let log = read(text, |options| {
        options.time_zone = "Europe/London".parse().unwrap();
    });
    assert_eq!(log.unwrap().first_day().to_string(), "2011-07-02");
    let log = read("id,time,amount\n1,1309563000,5\n", |options| {
        options.time_format = TimeFormat::UnixSeconds;
    });
    assert_eq!(log.unwrap().first_day().to_string(), "2011-07-01");
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

#[test]
fn several_files_make_one_log() {
    let one: &[u8] = b"id,time,amount\n1,2011-01-01,5\n";
    let two: &[u8] = b"amount,id,time\n7,1,2011-01-02\n,1,2011-01-02\n";
    let log = read_files(&[one, two], |options| {
        options.cleaning.bad_lines = BadLines::Drop;
    });
    let log = log.unwrap();
    assert_eq!(days(&log), ["1 2011-01-01 5 0 1", "1 2011-01-02 7 0 1"]);
    assert!(log.cleaning().to_string().contains("log1.csv, line 3"));
    assert_eq!(log.name(), "log0.csv and 1 more");
    let same = error(read_files(&[one, one], |_| {}));
    assert!(
        same.contains("log0.csv and log1.csv hold the same bytes"),
        "{same}"
    );
}

#[test]
fn logs_within_gzip_read_alike() {
    let text = b"id,time,amount\n1,2011-01-01,5\n1,2011-01-02,6\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    let packed = packed.finish().unwrap();
    let log = read_files(&[&packed], |_| {}).unwrap();
    assert_eq!(days(&log), days(&read_files(&[text], |_| {}).unwrap()));
    let cut = read_files(&[&packed[..packed.len() - 9]], |_| {});
    assert!(matches!(
        cut,
        Err(LogError::Table(error)) if matches!(error.fault, TableFault::Gzip { .. })
    ));
}

#[test]
fn what_is_not_there_is_named() {
    let no_column = error(read("id,when,amount\n1,2011-01-01,5\n", |_| {}));
    assert!(
        no_column.contains("no column `time` (asked for by --time); the header has: id, when"),
        "{no_column}"
    );
    let position = error(read("1 20110101 5\n", |options| {
        options.dialect.header = HeaderLine::Absent;
    }));
    assert!(
        position.contains("--customer must be a position from 1 to 3"),
        "{position}"
    );
    for (text, reason) in [
        ("", "is empty"),
        ("id,time,amount\n", "no rows"),
        ("id,time,amount\n1,2011-01-01\n", "line 2: 2 cells"),
        ("id,time,amount\n1,2011-01-01,-5\n", "no purchase is left"),
        ("id,time,amount\n,2011-01-01,5\n", "no purchase is left"),
    ] {
        let error = error(read(text, |_| {}));
        assert!(error.contains(reason), "{error}");
    }
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

/// Ids as floats, days, and amounts of which one is missing, in two row groups.
fn parquet(path: &Path) {
    const SCHEMA: &str = "message log {
        required double id; required int32 time (DATE); optional double amount; }";
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let file = fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    for (ids, days, amounts, present) in [
        (vec![17850.0, 9.0], vec![14_944, 14_945], vec![5.5], [1, 0]),
        (
            vec![9.0, 9.0],
            vec![14_946, 14_946],
            vec![1.25, -1.0],
            [1, 1],
        ),
    ] {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<DoubleType>();
        typed.write_batch(&ids, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<Int32Type>();
        typed.write_batch(&days, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<DoubleType>();
        typed.write_batch(&amounts, Some(&present), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn parquet_reads_by_its_types() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.parquet");
    parquet(&path);
    let mut options = options(vec![path]);
    // Days are dates by their type, whatever the format of texts.
    options.time_format = "%d/%m/%Y".parse().unwrap();
    let refused = error(read_log(&options, &Silent));
    assert!(
        refused.contains("log.parquet, row 2, column `amount`"),
        "{refused}"
    );
    options.cleaning.bad_lines = BadLines::Drop;
    let log = read_log(&options, &Silent).unwrap();
    assert_eq!(
        days(&log),
        ["9 2010-12-03 1.25 1 1", "17850 2010-12-01 5.5 0 1"]
    );
    assert_eq!(log.sources()[0].rows, 4);
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
