use std::collections::BTreeMap;

use prop::{collection::vec, option};
use proptest::prelude::*;
use prost::Message as _;

use super::*;
use crate::grpc::proto::{self, feature_value::Kind};

fn kind() -> impl Strategy<Value = Option<Kind>> {
    prop_oneof![
        5 => any::<f64>().prop_map(|number| Some(Kind::Number(number))),
        5 => ".{0,200}".prop_map(|text| Some(Kind::Text(text))),
        3 => any::<bool>().prop_map(|flag| Some(Kind::Flag(flag))),
        2 => Just(Some(Kind::Null(proto::Null {}))),
        1 => Just(None),
    ]
}

fn customer() -> impl Strategy<Value = proto::Customer> {
    let features = vec((".{0,12}", kind()), 0..6);
    (".{0,20}", features, option::weighted(0.1, ".{1,10}")).prop_map(|(id, features, as_of)| {
        let features = features.into_iter();
        proto::Customer {
            id,
            features: features
                .map(|(name, kind)| (name, proto::FeatureValue { kind }))
                .collect(),
            as_of: as_of.unwrap_or_default(),
            purchases: None,
        }
    })
}

/// What the general decoder makes of the bytes, where it is of the usual kind.
fn usual(customer: &proto::Customer) -> Option<BTreeMap<&str, Value<'_>>> {
    let features = customer.features.iter().map(|(name, value)| {
        let value = match value.kind.as_ref()? {
            Kind::Number(number) => Value::Number(*number),
            Kind::Text(text) => Value::Text(text),
            Kind::Flag(flag) => Value::Flag(*flag),
            Kind::Null(_) => Value::Missing,
        };
        Some((name.as_str(), value))
    });
    features.collect()
}

/// Doubles by their bits, so that NaN equals itself.
fn told(features: &BTreeMap<&str, Value<'_>>) -> String {
    let told = features.iter().map(|(name, value)| match value {
        Value::Number(number) => format!("{name:?} {:x}", number.to_bits()),
        Value::Text(_) | Value::Flag(_) | Value::Missing => format!("{name:?} {value:?}"),
    });
    told.collect::<Vec<_>>().join(";")
}

/// What is read is what the general decoder reads.
fn check(bytes: &[u8]) -> bool {
    let Some(plain) = PlainCustomer::read(bytes) else {
        return false;
    };
    let decoded = proto::Customer::decode(bytes).unwrap();
    // Of a name that stands twice, the last counts: here as there.
    let features: BTreeMap<&str, Value<'_>> = plain.features.into_iter().collect();
    assert_eq!(plain.id, decoded.id);
    assert_eq!(told(&features), told(&usual(&decoded).unwrap()));
    assert!(decoded.as_of.is_empty() && decoded.purchases.is_none());
    true
}

proptest! {
    #[test]
    fn what_is_read_is_what_protobuf_means(customer in customer()) {
        let usual = !customer.id.is_empty()
            && customer.as_of.is_empty()
            // An empty name or value is left out on the wire.
            && customer.features.iter().all(|(name, value)| {
                !name.is_empty() && value.kind.is_some()
            });
        prop_assert_eq!(check(&customer.encode_to_vec()), usual);
    }

    #[test]
    fn so_it_is_of_damaged_bytes(
        customer in customer(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = customer.encode_to_vec();
        bytes.push(0);
        for (at, byte) in damage {
            *at.get_mut(&mut bytes) = byte;
        }
        check(&bytes);
        check(&bytes[..cut.index(bytes.len())]);
    }
}

#[test]
fn the_last_of_a_repeated_name_counts() {
    let once = |number: f64| {
        let feature = proto::FeatureValue {
            kind: Some(Kind::Number(number)),
        };
        let customer = proto::Customer {
            id: String::new(),
            features: BTreeMap::from([("a".to_owned(), feature)]),
            ..proto::Customer::default()
        };
        customer.encode_to_vec()
    };
    let id = proto::Customer {
        id: "c".to_owned(),
        ..proto::Customer::default()
    };
    assert!(check(&[id.encode_to_vec(), once(1.0), once(2.0)].concat()));
}
