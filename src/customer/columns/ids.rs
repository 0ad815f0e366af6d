//! Names that may be used once.

use std::borrow::Cow;

use hashbrown::HashMap;

/// Where each name was used first.
#[derive(Debug, Default)]
pub struct FirstUses<'a>(HashMap<Cow<'a, str>, usize>);

impl<'a> FirstUses<'a> {
    /// None so far, with room for so many.
    #[must_use]
    pub fn with_capacity(names: usize) -> Self {
        Self(HashMap::with_capacity(names))
    }

    /// Notes that `name` is used at `place`; the place of its first use, if
    /// that is another.
    pub fn earlier(&mut self, name: impl Into<Cow<'a, str>>, place: usize) -> Option<usize> {
        let first = *self.0.entry(name.into()).or_insert(place);
        (first != place).then_some(first)
    }
}
