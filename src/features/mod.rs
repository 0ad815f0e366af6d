//! The feature schema and its encoding: the only encoder, used by training and
//! by serving.
//!
//! A [`Schema`] turns a customer's named values into a [`Row`] (complete, typed,
//! in the schema's order), and a row into numeric columns:
//!
//! | kind | columns |
//! | --- | --- |
//! | number, a line | `value`: clamped to the trained range, then standardised |
//! | number, a curve | one for each knot: the weights of linear interpolation between the knots, after clamping |
//! | text | one for each category, then `other` for every other text |
//! | flag | `true`: 1 or 0 |
//!
//! A feature that may be missing has one more column, `missing`, which is 1
//! when the value is missing; its other columns are then 0, which for a line
//! stands for the training mean.
//!
//! A [`Pair`] of features has one column for each combination of its two
//! [`Axis`] points. The columns of all features come first, then those of the
//! pairs; features and pairs together are the *effects* of a model.

mod columns;
mod number;
mod pair;
pub mod purchases;
mod row;

pub(crate) use columns::CellColumn;
pub use number::{MAX_KNOTS, NumberEncoding, Shape};
pub use pair::{Axis, Pair};
pub(crate) use row::Cell;
pub use row::{Note, Row, Unusual};

use std::{fmt, ops::Range};

use crate::customer::{MAX_FEATURE_NAME_BYTES, MAX_FEATURES, MAX_TEXT_BYTES, Names};

/// The most categories that one feature may tell apart.
pub const MAX_CATEGORIES: usize = 1000;
/// The most pairs of features that a model may look at.
pub const MAX_PAIRS: usize = 100;

/// One feature: its name, its type, and what training saw of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The name that requests use.
    pub name: String,
    /// Whether a customer without it is refused.
    pub required: bool,
    /// The type of value.
    pub kind: FeatureKind,
}

/// The type of a feature's value, with what its encoding needs.
#[derive(Debug, Clone, PartialEq)]
pub enum FeatureKind {
    /// A number.
    Number(NumberEncoding),
    /// The categories with a column of their own, sorted and unique.
    Text(Vec<String>),
    /// A yes/no fact.
    Flag(FlagLabels),
}

/// How the training data spelled the two values of a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagLabels {
    /// What means true.
    pub true_label: String,
    /// What means false.
    pub false_label: String,
}

/// What one encoded column stands for, within its feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Column<'a> {
    /// A standardised number.
    Value,
    /// The weight of a knot of a curve.
    Knot(f64),
    /// Exactly this category.
    Category(&'a str),
    /// Any text that is no category.
    Other,
    /// A flag that is true.
    True,
    /// A missing value.
    Missing,
}

impl fmt::Display for Column<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value => f.write_str("value"),
            Self::Knot(knot) => write!(f, "at {knot}"),
            Self::Category(category) => write!(f, "= {category}"),
            Self::Other => f.write_str("other"),
            Self::True => f.write_str("true"),
            Self::Missing => f.write_str("missing"),
        }
    }
}

impl Feature {
    /// The feature's encoded columns, in order.
    #[must_use]
    pub fn columns(&self) -> Vec<Column<'_>> {
        let mut columns = match &self.kind {
            FeatureKind::Number(number) => match &number.shape {
                Shape::Line => vec![Column::Value],
                Shape::Curve(knots) => knots.iter().copied().map(Column::Knot).collect(),
            },
            FeatureKind::Text(categories) => categories
                .iter()
                .map(|category| Column::Category(category))
                .chain([Column::Other])
                .collect(),
            FeatureKind::Flag(_) => vec![Column::True],
        };
        if !self.required {
            columns.push(Column::Missing);
        }
        columns
    }

    /// Whether it is a number whose effect is a curve.
    #[must_use]
    pub fn bends(&self) -> bool {
        matches!(&self.kind, FeatureKind::Number(number) if number.shape != Shape::Line)
    }

    fn check(&self) -> Result<(), SchemaError> {
        let invalid = |problem| {
            Err(SchemaError::InvalidFeature {
                feature: self.name.clone(),
                problem,
            })
        };
        if self.name.is_empty() || self.name.len() > MAX_FEATURE_NAME_BYTES {
            return invalid("its name is empty or too long");
        }
        match &self.kind {
            FeatureKind::Number(number) => number.problem().map_or(Ok(()), invalid),
            FeatureKind::Text(categories) => {
                if categories.len() > MAX_CATEGORIES {
                    return invalid("it has too many categories");
                }
                if categories.iter().any(|text| text.len() > MAX_TEXT_BYTES) {
                    return invalid("one of its categories is too long");
                }
                if !categories.is_sorted_by(|a, b| a < b) {
                    return invalid("its categories must be sorted and unique");
                }
                Ok(())
            }
            FeatureKind::Flag(_) => Ok(()),
        }
    }
}

