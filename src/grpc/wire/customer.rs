//! A customer, read from its bytes as far as they are of the usual kind: each
//! field once, each feature with a value. Features take neither a map nor a copy
//! of a text. What is of another kind is for the general decoder, so that it
//! alone says what protobuf means and what is wrong.

use prost::Message as _;

use super::{
    reader::Bytes,
    wire_type::{FIXED_64, LENGTH_DELIMITED, VARINT, tag},
};
use crate::{
    customer::{ExpectedNames, Features, InOrder, Value},
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

impl<'b> PlainCustomer<'b> {
    /// `None` where the bytes are of another kind, or no customer at all.
    pub(in crate::grpc) fn read(
        bytes: &'b [u8],
        mut expected: Option<&mut ExpectedNames<'b>>,
    ) -> Option<Self> {
        let mut customer = Bytes::new(bytes);
        let (mut id, mut as_of, mut purchases) = (None, None, None);
        let mut features = match &expected {
            Some(expected) => Features::InOrder(InOrder::new(expected.names())),
            None => Features::default(),
        };
        let mut place = 0;
        while !customer.is_empty() {
            match customer.byte()? {
                ID if id.is_none() => id = Some(customer.text()?),
                FEATURE => {
                    let (name, bytes) = feature(customer.delimited()?)?;
                    match (&mut features, &mut expected) {
                        (Features::InOrder(features), Some(expected)) => {
                            let position = expected.position(place, name)?;
                            let names = expected.names();
                            let known = |text: &[u8]| names.known_text(position, text);
                            features.put(position, value(bytes, known)?);
                            place += 1;
                        }
                        (Features::Named(features), None) => {
                            if features.is_empty() {
                                // A guess from below, for few features are that short.
                                features.reserve(customer.len() / (3 * LEAST_FEATURE_BYTES));
                            }
                            features.push((str::from_utf8(name).ok()?, value(bytes, |_| None)?));
                        }
                        _ => return None,
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

/// The bytes of a name and of its value.
fn feature(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut entry = Bytes::new(bytes);
    entry.expect(KEY)?;
    let name = entry.delimited()?;
    entry.expect(VALUE)?;
    let value = entry.delimited()?;
    entry.end((name, value))
}

/// Reads a value, of which some texts may be `known`.
fn value<'b>(bytes: &'b [u8], known: impl Fn(&[u8]) -> Option<&'b str>) -> Option<Value<'b>> {
    let mut value = Bytes::new(bytes);
    let read = match value.byte()? {
        NUMBER => Value::Number(f64::from_le_bytes(value.array()?)),
        TEXT => {
            let text = value.delimited()?;
            Value::Text(known(text).or_else(|| str::from_utf8(text).ok())?)
        }
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

#[cfg(test)]
mod tests;
