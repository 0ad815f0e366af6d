//! Messages as the server reads and writes them. Requests are those of the
//! contract, but for customers, by row or by column, which stay bytes until they are
//! scored: most are then read without a map and without a copy of their texts. Scores are written
//! from what they borrow, with no message in between.

mod answer;
pub(super) mod columns;
pub(super) mod customer;
mod expected;
mod reader;
mod sent;
mod stream;
mod writer;

use std::borrow::Cow;

use prost::bytes::Bytes;

use super::{convert::Asked, proto};
pub(super) use answer::{Answer, Encoded};
pub(super) use columns::read_columns;
pub(super) use customer::{PlainCustomer, PlainPurchases};
pub(super) use expected::Expected;
pub(super) use sent::SentCustomer;
pub(super) use stream::{CustomerRows, Customers, StreamScoresRequest};
pub(super) use writer::{Fields, MessageWriter};

/// How a field is written, the lower three bits of its key.
mod wire_type {
    pub(super) const VARINT: u8 = 0;
    pub(super) const FIXED_64: u8 = 1;
    pub(super) const LENGTH_DELIMITED: u8 = 2;

    /// The key of one of the first fields.
    pub(super) const fn tag(field: u8, wire_type: u8) -> u8 {
        field << 3 | wire_type
    }
}

/// `holdfast.v1.ScoreCustomerResponse`.
pub(super) type ScoreCustomerResponse = Encoded<proto::ScoreCustomerResponse>;
/// `holdfast.v1.ScoreCustomersResponse`.
pub(super) type ScoreCustomersResponse = Encoded<proto::ScoreCustomersResponse>;
/// `holdfast.v1.StreamScoresResponse`.
pub(super) type StreamScoresResponse = Encoded<proto::StreamScoresResponse>;

/// A request about one customer is, in bytes, one about several: protobuf merges
/// messages that are sent more than once, which is to read one after the other.
macro_rules! request {
    ($request:ident) => {
        #[doc = concat!("`holdfast.v1.", stringify!($request), "`.")]
        #[derive(Clone, PartialEq, prost::Message)]
        pub(super) struct $request {
            #[prost(message, optional, tag = "1")]
            churn_model: Option<proto::ModelSelector>,
            #[prost(message, optional, tag = "2")]
            value_model: Option<proto::ModelSelector>,
            #[prost(message, optional, tag = "3")]
            segmentation_model: Option<proto::ModelSelector>,
            #[prost(string, tag = "4")]
            profile: String,
            #[prost(message, optional, tag = "5")]
            score_mask: Option<prost_types::FieldMask>,
            #[prost(string, tag = "6")]
            language: String,
            #[prost(uint32, optional, tag = "9")]
            pub(super) max_reasons: Option<u32>,
            #[prost(bytes = "bytes", repeated, tag = "10")]
            pub(super) customers: Vec<Bytes>,
        }

        impl $request {
            /// What it says of models and answers.
            pub(super) fn asked(&self) -> Asked<'_> {
                Asked {
                    churn_model: self.churn_model.as_ref(),
                    value_model: self.value_model.as_ref(),
                    segmentation_model: self.segmentation_model.as_ref(),
                    profile: &self.profile,
                    score_mask: self.score_mask.as_ref(),
                    language: &self.language,
                }
            }
        }
    };
}

request!(ScoreCustomerRequest);
request!(ScoreCustomersRequest);

/// `holdfast.v1.ScoreColumnsRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ScoreColumnsRequest {
    #[prost(message, optional, tag = "1")]
    churn_model: Option<proto::ModelSelector>,
    #[prost(message, optional, tag = "2")]
    value_model: Option<proto::ModelSelector>,
    #[prost(string, tag = "4")]
    profile: String,
    #[prost(message, optional, tag = "5")]
    score_mask: Option<prost_types::FieldMask>,
    #[prost(string, tag = "6")]
    language: String,
    #[prost(uint32, optional, tag = "9")]
    pub(super) max_reasons: Option<u32>,
    #[prost(bytes = "bytes", repeated, tag = "10")]
    columns: Vec<Bytes>,
    #[prost(enumeration = "proto::NumberEncoding", tag = "11")]
    pub(super) number_encoding: i32,
}

impl ScoreColumnsRequest {
    /// What it says of models and answers.
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            churn_model: self.churn_model.as_ref(),
            value_model: self.value_model.as_ref(),
            score_mask: self.score_mask.as_ref(),
            profile: &self.profile,
            language: &self.language,
            ..Asked::default()
        }
    }

    /// How many bytes the columns take.
    pub(super) fn column_bytes(&self) -> usize {
        self.columns.iter().map(Bytes::len).sum()
    }

    /// The bytes of the columns, if some were sent.
    pub(super) fn columns(&self) -> Option<Cow<'_, [u8]>> {
        merged(&self.columns)
    }
}

impl ScoreCustomerRequest {
    /// The bytes of the customer, if one was sent.
    pub(super) fn customer(&self) -> Option<Cow<'_, [u8]>> {
        merged(&self.customers)
    }
}

