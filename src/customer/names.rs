//! Features by their names, and in the order of names that the reader knew.

use std::{borrow::Cow, ptr};

use hashbrown::HashMap;

use super::{MAX_FEATURES, Value, check_feature, value_fault};

/// The names of features, each once, in an order that values may stand in.
///
/// Found by bytes, so that a reader need not know first whether they are text.
#[derive(Debug, Clone, Default)]
pub struct Names {
    names: Vec<String>,
    positions: HashMap<Box<[u8]>, usize>,
}

impl Names {
    /// Adds a name at the end, unless it is there.
    pub(crate) fn add(&mut self, name: &str) -> bool {
        let position = self.names.len();
        let new = self.positions.try_insert(name.as_bytes().into(), position);
        if new.is_ok() {
            self.names.push(name.to_owned());
        }
        new.is_ok()
    }

    /// Where a name stands.
    #[must_use]
    pub fn position(&self, name: &[u8]) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The names, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// Values of features, as they were read.
#[derive(Debug, Clone)]
pub enum Features<'a> {
    /// Each with its name.
    Named(Vec<(&'a str, Value<'a>)>),
    /// In the order of names that the reader knew.
    InOrder(InOrder<'a>),
}

impl<'a> Features<'a> {
    /// Those that were sent, with their names.
    pub(crate) fn named(&self) -> Cow<'_, [(&'a str, Value<'a>)]> {
        match self {
            Self::Named(named) => Cow::Borrowed(named),
            Self::InOrder(InOrder { names, values }) => {
                let named = names.iter().zip(values);
                let sent = named.filter_map(|(name, value)| Some((name, (*value)?)));
                Cow::Owned(sent.collect())
            }
        }
    }

    /// The value of one, if it was sent.
    pub(super) fn value(&self, name: &str) -> Option<Value<'a>> {
        match self {
            Self::Named(named) => {
                let mut from_the_last = named.iter().rev();
                let found = from_the_last.find(|(other, _)| *other == name);
                found.map(|(_, value)| *value)
            }
            Self::InOrder(InOrder { names, values }) => {
                let position = names.position(name.as_bytes())?;
                values.get(position).copied().flatten()
            }
        }
    }

    /// One value for each of these names, if they are those that the reader knew.
    pub(super) fn in_order(&self, of: &Names) -> Option<&[Option<Value<'a>>]> {
        match self {
            Self::InOrder(InOrder { names, values }) if ptr::eq(*names, of) => Some(values),
            Self::InOrder(_) | Self::Named(_) => None,
        }
    }

    /// Whether nothing is wrong with any of them.
    pub(super) fn are_sound(&self) -> bool {
        match self {
            Self::Named(named) => {
                let sound = |(name, value): &(&str, _)| check_feature(name, Some(*value)).is_ok();
                named.len() <= MAX_FEATURES && named.iter().all(sound)
            }
            // Names that a reader knew are sound, and not too many.
            Self::InOrder(InOrder { values, .. }) => {
                let mut sent = values.iter().flatten();
                sent.all(|value| value_fault(*value).is_none())
            }
        }
    }
}

impl Default for Features<'_> {
    fn default() -> Self {
        Self::Named(Vec::new())
    }
}

/// Values in the order of names.
#[derive(Debug, Clone)]
pub struct InOrder<'a> {
    names: &'a Names,
    /// One for each name; `None` was not sent.
    values: Vec<Option<Value<'a>>>,
}

impl<'a> InOrder<'a> {
    /// No values yet.
    pub(crate) fn new(names: &'a Names) -> Self {
        Self {
            names,
            values: vec![None; names.len()],
        }
    }

    /// Puts a value to its name; of one name, the last counts. `None`: there is
    /// no such name.
    pub(crate) fn put(&mut self, name: &[u8], value: Value<'a>) -> Option<()> {
        let position = self.names.position(name)?;
        *self.values.get_mut(position)? = Some(value);
        Some(())
    }
}
