//! What a purchase log is said to be, and what becomes of its odd lines.

use std::path::PathBuf;

use super::{Dialect, Rule, TimeFormat, TimeZone};
use crate::{
    customer::{Day, Occasion, Refunds},
    train::MissingSpellings,
};

/// Where a log is, how it reads, and how it is cleaned.
#[derive(Debug, Clone, PartialEq)]
pub struct LogOptions {
    /// Files, and directories of files.
    pub paths: Vec<PathBuf>,
    /// What stands where.
    pub columns: LogColumns,
    /// How CSV is written.
    pub dialect: Dialect,
    /// How times are written.
    pub time_format: TimeFormat,
    /// The zone that days are counted in; UTC where none is stated and a time
    /// has an offset of its own.
    pub time_zone: TimeZone,
    /// The zone of times that are written without an offset; that of the days
    /// where none is stated.
    pub times_in: Option<TimeZone>,
    /// How a cell says that its value is missing, beside being blank.
    pub missing: MissingSpellings,
    /// The currency that is kept, or that all amounts are in; three capital
    /// letters.
    pub currency: Option<String>,
    /// What becomes of odd lines.
    pub cleaning: CleaningRules,
    /// What counts as one purchase.
    pub occasion: Occasion,
}

impl LogOptions {
    /// A log of these columns, every default otherwise: as its first lines
    /// tell, days in UTC, a purchase a day, refunds netted.
    #[must_use]
    pub fn new(paths: Vec<PathBuf>, columns: LogColumns) -> Self {
        Self {
            paths,
            columns,
            dialect: Dialect::default(),
            time_format: TimeFormat::Auto,
            time_zone: TimeZone::utc(),
            times_in: None,
            missing: MissingSpellings::default(),
            currency: None,
            cleaning: CleaningRules::default(),
            occasion: Occasion::default(),
        }
    }
}

/// The columns of a log: by name, or by position from 1 where there is no
/// header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogColumns {
    /// The customer's id.
    pub customer: String,
    /// When it was bought.
    pub time: String,
    /// What it cost.
    pub money: MoneyColumns,
    /// The number of the invoice or order.
    pub invoice: Option<String>,
    /// What was bought.
    pub product: Option<String>,
    /// The currency of the amount.
    pub currency: Option<String>,
}

/// How a line tells its amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyColumns {
    /// In one column.
    Amount(String),
    /// As quantity × price of one.
    QuantityPrice {
        /// How many.
        quantity: String,
        /// The price of one.
        price: String,
    },
}

/// What becomes of odd lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CleaningRules {
    /// Lines whose time, amount or currency cannot be read, or lies in the future.
    pub bad_lines: BadLines,
    /// Lines that repeat another of the same invoice (or customer and time) in
    /// every cell.
    pub duplicates: Keeping,
    /// Negative amounts and cancelled invoices.
    pub refunds: Refunds,
    /// What the number of a cancelled invoice begins with.
    pub cancelled_prefix: Option<String>,
    /// Lines with an amount of zero.
    pub zero_amounts: Keeping,
    /// Lines with a negative price: most are adjustments of the books.
    pub negative_prices: NegativePrices,
    /// The first day that is kept.
    pub from: Option<Day>,
    /// The last day that is kept.
    pub until: Option<Day>,
    /// The last day that it is today anywhere. Without `until`, a line of a later
    /// day is one that cannot be read; `None` lets every day pass.
    pub today: Option<Day>,
}

impl CleaningRules {
    /// Whether a day has not come yet, and nobody said that the log goes so far.
    pub(super) fn is_future(&self, day: Day) -> bool {
        let today = self.today.filter(|_| self.until.is_none());
        today.is_some_and(|today| day > today)
    }

    /// Whether a line of a rule that is met while its cells can be read ends
    /// there.
    pub(super) fn drops(&self, rule: Rule) -> bool {
        match rule {
            Rule::Duplicate => self.duplicates == Keeping::Drop,
            Rule::NegativePrice => self.negative_prices == NegativePrices::Drop,
            Rule::ZeroAmount => self.zero_amounts == Keeping::Drop,
            Rule::Refund => self.refunds == Refunds::Drop,
            Rule::UnreadableAmount
            | Rule::UnreadableTime
            | Rule::UnusableCustomer
            | Rule::NoCurrency
            | Rule::OtherCurrency
            | Rule::NoCustomer
            | Rule::BeforeRange
            | Rule::AfterRange
            | Rule::Future => true,
        }
    }
}

/// Lines that cannot be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BadLines {
    /// The first one ends the reading.
    #[default]
    Refuse,
    /// They are left out, and counted.
    Drop,
}

/// Lines that are odd, yet can be meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keeping {
    /// They count, and are told of.
    #[default]
    Keep,
    /// They are left out, and counted.
    Drop,
}

/// Lines with a negative price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NegativePrices {
    /// They are left out, and counted.
    #[default]
    Drop,
    /// They count as any amount of their sign.
    Keep,
}
