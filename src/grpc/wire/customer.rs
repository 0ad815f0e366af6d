//! A customer, read from its bytes as far as they are of the usual kind: each
//! field once, each feature with a value. Features take neither a map nor a copy
//! of a text. What is of another kind is for the general decoder, so that it
//! alone says what protobuf means and what is wrong.

use prost::Message as _;

use super::{
    expected::{Expected, named},
    reader::Bytes,
    wire_type::{FIXED_64, LENGTH_DELIMITED, VARINT, tag},
};
use crate::{
    customer::{Features, InOrder, Sent, SentSummary, Value},
    grpc::proto::PurchaseHistory,
};

/// A customer, its features borrowed from its bytes.
#[derive(Debug, Clone)]
pub(in crate::grpc) struct PlainCustomer<'b> {
    pub(in crate::grpc) id: &'b str,
    pub(in crate::grpc) features: Features<'b>,
    pub(in crate::grpc) as_of: &'b str,
    pub(in crate::grpc) purchases: Option<PlainPurchases<'b>>,
}

/// What was sent of its purchases.
#[derive(Debug, Clone)]
pub(in crate::grpc) enum PlainPurchases<'b> {
    /// Each of them.
    Listed(PurchaseHistory),
    /// Their summary.
    Summarised(SentSummary<'b>),
}

/// Tags of `Customer`, of `FeatureValue` and of `PurchaseSummary`.
const ID: u8 = tag(1, LENGTH_DELIMITED);
const FEATURE: u8 = tag(2, LENGTH_DELIMITED);
const AS_OF: u8 = tag(3, LENGTH_DELIMITED);
const HISTORY: u8 = tag(4, LENGTH_DELIMITED);
const SUMMARY: u8 = tag(5, LENGTH_DELIMITED);
const NUMBER: u8 = tag(1, FIXED_64);
const TEXT: u8 = tag(2, LENGTH_DELIMITED);
const FLAG: u8 = tag(3, VARINT);
const NULL: u8 = tag(4, LENGTH_DELIMITED);
const FREQUENCY: u8 = tag(1, FIXED_64);
const RECENCY: u8 = tag(2, FIXED_64);
const OBSERVATION: u8 = tag(3, FIXED_64);
const MEAN_SPEND: u8 = tag(4, FIXED_64);
const CURRENCY: u8 = tag(5, LENGTH_DELIMITED);

/// The fewest bytes of a feature: tag and length, an entry with a name of one
/// byte and an empty value's two.
const LEAST_FEATURE_BYTES: usize = 9;

impl<'b> PlainCustomer<'b> {
    /// `None` where the bytes are of another kind, or no customer at all.
    pub(in crate::grpc) fn read(
        bytes: &'b [u8],
        mut expected: Option<&mut Expected<'b>>,
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
                    let (entry, rest) = customer.delimited_and_on()?;
                    match (&mut features, &mut expected) {
                        (Features::InOrder(features), Some(expected)) => {
                            let (position, bytes) = expected.feature(place, entry, rest)?;
                            let names = expected.names();
                            let known = |text: &[u8]| {
                                // It ends with its entry, or is refused.
                                let start = entry.len() - text.len();
                                names.known(position, rest.get(start..)?, text.len())
                            };
                            features.put(position, value(bytes, known)?)?;
                            place += 1;
                        }
                        (Features::Named(features), None) => {
                            if features.is_empty() {
                                // A guess from below, for few features are that short.
                                features.reserve(customer.len() / (3 * LEAST_FEATURE_BYTES));
                            }
                            let (name, bytes) = named(entry)?;
                            let name = str::from_utf8(name).ok()?;
                            let Sent::Value(value) = value(bytes, |_| None)? else {
                                return None;
                            };
                            features.push((name, value));
                        }
                        _ => return None,
                    }
                }
                AS_OF if as_of.is_none() => as_of = Some(customer.text()?),
                HISTORY if purchases.is_none() => {
                    let history = PurchaseHistory::decode(customer.delimited()?).ok()?;
                    purchases = Some(PlainPurchases::Listed(history));
                }
                SUMMARY if purchases.is_none() => {
                    let summary = summary(customer.delimited()?)?;
                    purchases = Some(PlainPurchases::Summarised(summary));
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

/// Reads a value after its length, of which some texts may be `known`.
#[inline]
fn value(bytes: &[u8], known: impl Fn(&[u8]) -> Option<usize>) -> Option<Sent<'_>> {
    let mut entry = Bytes::new(bytes);
    let mut value = Bytes::new(entry.delimited()?);
    let read = match value.byte()? {
        NUMBER => Sent::Value(Value::Number(value.double()?)),
        TEXT => {
            let text = value.delimited()?;
            match known(text) {
                Some(place) => Sent::Known(place),
                None => Sent::Value(Value::Text(str::from_utf8(text).ok()?)),
            }
        }
        FLAG => match value.byte()? {
            0 => Sent::Value(Value::Flag(false)),
            1 => Sent::Value(Value::Flag(true)),
            _ => return None,
        },
        NULL => {
            value.expect(0)?;
            Sent::Value(Value::Missing)
        }
        _ => return None,
    };
    entry.end(value.end(read)?)
}

/// Reads a `PurchaseSummary`; of one field, the last counts.
fn summary(bytes: &[u8]) -> Option<SentSummary<'_>> {
    let mut bytes = Bytes::new(bytes);
    let mut summary = SentSummary::default();
    while !bytes.is_empty() {
        match bytes.byte()? {
            FREQUENCY => summary.frequency = bytes.double()?,
            RECENCY => summary.recency_days = bytes.double()?,
            OBSERVATION => summary.observation_days = bytes.double()?,
            MEAN_SPEND => summary.mean_repeat_spend = Some(bytes.double()?),
            CURRENCY => summary.currency = bytes.text()?,
            _ => return None,
        }
    }
    Some(summary)
}

#[cfg(any(test, fuzzing))]
pub(in crate::grpc) mod alike;
#[cfg(test)]
mod tests;
