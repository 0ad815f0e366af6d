//! Names that may be used once.

use std::{borrow::Cow, hash::BuildHasher};

use hashbrown::{DefaultHashBuilder, HashTable, hash_table::Entry};

/// Where each name was used first.
#[derive(Debug, Default)]
pub struct FirstUses<'a> {
    /// Each name, and the place of its first use.
    names: Vec<(Cow<'a, str>, usize)>,
    /// Positions in `names`, by their hashes: a table of few bytes stays near.
    positions: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<'a> FirstUses<'a> {
    /// None so far, with room for so many.
    #[must_use]
    pub fn with_capacity(names: usize) -> Self {
        Self {
            names: Vec::with_capacity(names),
            positions: HashTable::with_capacity(names),
            hasher: DefaultHashBuilder::default(),
        }
    }

    /// Notes that `name` is used at `place`; the place of its first use, if
    /// that is another.
    pub fn earlier(&mut self, name: impl Into<Cow<'a, str>>, place: usize) -> Option<usize> {
        let Self {
            names,
            positions,
            hasher,
        } = self;
        let name = name.into();
        let first = |position: u32| usize::try_from(position).ok().and_then(|at| names.get(at));
        let entry = positions.entry(
            hasher.hash_one(&*name),
            |position| first(*position).is_some_and(|(other, _)| *other == name),
            |position| first(*position).map_or(0, |(other, _)| hasher.hash_one(&**other)),
        );
        match entry {
            Entry::Occupied(known) => {
                let (_, first) = first(*known.get())?;
                (*first != place).then_some(*first)
            }
            Entry::Vacant(new) => {
                // A message holds fewer names than that.
                new.insert(u32::try_from(names.len()).unwrap_or(u32::MAX));
                names.push((name, place));
                None
            }
        }
    }
}
