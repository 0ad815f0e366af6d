//! A complete request that a model scores as it stands.

use std::collections::BTreeMap;

use super::proto;
use crate::{
    artifact::{Artifact, ChurnContent, Content},
    customer::{Currency, Day, Snapshot},
    features::{Feature, FeatureKind, NumberEncoding, purchases::DISTINCT_PRODUCTS},
    scoring::{Models, Scorer},
};

/// The made-up customer's purchases, by the share of the time that has passed.
const PURCHASES: [f64; 6] = [0.0, 0.25, 0.5, 0.75, 0.9, 0.98];
/// The days that the purchases may lie within. Some models count years, others
/// look no further than a season.
const SPANS_DAYS: [f64; 4] = [360.0, 60.0, 1800.0, 3600.0];
/// What each is worth.
const AMOUNT: f64 = 25.0;

/// A request for `artifact`, chosen by `selector`. `None` for models of
/// spend, which no request asks.
pub(in crate::grpc) fn example(
    artifact: &Artifact,
    selector: &proto::ModelSelector,
) -> Option<proto::ScoreCustomerRequest> {
    let selector = Some(selector.clone());
    match &artifact.content {
        Content::Churn(content) => Some(proto::ScoreCustomerRequest {
            churn_model: selector,
            customer: first_scored(churn_customers(content), artifact),
            ..proto::ScoreCustomerRequest::default()
        }),
        Content::Value(content) => {
            let terms = &content.model.parts().terms;
            let customers = buyers(content.training.observed_until, terms.currency, false);
            Some(proto::ScoreCustomerRequest {
                value_model: selector,
                customer: first_scored(customers, artifact),
                ..proto::ScoreCustomerRequest::default()
            })
        }
        Content::Segmentation(content) => {
            let facts = &content.facts;
            let currency = facts.currency.as_deref().unwrap_or_default().parse();
            // One that was not stated is not compared.
            let currency = currency.unwrap_or(Currency::NONE);
            Some(proto::ScoreCustomerRequest {
                segmentation_model: selector,
                customer: buyers(facts.as_of, currency, false).next(),
                ..proto::ScoreCustomerRequest::default()
            })
        }
        // No request asks for spend.
        Content::Spend(_) => None,
    }
    .filter(|request| request.customer.is_some())
}

/// The first customer that the model scores.
fn first_scored(
    mut customers: impl Iterator<Item = proto::Customer>,
    artifact: &Artifact,
) -> Option<proto::Customer> {
    let models = match &artifact.content {
        Content::Value(_) => Models {
            value: Some(artifact),
            ..Models::default()
        },
        Content::Churn(_) | Content::Segmentation(_) | Content::Spend(_) => Models {
            churn: Some(artifact),
            ..Models::default()
        },
    };
    let scorer = Scorer::new(models, 0).ok()?;
    customers.find(|customer| {
        let snapshot = Snapshot::try_from(customer).ok();
        snapshot.is_some_and(|snapshot| scorer.score(&snapshot).is_ok())
    })
}

/// With purchases where the model builds features from them, and with every other
/// feature; at last with every feature.
fn churn_customers(content: &ChurnContent) -> impl Iterator<Item = proto::Customer> {
    let features = content.model.schema().features();
    let rules = content.purchases.as_ref();
    let built = move |feature: &Feature| rules.is_some_and(|rules| rules.build(&feature.name));
    let others: BTreeMap<_, _> = features
        .iter()
        .filter(|feature| !built(feature))
        .filter_map(usual)
        .collect();
    let all: BTreeMap<_, _> = features.iter().filter_map(usual).collect();
    let with_products = features.iter().any(|f| f.name == DISTINCT_PRODUCTS);
    let buyers = rules.into_iter().flat_map(move |rules| {
        Day::from_date(2025, 12, 31)
            .into_iter()
            .flat_map(move |as_of| buyers(as_of, rules.currency, with_products))
    });
    buyers
        .map(move |buyer| proto::Customer {
            features: others.clone(),
            ..buyer
        })
        .chain([proto::Customer {
            features: all,
            ..customer()
        }])
}

/// Customers who bought until shortly before `as_of`.
fn buyers(
    as_of: Day,
    currency: Currency,
    with_products: bool,
) -> impl Iterator<Item = proto::Customer> {
    SPANS_DAYS.into_iter().map(move |span| {
        let purchase = |share: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "of a few thousand days")]
            let days = (span * (1.0 - share)).round() as i64;
            Some(proto::Purchase {
                day: as_of.plus_days(-days)?.to_string(),
                amount: Some(AMOUNT),
                products: with_products
                    .then(|| format!("product-{days}"))
                    .into_iter()
                    .collect(),
            })
        };
        proto::Customer {
            as_of: as_of.to_string(),
            purchases: Some(proto::customer::Purchases::History(
                proto::PurchaseHistory {
                    currency: currency.to_string(),
                    purchases: PURCHASES.into_iter().filter_map(purchase).collect(),
                },
            )),
            ..customer()
        }
    })
}

fn customer() -> proto::Customer {
    proto::Customer {
        id: "example".to_owned(),
        ..proto::Customer::default()
    }
}

/// A feature's mean, first category or `false`.
fn usual(feature: &Feature) -> Option<(String, proto::FeatureValue)> {
    use proto::feature_value::Kind;

    let kind = match &feature.kind {
        FeatureKind::Number(NumberEncoding {
            minimum,
            maximum,
            mean,
            ..
        }) => Kind::Number(mean.clamp(*minimum, *maximum)),
        FeatureKind::Text(categories) => Kind::Text(categories.first()?.clone()),
        FeatureKind::Flag(_) => Kind::Flag(false),
    };
    let value = proto::FeatureValue { kind: Some(kind) };
    Some((feature.name.clone(), value))
}
