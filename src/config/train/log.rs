//! Options of the commands that read a purchase log.

use std::{
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::log_choices::{BadLinesFlag, DelimiterFlag, KeepingFlag, OccasionFlag, RefundsFlag};
use crate::{
    customer::{Day, InvalidDay, Occasion, Refunds},
    train::{
        MissingSpellings,
        transactions::{
            BadLines, CleaningRules, DecimalMark, Delimiter, Dialect, HeaderLine,
            InvalidTimeFormat, InvalidTimeZone, Keeping, LogColumns, LogOptions, MoneyColumns,
            NegativePrices, TimeFormat, TimeZone,
        },
    },
};

/// A purchase log, as far as one source describes it. In a file the names are
/// those of the flags with `_` for `-`.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LogFlags {
    /// Purchase log with one line for each thing bought: CSV (UTF-8), CSV within
    /// gzip, or Parquet; or a directory of such files. May be given several times
    #[arg(long, visible_alias = "transactions", value_name = "PATH")]
    pub(super) data: Vec<PathBuf>,

    /// Column that holds the customer's id; with --no-header its position, from 1,
    /// as for all columns
    #[arg(long, value_name = "COLUMN")]
    pub(super) customer: Option<String>,

    /// Column that holds when it was bought
    #[arg(long, value_name = "COLUMN")]
    pub(super) time: Option<String>,

    /// Column that holds what it cost; or give --quantity and --price
    #[arg(long, value_name = "COLUMN")]
    pub(super) amount: Option<String>,

    /// Column that holds how many were bought
    #[arg(long, value_name = "COLUMN")]
    pub(super) quantity: Option<String>,

    /// Column that holds the price of one
    #[arg(long, value_name = "COLUMN")]
    pub(super) price: Option<String>,

    /// Column that holds the number of the invoice or order
    #[arg(long, value_name = "COLUMN")]
    pub(super) invoice: Option<String>,

    /// Column that holds what was bought
    #[arg(long, value_name = "COLUMN")]
    pub(super) product: Option<String>,

    /// Column that holds the currency
    #[arg(long, value_name = "COLUMN")]
    pub(super) currency_column: Option<String>,

    /// Currency of the amounts, such as GBP; with --currency-column the one that
    /// is kept
    #[arg(long, value_name = "CODE")]
    pub(super) currency: Option<String>,

    /// The first line of CSV is a purchase and names no columns
    #[arg(long)]
    pub(super) no_header: bool,

    /// What separates the cells of CSV: comma, semicolon, tab, bar, or space for
    /// runs of white space [default: as the first line tells]
    #[arg(long, value_enum)]
    pub(super) delimiter: Option<DelimiterFlag>,

    /// Numbers have a comma before their decimals
    #[arg(long)]
    pub(super) decimal_comma: bool,

    /// How times are written: iso, unix, unix-ms, or directives such as
    /// "%d/%m/%Y %H:%M" [default: as the first lines tell]
    #[arg(long, value_name = "FORMAT")]
    pub(super) time_format: Option<String>,

    /// Zone that days are counted in: UTC, an offset such as +01:00, or a place
    /// such as Europe/London [default: UTC]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub(super) time_zone: Option<String>,

    /// Zone of times that are written without an offset [default: --time-zone]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub(super) times_in: Option<String>,

    /// How a cell says that its value is missing, instead of NA, N/A, NaN, null
    /// and NULL; a blank cell always does. May be given several times
    #[arg(long, value_name = "TEXT")]
    pub(super) missing: Vec<String>,

    /// Lines whose time, amount or currency cannot be read, or whose day has not come
    /// yet [default: refuse]
    #[arg(long, value_enum)]
    pub(super) bad_lines: Option<BadLinesFlag>,

    /// Lines that equal another of the same invoice (without invoices: of the same
    /// customer and time) in every cell [default: keep]
    #[arg(long, value_enum)]
    pub(super) duplicates: Option<KeepingFlag>,

    /// Negative amounts and cancelled invoices [default: net]
    #[arg(long, value_enum)]
    pub(super) refunds: Option<RefundsFlag>,

    /// What the number of a cancelled invoice begins with, such as C
    #[arg(long, value_name = "TEXT")]
    pub(super) cancelled_prefix: Option<String>,

    /// Lines with an amount of zero [default: keep]
    #[arg(long, value_enum)]
    pub(super) zero_amounts: Option<KeepingFlag>,

    /// Lines with a negative price, which mostly adjust the books [default: drop]
    #[arg(long, value_enum)]
    pub(super) negative_prices: Option<KeepingFlag>,

    /// First day to keep, as 2010-12-01
    #[arg(long, value_name = "DAY")]
    pub(super) from: Option<String>,

    /// Last day to keep; it may lie ahead of today
    #[arg(long, value_name = "DAY")]
    pub(super) until: Option<String>,

    /// What counts as one purchase [default: day]
    #[arg(long, value_enum)]
    pub(super) occasion: Option<OccasionFlag>,
}

