//! The values of one column: numbers in either encoding, texts by dictionary,
//! flags; each with a bitmap of the rows that have a value.

use std::ops::Range;

use crate::customer::{MAX_TEXT_BYTES, Value, Violations};

/// The most texts of one dictionary.
pub const MAX_DICTIONARY: usize = 100_000;

/// Numbers, as they are sent: `values`, or the same as `little_endian` bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SentNumbers<'a> {
    /// One for each row, or none.
    pub values: &'a [f64],
    /// 8 bytes for each row, or none.
    pub little_endian: &'a [u8],
    /// A bitmap; empty where every row has a number.
    pub validity: &'a [u8],
}

/// Texts, as they are sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct SentTexts<'a> {
    /// The texts, in any order.
    pub dictionary: &'a [String],
    /// One for each row.
    pub indices: &'a [u32],
    /// A bitmap; empty where every row has a text.
    pub validity: &'a [u8],
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
    numbers: Numbers<'a>,
    validity: Validity<'a>,
}

/// A text for each row, where it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextColumn<'a> {
    dictionary: &'a [String],
    /// Each within the dictionary, where the row has a text.
    indices: &'a [u32],
    validity: Validity<'a>,
}

/// A yes/no fact for each row, where it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlagColumn<'a> {
    values: &'a [u8],
    validity: Validity<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Numbers<'a> {
    Doubles(&'a [f64]),
    LittleEndian(&'a [[u8; 8]]),
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
            Numbers::Doubles(values)
        } else {
            if !values.is_empty() {
                violations.push("values", "must be left out with `little_endian`");
            }
            if eights.len() != rows || !rest.is_empty() {
                violations.push(
                    "little_endian",
                    format!("must be 8 bytes for each of the {rows} ids"),
                );
            }
            Numbers::LittleEndian(eights)
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
            Numbers::Doubles(values) => values.get(row).copied(),
            Numbers::LittleEndian(bytes) => bytes.get(row).map(|eight| f64::from_le_bytes(*eight)),
        }
    }

    /// The numbers of some rows, in order.
    pub(crate) fn of_rows(&self, rows: Range<usize>, mut each: impl FnMut(usize, Option<f64>)) {
        match (self.numbers, self.validity) {
            (Numbers::Doubles(values), None) => {
                for (at, &number) in values[rows].iter().enumerate() {
                    each(at, Some(number));
                }
            }
            (Numbers::LittleEndian(bytes), None) => {
                for (at, &eight) in bytes[rows].iter().enumerate() {
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
        for (row, &index) in indices.iter().enumerate() {
            if index as usize >= entries && is_valid(validity, row) {
                violations.push(
                    &format!("indices[{row}]"),
                    format!("must be below {entries}, the length of the dictionary"),
                );
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
    pub fn dictionary(&self) -> &'a [String] {
        self.dictionary
    }

    /// Where in the dictionary the text of a row stands, if it has one.
    #[must_use]
    pub fn index(&self, row: usize) -> Option<usize> {
        let index = self.indices.get(row).map(|&index| index as usize);
        index.filter(|_| is_valid(self.validity, row))
    }

    /// The text of a row, if it has one.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&'a str> {
        self.dictionary.get(self.index(row)?).map(String::as_str)
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

    /// The fact of a row, if it is known.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<bool> {
        is_valid(self.validity, row).then(|| has_bit(self.values, row))
    }
}

/// The values of one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
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
