//! One customer as of one instant, valid by construction.
//!
//! A [`Snapshot`] borrows what the caller sent. Its constructor reports every
//! violation at once; the rooms above never see a NaN, an oversize text or a
//! nameless feature.

pub(crate) mod calendar;
mod columns;
mod currency;
mod day;
mod known;
mod names;
mod opportunities;
mod products;
mod purchases;
mod short;
mod summary;
mod violation;

pub use columns::{
    ColumnValues, CustomerColumns, Doubles, FeatureColumn, FirstUses, FlagColumn, Indices,
    MAX_DICTIONARIES, MAX_DICTIONARY, NumberColumn, SentColumn, SentColumns, SentFlags,
    SentNumbers, SentSummaries, SentTexts, SentValues, Summaries, TextColumn,
};
pub use currency::{Currency, InvalidCurrency};
pub use day::{Day, InvalidDay};
pub use known::{
    KnownPurchases, ListedPurchases, MAX_AMOUNT, MAX_PURCHASES, SentPurchase, SentSummary,
    SummarisedPurchases,
};
pub(crate) use names::Sent;
pub use names::{Features, InOrder, Names};
pub use opportunities::Counting;
pub use products::{MAX_PRODUCT_BYTES, MAX_PRODUCTS};
pub use purchases::{Occasion, PurchaseDay, PurchaseHistory, Purchases, Refunds};
pub(crate) use short::Short;
pub use summary::{MAX_FREQUENCY, MAX_OBSERVATION, PurchaseSummary, TimeUnit};
pub use violation::{Violation, Violations};

use std::borrow::Cow;

/// The longest row id, in bytes.
pub const MAX_ID_BYTES: usize = 256;
/// The longest feature name, in bytes.
pub const MAX_FEATURE_NAME_BYTES: usize = 128;
/// The longest category, in bytes.
pub const MAX_TEXT_BYTES: usize = 1024;
/// The most features that one customer may carry.
pub const MAX_FEATURES: usize = 1000;

/// The value of one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Finite in every [`Snapshot`].
    Number(f64),
    /// A category, at most [`MAX_TEXT_BYTES`] long in every [`Snapshot`].
    Text(&'a str),
    /// A yes/no fact.
    Flag(bool),
    /// Known to be missing.
    Missing,
}

/// All that a caller told of one customer.
#[derive(Debug, Clone)]
pub struct Snapshot<'a> {
    id: &'a str,
    features: Features<'a>,
    purchases: Option<KnownPurchases>,
}

/// A customer that is no snapshot, with what is left of it: a model's schema can
/// then say what else is wrong, so that the caller learns everything at once.
#[derive(Debug, Clone, PartialEq)]
pub struct InvalidSnapshot<'a> {
    violations: Violations,
    /// What violates nothing.
    sound: Vec<(&'a str, Value<'a>)>,
    /// The names of the features at fault.
    faulty: Vec<&'a str>,
    /// Purchases that violate nothing, or that they are at fault.
    purchases: Result<Option<Box<KnownPurchases>>, PurchasesAtFault>,
}

/// The purchases of a customer violate something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurchasesAtFault;

impl<'a> Snapshot<'a> {
    /// Checks a customer of whom no purchases are known. `None` as a value says
    /// that the sender named a feature without giving it a value.
    ///
    /// # Errors
    ///
    /// Every violation, by field path relative to the customer: `id`,
    /// `features.tenure`.
    pub fn new(
        id: &'a str,
        features: impl ExactSizeIterator<Item = (&'a str, Option<Value<'a>>)>,
    ) -> Result<Self, InvalidSnapshot<'a>> {
        Self::with_purchases(id, features, Ok(None))
    }

    /// Checks a customer and what is known of the purchases, which were parsed
    /// before.
    ///
    /// # Errors
    ///
    /// Every violation, those of the purchases last.
    pub fn with_purchases(
        id: &'a str,
        features: impl ExactSizeIterator<Item = (&'a str, Option<Value<'a>>)>,
        purchases: Result<Option<KnownPurchases>, Violations>,
    ) -> Result<Self, InvalidSnapshot<'a>> {
        let mut violations = Violations::default();
        check_id(id, &mut violations);
        if features.len() > MAX_FEATURES {
            violations.push(
                "features",
                format!("must have at most {MAX_FEATURES} entries"),
            );
        }
        let mut sound = Vec::with_capacity(features.len());
        let mut faulty = Vec::new();
        for (name, value) in features {
            match check_feature(name, value) {
                Ok(value) => sound.push((name, value)),
                Err(description) => {
                    violations.push_feature(name, description);
                    faulty.push(name);
                }
            }
        }
        match purchases {
            Ok(purchases) if violations.total() == 0 => Ok(Self {
                id,
                features: Features::Named(sound),
                purchases,
            }),
            purchases => Err(InvalidSnapshot {
                purchases: match purchases {
                    Ok(purchases) => Ok(purchases.map(Box::new)),
                    Err(found) => {
                        violations.extend(found);
                        Err(PurchasesAtFault)
                    }
                },
                violations,
                sound,
                faulty,
            }),
        }
    }

    /// A customer of whom nothing is wrong, else `None`; [`Self::with_purchases`]
    /// says what.
    pub(crate) fn sound(
        id: &'a str,
        features: Features<'a>,
        purchases: Option<KnownPurchases>,
    ) -> Option<Self> {
        let sound = features.are_sound() && !id.is_empty() && id.len() <= MAX_ID_BYTES;
        sound.then_some(Self {
            id,
            features,
            purchases,
        })
    }

    /// The caller's own row id.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Feature values by name.
    #[must_use]
    pub fn features(&self) -> Cow<'_, [(&'a str, Value<'a>)]> {
        self.features.named()
    }

    /// What was sent for each of these names, if they are those that the reader
    /// knew, and anything was.
    pub(crate) fn in_order(&self, names: &Names) -> Option<&[Option<Sent<'a>>]> {
        self.features.in_order(names)
    }

    /// The value of a feature, if it was sent.
    pub(crate) fn value(&self, name: &str) -> Option<Value<'a>> {
        self.features.value(name)
    }

    /// What is known of the purchases, if anything.
    #[must_use]
    pub fn purchases(&self) -> Option<&KnownPurchases> {
        self.purchases.as_ref()
    }
}

