//! What a caller tells of a customer.

use std::mem;

use super::proto;
use crate::{
    customer::{
        InvalidSnapshot, KnownPurchases, ListedPurchases, SentPurchase, SentSummary, Snapshot,
        SummarisedPurchases, Value, Violations,
    },
    grpc::wire::{PlainCustomer, PlainPurchases},
};

impl<'a> TryFrom<&'a proto::Customer> for Snapshot<'a> {
    type Error = InvalidSnapshot<'a>;

    fn try_from(customer: &'a proto::Customer) -> Result<Self, InvalidSnapshot<'a>> {
        let proto::Customer {
            id,
            features,
            as_of,
            purchases,
        } = customer;
        let features = features
            .iter()
            .map(|(name, value)| (name.as_str(), value.kind.as_ref().map(value_of)));
        let purchases = purchases.as_ref().map(|purchases| known(as_of, purchases));
        Self::with_purchases(id, features, purchases.transpose())
    }
}

impl<'b> PlainCustomer<'b> {
    /// The customer, unless anything is wrong with it; its features are with the
    /// snapshot from then on.
    pub(in crate::grpc) fn take_snapshot(&mut self) -> Option<Snapshot<'b>> {
        let Self {
            id,
            features,
            as_of,
            purchases,
        } = self;
        let purchases = purchases.as_ref().map(|purchases| match purchases {
            PlainPurchases::Listed(history) => listed(as_of, history),
            PlainPurchases::Summarised(summary) => summarised(*summary),
        });
        Snapshot::sound(id, mem::take(features), purchases.transpose().ok()?)
    }
}

fn value_of(kind: &proto::feature_value::Kind) -> Value<'_> {
    match kind {
        proto::feature_value::Kind::Number(number) => Value::Number(*number),
        proto::feature_value::Kind::Text(text) => Value::Text(text),
        proto::feature_value::Kind::Flag(flag) => Value::Flag(*flag),
        proto::feature_value::Kind::Null(_) => Value::Missing,
    }
}

fn known(
    as_of: &str,
    purchases: &proto::customer::Purchases,
) -> Result<KnownPurchases, Violations> {
    match purchases {
        proto::customer::Purchases::History(history) => listed(as_of, history),
        proto::customer::Purchases::Summary(summary) => {
            let proto::PurchaseSummary {
                frequency,
                recency_days,
                observation_days,
                mean_repeat_spend,
                currency,
            } = summary;
            summarised(SentSummary {
                frequency: *frequency,
                recency_days: *recency_days,
                observation_days: *observation_days,
                mean_repeat_spend: *mean_repeat_spend,
                currency,
            })
        }
    }
}

fn listed(as_of: &str, history: &proto::PurchaseHistory) -> Result<KnownPurchases, Violations> {
    let proto::PurchaseHistory {
        currency,
        purchases,
    } = history;
    let purchases = purchases.iter().map(|purchase| {
        let proto::Purchase {
            day,
            amount,
            products,
        } = purchase;
        SentPurchase {
            day,
            amount: *amount,
            products,
        }
    });
    ListedPurchases::new(as_of, currency, purchases).map(KnownPurchases::Listed)
}

fn summarised(summary: SentSummary<'_>) -> Result<KnownPurchases, Violations> {
    SummarisedPurchases::new(summary).map(KnownPurchases::Summarised)
}
