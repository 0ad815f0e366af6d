//! One column in memory: numbers as numbers, everything else as coded text.
//! Either way each cell reads as it was written, but for a decimal fraction of
//! more digits than a double holds: that one reads as the shortest spelling of
//! its double.

use std::borrow::Cow;

use super::{
    fault::TableFault,
    texts::{Interner, Texts, TooMuchText},
};

/// A number is kept without its spelling when it has at most this many digits:
/// those that any double tells apart.
const MAX_FIXED_DIGITS: usize = 15;
const POWERS_OF_TEN: [f64; MAX_FIXED_DIGITS + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];
/// A column with more odd cells than this, which are also more than one in
/// [`ODD_SHARE`], is kept as texts.
const MAX_ODD: usize = 64;
const ODD_SHARE: usize = 8;

/// How a number is spelled, where it is no count of digits behind the point.
const SHORTEST: u8 = 100;
const MISSING: u8 = 101;
const ODD: u8 = 102;

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    cells: Cells,
}

/// The cells of a column, by row.
#[derive(Debug)]
pub enum Cells {
    /// Mostly numbers.
    Numbers(Numbers),
    /// Texts, numbers in odd spellings among them perhaps.
    Texts(Texts),
}

/// Numbers by row, each with what its spelling needs.
#[derive(Debug, Default)]
pub struct Numbers {
    /// NaN where there is no number.
    values: Vec<f64>,
    /// Digits behind the point, or one of the constants above.
    spellings: Vec<u8>,
    /// The cells that are no numbers, or are spelled in another way; by row.
    odd: Vec<(u32, Box<str>)>,
}

impl Numbers {
    /// The number of each row; NaN where there is none.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The rows whose cell is spelled oddly, with the cell; those that are no
    /// numbers are among them.
    pub(in crate::train) fn odd(&self) -> impl Iterator<Item = (usize, &str)> {
        self.odd.iter().map(|(row, cell)| (*row as usize, &**cell))
    }

    /// Whether a row has a cell at all, be it a number or not.
    pub(in crate::train) fn is_missing(&self, row: usize) -> bool {
        self.spellings[row] == MISSING
    }

    fn cell(&self, row: usize) -> Option<Cow<'_, str>> {
        let value = self.values[row];
        match self.spellings[row] {
            MISSING => None,
            ODD => {
                let odd = self
                    .odd
                    .binary_search_by_key(&row, |(row, _)| *row as usize);
                odd.ok().map(|at| Cow::Borrowed(&*self.odd[at].1))
            }
            SHORTEST => Some(format!("{value}").into()),
            digits => Some(format!("{value:.*}", usize::from(digits)).into()),
        }
    }

    fn push(&mut self, cell: &str) -> Result<(), TableFault> {
        let (value, spelling) = match fixed(cell.as_bytes()) {
            Some(fixed) => fixed,
            None => match number(cell) {
                Some(value) if cell.len() > MAX_FIXED_DIGITS && cell.contains('.') => {
                    (value, SHORTEST)
                }
                value => {
                    let row = u32::try_from(self.values.len());
                    let row = row.map_err(|_| TableFault::TooManyRows)?;
                    self.odd.push((row, cell.into()));
                    (value.unwrap_or(f64::NAN), ODD)
                }
            },
        };
        self.push_spelled(value, spelling);
        Ok(())
    }

    fn push_spelled(&mut self, value: f64, spelling: u8) {
        self.values.push(value);
        self.spellings.push(spelling);
    }

    fn is_odd(&self) -> bool {
        self.odd.len() > MAX_ODD && self.odd.len() * ODD_SHARE > self.values.len()
    }

    fn to_texts(&self) -> Result<Interner, TooMuchText> {
        let mut texts = Interner::default();
        for row in 0..self.values.len() {
            match self.cell(row) {
                Some(cell) => texts.push(&cell)?,
                None => texts.push_missing(),
            }
        }
        Ok(texts)
    }
}

impl Column {
    /// The cells as they are kept.
    #[must_use]
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The cell of a row; `None` where its value is missing.
    #[must_use]
    pub fn cell(&self, row: usize) -> Option<Cow<'_, str>> {
        match &self.cells {
            Cells::Numbers(numbers) => numbers.cell(row),
            Cells::Texts(texts) => texts.get(row).map(Cow::Borrowed),
        }
    }

    /// Whether a row's value is missing.
    #[must_use]
    pub fn is_missing(&self, row: usize) -> bool {
        match &self.cells {
            Cells::Numbers(numbers) => numbers.is_missing(row),
            Cells::Texts(texts) => texts.code(row).is_none(),
        }
    }

    /// The finite number of a row; `None` where it has none.
    pub(in crate::train) fn number(&self, row: usize) -> Option<f64> {
        match &self.cells {
            Cells::Numbers(numbers) => Some(numbers.values[row]).filter(|value| !value.is_nan()),
            Cells::Texts(texts) => texts.get(row).and_then(number),
        }
    }

    /// All cells as texts.
    pub(in crate::train) fn texts(&self) -> Cow<'_, Texts> {
        match &self.cells {
            // No larger than the file that it was read from, which fitted.
            Cells::Numbers(numbers) => Cow::Owned(numbers.to_texts().unwrap_or_default().finish()),
            Cells::Texts(texts) => Cow::Borrowed(texts),
        }
    }
}