impl<'a> InvalidSnapshot<'a> {
    /// What is wrong with the customer by itself.
    #[must_use]
    pub fn violations(&self) -> &Violations {
        &self.violations
    }

    /// The features that are not at fault.
    #[must_use]
    pub fn sound(&self) -> &[(&'a str, Value<'a>)] {
        &self.sound
    }

    /// Whether no feature was sent at all.
    #[must_use]
    pub fn has_no_features(&self) -> bool {
        self.sound.is_empty() && self.faulty.is_empty()
    }

    /// What is known of the purchases, unless they are at fault.
    ///
    /// # Errors
    ///
    /// When they are: what is wrong stands with the other violations.
    pub fn purchases(&self) -> Result<Option<&KnownPurchases>, PurchasesAtFault> {
        self.purchases
            .as_ref()
            .map(Option::as_deref)
            .map_err(|fault| *fault)
    }

    /// Whether a feature of this name is at fault.
    #[must_use]
    pub fn is_faulty(&self, name: &str) -> bool {
        self.faulty.contains(&name)
    }
}

fn check_id(id: &str, violations: &mut Violations) {
    if id.is_empty() {
        violations.push("id", "is required");
    } else if id.len() > MAX_ID_BYTES {
        violations.push("id", format!("must be at most {MAX_ID_BYTES} bytes"));
    }
}

fn check_feature<'a>(name: &str, value: Option<Value<'a>>) -> Result<Value<'a>, String> {
    if name.is_empty() || name.len() > MAX_FEATURE_NAME_BYTES {
        return Err(format!(
            "the name must be 1 to {MAX_FEATURE_NAME_BYTES} bytes"
        ));
    }
    match value {
        None => Err("must set one of number, text, flag or null".to_owned()),
        Some(value) => value_fault(value).map_or(Ok(value), Err),
    }
}

fn value_fault(value: Value<'_>) -> Option<String> {
    match value {
        Value::Number(number) if !number.is_finite() => {
            Some("must be finite; send null for a missing value".to_owned())
        }
        Value::Text(text) if text.len() > MAX_TEXT_BYTES => {
            Some(format!("must be at most {MAX_TEXT_BYTES} bytes"))
        }
        Value::Number(_) | Value::Text(_) | Value::Flag(_) | Value::Missing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(id: &str, features: Vec<(&str, Option<Value<'_>>)>) -> Vec<String> {
        match Snapshot::new(id, features.into_iter()) {
            Ok(_) => Vec::new(),
            Err(invalid) => invalid
                .violations()
                .listed()
                .iter()
                .map(|violation| violation.field().to_owned())
                .collect(),
        }
    }

    #[test]
    fn every_violation_is_reported_at_once() {
        let long = "x".repeat(MAX_TEXT_BYTES + 1);
        assert_eq!(
            fields(
                "",
                vec![
                    ("a", Some(Value::Number(f64::NAN))),
                    ("b", Some(Value::Number(f64::NEG_INFINITY))),
                    ("c", None),
                    ("d", Some(Value::Text(&long))),
                    ("", Some(Value::Flag(true))),
                    ("fine", Some(Value::Missing)),
                ],
            ),
            [
                "id",
                "features.a",
                "features.b",
                "features.c",
                "features.d",
                "features[\"\"]"
            ],
        );
    }

    #[test]
    fn bounds_are_inclusive() {
        let id = "i".repeat(MAX_ID_BYTES);
        let name = "n".repeat(MAX_FEATURE_NAME_BYTES);
        let text = "t".repeat(MAX_TEXT_BYTES);
        assert!(fields(&id, vec![(&name, Some(Value::Text(&text)))]).is_empty());
        assert_eq!(
            fields(
                &format!("{id}i"),
                vec![(&format!("{name}n"), Some(Value::Missing))]
            )
            .len(),
            2
        );
    }

    #[test]
    fn a_customer_may_be_without_features_but_not_have_too_many() {
        assert!(fields("1", vec![]).is_empty());
        let names: Vec<String> = (0..=MAX_FEATURES).map(|i| i.to_string()).collect();
        let many = names
            .iter()
            .map(|name| (name.as_str(), Some(Value::Missing)))
            .collect();
        assert_eq!(fields("1", many), ["features"]);
    }
}
