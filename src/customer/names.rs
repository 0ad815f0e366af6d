//! Features by their names, and in the order of names that the reader knew.

use std::{borrow::Cow, ptr};

use hashbrown::HashMap;

use super::{MAX_FEATURES, Value, check_feature, value_fault};

/// The names of features, each once, in an order that values may stand in.
///
/// Found by bytes, so that a reader need not know first whether they are text.
#[derive(Debug, Clone, Default)]
pub struct Names {
    names: Vec<Name>,
    positions: HashMap<Box<[u8]>, usize>,
}

#[derive(Debug, Clone)]
struct Name {
    name: String,
    /// What its values mostly are, where that is one of few texts.
    texts: Vec<String>,
}

/// So many texts are compared one by one.
const FEW_TEXTS: usize = 8;

impl Names {
    /// Adds a name at the end, unless it is there, and the texts that its values
    /// mostly are.
    pub(crate) fn add(&mut self, name: &str, texts: &[String]) -> bool {
        let position = self.names.len();
        let new = self.positions.try_insert(name.as_bytes().into(), position);
        if new.is_ok() {
            let few = texts.len() <= FEW_TEXTS;
            self.names.push(Name {
                name: name.to_owned(),
                texts: if few { texts.to_vec() } else { Vec::new() },
            });
        }
        new.is_ok()
    }

    /// The text of these bytes, if it is one that values of the name at `position`
    /// mostly are: it need not be checked to be one.
    #[must_use]
    pub fn known_text(&self, position: usize, bytes: &[u8]) -> Option<&str> {
        let mut texts = self.names.get(position)?.texts.iter();
        let known = texts.find(|text| text.as_bytes() == bytes);
        known.map(String::as_str)
    }

    /// Which of them a text is, if it was read as one: by where it is kept.
    pub(crate) fn known_place(&self, position: usize, text: &str) -> Option<usize> {
        let mut texts = self.names.get(position)?.texts.iter();
        texts.position(|known| ptr::eq(known.as_str(), text))
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
        self.names.iter().map(|name| name.name.as_str())
    }
}

/// The names that are to be read, and the order in which they came last: those of
/// one customer of many mostly come as those of the one before.
#[derive(Debug)]
pub struct ExpectedNames<'n> {
    names: &'n Names,
    /// The position of each; `None` where no other customer follows.
    order: Option<Vec<usize>>,
}

impl<'n> ExpectedNames<'n> {
    /// For one customer.
    #[must_use]
    pub fn once(names: &'n Names) -> Self {
        Self { names, order: None }
    }

    /// For customers that were sent together.
    #[must_use]
    pub fn again(names: &'n Names) -> Self {
        Self {
            names,
            order: Some(Vec::with_capacity(names.len())),
        }
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> &'n Names {
        self.names
    }

    /// Where the name stands that comes at `place` among those of a customer.
    pub fn position(&mut self, place: usize, name: &[u8]) -> Option<usize> {
        let Some(order) = &mut self.order else {
            return self.names.position(name);
        };
        let last = order.get(place).copied();
        let is_last = |last: &usize| self.names.names[*last].name.as_bytes() == name;
        if let Some(last) = last.filter(is_last) {
            return Some(last);
        }
        let position = self.names.position(name)?;
        match order.get_mut(place) {
            Some(last) => *last = position,
            None => order.push(position),
        }
        Some(position)
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

    /// Puts a value to the name at `position`; of one name, the last counts.
    pub(crate) fn put(&mut self, position: usize, value: Value<'a>) {
        if let Some(place) = self.values.get_mut(position) {
            *place = Some(value);
        }
    }
}
