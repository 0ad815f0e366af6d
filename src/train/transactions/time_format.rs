//! How times are written in a log, and which day they mean.

use std::{fmt, str::FromStr};

use super::{
    time_pattern::{self, Pattern},
    zone::TimeZone,
};
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

/// No format of times.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be auto, iso, unix, unix-ms, or directives with a year, a month and a day such as %d/%m/%Y %H:%M ({0})"
)]
pub struct InvalidTimeFormat(String);

impl InvalidTimeFormat {
    pub(super) fn new(why: &str) -> Self {
        Self(why.to_owned())
    }
}

/// What a cell tells of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// What a clock showed: the day, and seconds of it.
    Clock(Day, i64),
    /// Seconds since 1970 in UTC.
    Instant(i64),
}

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
            Self::Pattern(pattern) => return pattern.fmt(f),
        })
    }
}

const SECONDS_PER_DAY: i64 = 86_400;

impl Moment {
    /// A day and the seconds of it, at an offset from UTC when one is told.
    pub(super) fn new(day: Day, second: i64, offset: Option<i64>) -> Self {
        match offset {
            None => Self::Clock(day, second),
            Some(offset) => {
                let midnight = i64::from(day.days_since_1970()) * SECONDS_PER_DAY;
                Self::Instant(midnight + second - offset)
            }
        }
    }

    /// The calendar day in the zone `days_in`; clocks are those of `clocks_in`,
    /// which is the same unless it is stated.
    pub(super) fn day(self, days_in: &TimeZone, clocks_in: Option<&TimeZone>) -> Option<Day> {
        let instant = match (self, clocks_in) {
            (Self::Clock(day, _), None) => return Some(day),
            (Self::Clock(day, second), Some(clocks_in)) => {
                let midnight = i64::from(day.days_since_1970()) * SECONDS_PER_DAY;
                clocks_in.instant(midnight + second)?
            }
            (Self::Instant(instant), _) => instant,
        };
        let local = days_in.local(instant)?;
        Day::from_days_since_1970(local.div_euclid(SECONDS_PER_DAY))
    }
}

impl TimeFormat {
    /// The time that a trimmed cell spells; `None` when it spells none in this
    /// format, and always for [`TimeFormat::Auto`].
    pub(super) fn read(&self, cell: &[u8]) -> Option<Moment> {
        match self {
            Self::Auto => None,
            Self::Iso => iso(cell),
            Self::UnixSeconds => unix(cell).map(|time| Moment::Instant(seconds(time))),
            Self::UnixMilliseconds => {
                unix(cell).map(|time| Moment::Instant(seconds(time / 1000.0)))
            }
            Self::Pattern(pattern) => pattern.read(cell),
        }
    }

    /// The common formats that read all of these cells. Dates that begin with the
    /// day or the month are told apart by a number above 12, if there is one.
    pub(super) fn readings<'c>(cells: &(impl Iterator<Item = &'c [u8]> + Clone)) -> Vec<Self> {
        let common = COMMON.iter().filter_map(|spelled| spelled.parse().ok());
        common
            .filter(|format: &Self| {
                let mut cells = cells.clone().peekable();
                cells.peek().is_some() && cells.all(|cell| format.read(cell).is_some())
            })
            .collect()
    }
}

/// What is tried where no format is stated. Bare numbers are not among them,
/// except days of eight digits: they could count anything.
const COMMON: [&str; 20] = [
    "iso",
    "%Y%m%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d-%m-%Y %H:%M",
    "%m-%d-%Y %H:%M",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
];

