//! What callers sent of one model lately: a few customers a second, by the names
//! and kinds of their features. No value is kept, and no name that the model's
//! schema does not know, so it stays small whatever is sent.

use std::{
    collections::BTreeMap,
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::{
    artifact::{Artifact, Content},
    customer::{Currency, KnownPurchases, MAX_FEATURES, Snapshot, Value},
    features::Schema,
};

/// How many customers of a model are heard within a second.
const A_SECOND: u32 = 4;
/// A window is closed after so many seconds, and not before so many customers: a
/// quiet night does not wipe out the day before it.
const WINDOW_SECONDS: u32 = 300;
const WINDOW_CUSTOMERS: u64 = 32;
/// The most ways of sending purchases that are told apart.
const MAX_GROUPS: usize = 8;
/// The most features that are remembered, of all versions together.
const MAX_NAMES: usize = 2 * MAX_FEATURES;

/// What callers sent of one model.
#[derive(Debug)]
pub(super) struct Traffic {
    /// How many customers may be heard before the next second.
    due: AtomicU32,
    windows: Mutex<Windows>,
}

/// The present window, and the one before it.
#[derive(Debug, Default)]
struct Windows {
    present: Heard,
    before: Heard,
    seconds: u32,
}

/// Customers that were heard, by how their purchases were sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Heard(BTreeMap<SentPurchases, Customers>);

/// How purchases were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SentPurchases {
    /// Not at all.
    No,
    /// Each of them.
    Listed {
        /// What the amounts are in.
        currency: Currency,
        /// Whether what was bought is named.
        products: bool,
    },
    /// Their summary, and what its amounts are in, if it has any.
    Summarised(Option<Currency>),
}

/// Customers whose purchases were sent in one way.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Customers {
    /// How many.
    pub(super) rows: u64,
    /// How many of them had no features, where features are asked for.
    pub(super) bare: u64,
    /// How many of them had each feature.
    pub(super) features: BTreeMap<String, Kinds>,
}

/// How often a feature was sent, by the kind of its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) numbers: u64,
    pub(super) texts: u64,
    pub(super) flags: u64,
    /// Named, without a value.
    pub(super) missing: u64,
}

/// Hears the customers that one version scores.
#[derive(Debug, Clone, Copy)]
pub struct Listener<'c> {
    pub(super) traffic: &'c Traffic,
    pub(super) model: &'c Artifact,
}

impl Listener<'_> {
    /// Whether a customer is to be heard now. Takes one look at one number, for
    /// it is asked of every customer.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.traffic.due.load(Ordering::Relaxed) > 0
    }

    /// Hears a customer whom the version scored.
    pub fn hear(&self, customer: &Snapshot<'_>) {
        let schema = match &self.model.content {
            Content::Churn(content) => Some(content.model.schema()),
            Content::Value(_) | Content::Segmentation(_) | Content::Spend(_) => None,
        };
        self.traffic.hear(customer, schema);
    }
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            due: AtomicU32::new(A_SECOND),
            windows: Mutex::default(),
        }
    }
}

impl Traffic {
    /// Hears a customer, with those features that `schema` knows, unless enough
    /// were heard within this second.
    fn hear(&self, customer: &Snapshot<'_>, schema: Option<&Schema>) {
        let one_less = |due: u32| due.checked_sub(1);
        let taken = self
            .due
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
        if taken.is_ok() {
            self.lock().present.add(customer, schema);
        }
    }

    /// A second went by.
    pub(super) fn second(&self) {
        self.due.store(A_SECOND, Ordering::Relaxed);
        let mut windows = self.lock();
        windows.seconds = windows.seconds.saturating_add(1);
        if windows.seconds >= WINDOW_SECONDS && windows.present.rows() >= WINDOW_CUSTOMERS {
            windows.before = mem::take(&mut windows.present);
            windows.seconds = 0;
        }
    }

    /// What was heard lately: within five to ten minutes, or longer ago where
    /// little was sent since.
    pub(super) fn heard(&self) -> Heard {
        let windows = self.lock();
        let mut heard = windows.before.clone();
        heard.merge(&windows.present);
        heard
    }