/// The bytes of a message that was sent in parts, if it was.
pub(super) fn merged(parts: &[Bytes]) -> Option<Cow<'_, [u8]>> {
    match parts {
        [] => None,
        [whole] => Some(Cow::Borrowed(whole)),
        parts => Some(Cow::Owned(parts.concat())),
    }
}

/// The names of the contract.
macro_rules! name {
    ($request:ident) => {
        impl prost::Name for $request {
            const NAME: &'static str = <proto::$request as prost::Name>::NAME;
            const PACKAGE: &'static str = <proto::$request as prost::Name>::PACKAGE;
        }
    };
}

name!(ScoreCustomerRequest);
name!(ScoreCustomersRequest);
name!(ScoreColumnsRequest);
name!(StreamScoresRequest);

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    /// Every field of the contract, so that a new one does not compile until it
    /// stands above.
    #[test]
    fn no_field_of_a_request_is_lost() {
        let selector = |name: &str| {
            Some(proto::ModelSelector {
                name: name.to_owned(),
                choice: Some(proto::model_selector::Choice::Version(2)),
            })
        };
        let customer = proto::Customer {
            id: "c".to_owned(),
            as_of: "2026-01-01".to_owned(),
            ..proto::Customer::default()
        };
        let one = proto::ScoreCustomerRequest {
            churn_model: selector("churn"),
            value_model: selector("value"),
            segmentation_model: selector("groups"),
            profile: "retail".to_owned(),
            score_mask: Some(prost_types::FieldMask {
                paths: vec!["churn".to_owned()],
            }),
            language: "zh".to_owned(),
            max_reasons: Some(0),
            customer: Some(customer.clone()),
        }
        .encode_to_vec();
        let read = ScoreCustomerRequest::decode(one.as_slice()).unwrap();
        assert_eq!(read.encode_to_vec(), one);
        assert_eq!(read.customer().unwrap(), customer.encode_to_vec());

        let many = proto::ScoreCustomersRequest {
            churn_model: selector("churn"),
            value_model: selector("value"),
            segmentation_model: selector("groups"),
            profile: "retail".to_owned(),
            score_mask: Some(prost_types::FieldMask {
                paths: vec!["churn".to_owned()],
            }),
            language: "zh".to_owned(),
            max_reasons: Some(0),
            customers: vec![customer.clone(), customer.clone()],
        }
        .encode_to_vec();
        let read = ScoreCustomersRequest::decode(many.as_slice()).unwrap();
        assert_eq!(read.encode_to_vec(), many);

        let columns = proto::CustomerColumns {
            ids: vec!["c".to_owned()],
            ..proto::CustomerColumns::default()
        };
        let by_column = proto::ScoreColumnsRequest {
            churn_model: selector("churn"),
            value_model: selector("value"),
            profile: "retail".to_owned(),
            score_mask: Some(prost_types::FieldMask {
                paths: vec!["churn".to_owned()],
            }),
            language: "zh".to_owned(),
            max_reasons: Some(0),
            columns: Some(columns.clone()),
            number_encoding: proto::NumberEncoding::LittleEndian.into(),
        }
        .encode_to_vec();
        let read = ScoreColumnsRequest::decode(by_column.as_slice()).unwrap();
        assert_eq!(read.encode_to_vec(), by_column);
        assert_eq!(read.columns().unwrap(), columns.encode_to_vec());

        let rows = proto::CustomerRows {
            customers: vec![customer.clone(), customer],
        };
        for customers in [
            proto::stream_scores_request::Customers::Rows(rows),
            proto::stream_scores_request::Customers::Columns(columns),
        ] {
            let message = proto::StreamScoresRequest {
                sequence: 3,
                settings: Some(proto::StreamSettings {
                    churn_model: selector("churn"),
                    ..proto::StreamSettings::default()
                }),
                customers: Some(customers),
            }
            .encode_to_vec();
            let read = StreamScoresRequest::decode(message.as_slice()).unwrap();
            assert_eq!(read.encode_to_vec(), message);
        }
    }

    #[test]
    fn a_customer_in_two_parts_is_one() {
        let part = |id: &str, as_of: &str| proto::ScoreCustomerRequest {
            customer: Some(proto::Customer {
                id: id.to_owned(),
                as_of: as_of.to_owned(),
                ..proto::Customer::default()
            }),
            ..proto::ScoreCustomerRequest::default()
        };
        let bytes = [
            part("c", "").encode_to_vec(),
            part("", "2026-01-01").encode_to_vec(),
        ]
        .concat();
        let read = ScoreCustomerRequest::decode(bytes.as_slice()).unwrap();
        let whole = proto::ScoreCustomerRequest::decode(bytes.as_slice()).unwrap();
        let customer = proto::Customer::decode(&*read.customer().unwrap()).unwrap();
        assert_eq!(Some(customer), whole.customer);
    }
}
