//! Features by their names, and in the order of names that the reader knew.

use std::{borrow::Cow, ptr};

use hashbrown::HashMap;

use super::{MAX_FEATURES, Value, check_feature, short::Short, value_fault};

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
    /// What its values mostly are, where that is one of few short texts.
    texts: Vec<(String, Short)>,
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
            let short = texts.iter().map(|text| {
                let short = Short::of(text.as_bytes())?;
                Some((text.clone(), short))
            });
            let few = short.filter(|_| texts.len() <= FEW_TEXTS);
            self.names.push(Name {
                name: name.to_owned(),
                texts: few.collect::<Option<_>>().unwrap_or_default(),
            });
        }
        new.is_ok()
    }

    /// Which of the texts that values of the name at `position` mostly are begins
    /// these bytes, and is `length` of them long.
    #[inline]
    pub(crate) fn known(&self, position: usize, bytes: &[u8], length: usize) -> Option<usize> {
        let sent = Short::first(bytes, length)?;
        let texts = &self.names.get(position)?.texts;
        let mut known = None;
        for (place, (_, text)) in texts.iter().enumerate() {
            known = if sent.is(text) { Some(place) } else { known };
        }
        known
    }

    /// The text that stands at a place among those.
    fn text(&self, position: usize, place: usize) -> Option<&str> {
        let (text, _) = self.names.get(position)?.texts.get(place)?;
        Some(text)
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
            Self::InOrder(in_order) => {
                let names = in_order.names.iter().enumerate();
                let sent = names.filter_map(|(at, name)| Some((name, in_order.value(at)?)));
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
            Self::InOrder(in_order) => in_order.value(in_order.names.position(name.as_bytes())?),
        }
    }

    /// What was sent for each of these names, if they are those that the reader knew,
    /// and anything was.
    pub(super) fn in_order(&self, of: &Names) -> Option<&[Option<Sent<'a>>]> {
        match self {
            Self::InOrder(sent) if ptr::eq(sent.names, of) && !sent.is_empty => Some(&sent.values),
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
            // Names that a reader knew are sound, and not too many; values were looked at.
            Self::InOrder(_) => true,
        }
    }
}

impl Default for Features<'_> {
    fn default() -> Self {
        Self::Named(Vec::new())
    }
}

/// Sound values in the order of names.
#[derive(Debug, Clone)]
pub struct InOrder<'a> {
    names: &'a Names,
    /// One for each name; `None` was not sent.
    values: Vec<Option<Sent<'a>>>,
    is_empty: bool,
}

/// A value as it was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sent<'a> {
    /// Any.
    Value(Value<'a>),
    /// The text at this place among those that values of the name mostly are.
    Known(usize),
}

impl<'a> InOrder<'a> {
    /// No values yet.
    pub(crate) fn new(names: &'a Names) -> Self {
        Self {
            names,
            values: vec![None; names.len()],
            is_empty: true,
        }
    }

    /// Puts a value to the name at `position`, unless anything is wrong with it; of one
    /// name, the last counts.
    #[inline]
    pub(crate) fn put(&mut self, position: usize, sent: Sent<'a>) -> Option<()> {
        if let Sent::Value(value) = sent
            && value_fault(value).is_some()
        {
            return None;
        }
        *self.values.get_mut(position)? = Some(sent);
        self.is_empty = false;
        Some(())
    }

    fn value(&self, position: usize) -> Option<Value<'a>> {
        match (*self.values.get(position)?)? {
            Sent::Value(value) => Some(value),
            Sent::Known(place) => self.names.text(position, place).map(Value::Text),
        }
    }
}
