//! Texts that are dates: recognised in many forms, read only in ISO 8601.

use crate::customer::calendar;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Whether a text is a date, perhaps with a time of the day: `2024-12-31`,
/// `2024/12/31 10:00`, `31/12/2024`, `12-31-2024`, `31.12.24`, `2024-12`,
/// `31 Dec 2024`, `December 31, 2024`.
pub(super) fn is_date(text: &str) -> bool {
    instant(text).is_some() || is_numeric_date(text) || is_worded_date(text)
}

/// Seconds since 1970 of an ISO 8601 date, or date and time: `2024-12-31`,
/// `2024-12-31T10:00`, `2024-12-31 10:00:00.5+01:00`. Without an offset it counts
/// as UTC.
pub(super) fn instant(text: &str) -> Option<f64> {
    let (date, time) = match text.find(['T', 't', ' ']) {
        None => (text, None),
        Some(at) => (&text[..at], Some(&text[at + 1..])),
    };
    let [year, month, day] = fields(date, '-')?;
    if date.len() != 10 || year.len() != 4 || month.len() != 2 {
        return None;
    }
    let days = calendar::days(digits(year)?, digits(month)?, digits(day)?)?;
    let seconds = time.map_or(Some(0.0), seconds_of_day)?;
    Some(days as f64 * 86_400.0 + seconds)
}

/// Seconds of `10:00`, `10:00:00.5`, with `Z` or an offset behind.
fn seconds_of_day(time: &str) -> Option<f64> {
    let (clock, offset) = match time.find(['Z', 'z', '+', '-']) {
        None => (time, 0),
        Some(at) if time[at..].eq_ignore_ascii_case("z") => (&time[..at], 0),
        Some(at) => (&time[..at], offset_minutes(&time[at..])?),
    };
    let mut parts = clock.trim_end().splitn(3, ':');
    let hours = two_digits(parts.next()?, 23)?;
    let minutes = two_digits(parts.next()?, 59)?;
    let seconds = match parts.next() {
        None => 0.0,
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            // 60 is a leap second.
            let whole = two_digits(whole, 60)?;
            digits(fraction)?;
            whole as f64 + format!("0.{fraction}").parse::<f64>().ok()?
        }
    };
    Some((hours * 3600 + (minutes - offset) * 60) as f64 + seconds)
}

/// Minutes of `+01:00`, `-0530` or `+01`.
fn offset_minutes(offset: &str) -> Option<i64> {
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let numbers = offset.get(1..)?;
    let (hours, minutes) = match (numbers.split_once(':'), numbers.len()) {
        (Some(parts), _) => parts,
        (None, 4) => numbers.split_at_checked(2)?,
        (None, _) => (numbers, "00"),
    };
    Some(sign * (two_digits(hours, 23)? * 60 + two_digits(minutes, 59)?))
}

fn is_numeric_date(text: &str) -> bool {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    if !time.is_empty() && !is_time(time) {
        return false;
    }
    ['-', '/', '.'].iter().any(|&separator| {
        if let Some([first, second, third]) = fields(date, separator) {
            let numbers = [digits(first), digits(second), digits(third)];
            let [Some(a), Some(b), Some(c)] = numbers else {
                return false;
            };
            let century = |year: i64, text: &str| match text.len() {
                2 => Some(2000 + year),
                4 => Some(year),
                _ => None,
            };
            let year_first = first.len() == 4 && calendar::days(a, b, c).is_some();
            let year_last = century(c, third).is_some_and(|year| {
                calendar::days(year, b, a).is_some() || calendar::days(year, a, b).is_some()
            });
            return year_first || (year_last && first.len() <= 2);
        }
        // A year and its month; with a point it is a number.
        date.split_once(separator).is_some_and(|(year, month)| {
            separator != '.'
                && time.is_empty()
                && year.len() == 4
                && month.len() == 2
                && matches!(
                    (digits(year), digits(month)),
                    (Some(1900..=2199), Some(1..=12))
                )
        })
    })
}

fn is_worded_date(text: &str) -> bool {
    let words: Vec<&str> = text
        .split([' ', ',', '-', '.'])
        .filter(|word| !word.is_empty())
        .collect();
    let [first, second, third, time @ ..] = words.as_slice() else {
        return false;
    };
    let (month, day) = if digits(first).is_some() {
        (second, first)
    } else {
        (first, second)
    };
    let is_month = MONTHS
        .iter()
        .any(|name| month.get(..3).is_some_and(|m| m.eq_ignore_ascii_case(name)));
    let is_year = matches!(third.len(), 2 | 4) && digits(third).is_some();
    is_month
        && is_year
        && matches!(digits(day), Some(1..=31))
        && month.chars().all(char::is_alphabetic)
        && time.iter().all(|time| is_time(time))
}

/// A time of the day, perhaps of twelve hours.
fn is_time(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    let clock = text
        .strip_suffix("am")
        .or_else(|| text.strip_suffix("pm"))
        .unwrap_or(&text)
        .trim_end();
    clock.is_empty() || seconds_of_day(clock).is_some() || {
        let (hour, rest) = clock.split_once(':').unwrap_or((clock, ""));
        hour.len() == 1 && seconds_of_day(&format!("0{hour}:{rest}")).is_some()
    }
}

/// Exactly three fields.
fn fields(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut fields = text.split(separator);
    let three = [fields.next()?, fields.next()?, fields.next()?];
    fields.next().is_none().then_some(three)
}

/// A number of up to nine digits and nothing else.
fn digits(text: &str) -> Option<i64> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn two_digits(text: &str, most: i64) -> Option<i64> {
    (text.len() == 2)
        .then(|| digits(text))
        .flatten()
        .filter(|&number| number <= most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_recognised() {
        for text in [
            "2024-12-31",
            "2024-12-31T10:00",
            "2024-12-31 10:00:00.123Z",
            "2024-12-31T10:00:00+01:00",
            "2024/12/31",
            "31/12/2024",
            "12/31/2024",
            "1/2/2024 9:05 AM",
            "31.12.2024",
            "31.12.24",
            "31-12-2024",
            "2024-12",
            "31 Dec 2024",
            "31-Dec-24",
            "December 31, 2024",
            "Dec 31 2024 10:00:00",
        ] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "2024",
            "31.12",
            "32/13/2024",
            "2024-13-01",
            "1.2.3.4",
            "10-20-30-40",
            "May",
            "basic",
            "12/2024/31",
            "v1.2.3456",
            "555-12-3456",
            "Mayor 3 2024x",
            "é-é-é",
            "2023-02-29",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn instants_are_read() {
        assert_eq!(instant("1970-01-02"), Some(86_400.0));
        assert_eq!(instant("1970-01-01T00:00:01.5Z"), Some(1.5));
        assert_eq!(instant("1970-01-01 01:00+01:00"), Some(0.0));
        assert_eq!(instant("1970-01-01T00:00-0130"), Some(5400.0));
        for text in [
            "31/12/2024",
            "2024-12-31T",
            "2024-12-31T25:00",
            "1970-01-01T00:00+99",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,30}") {
            is_date(&text);
        }

        #[test]
        fn no_text_like_a_date_is_too_strange(text in "[0-9TZé:+./ -]{0,30}") {
            is_date(&text);
        }
    }
}
