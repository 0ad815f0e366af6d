//! Columns, borrowed from their bytes as far as they are of the usual kind: each
//! field once, numbers packed. What is of another kind is for the general decoder,
//! so that it alone says what protobuf means and what is wrong.

use std::borrow::Cow;

use prost::{DecodeError, Message as _};

use super::{
    reader::Bytes,
    wire_type::{LENGTH_DELIMITED, tag},
};
use crate::{
    customer::{
        Doubles, Indices, SentColumn, SentColumns, SentFlags, SentNumbers, SentSummaries,
        SentTexts, SentValues,
    },
    grpc::proto,
};

/// Every field of these messages is of this kind.
const fn field(number: u8) -> u8 {
    tag(number, LENGTH_DELIMITED)
}

/// Tags of `CustomerColumns`.
const IDS: u8 = field(1);
const FEATURES: u8 = field(2);
const SUMMARY: u8 = field(3);
/// Of `FeatureColumn`.
const NAME: u8 = field(1);
const NUMBERS: u8 = field(2);
const TEXTS: u8 = field(3);
const FLAGS: u8 = field(4);
/// Of `Numbers`.
const VALUES: u8 = field(1);
const LITTLE_ENDIAN: u8 = field(2);
const NUMBERS_VALIDITY: u8 = field(3);
/// Of `Texts`.
const DICTIONARY: u8 = field(1);
const INDICES: u8 = field(2);
const TEXTS_VALIDITY: u8 = field(3);
/// Of `Flags`.
const BITS: u8 = field(1);
const BITS_VALIDITY: u8 = field(2);
/// Of `PurchaseSummaryColumns`.
const FREQUENCY: u8 = field(1);
const RECENCY_DAYS: u8 = field(2);
const OBSERVATION_DAYS: u8 = field(3);
const MEAN_REPEAT_SPEND: u8 = field(4);
const CURRENCY: u8 = field(5);

/// Reads a `CustomerColumns`; `general` is room for what is not of the usual kind.
///
/// # Errors
///
/// When the bytes are none.
pub(in crate::grpc) fn read_columns<'b>(
    bytes: &'b [u8],
    general: &'b mut proto::CustomerColumns,
) -> Result<SentColumns<'b>, DecodeError> {
    if let Some(plain) = columns(bytes) {
        return Ok(plain);
    }
    *general = proto::CustomerColumns::decode(bytes)?;
    Ok(SentColumns::from(&*general))
}

fn columns(bytes: &[u8]) -> Option<SentColumns<'_>> {
    let mut message = Bytes::new(bytes);
    let mut columns = SentColumns::default();
    while !message.is_empty() {
        match message.byte()? {
            IDS => columns.ids.push(message.text()?),
            FEATURES => columns.features.push(feature(message.delimited()?)?),
            SUMMARY => once(&mut columns.summary, summary(message.delimited()?)?)?,
            _ => return None,
        }
    }
    Some(columns)
}

fn feature(bytes: &[u8]) -> Option<SentColumn<'_>> {
    let mut message = Bytes::new(bytes);
    let (mut name, mut values) = (None, None);
    while !message.is_empty() {
        let field = message.byte()?;
        if field == NAME {
            once(&mut name, message.text()?)?;
            continue;
        }
        let bytes = message.delimited()?;
        let sent = match field {
            NUMBERS => SentValues::Numbers(numbers(bytes)?),
            TEXTS => SentValues::Texts(texts(bytes)?),
            FLAGS => SentValues::Flags(flags(bytes)?),
            _ => return None,
        };
        once(&mut values, sent)?;
    }
    Some(SentColumn {
        name: name.unwrap_or_default(),
        values,
    })
}

fn numbers(bytes: &[u8]) -> Option<SentNumbers<'_>> {
    let mut message = Bytes::new(bytes);
    let [mut values, mut little_endian, mut validity] = [None; 3];
    while !message.is_empty() {
        let field = match message.byte()? {
            VALUES => &mut values,
            LITTLE_ENDIAN => &mut little_endian,
            NUMBERS_VALIDITY => &mut validity,
            _ => return None,
        };
        once(field, message.delimited()?)?;
    }
    let (values, rest) = values.unwrap_or_default().as_chunks();
    rest.is_empty().then(|| SentNumbers {
        values: Doubles::Packed(values),
        little_endian: little_endian.unwrap_or_default(),
        validity: validity.unwrap_or_default(),
    })
}

fn texts(bytes: &[u8]) -> Option<SentTexts<'_>> {
    let mut message = Bytes::new(bytes);
    let mut dictionary = Vec::new();
    let [mut packed, mut validity] = [None; 2];
    while !message.is_empty() {
        match message.byte()? {
            DICTIONARY => dictionary.push(message.text()?),
            INDICES => once(&mut packed, message.delimited()?)?,
            TEXTS_VALIDITY => once(&mut validity, message.delimited()?)?,
            _ => return None,
        }
    }
    Some(SentTexts {
        dictionary,
        indices: indices(packed.unwrap_or_default())?,
        validity: validity.unwrap_or_default(),
    })
}

/// Of few texts, the indices are the bytes that say so.
fn indices(packed: &[u8]) -> Option<Indices<'_>> {
    if packed.is_ascii() {
        return Some(Indices::Bytes(packed));
    }
    let mut bytes = Bytes::new(packed);
    let mut indices = Vec::with_capacity(packed.len() / 2);
    while !bytes.is_empty() {
        indices.push(bytes.varint()?);
    }
    Some(Indices::Numbers(Cow::Owned(indices)))
}

fn flags(bytes: &[u8]) -> Option<SentFlags<'_>> {
    let mut message = Bytes::new(bytes);
    let [mut values, mut validity] = [None; 2];
    while !message.is_empty() {
        let field = match message.byte()? {
            BITS => &mut values,
            BITS_VALIDITY => &mut validity,
            _ => return None,
        };
        once(field, message.delimited()?)?;
    }
    Some(SentFlags {
        values: values.unwrap_or_default(),
        validity: validity.unwrap_or_default(),
    })
}

fn summary(bytes: &[u8]) -> Option<SentSummaries<'_>> {
    let mut message = Bytes::new(bytes);
    let mut summary = SentSummaries::default();
    let mut currency = None;
    while !message.is_empty() {
        let field = match message.byte()? {
            FREQUENCY => &mut summary.frequency,
            RECENCY_DAYS => &mut summary.recency_days,
            OBSERVATION_DAYS => &mut summary.observation_days,
            MEAN_REPEAT_SPEND => &mut summary.mean_repeat_spend,
            CURRENCY => {
                once(&mut currency, message.text()?)?;
                continue;
            }
            _ => return None,
        };
        once(field, numbers(message.delimited()?)?)?;
    }
    summary.currency = currency.unwrap_or_default();
    Some(summary)
}

/// Fills a field that was not there before.
fn once<T>(field: &mut Option<T>, read: T) -> Option<()> {
    field.is_none().then(|| *field = Some(read))
}

#[cfg(any(test, fuzzing))]
pub(in crate::grpc) mod alike;
#[cfg(test)]
mod tests;