/// A log that cannot be described like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LogFlagsError {
    /// Neither a flag nor the file says what is needed.
    #[error("needed, as flags or in the --config file: {}", .0.join(", "))]
    Needed(Vec<&'static str>),
    /// Two ways to tell the amount.
    #[error("give --amount, or --quantity and --price, but not both")]
    TwoAmounts,
    /// A format of times.
    #[error("--time-format {0}")]
    TimeFormat(#[from] InvalidTimeFormat),
    /// A time zone.
    #[error("--{0} {1}")]
    TimeZone(&'static str, InvalidTimeZone),
    /// A day.
    #[error("--{0} {1}")]
    Day(&'static str, InvalidDay),
    /// A range without a day in it.
    #[error("--until must not be before --from")]
    NoRange,
    /// A currency.
    #[error("--currency must be three capital letters, as in EUR")]
    Currency,
    /// An option that needs another.
    #[error("{0} needs --invoice")]
    NeedsInvoice(&'static str),
}

impl LogFlags {
    /// These options, and where they say nothing, the other's.
    pub(super) fn or(self, other: Self) -> Self {
        macro_rules! first {
            ($($option:ident),*; $($list:ident),*; $($switch:ident),*) => {
                Self {
                    $($option: self.$option.or(other.$option),)*
                    $($list: if self.$list.is_empty() { other.$list } else { self.$list },)*
                    $($switch: self.$switch || other.$switch,)*
                }
            };
        }
        first!(
            customer, time, amount, quantity, price, invoice, product, currency_column, currency,
            delimiter, time_format, time_zone, times_in, bad_lines, duplicates, refunds,
            cancelled_prefix, zero_amounts, negative_prices, from, until, occasion;
            data, missing;
            no_header, decimal_comma
        )
    }

    /// What the run was told in the end, with every default filled in: what is
    /// stored with a model. Directories are left out, so that the same run
    /// elsewhere leaves the same bytes.
    pub(super) fn resolved(self) -> Self {
        let names = self.data.iter().filter_map(|path| path.file_name());
        Self {
            data: names.map(PathBuf::from).collect(),
            bad_lines: self.bad_lines.or(Some(BadLinesFlag::Refuse)),
            duplicates: self.duplicates.or(Some(KeepingFlag::Keep)),
            refunds: self.refunds.or(Some(RefundsFlag::Net)),
            zero_amounts: self.zero_amounts.or(Some(KeepingFlag::Keep)),
            negative_prices: self.negative_prices.or(Some(KeepingFlag::Drop)),
            occasion: self.occasion.or(Some(OccasionFlag::Day)),
            ..self
        }
    }

    /// The log that they describe.
    pub(super) fn into_options(self) -> Result<LogOptions, LogFlagsError> {
        let columns = self.columns()?;
        let cleaning = self.cleaning()?;
        let zone = |flag, text: Option<&str>| {
            let parse = |text: &str| text.parse().map_err(|e| LogFlagsError::TimeZone(flag, e));
            text.map(parse).transpose()
        };
        if let Some(code) = &self.currency
            && !(code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            return Err(LogFlagsError::Currency);
        }
        let occasion = self.occasion.map_or(Occasion::Day, Occasion::from);
        for (asked, option) in [
            (occasion == Occasion::Invoice, "--occasion invoice"),
            (self.cancelled_prefix.is_some(), "--cancelled-prefix"),
        ] {
            if asked && columns.invoice.is_none() {
                return Err(LogFlagsError::NeedsInvoice(option));
            }
        }
        Ok(LogOptions {
            columns,
            cleaning,
            occasion,
            dialect: Dialect {
                delimiter: self.delimiter.map_or(Delimiter::Auto, Delimiter::from),
                header: if self.no_header {
                    HeaderLine::Absent
                } else {
                    HeaderLine::Present
                },
                decimal_mark: if self.decimal_comma {
                    DecimalMark::Comma
                } else {
                    DecimalMark::Point
                },
            },
            time_format: match self.time_format.as_deref() {
                Some(text) => text.parse()?,
                None => TimeFormat::Auto,
            },
            time_zone: zone("time-zone", self.time_zone.as_deref())?.unwrap_or_else(TimeZone::utc),
            times_in: zone("times-in", self.times_in.as_deref())?,
            missing: if self.missing.is_empty() {
                MissingSpellings::default()
            } else {
                MissingSpellings::new(&self.missing)
            },
            currency: self.currency,
            paths: self.data,
        })
    }

    fn columns(&self) -> Result<LogColumns, LogFlagsError> {
        let (amount, quantity, price) = (&self.amount, &self.quantity, &self.price);
        let money = match (amount.clone(), quantity.clone(), price.clone()) {
            (Some(amount), None, None) => Some(MoneyColumns::Amount(amount)),
            (Some(_), ..) => return Err(LogFlagsError::TwoAmounts),
            (None, Some(quantity), Some(price)) => {
                Some(MoneyColumns::QuantityPrice { quantity, price })
            }
            (None, ..) => None,
        };
        let (Some(customer), Some(time), Some(money), false) = (
            self.customer.clone(),
            self.time.clone(),
            money.clone(),
            self.data.is_empty(),
        ) else {
            let needed = [
                ("--data", self.data.is_empty()),
                ("--customer", self.customer.is_none()),
                ("--time", self.time.is_none()),
                ("--amount (or --quantity and --price)", money.is_none()),
            ];
            let needed = needed.into_iter().filter(|(_, lacking)| *lacking);
            return Err(LogFlagsError::Needed(
                needed.map(|(flag, _)| flag).collect(),
            ));
        };
        Ok(LogColumns {
            customer,
            time,
            money,
            invoice: self.invoice.clone(),
            product: self.product.clone(),
            currency: self.currency_column.clone(),
        })
    }

    fn cleaning(&self) -> Result<CleaningRules, LogFlagsError> {
        let day = |flag, text: Option<&str>| -> Result<Option<Day>, LogFlagsError> {
            let parse = |text: &str| text.parse().map_err(|e| LogFlagsError::Day(flag, e));
            text.map(parse).transpose()
        };
        let from = day("from", self.from.as_deref())?;
        let until = day("until", self.until.as_deref())?;
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            return Err(LogFlagsError::NoRange);
        }
        let default = CleaningRules::default();
        Ok(CleaningRules {
            bad_lines: self.bad_lines.map_or(default.bad_lines, BadLines::from),
            duplicates: self.duplicates.map_or(default.duplicates, Keeping::from),
            refunds: self.refunds.map_or(default.refunds, Refunds::from),
            cancelled_prefix: self.cancelled_prefix.clone(),
            zero_amounts: self
                .zero_amounts
                .map_or(default.zero_amounts, Keeping::from),
            negative_prices: match self.negative_prices {
                None | Some(KeepingFlag::Drop) => NegativePrices::Drop,
                Some(KeepingFlag::Keep) => NegativePrices::Keep,
            },
            from,
            until,
            today: today_anywhere(),
        })
    }
}

/// The last day that it is today somewhere on earth, by the system's clock.
fn today_anywhere() -> Option<Day> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let ahead = Duration::from_secs(14 * 3600);
    let days = (since_1970 + ahead).as_secs() / 86_400;
    Day::from_days_since_1970(i64::try_from(days).ok()?)
}
