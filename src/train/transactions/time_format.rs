//! How times are written in a log, and which day they mean.
//!
//! The directives are those of POSIX `strftime` and `strptime`.

use std::{fmt, str::FromStr};

use super::zone;
use crate::customer::Day;

/// How times are written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TimeFormat {
    /// As the first lines tell, when they tell it without doubt.
    #[default]
    Auto,
    /// ISO 8601: `2011-12-09`, `2011-12-09 08:26`, `2011-12-09T08:26:00.5+01:00`;
    /// slashes may stand for the hyphens.
    Iso,
    /// Seconds since 1970-01-01 in UTC.
    UnixSeconds,
    /// Milliseconds since 1970-01-01 in UTC.
    UnixMilliseconds,
    /// By directives, such as `%d/%m/%Y %H:%M`.
    Pattern(Pattern),
}

/// A format of directives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    spelled: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Field(Field),
    /// White space, or none.
    Space,
    Byte(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Hour,
    TwelveHour,
    HalfOfDay,
    Minute,
    Second,
    Fraction,
    Offset,
}

/// No format of times.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be auto, iso, unix, unix-ms, or directives with a year, a month and a day such as %d/%m/%Y %H:%M ({0})"
)]
pub struct InvalidTimeFormat(String);

/// What a cell tells of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// What a clock showed: the day, and seconds of it.
    Clock(Day, i64),
    /// Seconds since 1970 in UTC.
    Instant(i64),
}

const MONTHS: [&[u8; 3]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

impl FromStr for TimeFormat {
    type Err = InvalidTimeFormat;

    fn from_str(text: &str) -> Result<Self, InvalidTimeFormat> {
        Ok(match text {
            "auto" => Self::Auto,
            "iso" => Self::Iso,
            "unix" => Self::UnixSeconds,
            "unix-ms" => Self::UnixMilliseconds,
            directives => Self::Pattern(directives.parse()?),
        })
    }
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Iso => "iso",
            Self::UnixSeconds => "unix",
            Self::UnixMilliseconds => "unix-ms",
            Self::Pattern(pattern) => &pattern.spelled,
        })
    }
}

impl FromStr for Pattern {
    type Err = InvalidTimeFormat;

    fn from_str(spelled: &str) -> Result<Self, InvalidTimeFormat> {
        let expanded = spelled
            .replace("%F", "%Y-%m-%d")
            .replace("%D", "%m/%d/%y")
            .replace("%T", "%H:%M:%S")
            .replace("%R", "%H:%M");
        let mut parts = Vec::new();
        let mut bytes = expanded.bytes();
        while let Some(byte) = bytes.next() {
            parts.push(match byte {
                b'%' => directive(bytes.next())?,
                b' ' | b'\t' => Part::Space,
                byte => Part::Byte(byte),
            });
        }
        let times = |fields: &[Field]| {
            let counted = parts.iter().filter(|part| match part {
                Part::Field(field) => fields.contains(field),
                Part::Space | Part::Byte(_) => false,
            });
            counted.count()
        };
        for (fields, name) in [
            (&[Field::Year, Field::ShortYear][..], "year"),
            (&[Field::Month, Field::MonthName], "month"),
            (&[Field::Day], "day"),
        ] {
            if times(fields) != 1 {
                return Err(InvalidTimeFormat(format!("needs exactly one {name}")));
            }
        }
        if times(&[Field::TwelveHour]) != times(&[Field::HalfOfDay]) {
            return Err(InvalidTimeFormat("%I and %p need each other".to_owned()));
        }
        Ok(Self {
            spelled: spelled.to_owned(),
            parts,
        })
    }
}

fn directive(letter: Option<u8>) -> Result<Part, InvalidTimeFormat> {
    Ok(Part::Field(match letter {
        Some(b'Y') => Field::Year,
        Some(b'y') => Field::ShortYear,
        Some(b'm') => Field::Month,
        Some(b'b' | b'B' | b'h') => Field::MonthName,
        Some(b'd' | b'e') => Field::Day,
        Some(b'H' | b'k') => Field::Hour,
        Some(b'I' | b'l') => Field::TwelveHour,
        Some(b'p' | b'P') => Field::HalfOfDay,
        Some(b'M') => Field::Minute,
        Some(b'S') => Field::Second,
        Some(b'f') => Field::Fraction,
        Some(b'z') => Field::Offset,
        Some(b'%') => return Ok(Part::Byte(b'%')),
        Some(_) | None => {
            let known = "known are %Y %y %m %b %d %H %I %p %M %S %f %z %F %T %R %D %%";
            return Err(InvalidTimeFormat(known.to_owned()));
        }
    }))
}
