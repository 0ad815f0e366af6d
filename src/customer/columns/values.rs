//! The values of one column: numbers in either encoding, texts by dictionary,
//! flags; each with a bitmap of the rows that have a value.

use std::{borrow::Cow, ops::Range};

use crate::customer::{MAX_TEXT_BYTES, Value, Violations};

/// The most texts of one dictionary.
pub const MAX_DICTIONARY: usize = 100_000;

/// Numbers, as they are sent: `values`, or the same as `little_endian` bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SentNumbers<'a> {
    /// One for each row, or none.
    pub values: Doubles<'a>,
    /// 8 bytes for each row, or none.
    pub little_endian: &'a [u8],
    /// A bitmap; empty where every row has a number.
    pub validity: &'a [u8],
}

/// Numbers, one after the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Doubles<'a> {
    /// As the machine has them.
    Numbers(&'a [f64]),
    /// As the wire has them, little-endian.
    Packed(&'a [[u8; 8]]),
}

/// Texts, as they are sent.
#[derive(Debug, Clone, Default)]
pub struct SentTexts<'a> {
    /// The texts, in any order.
    pub dictionary: Vec<&'a str>,
    /// One for each row.
    pub indices: Indices<'a>,
    /// A bitmap; empty where every row has a text.
    pub validity: &'a [u8],
}

/// Places in a dictionary.
#[derive(Debug, Clone, PartialEq)]
pub enum Indices<'a> {
    /// All below 256.
    Bytes(&'a [u8]),
    /// Any.
    Numbers(Cow<'a, [u32]>),
}

/// Flags, as they are sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct SentFlags<'a> {
    /// A bitmap.
    pub values: &'a [u8],
    /// A bitmap; empty where every row has a value.
    pub validity: &'a [u8],
}

/// A number for each row, where it has one. It need not be finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberColumn<'a> {
    numbers: Doubles<'a>,
    validity: Validity<'a>,
}

/// A text for each row, where it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct TextColumn<'a> {
    dictionary: Vec<&'a str>,
    /// Each within the dictionary, where the row has a text.
    indices: Indices<'a>,
    validity: Validity<'a>,
}

/// A yes/no fact for each row, where it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlagColumn<'a> {
    values: &'a [u8],
    validity: Validity<'a>,
}

/// Which rows have a value; `None` for all.
type Validity<'a> = Option<&'a [u8]>;

impl<'a> NumberColumn<'a> {
    /// Checks numbers for so many rows.
    ///
    /// # Errors
    ///
    /// Lengths that do not fit, by the fields of [`SentNumbers`].
    pub fn new(sent: SentNumbers<'a>, rows: usize) -> Result<Self, Violations> {
        let SentNumbers {
            values,
            little_endian,
            validity,
        } = sent;
        let mut violations = Violations::default();
        let (eights, rest) = little_endian.as_chunks::<8>();
        let numbers = if little_endian.is_empty() {
            if values.len() != rows {
                violations.push("values", format!("must be {rows}, one for each id"));
            }
            values
        } else {
            if values.len() != 0 {
                violations.push("values", "must be left out with `little_endian`");
            }
            if eights.len() != rows || !rest.is_empty() {
                violations.push(
                    "little_endian",
                    format!("must be 8 bytes for each of the {rows} ids"),
                );
            }
            Doubles::Packed(eights)
        };
        let validity = checked_validity(validity, rows, &mut violations);
        violations.into_result(Self { numbers, validity })
    }

    /// The number of a row, if it has one.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<f64> {
        if !is_valid(self.validity, row) {
            return None;
        }
        match self.numbers {
            Doubles::Numbers(numbers) => numbers.get(row).copied(),
            Doubles::Packed(eights) => eights.get(row).map(|eight| f64::from_le_bytes(*eight)),
        }
    }

    /// The numbers of some rows, in order.
    pub(crate) fn of_rows(&self, rows: Range<usize>, mut each: impl FnMut(usize, Option<f64>)) {
        match (self.numbers, self.validity) {
            (Doubles::Numbers(numbers), None) => {
                for (at, &number) in numbers[rows].iter().enumerate() {
                    each(at, Some(number));
                }
            }
            (Doubles::Packed(eights), None) => {
                for (at, &eight) in eights[rows].iter().enumerate() {
                    each(at, Some(f64::from_le_bytes(eight)));
                }
            }
            (_, Some(_)) => {
                for (at, row) in rows.enumerate() {
                    each(at, self.get(row));
                }
            }
        }
    }
}

impl Doubles<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Packed(eights) => eights.len(),
        }
    }
}

impl Default for Doubles<'_> {
    fn default() -> Self {
        Self::Numbers(&[])
    }
}

impl Indices<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    fn get(&self, row: usize) -> Option<usize> {
        match self {
            Self::Bytes(bytes) => bytes.get(row).map(|&index| usize::from(index)),
            Self::Numbers(numbers) => numbers.get(row).map(|&index| index as usize),
        }
    }

    fn largest(&self) -> Option<usize> {
        match self {
            Self::Bytes(bytes) => bytes.iter().max().map(|&index| usize::from(index)),
            Self::Numbers(numbers) => numbers.iter().max().map(|&index| index as usize),
        }
    }
}

