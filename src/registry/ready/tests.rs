use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::{
    artifact::{self, Version},
    customer::{ListedPurchases, SentPurchase, Snapshot, Value},
    features::{Feature, FlagLabels, NumberEncoding, Schema, Shape, purchases::PurchaseFeatures},
    model::{ChurnModel, Coefficient},
};

fn shipped(name: &str) -> Content {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let version = Version::new(1).unwrap();
    let loaded = artifact::load(&root, &name.parse().unwrap(), version);
    loaded.unwrap().content
}

fn kind(number: usize) -> FeatureKind {
    match number {
        0 => FeatureKind::Number(NumberEncoding {
            minimum: 0.0,
            maximum: 1.0,
            mean: 0.5,
            standard_deviation: 1.0,
            shape: Shape::Line,
        }),
        1 => FeatureKind::Text(vec!["a".to_owned()]),
        _ => FeatureKind::Flag(FlagLabels {
            true_label: "yes".to_owned(),
            false_label: "no".to_owned(),
        }),
    }
}

/// A model of features, each by name, kind and whether it is required.
fn content(features: &[(&str, usize, bool)], rules: Option<PurchaseFeatureRules>) -> Content {
    let features = features.iter().map(|(name, number, required)| Feature {
        name: (*name).to_owned(),
        required: *required,
        kind: kind(*number),
    });
    let schema = Schema::new(features.collect()).unwrap();
    let coefficient = Coefficient {
        weight: 1.0,
        training_mean: 0.5,
    };
    let coefficients = vec![coefficient; schema.width()];
    let model = ChurnModel::new(schema, 0.1, coefficients).unwrap();
    let Content::Churn(shipped) = shipped("telco-churn") else {
        panic!("no churn model");
    };
    Content::from(ChurnContent {
        model,
        purchases: rules,
        ..*shipped
    })
}

fn schema(content: &Content) -> &Schema {
    match content {
        Content::Churn(content) => content.model.schema(),
        Content::Value(_) | Content::Segmentation(_) | Content::Spend(_) => {
            panic!("no churn model")
        }
    }
}

