//! What the types of Parquet mean as cells, by its `LogicalTypes.md`.

use std::fmt::Write as _;

use parquet::{
    basic::{ConvertedType, LogicalType, TimeUnit, Type},
    schema::types::ColumnDescriptor,
};

use super::{builder::CellFault, cell_sink::CellSink, fault::TableFault};
use crate::customer::calendar;

const NANOS_PER_SECOND: i128 = 1_000_000_000;
const SECONDS_PER_DAY: i128 = 86_400;
/// The Julian day of 1970-01-01.
const JULIAN_EPOCH: i128 = 2_440_588;

/// How a column's values read as cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// As it is: booleans, floats, text.
    Plain,
    Signed,
    Unsigned,
    /// Days.
    Date,
    /// A time of the day in this many nanoseconds.
    Time(i64),
    /// This many nanoseconds each, since 1970.
    Timestamp(i64, Zone),
    /// The digits behind the point.
    Decimal(u32),
    Half,
    Uuid,
}

/// Whether a timestamp is an instant or what a clock on a wall showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    Utc,
    Local,
}

impl Kind {
    /// Whether its values are written as dates of ISO 8601.
    pub(super) fn is_dated(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp(..))
    }

    /// The kind of a column, or the name of a type that is no cell.
    pub(super) fn of(column: &ColumnDescriptor) -> Result<Self, String> {
        if column.max_rep_level() > 0 || column.path().parts().len() > 1 {
            return Err("nested (a list, map or struct)".to_owned());
        }
        let physical = column.physical_type();
        if let Some(logical) = column.logical_type_ref() {
            return Self::of_logical(logical, physical, column)
                .ok_or_else(|| format!("of the type {logical:?} ({physical})"));
        }
        let converted = column.converted_type();
        let kind = match (converted, physical) {
            (ConvertedType::DECIMAL, _) => decimal(column),
            (ConvertedType::DATE, Type::INT32) => Some(Self::Date),
            (ConvertedType::TIME_MILLIS, Type::INT32) => Some(Self::Time(1_000_000)),
            (ConvertedType::TIME_MICROS, Type::INT64) => Some(Self::Time(1_000)),
            (ConvertedType::TIMESTAMP_MILLIS, Type::INT64) => {
                Some(Self::Timestamp(1_000_000, Zone::Utc))
            }
            (ConvertedType::TIMESTAMP_MICROS, Type::INT64) => {
                Some(Self::Timestamp(1_000, Zone::Utc))
            }
            (
                ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64,
                Type::INT32 | Type::INT64,
            ) => Some(Self::Unsigned),
            (
                ConvertedType::NONE
                | ConvertedType::INT_8
                | ConvertedType::INT_16
                | ConvertedType::INT_32
                | ConvertedType::INT_64,
                Type::INT32 | Type::INT64,
            ) => Some(Self::Signed),
            (ConvertedType::NONE, Type::INT96) => Some(Self::Timestamp(1, Zone::Local)),
            (ConvertedType::NONE, Type::BOOLEAN | Type::FLOAT | Type::DOUBLE)
            | (
                ConvertedType::NONE
                | ConvertedType::UTF8
                | ConvertedType::ENUM
                | ConvertedType::JSON,
                Type::BYTE_ARRAY,
            ) => Some(Self::Plain),
            _ => None,
        };
        kind.ok_or_else(|| {
            if converted == ConvertedType::NONE {
                format!("of the type {physical}")
            } else {
                format!("of the type {converted} ({physical})")
            }
        })
    }

    fn of_logical(
        logical: &LogicalType,
        physical: Type,
        column: &ColumnDescriptor,
    ) -> Option<Self> {
        match (logical, physical) {
            (LogicalType::String | LogicalType::Enum | LogicalType::Json, Type::BYTE_ARRAY) => {
                Some(Self::Plain)
            }
            // A column of nothing but nulls.
            (LogicalType::Unknown, _) => Some(Self::Plain),
            (LogicalType::Integer(integer), Type::INT32 | Type::INT64) => {
                Some(if integer.is_signed {
                    Self::Signed
                } else {
                    Self::Unsigned
                })
            }
            (LogicalType::Date, Type::INT32) => Some(Self::Date),
            (LogicalType::Time(time), Type::INT32 | Type::INT64) => {
                Some(Self::Time(nanos(time.unit)))
            }
            (LogicalType::Timestamp(stamp), Type::INT64) => {
                let zone = if stamp.is_adjusted_to_u_t_c {
                    Zone::Utc
                } else {
                    Zone::Local
                };
                Some(Self::Timestamp(nanos(stamp.unit), zone))
            }
            (LogicalType::Decimal(_), _) => decimal(column),
            (LogicalType::Uuid, Type::FIXED_LEN_BYTE_ARRAY) => Some(Self::Uuid),
            (LogicalType::Float16, Type::FIXED_LEN_BYTE_ARRAY) => Some(Self::Half),
            _ => None,
        }
    }
}

