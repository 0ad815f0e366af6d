//! What the cells of a log say: numbers, ids.

use std::borrow::Cow;

use csv::ByteRecord;

use super::columns::MoneyAt;
use crate::train::table::{DecimalMark, fixed, number};

/// The largest amount, quantity or price; sums of them stay finite.
const MAX_AMOUNT: f64 = 1e15;
/// The most characters of a number with a comma.
const MAX_DIGITS: usize = 64;

/// The money of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    pub(super) value: f64,
    /// Whether the quantity is negative or, where there is none, the amount.
    pub(super) negative: bool,
    pub(super) negative_price: bool,
}

impl Amount {
    /// The money that a line tells; `None` when that is no finite number.
    pub(super) fn read(record: &ByteRecord, at: MoneyAt, mark: DecimalMark) -> Option<Self> {
        let read = |at| amount(cell(record, at), mark);
        match at {
            MoneyAt::Amount(at) => read(at).map(|value| Self {
                value,
                negative: value < 0.0,
                negative_price: false,
            }),
            MoneyAt::QuantityPrice(quantity, price) => {
                let (quantity, price) = read(quantity).zip(read(price))?;
                let value = quantity * price;
                (value.abs() <= MAX_AMOUNT).then_some(Self {
                    value,
                    negative: quantity < 0.0,
                    negative_price: price < 0.0,
                })
            }
        }
    }
}

/// A cell without the white space around it.
pub(super) fn cell(record: &ByteRecord, position: usize) -> &[u8] {
    record.get(position).unwrap_or_default().trim_ascii()
}

/// The finite number that a trimmed cell spells, within ± 10¹⁵.
fn amount(cell: &[u8], mark: DecimalMark) -> Option<f64> {
    let value = match mark {
        DecimalMark::Point => plain(cell),
        DecimalMark::Comma => {
            let mut pointed = [0; MAX_DIGITS];
            let pointed = pointed.get_mut(..cell.len())?;
            pointed.copy_from_slice(cell);
            if pointed.contains(&b'.') {
                return None;
            }
            if let Some(comma) = pointed.iter_mut().find(|byte| **byte == b',') {
                *comma = b'.';
            }
            plain(pointed)
        }
    };
    value.filter(|value| value.abs() <= MAX_AMOUNT)
}

fn plain(cell: &[u8]) -> Option<f64> {
    if let Some((value, _)) = fixed(cell) {
        return Some(value);
    }
    number(std::str::from_utf8(cell).ok()?)
}

/// A customer's id: whole numbers that a table kept as floats lose their zeros,
/// so that `17850.0` is `17850`.
pub(super) fn id(cell: &[u8]) -> &[u8] {
    let Some(point) = cell.iter().position(|&byte| byte == b'.') else {
        return cell;
    };
    let (whole, decimals) = cell.split_at(point);
    let is_whole = !whole.is_empty()
        && whole.iter().all(u8::is_ascii_digit)
        && decimals.len() > 1
        && decimals[1..].iter().all(|&byte| byte == b'0');
    if is_whole { whole } else { cell }
}

/// A currency's code, in capitals.
pub(super) fn currency(cell: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(cell) {
        text if text.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            Cow::Owned(text.to_ascii_uppercase())
        }
        text => text,
    }
}

/// A sum that loses nothing to many small terms (Neumaier, 1974).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    pub(super) fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        self.lost += if self.sum.abs() >= term.abs() {
            (self.sum - sum) + term
        } else {
            (term - sum) + self.sum
        };
        self.sum = sum;
    }

    pub(super) fn total(self) -> f64 {
        self.sum + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_finite_numbers() {
        for (cell, expected) in [
            ("2.55", Some(2.55)),
            ("-11062.06", Some(-11062.06)),
            ("007", Some(7.0)),
            ("1e3", Some(1000.0)),
            ("+4.", Some(4.0)),
            ("NaN", None),
            ("inf", None),
            ("1e16", None),
            ("1,234.50", None),
            ("", None),
        ] {
            assert_eq!(
                amount(cell.as_bytes(), DecimalMark::Point),
                expected,
                "{cell}"
            );
        }
        assert_eq!(amount(b"-12,5", DecimalMark::Comma), Some(-12.5));
        assert_eq!(amount(b"1.234,5", DecimalMark::Comma), None);
        assert_eq!(amount(&[b'1'; 100], DecimalMark::Comma), None);
    }

    #[test]
    fn ids_that_were_floats_are_whole() {
        for (cell, expected) in [
            ("17850.0", "17850"),
            ("17850.00", "17850"),
            ("0017", "0017"),
            ("17.5", "17.5"),
            ("a.0", "a.0"),
            (".0", ".0"),
            ("1.", "1."),
        ] {
            assert_eq!(id(cell.as_bytes()), expected.as_bytes());
        }
    }

    #[test]
    fn sums_keep_small_terms() {
        let mut sum = Sum::default();
        for term in [1e16, 1.0, 1.0, -1e16] {
            sum.add(term);
        }
        assert_eq!(sum.total(), 2.0);
    }
}
