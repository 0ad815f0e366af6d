//! A customer, read from its bytes as far as they are of the usual kind: each
//! field once, each feature with a value. Features take neither a map nor a copy
//! of a text. What is of another kind is for the general decoder, so that it
//! alone says what protobuf means and what is wrong.

use prost::Message as _;

use super::wire_type::{FIXED_64, LENGTH_DELIMITED, VARINT};
use crate::{
    customer::{Features, InOrder, Names, Value},
    grpc::proto::{PurchaseHistory, PurchaseSummary, customer::Purchases},
};

/// A customer, its features borrowed from its bytes.
#[derive(Debug, Clone)]
pub(in crate::grpc) struct PlainCustomer<'b> {
    pub(in crate::grpc) id: &'b str,
    pub(in crate::grpc) features: Features<'b>,
    pub(in crate::grpc) as_of: &'b str,
    pub(in crate::grpc) purchases: Option<Purchases>,
}

/// Tags of `Customer`, of an entry of its features and of `FeatureValue`.
const ID: u8 = tag(1, LENGTH_DELIMITED);
const FEATURE: u8 = tag(2, LENGTH_DELIMITED);
const AS_OF: u8 = tag(3, LENGTH_DELIMITED);
const HISTORY: u8 = tag(4, LENGTH_DELIMITED);
const SUMMARY: u8 = tag(5, LENGTH_DELIMITED);
const KEY: u8 = tag(1, LENGTH_DELIMITED);
const VALUE: u8 = tag(2, LENGTH_DELIMITED);
const NUMBER: u8 = tag(1, FIXED_64);
const TEXT: u8 = tag(2, LENGTH_DELIMITED);
const FLAG: u8 = tag(3, VARINT);
const NULL: u8 = tag(4, LENGTH_DELIMITED);

/// The fewest bytes of a feature: tag and length, an entry with a name of one
/// byte and an empty value's two.
const LEAST_FEATURE_BYTES: usize = 9;

const fn tag(field: u8, wire_type: u8) -> u8 {
    field << 3 | wire_type
}

impl<'b> PlainCustomer<'b> {
    /// `None` where the bytes are of another kind, or no customer at all.
    pub(in crate::grpc) fn read(bytes: &'b [u8], names: Option<&'b Names>) -> Option<Self> {
        let mut customer = Bytes(bytes);
        let (mut id, mut as_of, mut purchases) = (None, None, None);
        let mut features = names.map_or_else(Features::default, |names| {
            Features::InOrder(InOrder::new(names))
        });
        while !customer.0.is_empty() {
            match customer.byte()? {
                ID if id.is_none() => id = Some(customer.text()?),
                FEATURE => {
                    let (name, value) = feature(customer.delimited()?)?;
                    match &mut features {
                        Features::InOrder(features) => features.put(name, value)?,
                        Features::Named(features) => {
                            if features.is_empty() {
                                // A guess from below, for few features are that short.
                                features.reserve(customer.0.len() / (3 * LEAST_FEATURE_BYTES));
                            }
                            features.push((str::from_utf8(name).ok()?, value));
                        }
                    }
                }
                AS_OF if as_of.is_none() => as_of = Some(customer.text()?),
                HISTORY if purchases.is_none() => {
                    let history = PurchaseHistory::decode(customer.delimited()?).ok()?;
                    purchases = Some(Purchases::History(history));
                }
                SUMMARY if purchases.is_none() => {
                    let summary = PurchaseSummary::decode(customer.delimited()?).ok()?;
                    purchases = Some(Purchases::Summary(summary));
                }
                _ => return None,
            }
        }
        Some(Self {
            id: id?,
            features,
            as_of: as_of.unwrap_or_default(),
            purchases,
        })
    }
}

fn feature(bytes: &[u8]) -> Option<(&[u8], Value<'_>)> {
    let mut entry = Bytes(bytes);
    entry.expect(KEY)?;
    let name = entry.delimited()?;
    entry.expect(VALUE)?;
    let value = value(entry.delimited()?)?;
    entry.end((name, value))
}

fn value(bytes: &[u8]) -> Option<Value<'_>> {
    let mut value = Bytes(bytes);
    let read = match value.byte()? {
        NUMBER => Value::Number(f64::from_le_bytes(value.array()?)),
        TEXT => Value::Text(value.text()?),
        FLAG => match value.byte()? {
            0 => Value::Flag(false),
            1 => Value::Flag(true),
            _ => return None,
        },
        NULL => {
            value.expect(0)?;
            Value::Missing
        }
        _ => return None,
    };
    value.end(read)
}

/// What is left to read.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.byte()? == byte).then_some(())
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    /// Bytes after their length, which takes one or two bytes in all but long
    /// texts and histories.
    fn delimited(&mut self) -> Option<&'b [u8]> {
        let low = self.byte()?;
        let length = if low < 0x80 {
            usize::from(low)
        } else {
            let high = self.byte()?;
            if high >= 0x80 {
                return None;
            }
            usize::from(low & 0x7f) | usize::from(high) << 7
        };
        let (delimited, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(delimited)
    }

    fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.delimited()?).ok()
    }

    /// `read`, if nothing is left.
    fn end<T>(&self, read: T) -> Option<T> {
        self.0.is_empty().then_some(read)
    }
}

#[cfg(test)]
mod tests;