fn iso(cell: &[u8]) -> Option<Moment> {
    let (year, rest) = time_pattern::number(cell, 4, 4)?;
    let (&mark, rest) = rest.split_first()?;
    if mark != b'-' && mark != b'/' {
        return None;
    }
    let (month, rest) = time_pattern::number(rest, 2, 2)?;
    let (day, rest) = time_pattern::number(rest.strip_prefix(&[mark])?, 2, 2)?;
    let day = Day::from_date(year, month, day)?;
    let Some((b'T' | b't' | b' ', rest)) = rest.split_first() else {
        return rest.is_empty().then(|| Moment::new(day, 0, None));
    };
    let (hour, rest) = time_pattern::number(rest, 2, 2)?;
    let (minute, mut rest) = time_pattern::number(rest.strip_prefix(b":")?, 2, 2)?;
    let mut second = 0;
    if let Some(after) = rest.strip_prefix(b":") {
        (second, rest) = time_pattern::number(after, 2, 2)?;
        if let Some(fraction) = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b",")) {
            let digits = fraction
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            rest = &fraction[digits..];
            if digits == 0 {
                return None;
            }
        }
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut offset = None;
    let after = rest.trim_ascii_start();
    if !after.is_empty() {
        let (told, rest) = time_pattern::leading_offset(after)?;
        if !rest.is_empty() {
            return None;
        }
        offset = Some(told);
    }
    Some(Moment::new(day, hour * 3600 + minute * 60 + second, offset))
}

/// A count since 1970, perhaps with decimals.
fn unix(cell: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(cell).ok()?;
    crate::train::table::number(text)
}

/// Whole seconds. What is beyond the calendar stays so.
#[expect(
    clippy::cast_possible_truncation,
    reason = "saturates far beyond the calendar"
)]
fn seconds(time: f64) -> i64 {
    time.floor().clamp(-1e15, 1e15) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(cell: &str, zone: &str, clocks: Option<&str>) -> Option<String> {
        let zone = zone.parse().unwrap();
        let clocks = clocks.map(|zone| zone.parse().unwrap());
        let moment = iso(cell.as_bytes())?;
        moment
            .day(&zone, clocks.as_ref())
            .map(|day| day.to_string())
    }

    #[test]
    fn a_day_is_one_of_the_stated_zone() {
        for (cell, zone, clocks, expected) in [
            ("2011-12-09", "UTC", None, Some("2011-12-09")),
            (
                "2011/12/09 23:59:60.25",
                "Europe/London",
                None,
                Some("2011-12-09"),
            ),
            ("2011-12-09T23:30:00+01:00", "UTC", None, Some("2011-12-09")),
            ("2011-12-09T23:30:00Z", "+01:00", None, Some("2011-12-10")),
            (
                "2011-07-01 23:30",
                "Europe/London",
                Some("UTC"),
                Some("2011-07-02"),
            ),
            (
                "2011-12-01 23:30",
                "Europe/London",
                Some("UTC"),
                Some("2011-12-01"),
            ),
            ("9999-12-31T23:30Z", "+01:00", None, None),
            ("2011-12-09T23:30:00 +01:00 x", "UTC", None, None),
            ("2011-12-09T25:30:00", "UTC", None, None),
            ("2011-12/09", "UTC", None, None),
            ("2011-2-09", "UTC", None, None),
        ] {
            assert_eq!(day(cell, zone, clocks).as_deref(), expected, "{cell}");
        }
    }

    #[test]
    fn unix_times_are_instants() {
        let read = |format: TimeFormat, cell: &str| format.read(cell.as_bytes());
        let summer = Some(Moment::Instant(1_309_478_400));
        assert_eq!(read(TimeFormat::UnixSeconds, "1309478400.75"), summer);
        assert_eq!(read(TimeFormat::UnixMilliseconds, "1309478400999"), summer);
        assert_eq!(
            read(TimeFormat::UnixSeconds, "-0.5"),
            Some(Moment::Instant(-1))
        );
        assert_eq!(read(TimeFormat::UnixSeconds, "NaN"), None);
        let far = read(TimeFormat::UnixSeconds, "1e300").unwrap();
        assert_eq!(far.day(&TimeZone::utc(), None), None);
    }

    #[test]
    fn what_reads_in_two_ways_is_told() {
        let readings = |cells: &[&str]| {
            let readings = TimeFormat::readings(&cells.iter().map(|cell| cell.as_bytes()));
            readings.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(readings(&["2011-12-09"]), ["iso"]);
        assert_eq!(readings(&["19970101"]), ["%Y%m%d"]);
        assert_eq!(readings(&["1/2/2011"]), ["%d/%m/%Y", "%m/%d/%Y"]);
        assert_eq!(readings(&["1/2/2011", "1/13/2011"]), ["%m/%d/%Y"]);
        assert_eq!(readings(&["1309478400"]), Vec::<String>::new());
        assert_eq!(readings(&[]), Vec::<String>::new());
    }
}