fn nanos(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000_000,
        TimeUnit::MICROS => 1_000,
        TimeUnit::NANOS => 1,
    }
}

fn decimal(column: &ColumnDescriptor) -> Option<Kind> {
    let scale = u32::try_from(column.type_scale()).ok()?;
    let fits = match column.physical_type() {
        Type::INT32 | Type::INT64 | Type::BYTE_ARRAY => true,
        Type::FIXED_LEN_BYTE_ARRAY => (1..=16).contains(&column.type_length()),
        Type::BOOLEAN | Type::INT96 | Type::FLOAT | Type::DOUBLE => false,
    };
    (fits && scale <= 38).then_some(Kind::Decimal(scale))
}

/// Takes a column's values, in the order of the rows.
pub(super) struct Sink<C> {
    kind: Kind,
    cells: C,
    /// The row of the next value, from 0.
    row: usize,
    text: String,
}

impl<C: CellSink> Sink<C> {
    pub(super) fn new(kind: Kind, cells: C, row: usize) -> Self {
        Self {
            kind,
            cells,
            row,
            text: String::new(),
        }
    }

    pub(super) fn cells(&mut self) -> &mut C {
        &mut self.cells
    }

    pub(super) fn missing(&mut self) {
        self.cells.missing();
        self.row += 1;
    }

    pub(super) fn boolean(&mut self, value: bool) -> Result<(), TableFault> {
        self.put(if value { b"true" } else { b"false" })
    }

    pub(super) fn float(&mut self, value: f64) -> Result<(), TableFault> {
        self.row += 1;
        self.cells.number(value)
    }

    pub(super) fn integer(&mut self, signed: i64, unsigned: u64) -> Result<(), TableFault> {
        match self.kind {
            Kind::Unsigned => self.write(|text| write!(text, "{unsigned}").ok()),
            Kind::Decimal(scale) => self.write(|text| write_decimal(text, signed.into(), scale)),
            Kind::Date => self.write(|text| write_date(text, signed)),
            Kind::Time(nanos) => {
                self.write(|text| write_time(text, i128::from(signed) * i128::from(nanos)))
            }
            Kind::Timestamp(nanos, zone) => {
                self.timestamp(i128::from(signed) * i128::from(nanos), zone)
            }
            Kind::Signed | Kind::Plain | Kind::Half | Kind::Uuid => {
                self.write(|text| write!(text, "{signed}").ok())
            }
        }
    }

    /// A timestamp of old writers: nanoseconds of the day in two words, and the
    /// Julian day.
    pub(super) fn int96(&mut self, words: &[u32]) -> Result<(), TableFault> {
        let &[low, high, day] = words else {
            return Err(self.fault("is no timestamp"));
        };
        let nanos = i128::from(u64::from(high) << 32 | u64::from(low));
        let days = i128::from(day.cast_signed()) - JULIAN_EPOCH;
        self.timestamp(
            days * SECONDS_PER_DAY * NANOS_PER_SECOND + nanos,
            Zone::Local,
        )
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), TableFault> {
        match self.kind {
            Kind::Decimal(scale) => {
                let unscaled = big_endian(bytes);
                self.write(|text| write_decimal(text, unscaled?, scale))
            }
            Kind::Half => match <[u8; 2]>::try_from(bytes) {
                Ok(bytes) => self.float(half(u16::from_le_bytes(bytes))),
                Err(_) => Err(self.fault("is no number of 16 bits")),
            },
            Kind::Uuid => self.write(|text| {
                bytes
                    .iter()
                    .try_for_each(|byte| write!(text, "{byte:02x}"))
                    .ok()
            }),
            Kind::Plain
            | Kind::Signed
            | Kind::Unsigned
            | Kind::Date
            | Kind::Time(_)
            | Kind::Timestamp(..) => self.put(bytes),
        }
    }

