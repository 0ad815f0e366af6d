//! Numbers spelled with separators of thousands or a decimal comma.
//!
//! A column is read so only when all of its values follow one convention, and no
//! other one would read them as other numbers.

use crate::train::table::number;

/// How numbers are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) struct Convention {
    thousands: &'static [char],
    decimal: char,
    /// A number in this spelling.
    pub(in crate::train) example: &'static str,
}

/// No-break spaces are spaces here, too.
const SPACES: &[char] = &[' ', '\u{a0}', '\u{202f}', '\u{2009}'];
const CONVENTIONS: [Convention; 5] = [
    Convention {
        thousands: &[','],
        decimal: '.',
        example: "1,234.5",
    },
    Convention {
        thousands: &['.'],
        decimal: ',',
        example: "1.234,5",
    },
    Convention {
        thousands: SPACES,
        decimal: '.',
        example: "1 234.5",
    },
    Convention {
        thousands: SPACES,
        decimal: ',',
        example: "1 234,5",
    },
    Convention {
        thousands: &['\'', '’'],
        decimal: '.',
        example: "1'234.5",
    },
];

/// What a column's texts are under the conventions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// No convention reads all of them.
    Words,
    /// One does, or all that do agree.
    Numbers(Convention),
    /// Two do, and do not agree.
    Ambiguous,
}

impl Spelling {
    /// Judges all of a column's distinct texts.
    pub(super) fn of<'t>(texts: &(impl Iterator<Item = &'t str> + Clone)) -> Self {
        let mut able = CONVENTIONS.to_vec();
        for text in texts.clone() {
            able.retain(|convention| convention.read(text).is_some());
            if able.is_empty() {
                return Self::Words;
            }
        }
        let Some((&first, others)) = able.split_first() else {
            return Self::Words;
        };
        let agree = |text: &str| {
            let value = first.read(text);
            others.iter().all(|other| other.read(text) == value)
        };
        if texts.clone().all(agree) {
            Self::Numbers(first)
        } else {
            Self::Ambiguous
        }
    }
}

impl Convention {
    /// The number that a text spells, if it does.
    pub(super) fn read(self, text: &str) -> Option<f64> {
        let (whole, fraction) = match text.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        let mut groups = unsigned.split(self.thousands);
        let first = groups.next()?;
        let grouped = unsigned.len() > first.len();
        let first_fits = !first.is_empty() && (!grouped || first.len() <= 3);
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !first_fits
            || !all_digits(first)
            || fraction.is_some_and(|f| f.is_empty() || !all_digits(f))
        {
            return None;
        }
        let mut plain = String::with_capacity(text.len());
        plain.push_str(if whole.starts_with('-') { "-" } else { "" });
        plain.push_str(first);
        for group in groups {
            if group.len() != 3 || !all_digits(group) {
                return None;
            }
            plain.push_str(group);
        }
        if let Some(fraction) = fraction {
            plain.push('.');
            plain.push_str(fraction);
        }
        number(&plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(texts: &[&str], expected: Option<&[f64]>) {
        let spelling = Spelling::of(&texts.iter().copied());
        match (spelling, expected) {
            (Spelling::Numbers(convention), Some(expected)) => {
                let read: Vec<_> = texts.iter().map(|t| convention.read(t).unwrap()).collect();
                assert_eq!(read, expected);
            }
            (Spelling::Ambiguous | Spelling::Words, None) => {}
            other => panic!("{texts:?}: {other:?}"),
        }
    }

    #[test]
    fn a_convention_reads_the_whole_column_or_none_does() {
        check(
            &["1,234.50", "999", "-12,345,678"],
            Some(&[1234.5, 999.0, -12_345_678.0]),
        );
        check(&["1.234,50", "1.234"], Some(&[1234.5, 1234.0]));
        check(&["1 234", "12\u{a0}345"], Some(&[1234.0, 12345.0]));
        check(&["12,5", "7"], Some(&[12.5, 7.0]));
        check(&["1'234.5"], Some(&[1234.5]));
        check(&["1,234", "5,678"], None);
        check(&["1,234.5", "1.234,5"], None);
        check(&["1,234", "gold"], None);
        check(&["12,34,567.5"], None);
        assert_eq!(
            Spelling::of(&["1,234", "999"].into_iter()),
            Spelling::Ambiguous
        );
        assert_eq!(Spelling::of(&["", "1"].into_iter()), Spelling::Words);
    }
}