/// What an effect is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectNames<'s> {
    /// One feature.
    Feature(&'s str),
    /// Two features together.
    Pair([&'s str; 2]),
}

impl<'s> EffectNames<'s> {
    /// The names, in the schema's order.
    #[must_use]
    pub fn as_slice(&self) -> &[&'s str] {
        match self {
            Self::Feature(name) => std::slice::from_ref(name),
            Self::Pair(names) => names,
        }
    }
}

impl fmt::Display for EffectNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Feature(name) => f.write_str(name),
            Self::Pair([first, second]) => write!(f, "{first} × {second}"),
        }
    }
}

/// The features that a model wants, in a fixed order, the pairs of them that it
/// looks at together, and the encoding of both.
#[derive(Debug, Clone)]
pub struct Schema {
    features: Vec<Feature>,
    pairs: Vec<Pair>,
    names: Names,
    columns: Vec<Range<usize>>,
}

impl Schema {
    /// Checks the features and lays out their columns.
    ///
    /// # Errors
    ///
    /// The first feature that cannot be encoded, and why.
    pub fn new(features: Vec<Feature>) -> Result<Self, SchemaError> {
        if features.is_empty() {
            return Err(SchemaError::NoFeatures);
        }
        if features.len() > MAX_FEATURES {
            return Err(SchemaError::TooManyFeatures {
                found: features.len(),
            });
        }
        let mut names = Names::default();
        let mut columns = Vec::with_capacity(features.len());
        let mut width = 0;
        for feature in &features {
            feature.check()?;
            let texts = match &feature.kind {
                FeatureKind::Text(categories) => categories.as_slice(),
                FeatureKind::Number(_) | FeatureKind::Flag(_) => &[],
            };
            if !names.add(&feature.name, texts) {
                return Err(SchemaError::DuplicateFeature {
                    feature: feature.name.clone(),
                });
            }
            let start = width;
            width += feature.columns().len();
            columns.push(start..width);
        }
        Ok(Self {
            features,
            pairs: Vec::new(),
            names,
            columns,
        })
    }

    /// The schema with pairs of its features beside them.
    ///
    /// # Errors
    ///
    /// The first pair that cannot be encoded, and why.
    pub fn with_pairs(mut self, pairs: Vec<Pair>) -> Result<Self, SchemaError> {
        if pairs.len() > MAX_PAIRS {
            return Err(SchemaError::TooManyPairs { found: pairs.len() });
        }
        self.columns.truncate(self.features.len());
        for (index, pair) in pairs.iter().enumerate() {
            let twice = pairs[..index]
                .iter()
                .any(|other| other.features == pair.features);
            let problem = if twice {
                Some("it stands twice")
            } else {
                pair.problem(&self.features)
            };
            if let Some(problem) = problem {
                return Err(SchemaError::InvalidPair {
                    pair: index,
                    problem,
                });
            }
            let start = self.width();
            self.columns.push(start..start + pair.width());
        }
        self.pairs = pairs;
        Ok(self)
    }

    /// The features, in order.
    #[must_use]
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The pairs of features that have an effect together, in order.
    #[must_use]
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// How many effects there are: features and pairs.
    #[must_use]
    pub fn effects(&self) -> usize {
        self.columns.len()
    }

    /// The names of the features of an effect: one, or the two of a pair.
    #[must_use]
    pub fn effect_names(&self, effect: usize) -> EffectNames<'_> {
        let name = |feature: usize| self.features[feature].name.as_str();
        match effect.checked_sub(self.features.len()) {
            None => EffectNames::Feature(name(effect)),
            Some(pair) => {
                let [first, second] = self.pairs[pair].features;
                EffectNames::Pair([name(first), name(second)])
            }
        }
    }

    /// The columns of each effect: of the features in their order, then of the
    /// pairs in theirs.
    #[must_use]
    pub fn columns(&self) -> &[Range<usize>] {
        &self.columns
    }

    /// How many columns a row encodes to.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.last().map_or(0, |columns| columns.end)
    }

    /// The names of the features, in order.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// Where a feature stands in the schema.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.position(name.as_bytes())
    }
}

/// Why a list of features is no schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Nothing to score by.
    #[error("the schema has no features")]
    NoFeatures,
    /// More than a customer may carry.
    #[error("the schema has {found} features; at most {MAX_FEATURES} are possible")]
    TooManyFeatures {
        /// How many there are.
        found: usize,
    },
    /// Two features of one name.
    #[error("feature `{feature}` stands twice in the schema")]
    DuplicateFeature {
        /// The name.
        feature: String,
    },
    /// A feature that cannot be encoded.
    #[error("feature `{feature}`: {problem}")]
    InvalidFeature {
        /// Its name.
        feature: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// More pairs than a model may look at.
    #[error("the schema has {found} pairs; at most {MAX_PAIRS} are possible")]
    TooManyPairs {
        /// How many there are.
        found: usize,
    },
    /// A pair that cannot be encoded.
    #[error("pair {pair}, counted from 0: {problem}")]
    InvalidPair {
        /// Its position.
        pair: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
}

#[cfg(test)]
mod tests;
