//! Purchase logs in their dialects: how they are written by the first two bytes and by
//! the first line, which is the format of times; then the text. Refused with a place, or customers whose purchases add up.

#![no_main]

use std::sync::LazyLock;

use holdfast::{
    customer::{Occasion, Refunds},
    train::{
        Silent,
        transactions::{
            BadLines, DecimalMark, Delimiter, HeaderLine, Keeping, LogColumns, LogOptions,
            MoneyColumns, NegativePrices, TimeFormat, read_log,
        },
    },
};
use holdfast_fuzz::Scratch;
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);

const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/St_Johns", "+05:45"];

fuzz_target!(|input: &[u8]| {
    let Some(([how, zone], text)) = input.split_first_chunk::<2>() else {
        return;
    };
    let line = text
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or_default();
    let (format, text) = text.split_at(line);
    let format = str::from_utf8(format)
        .ok()
        .and_then(|format| format.parse().ok());
    let path = SCRATCH.file("log.csv", text.get(1..).unwrap_or_default());
    let mut options = options(path, Bits(*how));
    options.time_format = format.unwrap_or(TimeFormat::Auto);
    options.time_zone = ZONES[usize::from(*zone) % ZONES.len()]
        .parse()
        .expect("a zone");
    let Ok(log) = read_log(&options, &Silent) else {
        return;
    };
    assert!(log.customers() > 0 && log.first_day() <= log.last_day());
    for (customer, purchases) in log.iter() {
        assert!(!customer.is_empty());
        let days = purchases.days();
        assert!(days.windows(2).all(|pair| pair[0].day < pair[1].day));
    }
    let _ = format!("{:?}", log.cleaning());
});

/// One choice a bit.
struct Bits(u8);

impl Bits {
    fn choose<T>(&self, bit: u8, no: T, yes: T) -> T {
        if self.0 >> bit & 1 == 0 { no } else { yes }
    }
}

fn options(path: std::path::PathBuf, how: Bits) -> LogOptions {
    let named = how.choose(0, true, false);
    let name = |name: &str, position: &str| (if named { name } else { position }).to_owned();
    let columns = LogColumns {
        customer: name("id", "1"),
        time: name("time", "2"),
        money: how.choose(
            1,
            MoneyColumns::Amount(name("amount", "3")),
            MoneyColumns::QuantityPrice {
                quantity: name("quantity", "3"),
                price: name("price", "4"),
            },
        ),
        invoice: how.choose(2, None, Some(name("invoice", "5"))),
        product: how.choose(2, None, Some(name("product", "6"))),
        currency: None,
    };
    let mut options = LogOptions::new(vec![path], columns);
    options.dialect.header = how.choose(0, HeaderLine::Present, HeaderLine::Absent);
    options.dialect.delimiter = how.choose(3, Delimiter::Auto, Delimiter::WhiteSpace);
    options.dialect.decimal_mark = how.choose(4, DecimalMark::Point, DecimalMark::Comma);
    options.cleaning.bad_lines = how.choose(5, BadLines::Refuse, BadLines::Drop);
    options.cleaning.refunds = how.choose(6, Refunds::Net, Refunds::Drop);
    options.cleaning.duplicates = how.choose(7, Keeping::Keep, Keeping::Drop);
    options.cleaning.negative_prices = how.choose(7, NegativePrices::Drop, NegativePrices::Keep);
    options.occasion = how.choose(2, Occasion::Day, Occasion::Invoice);
    options
}
