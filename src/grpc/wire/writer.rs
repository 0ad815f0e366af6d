//! Protobuf, written field by field: what has been scored is borrowed to the
//! end, and copied once. As prost has it, numbers of zero and empty texts are
//! left out, unless the contract calls them `optional`.

use prost::{Message, bytes::BufMut, encode_length_delimiter, length_delimiter_len};

use super::wire_type::{FIXED_64, LENGTH_DELIMITED, VARINT};

/// A set of fields of one message, by their numbers, all below 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::grpc) struct Fields(u32);

impl Fields {
    pub(in crate::grpc) const NONE: Self = Self(0);
    pub(in crate::grpc) const ALL: Self = Self(u32::MAX);

    pub(in crate::grpc) const fn of(number: u32) -> Self {
        Self(1 << number)
    }

    pub(in crate::grpc) fn add(&mut self, number: u32) {
        self.0 |= Self::of(number).0;
    }

    pub(in crate::grpc) fn has(self, number: u32) -> bool {
        self.0 & Self::of(number).0 != 0
    }
}

/// The fields of one message, to be written in the order of their numbers.
pub(in crate::grpc) struct MessageWriter<'b> {
    bytes: &'b mut Vec<u8>,
    /// All others are left out.
    wanted: Fields,
}

impl<'b> MessageWriter<'b> {
    /// A message at the end of `bytes`.
    pub(in crate::grpc) fn new(bytes: &'b mut Vec<u8>, wanted: Fields) -> Self {
        Self { bytes, wanted }
    }

    pub(in crate::grpc) fn double(&mut self, field: u32, value: f64) {
        if value != 0.0 {
            self.optional_double(field, Some(value));
        }
    }

    pub(in crate::grpc) fn optional_double(&mut self, field: u32, value: Option<f64>) {
        if let (Some(value), true) = (value, self.wanted.has(field)) {
            self.key(field, FIXED_64);
            self.bytes.put_f64_le(value);
        }
    }

    /// Several in one field; none, and it is left out.
    pub(in crate::grpc) fn doubles(&mut self, field: u32, values: &[f64]) {
        if !values.is_empty() && self.wanted.has(field) {
            self.key(field, LENGTH_DELIMITED);
            self.varint(values.len() as u64 * 8);
            for value in values {
                self.bytes.put_f64_le(*value);
            }
        }
    }

    pub(in crate::grpc) fn flag(&mut self, field: u32, value: bool) {
        self.number(field, u64::from(value));
    }

    pub(in crate::grpc) fn number(&mut self, field: u32, value: impl Into<u64>) {
        let value = value.into();
        if value != 0 && self.wanted.has(field) {
            self.key(field, VARINT);
            self.varint(value);
        }
    }

    /// A number of an enumeration; none of the contract's is below zero.
    pub(in crate::grpc) fn choice(&mut self, field: u32, value: impl Into<i32>) {
        self.number(field, value.into().unsigned_abs());
    }

    /// Several in one field; none, and it is left out.
    pub(in crate::grpc) fn choices<C: Into<i32>>(
        &mut self,
        field: u32,
        values: impl IntoIterator<Item = C>,
    ) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_some() {
            self.message(field, Fields::ALL, |packed| {
                for value in values {
                    packed.varint(value.into().unsigned_abs().into());
                }
            });
        }
    }

    pub(in crate::grpc) fn text(&mut self, field: u32, value: &str) {
        if !value.is_empty() {
            self.element(field, value);
        }
    }

    /// One of several texts, which may be empty.
    pub(in crate::grpc) fn element(&mut self, field: u32, value: &str) {
        self.encoded(field, value.as_bytes());
    }

    /// A message within, of which only `wanted` fields are written.
    pub(in crate::grpc) fn message(
        &mut self,
        field: u32,
        wanted: Fields,
        write: impl FnOnce(&mut MessageWriter<'_>),
    ) {
        if !self.wanted.has(field) {
            return;
        }
        self.key(field, LENGTH_DELIMITED);
        let start = self.bytes.len();
        // The length stands before what it is of; of most, it fits into a byte.
        self.bytes.push(0);
        write(&mut MessageWriter::new(self.bytes, wanted));
        let end = self.bytes.len();
        let length = end - start - 1;
        if let (Ok(length @ ..0x80), Some(first)) =
            (u8::try_from(length), self.bytes.get_mut(start))
        {
            *first = length;
            return;
        }
        let more = length_delimiter_len(length) - 1;
        self.bytes.resize(end + more, 0);
        self.bytes.copy_within(start + 1..end, start + 1 + more);
        // There is room now.
        let _ = encode_length_delimiter(length, &mut &mut self.bytes[start..]);
    }

    /// A message that has been encoded.
    pub(in crate::grpc) fn encoded(&mut self, field: u32, message: &[u8]) {
        if self.wanted.has(field) {
            self.key(field, LENGTH_DELIMITED);
            self.varint(message.len() as u64);
            self.bytes.extend_from_slice(message);
        }
    }

    /// A message that is one already.
    pub(in crate::grpc) fn whole(&mut self, field: u32, message: &impl Message) {
        self.message(field, Fields::ALL, |within| {
            // A vector has room for anything.
            let _ = message.encode(within.bytes);
        });
    }

    fn key(&mut self, field: u32, wire_type: u8) {
        self.varint(u64::from(field << 3) | u64::from(wire_type));
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(low_seven_bits(value) | 0x80);
            value >>= 7;
        }
        self.bytes.push(low_seven_bits(value));
    }
}

