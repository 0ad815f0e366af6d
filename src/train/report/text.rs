//! Figures and names as people read them, the same everywhere in the report.

use super::data::Figure;

/// Stands for a figure that there is not.
pub(super) const NONE: &str = "–";

/// `12345` → `12,345`.
pub(in crate::train) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A sum of expectations as a count: rounded, and grouped as counts are.
pub(super) fn whole(number: f64) -> String {
    if !(-0.5..1e15).contains(&number) {
        return compact(number);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded, not negative and below 10^15"
    )]
    let number = number.round().max(0.0) as u64;
    count(number)
}

/// `1 row`, `2 rows`.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// With so many decimals, a true minus sign, and no negative zero.
pub(in crate::train) fn rounded(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    if value < 0.0 && !is_zero {
        format!("−{text}")
    } else {
        text
    }
}

/// As [`rounded`], with a plus sign before what is above zero.
pub(super) fn signed(value: f64, decimals: usize) -> String {
    let text = rounded(value, decimals);
    if value > 0.0 && text.contains(|c| matches!(c, '1'..='9')) {
        format!("+{text}")
    } else {
        text
    }
}

/// A share as a percentage, never broken over two lines.
pub(in crate::train) fn percent(share: f64, decimals: usize) -> String {
    if share.is_finite() {
        format!("{}\u{A0}%", rounded(share * 100.0, decimals))
    } else {
        NONE.to_owned()
    }
}

/// A figure and, in brackets, its interval.
pub(super) fn figure(figure: &Figure, decimals: usize) -> String {
    let value = rounded(figure.value, decimals);
    match interval(figure, decimals) {
        Some(interval) => format!("{value} ({interval})"),
        None => value,
    }
}

/// Only the interval.
pub(super) fn interval(figure: &Figure, decimals: usize) -> Option<String> {
    let interval = figure.interval?;
    Some(format!(
        "{} to {}",
        rounded(interval.low, decimals),
        rounded(interval.high, decimals)
    ))
}

/// A number of unknown size, short enough for an axis: `0.25`, `1,200`, `3.4M`.
pub(in crate::train) fn compact(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        size if !size.is_finite() => return NONE.to_owned(),
        size if size >= 1e15 || (size > 0.0 && size < 1e-4) => return format!("{value:.1e}"),
        size if size >= 9.999_5e8 => (value / 1e9, "B"),
        size if size >= 9.999_5e5 => (value / 1e6, "M"),
        size if size >= 9_999.5 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let decimals = match scaled.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 4,
    };
    let mut text = rounded(scaled, decimals);
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    format!("{text}{unit}")
}

/// Without what could hide or turn the text around it, or speak to a terminal:
/// control characters and marks of direction.
pub(in crate::train) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' | '\r' => ' ',
            '\u{61C}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FFFE}'
            | '\u{FFFF}' => '\u{FFFD}',
            c if c.is_control() => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// Lines, each of them cleaned, of at most `limit` characters in all: what a
/// terminal is told.
#[must_use]
pub fn clean_lines(text: &str, limit: usize) -> String {
    let lines: Vec<_> = text.lines().map(clean).collect();
    let text = lines.join("\n");
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A name from the data, as messages tell it.
pub(in crate::train) fn named(name: &str) -> String {
    short(name, 64)
}

/// At most `limit` characters of a cleaned name, the cut shown by `…`.
pub(in crate::train) fn short(text: &str, limit: usize) -> String {
    let text = clean(text);
    if text.chars().count() <= limit {
        return text;
    }
    let mut cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// As much of a cleaned name as fits a width, in units of a chart whose letters
/// are twelve units high. No font is at hand, so that widths are rough and
/// rather too large.
pub(super) fn fitting(text: &str, width: f64) -> String {
    let wide = |c: char| match c {
        // From here on mostly scripts whose letters are as wide as high.
        '\u{1100}'.. => 12.5,
        'A'..='Z' | 'm' | 'w' | '%' | '@' => 8.8,
        _ => 6.9,
    };
    let text = clean(text);
    if text.chars().map(wide).sum::<f64>() <= width {
        return text;
    }
    let mut room = width - 8.8;
    let mut cut: String = text
        .chars()
        .take_while(|&c| {
            room -= wide(c);
            room >= 0.0
        })
        .collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(rounded(-0.000_1, 2), "0.00");
        assert_eq!(rounded(-1.5, 1), "−1.5");
        assert_eq!(rounded(f64::NAN, 1), NONE);
        assert_eq!(signed(0.25, 2), "+0.25");
        assert_eq!(signed(0.001, 2), "0.00");
        assert_eq!(percent(0.265_4, 1), "26.5\u{A0}%");
        for (value, text) in [
            (0.0, "0"),
            (0.25, "0.25"),
            (-3.5, "−3.5"),
            (118.75, "119"),
            (8684.8, "8685"),
            (12_000.0, "12k"),
            (3_400_000.0, "3.4M"),
            (999_999.0, "1M"),
            (1e-9, "1.0e-9"),
        ] {
            assert_eq!(compact(value), text);
        }
    }

    #[test]
    fn names_are_cut_and_cleaned() {
        assert_eq!(short("contract", 8), "contract");
        assert_eq!(short("contract type", 10), "contract…");
        assert_eq!(short("日本語の列名", 4), "日本語…");
        assert_eq!(fitting("contract", 70.0), "contract");
        assert_eq!(fitting("contract type", 70.0), "contract…");
        assert_eq!(fitting("日本語の列名", 70.0), "日本語の…");
        assert_eq!(clean("a\u{202E}b\u{0}c\nd"), "a\u{FFFD}b\u{FFFD}c d");
        assert_eq!(
            clean_lines("a\u{1b}[2J\nb\u{7}", 99),
            "a\u{FFFD}[2J\nb\u{FFFD}"
        );
        assert_eq!(clean_lines("abc\ndé", 5), "abc\nd…");
        assert_eq!(named(&"x".repeat(1000)).chars().count(), 64);
    }

    #[test]
    fn lists_read_as_sentences() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&names), "a, b and c");
        assert_eq!(listed(&names[..2]), "a and b");
        assert_eq!(listed(&names[..1]), "a");
    }
}