fn heard(now: &Content, customers: &[Vec<(&str, Value<'_>)>]) -> Heard {
    let mut heard = Heard::default();
    for features in customers {
        let features = features.iter().map(|(name, value)| (*name, Some(*value)));
        let customer = Snapshot::new("c", features).unwrap();
        heard.add(&customer, Some(schema(now)));
    }
    heard
}

#[test]
fn everything_in_the_way_is_named_most_refusals_first() {
    let now = content(
        &[("tenure", 0, true), ("plan", 1, false), ("old", 2, false)],
        None,
    );
    let next = content(
        &[("tenure", 1, true), ("plan", 1, true), ("region", 1, true)],
        None,
    );
    let mut customers = vec![
        vec![
            ("tenure", Value::Number(1.0)),
            ("plan", Value::Text("a")),
            ("old", Value::Missing),
        ];
        8
    ];
    customers.extend(vec![vec![("tenure", Value::Number(1.0))]; 2]);
    let told = not_ready(&now, &next, &heard(&now, &customers)).unwrap();
    assert_eq!(
        told.to_string(),
        "it would refuse customers as callers sent them lately: they lack the feature `region` \
         (100 %); it takes the feature `tenure` as a text only (100 %); it does not know the \
         feature `old` (80 %); they lack the feature `plan` (20 %)"
    );
    assert_eq!(not_ready(&next, &next, &heard(&now, &customers)), None);
}

#[test]
fn a_tenth_of_the_customers_does_not_matter() {
    let [now, next] =
        [false, true].map(|required| content(&[("a", 2, false), ("b", 2, required)], None));
    let with = vec![("a", Value::Flag(true)), ("b", Value::Flag(true))];
    let without = vec![("a", Value::Flag(true))];
    let mut customers = vec![with; 9];
    customers.push(without.clone());
    assert_eq!(not_ready(&now, &next, &heard(&now, &customers)), None);
    customers.push(without);
    assert!(not_ready(&now, &next, &heard(&now, &customers)).is_some());
    assert_eq!(not_ready(&now, &next, &Heard::default()), None);
}

#[test]
fn the_way_back_is_open_where_it_serves_more_callers() {
    let (old, new) = (
        content(&[("a", 2, true)], None),
        content(&[("a", 2, true), ("b", 2, true)], None),
    );
    let mut customers = vec![vec![("a", Value::Flag(true))]; 7];
    customers.extend(vec![
        vec![("a", Value::Flag(true)), ("b", Value::Flag(true))];
        3
    ]);
    let heard = heard(&new, &customers);
    assert_eq!(not_ready(&new, &old, &heard), None);
    assert!(not_ready(&old, &new, &heard).is_some());
}

#[test]
fn purchases_stand_for_the_features_that_are_built_from_them() {
    let rules = |currency: &str| PurchaseFeatureRules {
        features: PurchaseFeatures::usual(crate::customer::Refunds::Net),
        occasion: crate::customer::Occasion::Day,
        currency: currency.parse().unwrap(),
    };
    let names = [("total_spend", 0, true), ("distinct_products", 0, true)];
    let (now, next) = (content(&names, None), content(&names, Some(rules("EUR"))));
    let customer = |products: &[String], features: &[(&'static str, Value<'static>)]| {
        let purchase = SentPurchase {
            day: "2026-01-01",
            amount: Some(1.0),
            products,
        };
        let listed = ListedPurchases::new("2026-02-01", "EUR", [purchase].into_iter()).unwrap();
        let features: Vec<_> = features
            .iter()
            .map(|(name, value)| (*name, Some(*value)))
            .collect();
        let known = crate::customer::KnownPurchases::Listed(listed);
        let customer = Snapshot::with_purchases("c", features.into_iter(), Ok(Some(known)));
        let mut heard = Heard::default();
        heard.add(&customer.unwrap(), Some(schema(&now)));
        heard
    };
    let bought = ["x".to_owned()];
    let built = customer(&bought, &[]);
    assert_eq!(not_ready(&now, &next, &built), None);
    let told =
        |heard: &Heard, next: &Content| not_ready(&now, next, heard).map(|told| told.to_string());
    let dollars = content(&names, Some(rules("USD")));
    let other = not_ready(&next, &dollars, &built).unwrap().to_string();
    assert!(
        other.ends_with("it takes money in USD only (100 %)"),
        "{other}"
    );
    let nameless = told(&customer(&[], &[]), &next);
    // As the version before has it too.
    assert_eq!(nameless, None);
    let all = names.map(|(name, ..)| (name, Value::Number(1.0)));
    let both = told(&customer(&bought, &all), &next).unwrap();
    assert!(
        both.contains("it builds the feature `total_spend`"),
        "{both}"
    );
    let optional = content(&names.map(|(name, kind, _)| (name, kind, false)), None);
    let bare = not_ready(&next, &optional, &built).unwrap().to_string();
    assert!(bare.contains("they have no features"), "{bare}");
    let dollars = demands(&shipped("cdnow-value"), &built);
    assert_eq!(
        dollars,
        BTreeMap::from([(Demand::Currency("USD".to_owned()), 1)])
    );
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A customer: of each name, nothing or a value of some kind.
fn sent() -> impl Strategy<Value = Vec<(&'static str, Value<'static>)>> {
    let value = prop_oneof![
        Just(None),
        Just(Some(Value::Missing)),
        Just(Some(Value::Number(0.5))),
        Just(Some(Value::Text("a"))),
        Just(Some(Value::Flag(true))),
    ];
    prop::collection::vec(value, NAMES.len()).prop_map(|values| {
        let named = NAMES.into_iter().zip(values);
        named
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    })
}

proptest! {
    /// Of customers who are all alike, the gate says what the schema says.
    #[test]
    fn the_gate_agrees_with_the_schema(
        sent in sent(),
        next in prop::collection::btree_map(0..NAMES.len(), (0..3_usize, any::<bool>()), 1..NAMES.len()),
    ) {
        // No version scores customers without features, so that none are heard.
        prop_assume!(!sent.is_empty());
        // Takes everything that is sent, so that nothing is its fault.
        let takes: Vec<_> = NAMES
            .iter()
            .map(|name| {
                let value = sent.iter().find(|(other, _)| other == name).map(|(_, value)| value);
                let kind = match value {
                    Some(Value::Text(_)) => 1,
                    Some(Value::Flag(_)) => 2,
                    Some(Value::Number(_) | Value::Missing) | None => 0,
                };
                (*name, kind, false)
            })
            .collect();
        let now = content(&takes, None);
        let next: Vec<_> = next
            .into_iter()
            .map(|(at, (kind, required))| (NAMES[at], kind, required))
            .collect();
        let next = content(&next, None);
        let heard = heard(&now, &vec![sent.clone(); 3]);
        let features = sent.iter().map(|(name, value)| (*name, Some(*value)));
        let customer = Snapshot::new("c", features).unwrap();
        let refused = schema(&next).row(&customer).is_err();
        prop_assert_eq!(not_ready(&now, &next, &heard).is_some(), refused);
    }
}