    fn timestamp(&mut self, nanos: i128, zone: Zone) -> Result<(), TableFault> {
        let day = SECONDS_PER_DAY * NANOS_PER_SECOND;
        self.write(|text| {
            write_date(text, i64::try_from(nanos.div_euclid(day)).ok()?)?;
            text.push('T');
            write_time(text, nanos.rem_euclid(day))?;
            if zone == Zone::Utc {
                text.push('Z');
            }
            Some(())
        })
    }

    /// A cell that `spell` writes; `None` when there is no such value.
    fn write(&mut self, spell: impl FnOnce(&mut String) -> Option<()>) -> Result<(), TableFault> {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        let spelled = spell(&mut text);
        let put = match spelled {
            Some(()) => self.put(text.as_bytes()),
            None => Err(self.fault("is outside the range of its type")),
        };
        self.text = text;
        put
    }

    fn put(&mut self, cell: &[u8]) -> Result<(), TableFault> {
        match self.cells.text(cell) {
            Ok(()) => {
                self.row += 1;
                Ok(())
            }
            Err(CellFault::NotUtf8) => Err(self.fault("is not UTF-8 text")),
            Err(CellFault::Other(fault)) => Err(fault),
        }
    }

    fn fault(&self, what: &'static str) -> TableFault {
        TableFault::ParquetValue {
            row: self.row as u64 + 1,
            column: self.cells.name().to_owned(),
            what,
        }
    }
}

/// Two's complement, at most 16 bytes.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let (&first, rest) = bytes.split_first()?;
    if bytes.len() > 16 {
        return None;
    }
    let sign = i128::from(first.cast_signed());
    Some(
        rest.iter()
            .fold(sign, |sum, &byte| sum << 8 | i128::from(byte)),
    )
}

fn write_decimal(text: &mut String, unscaled: i128, scale: u32) -> Option<()> {
    let power = 10_u128.checked_pow(scale)?;
    let sign = if unscaled < 0 { "-" } else { "" };
    let magnitude = unscaled.unsigned_abs();
    write!(text, "{sign}{}", magnitude / power).ok()?;
    if scale > 0 {
        let width = scale as usize;
        write!(text, ".{:0width$}", magnitude % power).ok()?;
    }
    Some(())
}

fn write_date(text: &mut String, days: i64) -> Option<()> {
    // Within ± 10 million days, that is the years that have four digits.
    if days.unsigned_abs() > 10_000_000 {
        return None;
    }
    let (year, month, day) = calendar::civil(days);
    if !(0..=9999).contains(&year) {
        return None;
    }
    write!(text, "{year:04}-{month:02}-{day:02}").ok()
}

fn write_time(text: &mut String, nanos: i128) -> Option<()> {
    let seconds = nanos / NANOS_PER_SECOND;
    if nanos < 0 || seconds >= SECONDS_PER_DAY {
        return None;
    }
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    write!(text, "{hours:02}:{minutes:02}:{:02}", seconds % 60).ok()?;
    let fraction = nanos % NANOS_PER_SECOND;
    if fraction > 0 {
        let digits = format!("{fraction:09}");
        write!(text, ".{}", digits.trim_end_matches('0')).ok()?;
    }
    Some(())
}

/// IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    sign * match exponent {
        0 => fraction * 2.0_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2.0_f64.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(spell: impl FnOnce(&mut String) -> Option<()>) -> Option<String> {
        let mut text = String::new();
        spell(&mut text).map(|()| text)
    }

    #[test]
    fn values_are_spelled() {
        let decimal = |unscaled, scale| spelled(|text| write_decimal(text, unscaled, scale));
        assert_eq!(decimal(-12_345, 2).as_deref(), Some("-123.45"));
        assert_eq!(decimal(5, 3).as_deref(), Some("0.005"));
        assert_eq!(decimal(-7, 0).as_deref(), Some("-7"));
        assert_eq!(big_endian(&[0xff, 0x85]), Some(-123));
        assert_eq!(big_endian(&[]), None);
        let date = |days| spelled(|text| write_date(text, days));
        assert_eq!(date(20_088).as_deref(), Some("2024-12-31"));
        assert_eq!(date(-1).as_deref(), Some("1969-12-31"));
        assert_eq!(date(3_000_000), None);
        let time = |nanos| spelled(|text| write_time(text, nanos));
        assert_eq!(time(3_723_500_000_000).as_deref(), Some("01:02:03.5"));
        assert_eq!(time(86_400_000_000_000), None);
        assert_eq!(half(0x3c00), 1.0);
        assert_eq!(half(0xc100), -2.5);
        assert_eq!(half(0x0001), 2.0_f64.powi(-24));
        assert!(half(0x7e00).is_nan());
    }
}
