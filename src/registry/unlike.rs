//! Whether one version may score customers in place of another: whether it takes
//! the same requests, and says the same things of them.

use std::mem::discriminant;

use crate::{
    artifact::{Artifact, ChurnContent, Content, Kind, ValueContent},
    features::Feature,
};

/// What keeps one version from taking the place of another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unlike {
    /// They predict different things.
    #[error("is a {found} model, not a {wanted} model")]
    Kind {
        /// What it is.
        found: Kind,
        /// What it would have to be.
        wanted: Kind,
    },
    /// It has a feature that the other does not know.
    #[error("has another feature, `{0}`")]
    More(String),
    /// It lacks a feature of the other.
    #[error("lacks the feature `{0}`")]
    Fewer(String),
    /// A feature of both is of another type.
    #[error("has the feature `{0}` with another type")]
    Type(String),
    /// A feature may be missing in one of them only.
    #[error("differs in whether the feature `{0}` is required")]
    Required(String),
    /// Features are built from purchases in different ways.
    #[error("builds other features from purchases")]
    Purchases,
    /// Amounts are in different terms.
    #[error("has another currency, horizon or discount")]
    Terms,
}

/// Whether `other` may score in place of `model`.
pub(super) fn unlike(model: &Artifact, other: &Artifact) -> Option<Unlike> {
    match (&model.content, &other.content) {
        (Content::Churn(model), Content::Churn(other)) => churn(model, other),
        (Content::Value(model), Content::Value(other)) => {
            (!same_terms(model, other)).then_some(Unlike::Terms)
        }
        (Content::Segmentation(model), Content::Segmentation(other)) => {
            (model.facts.currency != other.facts.currency).then_some(Unlike::Terms)
        }
        (Content::Spend(_), Content::Spend(_)) => None,
        (model, other) => Some(Unlike::Kind {
            found: other.kind(),
            wanted: model.kind(),
        }),
    }
}

fn churn(model: &ChurnContent, other: &ChurnContent) -> Option<Unlike> {
    if model.purchases != other.purchases {
        return Some(Unlike::Purchases);
    }
    let (schema, others) = (model.model.schema(), other.model.schema());
    let lost = |feature: &Feature| others.position(&feature.name).is_none();
    if let Some(lost) = schema.features().iter().find(|feature| lost(feature)) {
        return Some(Unlike::Fewer(lost.name.clone()));
    }
    others.features().iter().find_map(|feature| {
        let name = feature.name.clone();
        let Some(position) = schema.position(&name) else {
            return Some(Unlike::More(name));
        };
        let known = &schema.features()[position];
        if discriminant(&known.kind) != discriminant(&feature.kind) {
            return Some(Unlike::Type(name));
        }
        (known.required != feature.required).then_some(Unlike::Required(name))
    })
}

fn same_terms(model: &ValueContent, other: &ValueContent) -> bool {
    let (parts, others) = (model.model.parts(), other.model.parts());
    parts.terms == others.terms
        && parts.spend.is_some() == others.spend.is_some()
        && model.horizon_days == other.horizon_days
}
