//! Requests as the server reads them: those of the contract, but for customers,
//! which stay bytes until they are scored. Most are then read without a map and
//! without a copy of their texts.

mod customer;
mod sent;

use std::borrow::Cow;

use prost::bytes::Bytes;

use super::proto;
use customer::PlainCustomer;
pub(super) use sent::SentCustomer;

/// `holdfast.v1.ScoreCustomerRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ScoreCustomerRequest {
    #[prost(message, optional, tag = "1")]
    pub(super) churn_model: Option<proto::ModelSelector>,
    #[prost(message, optional, tag = "2")]
    pub(super) value_model: Option<proto::ModelSelector>,
    #[prost(message, optional, tag = "3")]
    pub(super) segmentation_model: Option<proto::ModelSelector>,
    #[prost(string, tag = "4")]
    pub(super) profile: String,
    #[prost(message, optional, tag = "5")]
    pub(super) score_mask: Option<prost_types::FieldMask>,
    #[prost(string, tag = "6")]
    pub(super) language: String,
    #[prost(uint32, optional, tag = "9")]
    pub(super) max_reasons: Option<u32>,
    /// Protobuf merges messages that are sent more than once: in bytes, one
    /// follows the other.
    #[prost(bytes = "bytes", repeated, tag = "10")]
    customer: Vec<Bytes>,
}

/// `holdfast.v1.ScoreCustomersRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ScoreCustomersRequest {
    #[prost(message, optional, tag = "1")]
    pub(super) churn_model: Option<proto::ModelSelector>,
    #[prost(message, optional, tag = "2")]
    pub(super) value_model: Option<proto::ModelSelector>,
    #[prost(message, optional, tag = "3")]
    pub(super) segmentation_model: Option<proto::ModelSelector>,
    #[prost(string, tag = "4")]
    pub(super) profile: String,
    #[prost(message, optional, tag = "5")]
    pub(super) score_mask: Option<prost_types::FieldMask>,
    #[prost(string, tag = "6")]
    pub(super) language: String,
    #[prost(uint32, optional, tag = "9")]
    pub(super) max_reasons: Option<u32>,
    #[prost(bytes = "bytes", repeated, tag = "10")]
    pub(super) customers: Vec<Bytes>,
}

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
        match self.customer.as_slice() {
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
