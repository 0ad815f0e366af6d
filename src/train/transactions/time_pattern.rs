//! Formats of times by directives: those of POSIX `strftime` and `strptime`.

use std::{fmt, str::FromStr};

use super::{
    time_format::{InvalidTimeFormat, Moment},
    zone,
};
use crate::customer::Day;

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

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

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
                return Err(InvalidTimeFormat::new(&format!("needs exactly one {name}")));
            }
        }
        if times(&[Field::TwelveHour]) != times(&[Field::HalfOfDay]) {
            return Err(InvalidTimeFormat::new("%I and %p need each other"));
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
            return Err(InvalidTimeFormat::new(known));
        }
    }))
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spelled)
    }
}

/// What was read of a time so far.
#[derive(Default)]
struct Reading {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    afternoon: Option<bool>,
    offset: Option<i64>,
}

impl Pattern {
    /// The time that all of a trimmed cell spells. Numbers may lack leading
    /// zeros, except next to another number. A year of two digits is one of 1969
    /// to 2068.
    pub(super) fn read(&self, cell: &[u8]) -> Option<Moment> {
        let mut read = Reading::default();
        let mut rest = cell;
        for &part in &self.parts {
            match part {
                Part::Space => rest = rest.trim_ascii_start(),
                Part::Byte(byte) => rest = rest.strip_prefix(&[byte])?,
                Part::Field(field) => rest = read.field(field, rest)?,
            }
        }
        if !rest.is_empty() {
            return None;
        }
        read.moment()
    }
}

impl Reading {
    /// Takes a field off the beginning of a text.
    fn field<'t>(&mut self, field: Field, text: &'t [u8]) -> Option<&'t [u8]> {
        let (slot, digits, range) = match field {
            Field::Year => (&mut self.year, 4, 0..=9999),
            Field::ShortYear => {
                let (year, rest) = number(text, 2, 2)?;
                self.year = year + if year < 69 { 2000 } else { 1900 };
                return Some(rest);
            }
            Field::Month => (&mut self.month, 2, 1..=12),
            Field::Day => (&mut self.day, 2, 1..=31),
            Field::Hour => (&mut self.hour, 2, 0..=23),
            Field::TwelveHour => (&mut self.hour, 2, 1..=12),
            Field::Minute => (&mut self.minute, 2, 0..=59),
            // A leap second has the number 60.
            Field::Second => (&mut self.second, 2, 0..=60),
            Field::Fraction => {
                let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
                return (digits > 0).then(|| &text[digits..]);
            }
            Field::MonthName => return self.month_name(text),
            Field::HalfOfDay => {
                let (half, rest) = text.split_at_checked(2)?;
                self.afternoon = Some(match half.to_ascii_lowercase().as_slice() {
                    b"am" => false,
                    b"pm" => true,
                    _ => return None,
                });
                return Some(rest);
            }
            Field::Offset => {
                let (offset, rest) = leading_offset(text)?;
                self.offset = Some(offset);
                return Some(rest);
            }
        };
        let least = if digits == 4 { 4 } else { 1 };
        let (value, rest) = number(text, least, digits)?;
        *slot = value;
        range.contains(&value).then_some(rest)
    }

    /// The English name of a month, in full or its first three letters.
    fn month_name<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let letters = text
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (name, rest) = text.split_at(letters);
        let name = name.to_ascii_lowercase();
        let month = MONTHS.iter().position(|month| {
            name == month.as_bytes()
                || name == month.as_bytes()[..3]
                || name == b"sept" && *month == "september"
        })?;
        self.month = i64::try_from(month).ok()? + 1;
        Some(rest)
    }

    fn moment(self) -> Option<Moment> {
        let day = Day::from_date(self.year, self.month, self.day)?;
        let hour = match self.afternoon {
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            None => self.hour,
        };
        let second = hour * 3600 + self.minute * 60 + self.second;
        Some(Moment::new(day, second, self.offset))
    }
}

/// A number of `least` to `most` digits, and what follows it.
pub(super) fn number(text: &[u8], least: usize, most: usize) -> Option<(i64, &[u8])> {
    let digits = text
        .iter()
        .take(most)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if digits < least {
        return None;
    }
    let value = text[..digits]
        .iter()
        .fold(0, |value, byte| 10 * value + i64::from(byte - b'0'));
    Some((value, &text[digits..]))
}

/// An offset from UTC at the beginning of a text, in seconds: `Z`, `+01:00`,
/// `+0100`, `+01`.
pub(super) fn leading_offset(text: &[u8]) -> Option<(i64, &[u8])> {
    if let Some(rest) = text.strip_prefix(b"Z").or_else(|| text.strip_prefix(b"z")) {
        return Some((0, rest));
    }
    [6, 5, 3].into_iter().find_map(|length| {
        let (offset, rest) = text.split_at_checked(length)?;
        Some((zone::offset(offset)?, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, cell: &str) -> Option<String> {
        let pattern: Pattern = pattern.parse().unwrap();
        pattern.read(cell.as_bytes()).map(|moment| match moment {
            Moment::Clock(day, second) => format!("{day} {second}"),
            Moment::Instant(second) => second.to_string(),
        })
    }

    #[test]
    fn directives_are_read() {
        for (pattern, cell, expected) in [
            ("%d/%m/%Y %H:%M", "1/12/2010 8:26", Some("2010-12-01 30360")),
            (
                "%m/%d/%Y %H:%M",
                "12/1/2010  08:26",
                Some("2010-12-01 30360"),
            ),
            ("%Y%m%d", "19970101", Some("1997-01-01 0")),
            ("%d.%m.%y", "09.12.11", Some("2011-12-09 0")),
            ("%d-%b-%y", "09-DEC-69", Some("1969-12-09 0")),
            ("%B %e, %Y", "December 9, 2011", Some("2011-12-09 0")),
            ("%D %I:%M %p", "12/09/11 12:05 AM", Some("2011-12-09 300")),
            (
                "%F %T.%f %z",
                "2011-12-09 00:00:01.5 +0100",
                Some("1323385201"),
            ),
            ("%Y%m%d", "19970132", None),
            ("%d/%m/%Y", "09/12/2011 08:26", None),
            ("%d/%m/%Y", "30/02/2011", None),
            ("%F %T", "2011-12-09 24:00:00", None),
        ] {
            assert_eq!(read(pattern, cell).as_deref(), expected, "{pattern} {cell}");
        }
    }

    #[test]
    fn patterns_are_checked() {
        for wrong in [
            "",
            "%Y-%m",
            "%Y-%m-%d %Q",
            "%F %",
            "%F %d",
            "%F %I:%M",
            "%H",
        ] {
            assert!(wrong.parse::<Pattern>().is_err(), "{wrong}");
        }
    }
}
