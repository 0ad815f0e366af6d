//! Messages as the server reads and writes them. Requests are those of the
//! contract, but for customers, which stay bytes until they are scored: most are
//! then read without a map and without a copy of their texts. Scores are written
//! from what they borrow, with no message in between.

mod answer;
mod customer;
mod sent;
mod writer;

use std::borrow::Cow;

use prost::bytes::Bytes;

use super::{convert::Asked, proto};
pub(super) use answer::{Answer, Encoded};
pub(super) use customer::PlainCustomer;
pub(super) use sent::SentCustomer;
pub(super) use writer::{Fields, MessageWriter};

/// How a field is written, the lower three bits of its key.
mod wire_type {
    pub(super) const VARINT: u8 = 0;
    pub(super) const FIXED_64: u8 = 1;
    pub(super) const LENGTH_DELIMITED: u8 = 2;
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

/// `holdfast.v1.StreamScoresRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct StreamScoresRequest {
    #[prost(uint64, tag = "1")]
    pub(super) sequence: u64,
    #[prost(message, optional, tag = "2")]
    pub(super) settings: Option<proto::StreamSettings>,
    #[prost(oneof = "Customers", tags = "10, 11")]
    pub(super) customers: Option<Customers>,
}

/// Which shape the customers of a stream have.
#[expect(
    clippy::large_enum_variant,
    reason = "one message at a time; the columns are what streams are for"
)]
#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum Customers {
    #[prost(message, tag = "10")]
    Rows(CustomerRows),
    #[prost(message, tag = "11")]
    Columns(proto::CustomerColumns),
}

/// `holdfast.v1.CustomerRows`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct CustomerRows {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub(super) customers: Vec<Bytes>,
}

impl ScoreCustomerRequest {
    /// The bytes of the customer, if one was sent.
    pub(super) fn customer(&self) -> Option<Cow<'_, [u8]>> {
        match self.customers.as_slice() {
            [] => None,
            [once] => Some(Cow::Borrowed(once)),
            parts => Some(Cow::Owned(parts.concat())),
        }
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

        let rows = proto::CustomerRows {
            customers: vec![customer.clone(), customer],
        };
        let message = proto::StreamScoresRequest {
            sequence: 3,
            settings: Some(proto::StreamSettings {
                churn_model: selector("churn"),
                ..proto::StreamSettings::default()
            }),
            customers: Some(proto::stream_scores_request::Customers::Rows(rows)),
        }
        .encode_to_vec();
        let read = StreamScoresRequest::decode(message.as_slice()).unwrap();
        assert_eq!(read.encode_to_vec(), message);
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