fn low_seven_bits(value: u64) -> u8 {
    value.to_le_bytes()[0] & 0x7f
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::proto;

    fn written(wanted: Fields, write: impl FnOnce(&mut MessageWriter<'_>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut MessageWriter::new(&mut bytes, wanted));
        bytes
    }

    /// Numbers, texts and messages, zero and not, short and long, as prost has
    /// them.
    #[test]
    fn the_bytes_are_those_of_prost() {
        for (amount, length) in [
            (0.0, 0),
            (-1.5, 1),
            (f64::MAX, 127),
            (0.1, 128),
            (7.0, 20_000),
        ] {
            let text = "x".repeat(length);
            let potential = proto::PotentialValue {
                amount,
                currency: text.clone(),
                per_period: vec![amount; length],
                interval: Some(proto::AmountInterval {
                    low: amount,
                    ..proto::AmountInterval::default()
                }),
                ..proto::PotentialValue::default()
            };
            let score = proto::ValueScore {
                expected_spend: Some(amount),
                potential: Some(potential.clone()),
                ..proto::ValueScore::default()
            };
            let bytes = written(Fields::ALL, |message| {
                message.double(1, 0.0);
                message.optional_double(5, Some(amount));
                message.message(6, Fields::ALL, |message| {
                    message.double(1, amount);
                    message.text(2, &text);
                    message.doubles(6, &vec![amount; length]);
                    message.message(7, Fields::ALL, |message| message.double(1, amount));
                });
            });
            assert_eq!(bytes, score.encode_to_vec());
            let bytes = written(Fields::ALL, |message| {
                message.optional_double(5, Some(amount));
                message.whole(6, &potential);
            });
            assert_eq!(bytes, score.encode_to_vec());

            let reason = proto::Reason {
                features: vec![String::new(), text.clone()],
                contribution: amount,
                cause_groups: vec![2; length],
            };
            let bytes = written(Fields::ALL, |message| {
                message.element(1, "");
                message.element(1, &text);
                message.double(2, amount);
                message.choices(3, vec![proto::CauseGroup::Price; length]);
            });
            assert_eq!(bytes, reason.encode_to_vec());

            let action = proto::RecommendedAction {
                rule_index: u32::try_from(length).unwrap(),
                ..proto::RecommendedAction::default()
            };
            let bytes = written(Fields::ALL, |message| {
                message.number(2, action.rule_index);
                message.flag(9, false);
            });
            assert_eq!(bytes, action.encode_to_vec());
        }
    }

    #[test]
    fn what_is_not_wanted_is_left_out() {
        let mut wanted = Fields::of(2);
        wanted.add(9);
        let bytes = written(wanted, |message| {
            message.double(1, 1.0);
            message.text(2, "a");
            message.message(3, Fields::ALL, |message| message.number(1, 1_u32));
            message.choice(4, proto::RiskBand::High);
            message.message(9, Fields::NONE, |message| message.double(1, 1.0));
        });
        assert_eq!(bytes, [0x12, 1, b'a', 0x4a, 0]);
    }
}
