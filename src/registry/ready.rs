//! Whether callers are ready for a version: whether it takes what they sent lately.

use std::{collections::BTreeMap, fmt};

use super::traffic::{Customers, Heard, Kinds, SentPurchases};
use crate::{
    artifact::{ChurnContent, Content},
    customer::Currency,
    features::{
        FeatureKind,
        purchases::{DISTINCT_PRODUCTS, PurchaseFeatureRules},
    },
};

/// A version is held back where it would refuse more than one customer in so many.
const ONE_IN: u64 = 10;
/// How many obstacles are told.
const TOLD: usize = 5;

/// A version would refuse customers as callers send them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it would refuse customers as callers sent them lately: {}", Listed(.0))]
pub struct NotReady(Vec<Obstacle>);

/// One thing for which customers would be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Obstacle {
    demand: Demand,
    /// Of a hundred customers.
    percent: u64,
}

/// What a version demands of a customer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Demand {
    /// That there are features.
    Features,
    /// That a feature is there.
    Required(String),
    /// That a feature is not there: the schema does not know it.
    Unknown(String),
    /// That a feature is of a kind.
    Kind(String, &'static str),
    /// That a feature is left to the purchases that it is built from.
    Built(String),
    /// That money is in a currency.
    Currency(String),
}

/// What `next` would refuse of the customers heard, where it is more than `now`
/// refuses; `None` where that is too little to matter, and where `now` serves them
/// no better.
pub(super) fn not_ready(now: &Content, next: &Content, heard: &Heard) -> Option<NotReady> {
    let rows = heard.rows();
    let (known, found) = (demands(now, heard), demands(next, heard));
    if most(&found) <= most(&known) {
        return None;
    }
    let is_new = |(demand, refused): &(Demand, u64)| known.get(demand) < Some(refused);
    let matters = |(_, refused): &(Demand, u64)| *refused * ONE_IN > rows;
    let mut found: Vec<(Demand, u64)> = found.into_iter().collect();
    found.retain(|found| is_new(found) && matters(found));
    // Most refusals first, then by name.
    found.sort_by_key(|(_, refused)| std::cmp::Reverse(*refused));
    let obstacles = found.into_iter().map(|(demand, refused)| Obstacle {
        demand,
        percent: refused * 100 / rows,
    });
    let obstacles: Vec<Obstacle> = obstacles.collect();
    (!obstacles.is_empty()).then_some(NotReady(obstacles))
}

/// How many customers would be refused for the demand that most do not meet.
fn most(demands: &BTreeMap<Demand, u64>) -> u64 {
    demands.values().copied().max().unwrap_or_default()
}

/// How many customers would be refused for each demand.
fn demands(content: &Content, heard: &Heard) -> BTreeMap<Demand, u64> {
    let mut demands = BTreeMap::new();
    for (sent, customers) in heard.groups() {
        let wanted = match content {
            Content::Churn(content) => {
                churn(content, sent, customers, &mut demands);
                None
            }
            Content::Value(content) => {
                let wanted = content.model.parts().terms.currency;
                sent.currency()
                    .filter(|sent| *sent != wanted)
                    .map(|_| wanted.to_string())
            }
            Content::Segmentation(content) => match (&content.facts.currency, sent) {
                (Some(wanted), SentPurchases::Listed { currency, .. })
                    if currency.as_str() != wanted =>
                {
                    Some(wanted.clone())
                }
                _ => None,
            },
            // No request asks them.
            Content::Spend(_) => None,
        };
        if let Some(wanted) = wanted {
            *demands.entry(Demand::Currency(wanted)).or_default() += customers.rows;
        }
    }
    demands.retain(|_, refused| *refused > 0);
    demands
}

fn churn(
    content: &ChurnContent,
    sent: SentPurchases,
    customers: &Customers,
    demands: &mut BTreeMap<Demand, u64>,
) {
    let mut refuse = |demand, rows| *demands.entry(demand).or_default() += rows;
    let schema = content.model.schema();
    let rules = content.purchases.as_ref();
    if let (Some(rules), SentPurchases::Listed { currency, .. }) = (rules, sent)
        && currency != rules.currency
    {
        refuse(Demand::Currency(rules.currency.to_string()), customers.rows);
        return;
    }
    if rules.is_none() || !matches!(sent, SentPurchases::Listed { .. }) {
        refuse(Demand::Features, customers.bare);
    }
    for (name, kinds) in &customers.features {
        if schema.position(name).is_none() {
            refuse(Demand::Unknown(name.clone()), kinds.named());
        }
    }
    for feature in schema.features() {
        let name = || feature.name.clone();
        let kinds = customers.sent(&feature.name);
        if rules.is_some_and(|rules| builds(rules, &feature.name, sent)) {
            refuse(Demand::Built(name()), kinds.valued());
            continue;
        }
        let (kind, fitting) = of_kind(&feature.kind, kinds);
        refuse(Demand::Kind(name(), kind), kinds.valued() - fitting);
        if feature.required {
            refuse(Demand::Required(name()), customers.rows - kinds.valued());
        }
    }
}

fn builds(rules: &PurchaseFeatureRules, name: &str, sent: SentPurchases) -> bool {
    match sent {
        SentPurchases::Listed { products, .. } => {
            rules.build(name) && (products || name != DISTINCT_PRODUCTS)
        }
        SentPurchases::No | SentPurchases::Summarised(_) => false,
    }
}

/// The kind's name, and how many values were of it.
fn of_kind(kind: &FeatureKind, kinds: Kinds) -> (&'static str, u64) {
    match kind {
        FeatureKind::Number(_) => ("a number", kinds.numbers),
        FeatureKind::Text(_) => ("a text", kinds.texts),
        FeatureKind::Flag(_) => ("a flag", kinds.flags),
    }
}

impl SentPurchases {
    fn currency(self) -> Option<Currency> {
        match self {
            Self::No => None,
            Self::Listed { currency, .. } => Some(currency),
            Self::Summarised(currency) => currency,
        }
    }
}

/// As a sentence goes on.
struct Listed<'o>(&'o [Obstacle]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.0.iter().take(TOLD);
        for (at, Obstacle { demand, percent }) in told.enumerate() {
            let before = if at == 0 { "" } else { "; " };
            write!(f, "{before}{demand} ({percent} %)")?;
        }
        match self.0.len().checked_sub(TOLD) {
            Some(more) if more > 0 => write!(f, "; and {more} more"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Features => f.write_str("they have no features, and it builds none for them"),
            Self::Required(name) => write!(f, "they lack the feature `{name}`"),
            Self::Unknown(name) => write!(f, "it does not know the feature `{name}`"),
            Self::Kind(name, kind) => write!(f, "it takes the feature `{name}` as {kind} only"),
            Self::Built(name) => write!(f, "it builds the feature `{name}` from their purchases"),
            Self::Currency(currency) => write!(f, "it takes money in {currency} only"),
        }
    }
}

#[cfg(test)]
mod tests;
