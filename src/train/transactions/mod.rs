//! Purchase logs: one line for each thing bought, from files to purchase
//! histories.
//!
//! Files are read line by line and never held: memory grows with customers,
//! their days of purchase and the products they bought, not with lines. Lines
//! are cleaned by stated rules, each of which tells what it did
//! ([`CleaningReport`]), and collapse to purchases in
//! [`Purchases`](crate::customer::Purchases).

mod cells;
mod collapse;
mod columns;
mod error;
mod lines;
mod log;
mod names;
mod options;
mod read;
mod repeats;
mod report;
mod stop;
mod tally;
mod time_format;
mod time_pattern;
mod zone;

pub use error::LogError;
pub use log::PurchaseLog;
pub use options::{
    BadLines, CleaningRules, Keeping, LogColumns, LogOptions, MoneyColumns, NegativePrices,
};
pub use read::read_log;
pub use report::{CleaningReport, KeptTotals, LogTotals, Rule, RuleOutcome, Treatment};
pub use time_format::{InvalidTimeFormat, TimeFormat};
pub use time_pattern::Pattern;
pub use zone::{InvalidTimeZone, TimeZone};

pub use crate::train::table::{DecimalMark, Delimiter, Dialect, HeaderLine};

#[cfg(test)]
mod tests;
