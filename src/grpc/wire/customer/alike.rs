//! What is read fast is what protobuf means: held by property tests and by fuzzing.

use std::collections::BTreeMap;

use prost::Message as _;

use super::{PlainCustomer, PlainPurchases};
use crate::{
    customer::{Names, Value},
    grpc::{
        proto::{self, customer::Purchases, feature_value::Kind},
        wire::Expected,
    },
};

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

/// Whether the bytes are of the usual kind, which is then read as the general decoder
/// reads it.
///
/// # Panics
///
/// When it is not.
pub(in crate::grpc) fn check(bytes: &[u8]) -> bool {
    let Some(plain) = PlainCustomer::read(bytes, None) else {
        return false;
    };
    let decoded = proto::Customer::decode(bytes);
    assert!(decoded.is_ok(), "{decoded:?}");
    let decoded = decoded.unwrap_or_default();
    let mut names = Names::default();
    let mut some_text = Vec::new();
    for (name, value) in &decoded.features {
        if let Some(Kind::Text(text)) = &value.kind {
            some_text.push(text.clone());
        }
        names.add(name, &some_text);
    }
    let mut again = Expected::again(&names);
    let [first, second] = [(); 2].map(|()| PlainCustomer::read(bytes, Some(&mut again)));
    let another = reversed(&decoded);
    let mut after_another = Expected::again(&names);
    let _ = PlainCustomer::read(&another, Some(&mut after_another));
    let other = PlainCustomer::read(bytes, Some(&mut after_another));
    let mut once = Expected::once(&names);
    let alone = PlainCustomer::read(bytes, Some(&mut once));
    let is_faulty = |value: &Value<'_>| matches!(value, Value::Number(x) if !x.is_finite());
    let features = plain.features.named();
    let faulty = features.iter().any(|(_, value)| is_faulty(value));
    for expected in [&first, &second, &other, &alone] {
        assert_eq!(expected.is_none(), faulty);
    }
    let expected = [first, second, other, alone].into_iter().flatten();
    for plain in expected.chain([plain.clone()]) {
        // Of a name that stands twice, the last counts: here as there.
        let features = plain.features.named().iter().copied().collect();
        assert_eq!(Some(told(&features)), usual(&decoded).as_ref().map(told));
    }
    assert_eq!(plain.id, decoded.id);
    assert_eq!(plain.as_of, decoded.as_of);
    // Printed, so that NaN equals itself.
    assert_eq!(
        format!("{:?}", plain.purchases.map(full)),
        format!("{:?}", decoded.purchases)
    );
    true
}

fn full(purchases: PlainPurchases<'_>) -> Purchases {
    match purchases {
        PlainPurchases::Listed(history) => Purchases::History(history),
        PlainPurchases::Summarised(summary) => Purchases::Summary(proto::PurchaseSummary {
            frequency: summary.frequency,
            recency_days: summary.recency_days,
            observation_days: summary.observation_days,
            mean_repeat_spend: summary.mean_repeat_spend,
            currency: summary.currency.to_owned(),
        }),
    }
}

/// A customer with the same features the other way round.
fn reversed(customer: &proto::Customer) -> Vec<u8> {
    let id = proto::Customer {
        id: "c".to_owned(),
        ..proto::Customer::default()
    };
    let features = customer.features.iter().rev();
    let each = features.map(|(name, value)| proto::Customer {
        features: BTreeMap::from([(name.clone(), value.clone())]),
        ..proto::Customer::default()
    });
    let parts = [id].into_iter().chain(each);
    parts.flat_map(|part| part.encode_to_vec()).collect()
}