impl Default for Indices<'_> {
    fn default() -> Self {
        Self::Bytes(&[])
    }
}

impl<'a> TextColumn<'a> {
    /// Checks texts for so many rows.
    ///
    /// # Errors
    ///
    /// Lengths that do not fit, texts that are too long and indices beyond the
    /// dictionary, by the fields of [`SentTexts`].
    pub fn new(sent: SentTexts<'a>, rows: usize) -> Result<Self, Violations> {
        let SentTexts {
            dictionary,
            indices,
            validity,
        } = sent;
        let mut violations = Violations::default();
        if dictionary.len() > MAX_DICTIONARY {
            let limit = format!("must have at most {MAX_DICTIONARY} entries");
            violations.push("dictionary", limit);
        }
        for (at, text) in dictionary.iter().enumerate() {
            if text.len() > MAX_TEXT_BYTES {
                violations.push(
                    &format!("dictionary[{at}]"),
                    format!("must be at most {MAX_TEXT_BYTES} bytes"),
                );
            }
        }
        if indices.len() != rows {
            violations.push("indices", format!("must be {rows}, one for each id"));
        }
        let validity = checked_validity(validity, rows, &mut violations);
        let entries = dictionary.len();
        if indices.largest().is_some_and(|largest| largest >= entries) {
            for row in 0..indices.len() {
                if is_valid(validity, row) && indices.get(row).is_some_and(|at| at >= entries) {
                    violations.push(
                        &format!("indices[{row}]"),
                        format!("must be below {entries}, the length of the dictionary"),
                    );
                }
            }
        }
        violations.into_result(Self {
            dictionary,
            indices,
            validity,
        })
    }

    /// The texts that rows may have.
    #[must_use]
    pub fn dictionary(&self) -> &[&'a str] {
        &self.dictionary
    }

    /// Where in the dictionary the texts stand, if every row has one and all stand
    /// among the first 256.
    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        match self.indices {
            Indices::Bytes(bytes) if self.validity.is_none() => Some(bytes),
            Indices::Bytes(_) | Indices::Numbers(_) => None,
        }
    }

    /// Where in the dictionary the text of a row stands, if it has one.
    #[must_use]
    pub fn index(&self, row: usize) -> Option<usize> {
        let index = self.indices.get(row);
        index.filter(|_| is_valid(self.validity, row))
    }

    /// The text of a row, if it has one.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&'a str> {
        self.dictionary.get(self.index(row)?).copied()
    }
}

impl<'a> FlagColumn<'a> {
    /// Checks flags for so many rows.
    ///
    /// # Errors
    ///
    /// Lengths that do not fit, by the fields of [`SentFlags`].
    pub fn new(sent: SentFlags<'a>, rows: usize) -> Result<Self, Violations> {
        let SentFlags { values, validity } = sent;
        let mut violations = Violations::default();
        if values.len() != rows.div_ceil(8) {
            violations.push("values", bitmap_length(rows));
        }
        let validity = checked_validity(validity, rows, &mut violations);
        violations.into_result(Self { values, validity })
    }

    /// The facts, if that of every row is known.
    pub(crate) fn bits(&self) -> Option<&'a [u8]> {
        self.validity.is_none().then_some(self.values)
    }

    /// The fact of a row, if it is known.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<bool> {
        is_valid(self.validity, row).then(|| has_bit(self.values, row))
    }
}

/// The values of one feature.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnValues<'a> {
    /// Of a number.
    Numbers(NumberColumn<'a>),
    /// Of a text.
    Texts(TextColumn<'a>),
    /// Of a flag.
    Flags(FlagColumn<'a>),
}

impl<'a> ColumnValues<'a> {
    /// The value of a row.
    #[must_use]
    pub fn value(&self, row: usize) -> Value<'a> {
        let value = match self {
            Self::Numbers(numbers) => numbers.get(row).map(Value::Number),
            Self::Texts(texts) => texts.get(row).map(Value::Text),
            Self::Flags(flags) => flags.get(row).map(Value::Flag),
        };
        value.unwrap_or(Value::Missing)
    }
}

fn checked_validity<'a>(
    bitmap: &'a [u8],
    rows: usize,
    violations: &mut Violations,
) -> Validity<'a> {
    if bitmap.is_empty() {
        return None;
    }
    if bitmap.len() != rows.div_ceil(8) {
        let text = bitmap_length(rows) + "; it may be empty where every row has a value";
        violations.push("validity", text);
    }
    Some(bitmap)
}

fn bitmap_length(rows: usize) -> String {
    let bytes = rows.div_ceil(8);
    format!("must be {bytes} bytes, a bit for each of the {rows} ids")
}

fn is_valid(validity: Validity<'_>, row: usize) -> bool {
    validity.is_none_or(|bitmap| has_bit(bitmap, row))
}

fn has_bit(bitmap: &[u8], row: usize) -> bool {
    bitmap
        .get(row / 8)
        .is_some_and(|byte| (byte >> (row % 8)) & 1 == 1)
}
