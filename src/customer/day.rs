//! Calendar days, which purchases are counted by.

use std::{fmt, str::FromStr};

use super::calendar;

/// A calendar day of the years 0 to 9999, in the time zone that the purchases
/// are stated in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Not a day such as `2011-12-09`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a day of the years 0 to 9999, written as 2011-12-09")]
pub struct InvalidDay;

impl Day {
    const FIRST: i64 = -719_528;
    const LAST: i64 = 2_932_896;

    /// The day that is `days` after 1970-01-01.
    #[must_use]
    pub fn from_days_since_1970(days: i64) -> Option<Self> {
        let within = (Self::FIRST..=Self::LAST).contains(&days);
        i32::try_from(days).ok().filter(|_| within).map(Self)
    }

    /// A day of the Gregorian calendar; months and days count from 1.
    #[must_use]
    pub fn from_date(year: i64, month: i64, day: i64) -> Option<Self> {
        Self::from_days_since_1970(calendar::days(year, month, day)?)
    }

    /// Year, month from 1, day from 1.
    #[must_use]
    pub fn date(self) -> (i64, i64, i64) {
        calendar::civil(i64::from(self.0))
    }

    /// Days after 1970-01-01.
    #[must_use]
    pub fn days_since_1970(self) -> i32 {
        self.0
    }

    /// How many days this day is after `earlier`; negative when it is before.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// The day `days` later, within the calendar.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Self> {
        Self::from_days_since_1970(i64::from(self.0).checked_add(days)?)
    }

    /// 0 for Monday … 6 for Sunday.
    #[must_use]
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday; a remainder of 7 fits everything.
        usize::try_from((self.0 + 3).rem_euclid(7)).unwrap_or(0)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return Err(InvalidDay);
        }
        let number = |range: std::ops::Range<usize>| {
            bytes[range]
                .iter()
                .fold(0, |number, byte| 10 * number + i64::from(byte - b'0'))
        };
        Self::from_date(number(0..4), number(5..7), number(8..10)).ok_or(InvalidDay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_back_as_it_is_written() {
        for text in [
            "1970-01-01",
            "2011-12-09",
            "2024-02-29",
            "0000-01-01",
            "9999-12-31",
        ] {
            let day: Day = text.parse().unwrap();
            assert_eq!(day.to_string(), text);
        }
        assert_eq!("9999-12-31".parse::<Day>().unwrap().plus_days(1), None);
        for wrong in [
            "",
            "2011-2-09",
            "2011-02-30",
            "20111209",
            "2011-12-09 ",
            "2011-12-0９",
        ] {
            assert_eq!(wrong.parse::<Day>(), Err(InvalidDay), "{wrong}");
        }
    }

    #[test]
    fn weeks_begin_on_monday() {
        let friday: Day = "2011-12-09".parse().unwrap();
        assert_eq!(friday.weekday(), 4);
        assert_eq!(Day::from_date(1969, 12, 28).unwrap().weekday(), 6);
    }
}
