//! Why a purchase log cannot be read.

use super::{
    report::{CleaningReport, Rule},
    time_format::TimeFormat,
};
use crate::train::{Place, TableError, report::named};

/// Why a purchase log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A file is none of a log.
    #[error(transparent)]
    Table(#[from] TableError),
    /// No such column.
    #[error(
        "{}: there is no column `{}` (asked for by --{asked_by}); the header has: {header}{hint}", named(.file), named(.column)
    )]
    ColumnNotFound {
        /// The file's name.
        file: String,
        /// The column.
        column: String,
        /// The option that asked for it.
        asked_by: &'static str,
        /// The first column names.
        header: String,
        /// What the header tells, if anything.
        hint: &'static str,
    },
    /// No column at that position.
    #[error(
        "{}: --{asked_by} must be a position from 1 to {columns}, since there is no header; or leave out --no-header", named(.file)
    )]
    NoSuchPosition {
        /// The file's name.
        file: String,
        /// The option.
        asked_by: &'static str,
        /// How many columns the first line has.
        columns: usize,
    },
    /// A line that cannot be read, where these are refused.
    #[error(
        "{}{place}, column `{}`: {rule}; {requirement}, or leave such lines out by --bad-lines drop",
        in_file(.place, .file), named(.column)
    )]
    BadLine {
        /// The file's name.
        file: String,
        /// Where.
        place: Place,
        /// The column.
        column: String,
        /// The rule that it breaks.
        rule: Rule,
        /// What the cell must be.
        requirement: String,
    },
    /// Times that no format explains, or more than one.
    #[error("{}, column `{}`: {}", named(.file), named(.column), formats(.readings))]
    TimeFormatUnclear {
        /// The file's name.
        file: String,
        /// The column.
        column: String,
        /// The formats that read all of the first lines.
        readings: Vec<TimeFormat>,
    },
    /// More than one currency.
    #[error(
        "{}{place}: the currency is {found}, but {first} before; name the one to keep by --currency, which leaves the others out",
        in_file(.place, .file)
    )]
    SeveralCurrencies {
        /// The file's name.
        file: String,
        /// Where.
        place: Place,
        /// The currency of the lines before.
        first: String,
        /// That of this one.
        found: String,
    },
    /// Two files of the same bytes.
    #[error("{} and {} hold the same bytes; their purchases would count double, so name one of them", named(.first), named(.second))]
    SameContent {
        /// The first file.
        first: String,
        /// The second.
        second: String,
    },
    /// Nothing is left.
    #[error("no purchase is left after cleaning\n{0}")]
    NoPurchases(Box<CleaningReport>),
    /// More customers or products than 32 bits can number.
    #[error("{what}: more than 32 bits can number; split the log by customer")]
    TooMany {
        /// Of what.
        what: &'static str,
    },
}

/// The file's name, unless the place has it.
fn in_file(place: &Place, file: &str) -> String {
    match place.file {
        Some(_) => String::new(),
        None => format!("{}, ", named(file)),
    }
}

fn formats(readings: &[TimeFormat]) -> String {
    match readings {
        [] => "the first lines have no time that is ISO 8601 or another common format; state it by --time-format, as in %d.%m.%Y %H:%M".to_owned(),
        several => {
            let several: Vec<String> = several.iter().map(ToString::to_string).collect();
            format!(
                "the times read as {}; state which by --time-format",
                several.join(" and as ")
            )
        }
    }
}
