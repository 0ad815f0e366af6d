//! Ids and products by number, each kept once.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::LogError;

/// Distinct texts, numbered in the order that they came.
#[derive(Default)]
pub(super) struct Names {
    /// One after the other.
    text: Vec<u8>,
    ends: Vec<usize>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// The number of the one before: runs of one name are common.
    last: Option<u32>,
}

impl Names {
    /// The number of a name, a new one where it is new.
    pub(super) fn number(&mut self, name: &[u8], what: &'static str) -> Result<u32, LogError> {
        let Self {
            text,
            ends,
            numbers,
            hasher,
            last,
        } = self;
        let same = |&there: &u32| get(text, ends, there as usize) == name;
        if let Some(last) = last.filter(|last| same(last)) {
            return Ok(last);
        }
        let hash = hasher.hash_one(name);
        let number = if let Some(&number) = numbers.find(hash, same) {
            number
        } else {
            let new = u32::try_from(ends.len()).map_err(|_| LogError::TooMany { what })?;
            text.extend_from_slice(name);
            ends.push(text.len());
            numbers.insert_unique(hash, new, |&there| {
                hasher.hash_one(get(text, ends, there as usize))
            });
            new
        };
        *last = Some(number);
        Ok(number)
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, number: usize) -> &[u8] {
        get(&self.text, &self.ends, number)
    }
}

fn get<'t>(text: &'t [u8], ends: &[usize], number: usize) -> &'t [u8] {
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start..ends[number]]
}