    fn lock(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    /// How many customers.
    pub(super) fn rows(&self) -> u64 {
        self.0.values().map(|customers| customers.rows).sum()
    }

    /// The customers by how their purchases were sent.
    pub(super) fn groups(&self) -> impl Iterator<Item = (SentPurchases, &Customers)> {
        self.0.iter().map(|(sent, customers)| (*sent, customers))
    }

    pub(super) fn add(&mut self, customer: &Snapshot<'_>, schema: Option<&Schema>) {
        let Some(group) = self.group(SentPurchases::of(customer)) else {
            return;
        };
        group.rows += 1;
        let Some(schema) = schema else {
            return;
        };
        let features = customer.features();
        group.bare += u64::from(features.is_empty());
        let mut seen = vec![false; schema.features().len()];
        // Of one name, the last counts.
        for (name, value) in features.iter().rev() {
            let seen = schema.position(name).and_then(|at| seen.get_mut(at));
            if seen.is_none_or(|seen| mem::replace(seen, true)) {
                continue;
            }
            if let Some(kinds) = group.feature(name) {
                kinds.add(value);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        for (sent, customers) in &other.0 {
            let Some(group) = self.group(*sent) else {
                continue;
            };
            group.rows += customers.rows;
            group.bare += customers.bare;
            for (name, kinds) in &customers.features {
                if let Some(merged) = group.feature(name) {
                    merged.numbers += kinds.numbers;
                    merged.texts += kinds.texts;
                    merged.flags += kinds.flags;
                    merged.missing += kinds.missing;
                }
            }
        }
    }

    fn group(&mut self, sent: SentPurchases) -> Option<&mut Customers> {
        let room = self.0.len() < MAX_GROUPS || self.0.contains_key(&sent);
        room.then(|| self.0.entry(sent).or_default())
    }
}

impl SentPurchases {
    fn of(customer: &Snapshot<'_>) -> Self {
        match customer.purchases() {
            None => Self::No,
            Some(KnownPurchases::Listed(listed)) => Self::Listed {
                currency: listed.currency(),
                products: listed.has_products(),
            },
            Some(KnownPurchases::Summarised(summary)) => {
                let spend = summary.mean_repeat_spend();
                Self::Summarised(spend.map(|(_, currency)| currency))
            }
        }
    }
}

impl Customers {
    /// How often a feature was sent.
    pub(super) fn sent(&self, name: &str) -> Kinds {
        self.features.get(name).copied().unwrap_or_default()
    }

    fn feature(&mut self, name: &str) -> Option<&mut Kinds> {
        if !self.features.contains_key(name) {
            if self.features.len() == MAX_NAMES {
                return None;
            }
            self.features.insert(name.to_owned(), Kinds::default());
        }
        self.features.get_mut(name)
    }
}

impl Kinds {
    fn add(&mut self, value: &Value<'_>) {
        let kind = match value {
            Value::Number(_) => &mut self.numbers,
            Value::Text(_) => &mut self.texts,
            Value::Flag(_) => &mut self.flags,
            Value::Missing => &mut self.missing,
        };
        *kind += 1;
    }

    /// With a value of any kind.
    pub(super) fn valued(self) -> u64 {
        self.numbers + self.texts + self.flags
    }

    /// With a value or without one.
    pub(super) fn named(self) -> u64 {
        self.valued() + self.missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Feature, FeatureKind, FlagLabels};

    fn schema(names: impl IntoIterator<Item = String>) -> Schema {
        let flag = |name| Feature {
            name,
            required: false,
            kind: FeatureKind::Flag(FlagLabels {
                true_label: "yes".to_owned(),
                false_label: "no".to_owned(),
            }),
        };
        Schema::new(names.into_iter().map(flag).collect()).unwrap()
    }

    fn hear(traffic: &Traffic, schema: &Schema, name: &str) {
        let features = [
            (name, Some(Value::Flag(true))),
            ("other", Some(Value::Missing)),
        ];
        let customer = Snapshot::new("c", features.into_iter()).unwrap();
        traffic.hear(&customer, Some(schema));
    }

    #[test]
    fn a_few_customers_a_second_are_heard() {
        let (traffic, schema) = (Traffic::default(), schema(["a".to_owned()]));
        for _ in 0..100 {
            hear(&traffic, &schema, "a");
        }
        assert_eq!(traffic.heard().rows(), 4);
        traffic.second();
        hear(&traffic, &schema, "a");
        let heard = traffic.heard();
        assert_eq!(heard.rows(), 5);
        let customers = &heard.0[&SentPurchases::No];
        assert_eq!(customers.sent("a").flags, 5);
        assert_eq!(
            customers.features.len(),
            1,
            "what no schema knows is not kept"
        );
    }

    #[test]
    fn two_windows_are_kept_and_silence_closes_none() {
        let (traffic, schema) = (Traffic::default(), schema(["a".to_owned()]));
        for _ in 0..10 * WINDOW_SECONDS {
            hear(&traffic, &schema, "a");
            traffic.second();
        }
        let rows = traffic.heard().rows();
        let window = u64::from(WINDOW_SECONDS);
        assert!((window..=2 * window).contains(&rows), "{rows}");
        for _ in 0..10 * WINDOW_SECONDS {
            traffic.second();
        }
        assert!(traffic.heard().rows() >= window);
    }

    #[test]
    fn names_are_bounded() {
        let names = || (0..MAX_FEATURES).map(|at| at.to_string());
        let traffic = Traffic::default();
        for round in 0..3 {
            let renamed: Vec<String> = names().map(|name| format!("{round} {name}")).collect();
            let features = renamed
                .iter()
                .map(|name| (&**name, Some(Value::Flag(true))));
            let customer = Snapshot::new("c", features).unwrap();
            traffic.hear(&customer, Some(&schema(renamed.clone())));
        }
        let heard = traffic.heard();
        assert_eq!(heard.0[&SentPurchases::No].features.len(), MAX_NAMES);
    }
}