/// A finite number in digits; the words for NaN and infinity are none.
pub(in crate::train) fn number(cell: &str) -> Option<f64> {
    let spelled_in_digits = cell
        .bytes()
        .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    if !spelled_in_digits {
        return None;
    }
    cell.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The number and its digits behind the point, when these tell its spelling:
/// few digits, no needless zero in front.
pub(in crate::train) fn fixed(cell: &[u8]) -> Option<(f64, u8)> {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    if digits.len() > MAX_FIXED_DIGITS + 1 {
        return None;
    }
    let mut mantissa: u64 = 0;
    let mut point = None;
    for (at, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else if byte == b'.' && point.is_none() {
            point = Some(at);
        } else {
            return None;
        }
    }
    let whole = point.unwrap_or(digits.len());
    let behind = point.map_or(0, |point| digits.len() - point - 1);
    let needless_zero = whole > 1 && digits[0] == b'0';
    let dangling = point.is_some() && behind == 0;
    if whole == 0 || needless_zero || dangling || whole + behind > MAX_FIXED_DIGITS {
        return None;
    }
    // Both are exact, so the quotient is the double nearest to the number.
    let magnitude = mantissa as f64 / POWERS_OF_TEN[behind];
    let negative = digits.len() < cell.len();
    #[expect(clippy::cast_possible_truncation, reason = "at most 15")]
    Some((if negative { -magnitude } else { magnitude }, behind as u8))
}

/// Collects a column cell by cell.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    pub(super) name: String,
    cells: Building,
}

#[derive(Debug)]
enum Building {
    Numbers(Numbers),
    Texts(Interner),
}

impl ColumnBuilder {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            cells: Building::Numbers(Numbers::default()),
        }
    }

    /// A cell that is a number in a plain spelling, if the column is kept as
    /// numbers; tells whether it was that. The short way of most cells.
    pub(super) fn push_fixed(&mut self, cell: &[u8]) -> bool {
        let Building::Numbers(numbers) = &mut self.cells else {
            return false;
        };
        let Some((value, spelling)) = fixed(cell) else {
            return false;
        };
        numbers.push_spelled(value, spelling);
        true
    }

    /// A cell that is there.
    pub(super) fn push(&mut self, cell: &str) -> Result<(), TableFault> {
        match &mut self.cells {
            Building::Numbers(numbers) => {
                numbers.push(cell)?;
                if numbers.is_odd() {
                    let texts = numbers.to_texts().map_err(|_| self.too_large())?;
                    self.cells = Building::Texts(texts);
                }
                Ok(())
            }
            Building::Texts(texts) => texts.push(cell).map_err(|_| self.too_large()),
        }
    }

    pub(super) fn push_missing(&mut self) {
        match &mut self.cells {
            Building::Numbers(numbers) => numbers.push_spelled(f64::NAN, MISSING),
            Building::Texts(texts) => texts.push_missing(),
        }
    }

    /// A number that was never spelled; NaN is missing.
    pub(super) fn push_number(&mut self, value: f64) -> Result<(), TableFault> {
        if value.is_nan() {
            self.push_missing();
            return Ok(());
        }
        match &mut self.cells {
            Building::Numbers(numbers) if value.is_finite() => {
                numbers.push_spelled(value, SHORTEST);
                Ok(())
            }
            Building::Numbers(_) | Building::Texts(_) => self.push(&format!("{value}")),
        }
    }

    pub(super) fn finish(self) -> Column {
        let cells = match self.cells {
            Building::Numbers(mut numbers) => {
                numbers.values.shrink_to_fit();
                numbers.spellings.shrink_to_fit();
                Cells::Numbers(numbers)
            }
            Building::Texts(texts) => Cells::Texts(texts.finish()),
        };
        Column {
            name: self.name,
            cells,
        }
    }

    fn too_large(&self) -> TableFault {
        TableFault::ColumnTooLarge {
            name: self.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn column(cells: &[String]) -> Column {
        let mut column = ColumnBuilder::new("x".to_owned());
        for cell in cells {
            column.push(cell).unwrap();
        }
        column.finish()
    }

    proptest! {
        #[test]
        fn every_cell_reads_as_it_was_written(
            numbers in prop::collection::vec("-?[0-9]{1,18}(\\.[0-9]{0,18})?", 0..200),
            odd in prop::collection::vec("[-+0-9.eEx]{1,5}", 0..200),
            values in prop::collection::vec(any::<f64>(), 0..50),
        ) {
            let values = values.iter().map(|value| format!("{value}"));
            let cells: Vec<String> = numbers.into_iter().chain(values).chain(odd).collect();
            let column = column(&cells);
            for (row, cell) in cells.iter().enumerate() {
                let kept = column.cell(row).unwrap();
                if cell.len() > MAX_FIXED_DIGITS && cell.contains('.') {
                    prop_assert_eq!(number(&kept), number(cell));
                } else {
                    prop_assert_eq!(&kept, cell);
                }
                if let Cells::Numbers(numbers) = column.cells() {
                    let value = numbers.values()[row];
                    let expected = number(cell).unwrap_or(f64::NAN);
                    prop_assert_eq!(value.to_bits(), expected.to_bits());
                }
            }
            let texts = column.texts();
            for row in 0..cells.len() {
                let cell = column.cell(row);
                prop_assert_eq!(texts.get(row), cell.as_deref());
            }
        }
    }

    #[test]
    fn a_column_of_words_is_kept_by_code() {
        let cells: Vec<String> = (0..1000).map(|row| format!("w{}", row % 3)).collect();
        let column = column(&cells);
        let Cells::Texts(texts) = column.cells() else {
            panic!("{column:?}");
        };
        assert_eq!(texts.distinct(), 3);
        assert_eq!(texts.codes()[..4], [0, 1, 2, 0]);
    }
}
