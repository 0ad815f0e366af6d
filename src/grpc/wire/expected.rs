//! The features that a model wants, found in the bytes of customers: those of many
//! that were sent together are mostly written alike, name by name.

use super::{
    reader::Bytes,
    wire_type::{LENGTH_DELIMITED, tag},
};
use crate::customer::{Names, Short};

/// Tags of an entry of `Customer.features`.
const KEY: u8 = tag(1, LENGTH_DELIMITED);
const VALUE: u8 = tag(2, LENGTH_DELIMITED);

/// The names that are to be read, and how the features of the customer before were
/// written.
#[derive(Debug)]
pub(in crate::grpc) struct Expected<'b> {
    names: &'b Names,
    /// In the order of the bytes; `None` where no other customer follows.
    before: Option<Vec<Written<'b>>>,
}

/// A feature as it was written.
#[derive(Debug)]
struct Written<'b> {
    /// Its entry up to the length of the value.
    name: &'b [u8],
    /// The same, if it is short.
    short: Option<Short>,
    /// Where its name stands.
    position: usize,
}

impl<'b> Expected<'b> {
    /// For one customer.
    pub(in crate::grpc) fn once(names: &'b Names) -> Self {
        let before = None;
        Self { names, before }
    }

    /// For customers that were sent together.
    pub(in crate::grpc) fn again(names: &'b Names) -> Self {
        let before = Some(Vec::with_capacity(names.len()));
        Self { names, before }
    }

    pub(super) fn names(&self) -> &'b Names {
        self.names
    }

    /// The position of the name, and the bytes of the value after it, of the entry
    /// that is the customer's feature at `place`; `on` is the entry with all that
    /// follows it.
    #[inline]
    pub(super) fn feature(
        &mut self,
        place: usize,
        entry: &'b [u8],
        on: &[u8],
    ) -> Option<(usize, &'b [u8])> {
        let before = self.before.as_deref().unwrap_or_default();
        if let Some(written) = before.get(place)
            && let Some(value) = written.value(entry, on)
        {
            return Some((written.position, value));
        }
        self.other(place, entry)
    }

    /// The same of one that is not written as before.
    fn other(&mut self, place: usize, entry: &'b [u8]) -> Option<(usize, &'b [u8])> {
        let (name, value) = named(entry)?;
        let position = self.names.position(name)?;
        if let Some(before) = &mut self.before {
            let (name, _) = entry.split_at(entry.len() - value.len());
            let written = Written {
                name,
                short: Short::of(name),
                position,
            };
            match before.get_mut(place) {
                Some(other) => *other = written,
                None => before.push(written),
            }
        }
        Some((position, value))
    }
}

impl<'b> Written<'b> {
    /// The bytes of the value of an entry with this name.
    #[inline]
    fn value(&self, entry: &'b [u8], on: &[u8]) -> Option<&'b [u8]> {
        match &self.short {
            Some(short) if short.begins(on) => entry.get(self.name.len()..),
            _ => entry.strip_prefix(self.name),
        }
    }
}

/// The bytes of a name, and all that stands after the tag of its value.
pub(super) fn named(entry: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut bytes = Bytes::new(entry);
    bytes.expect(KEY)?;
    let name = bytes.delimited()?;
    bytes.expect(VALUE)?;
    Some((name, bytes.rest()))
}
