use std::collections::BTreeMap;

use prop::{collection::vec, option};
use proptest::prelude::*;
use prost::Message as _;

use super::alike::check;
use crate::grpc::proto::{self, customer::Purchases, feature_value::Kind};

fn kind() -> impl Strategy<Value = Option<Kind>> {
    prop_oneof![
        5 => any::<f64>().prop_map(|number| Some(Kind::Number(number))),
        5 => "[a-c]{0,12}".prop_map(|text| Some(Kind::Text(text))),
        1 => ".{0,200}".prop_map(|text| Some(Kind::Text(text))),
        3 => any::<bool>().prop_map(|flag| Some(Kind::Flag(flag))),
        2 => Just(Some(Kind::Null(proto::Null {}))),
        1 => Just(None),
    ]
}

fn customer() -> impl Strategy<Value = proto::Customer> {
    let features = vec((".{0,12}", kind()), 0..6);
    let as_of = option::weighted(0.5, ".{1,10}");
    let parts = (".{0,20}", features, as_of, option::of(purchases()));
    parts.prop_map(|(id, features, as_of, purchases)| {
        let features = features.into_iter();
        proto::Customer {
            id,
            features: features
                .map(|(name, kind)| (name, proto::FeatureValue { kind }))
                .collect(),
            as_of: as_of.unwrap_or_default(),
            purchases,
        }
    })
}

fn purchases() -> impl Strategy<Value = Purchases> {
    let summary = (
        any::<f64>(),
        any::<f64>(),
        option::of(any::<f64>()),
        ".{0,4}",
    );
    let purchase = (".{0,10}", any::<f64>(), vec(".{0,4}", 0..3));
    prop_oneof![
        summary.prop_map(|(frequency, recency_days, mean_repeat_spend, currency)| {
            Purchases::Summary(proto::PurchaseSummary {
                frequency,
                recency_days,
                observation_days: 9.0,
                mean_repeat_spend,
                currency,
            })
        }),
        (".{0,4}", vec(purchase, 0..5)).prop_map(|(currency, purchases)| {
            let purchases = purchases.into_iter();
            let purchases = purchases.map(|(day, amount, products)| proto::Purchase {
                day,
                amount: Some(amount),
                products,
            });
            Purchases::History(proto::PurchaseHistory {
                currency,
                purchases: purchases.collect(),
            })
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_read_is_what_protobuf_means(customer in customer()) {
        let usual = !customer.id.is_empty()
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
